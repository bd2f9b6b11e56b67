# All parts that are installed have one version, and DKMS builds the module for the right kernels. Sourced by run.
# shellcheck shell=bash disable=SC2154

. "$top/dkms.conf"
is 'version: the tool' "pagetree $PACKAGE_VERSION" "$("$tool" --version)"
is 'version: the module' "$PACKAGE_VERSION" "$(
	printf 'src := %s\ninclude $(src)/Kbuild\nall:; @echo $(pagetree-version)\n' "$top" | make -s -f -)"

# conf ARCH NAME [KERNEL]: the value of NAME in dkms.conf
conf() { (arch=$1 kernelver=${3-} && . "$top/dkms.conf" && echo "${!2}"); }
# matches ARCH KERNEL
matches() { [[ $2 =~ $(conf "$1" BUILD_EXCLUSIVE_KERNEL) ]] && echo yes || echo no; }
for kernel in 6.1.0-38-amd64 6.1.0-56-cloud-amd64 6.1.142 6.1.192 6.6.80 6.8.0-90-generic 6.11.0-29-generic 6.12.9-amd64 \
	6.12.0-55.17.1.el10_0.x86_64 6.12.0-100.28.2.el10uek.x86_64 6.12.0-160000.9-default \
	6.12.117+deb13-amd64 6.13-amd64 7.0.0-22-generic 7.3.4+deb13-amd64; do
	is "dkms: $kernel" yes "$(matches x86_64 $kernel)"
done
for kernel in 2.6.32-5-amd64 3.16.0-11-amd64 4.19.0-27-amd64 5.10.0-32-amd64 5.16.1 6.0.0-6-amd64 6.0.19 6.1.0-9-amd64 \
	6.1.0-37-amd64 6.1.0-1036-oem 6.1.99 6.1.141 6.2.0 6.5.0-0.deb12.4-amd64 6.12.8-amd64 6.12.0-rc7 6.12.0-1-amd64 \
	7.4.0-1-amd64 7.10.1 7.30-amd64 8.1.0 10.0.1; do
	is "dkms: not $kernel" no "$(matches x86_64 $kernel)"
done
for kernel in 6.12.117+deb13-riscv64 6.13.0 7.3.4; do
	is "dkms: $kernel of riscv64" yes "$(matches riscv64 $kernel)"
done
for kernel in 6.1.0-56-riscv64 6.6.9 6.11.10 6.12.8-riscv64 7.4.0-riscv64; do
	is "dkms: not $kernel of riscv64" no "$(matches riscv64 $kernel)"
done
for arch in x86_64 riscv64; do
	for kernel in 7.4.0-1-amd64 7.10.1 8.1.0 10.0.1; do
		is "dkms: $kernel of $arch, untested" yes "$(PAGETREE_UNTESTED=1 matches $arch $kernel)"
	done
	is "dkms: not 6.1.99 of $arch, untested" no "$(PAGETREE_UNTESTED=1 matches $arch 6.1.99)"
done
is 'dkms: options' 'CONFIG_DEBUG_FS CONFIG_PARAVIRT' "$(conf x86_64 BUILD_EXCLUSIVE_CONFIG)"
is 'dkms: options of arm64' 'CONFIG_DEBUG_FS !CONFIG_ARM64_64K_PAGES' "$(conf aarch64 BUILD_EXCLUSIVE_CONFIG)"
# of KERNEL: the exclusion of one by its name
of() { [[ $1 =~ $(conf aarch64 BUILD_EXCLUSIVE_KERNEL "$1") ]] && echo yes || echo no; }
is 'dkms: arm64 with pages of 64 KiB' no "$(of 6.17.0-1018-nvidia-64k)"
is 'dkms: arm64 with pages of 64 KiB, EL' no "$(of 6.12.0-124.49.1.el10_1.aarch64+64k)"
is 'dkms: arm64 with pages of 16 KiB' yes "$(of 6.12.118+deb13-arm64-16k)"
for kernel in 6.6.80 6.8.0-90-generic 6.10.3 6.11-amd64; do
	for arch in x86_64 aarch64; do
		is "dkms: options of $kernel of $arch" "$(conf $arch BUILD_EXCLUSIVE_CONFIG) CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING" \
			"$(conf $arch BUILD_EXCLUSIVE_CONFIG $kernel)"
	done
done
for kernel in 6.1.0-56-amd64 6.12.9-amd64 6.13-amd64 7.3.4+deb13-amd64; do
	is "dkms: options of $kernel" "$(conf x86_64 BUILD_EXCLUSIVE_CONFIG)" "$(conf x86_64 BUILD_EXCLUSIVE_CONFIG $kernel)"
done
for arch in x86_64 i686 aarch64 riscv64; do
	is "dkms: $arch" yes "$([[ $arch =~ $(conf "$arch" BUILD_EXCLUSIVE_ARCH) ]] && echo yes)"
done
is 'dkms: not armv7l' no "$([[ armv7l =~ $(conf armv7l BUILD_EXCLUSIVE_ARCH) ]] || echo no)"

# error VERSION [OPTION...]: the #error of compat.h for this kernel; the preprocessed text goes to headers/out
error() {
	mkdir -p headers/linux
	mkdir -p headers/linux/sched
	touch headers/linux/sched/{coredump,task_stack}.h headers/linux/{fs,mm,sched,slab,swap,swapops,leafops}.h
	printf '#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))\n#define LINUX_VERSION_CODE KERNEL_VERSION(%s)\n' \
		"$1" >headers/linux/version.h
	${CC:-cc} -E -I headers "${@:2}" "$top/module/compat.h" 2>&1 >headers/out | sed -n 's/.*error: #error "\(.*\)"/\1/p'
}
shared=(-DCONFIG_HUGETLB_PAGE -DCONFIG_ARCH_WANT_HUGE_PMD_SHARE)
point='pagetree needs a kernel that counts the sharers of a table: 6.1.142, 6.12.9 or newer'
is 'compat.h: a kernel that is too old' 'pagetree needs Linux 6.1 or newer' "$(error 6,0,255)"
is 'compat.h: too old for riscv64' 'pagetree needs Linux 6.12 or newer on riscv64' "$(error 6,11,255 -DCONFIG_RISCV)"
is 'compat.h: a kernel that nobody has tested' 'pagetree was not tested on Linux 7.4 and newer; to try: make PAGETREE_UNTESTED=1' \
	"$(error 7,4,0)"
is 'compat.h: the same, and somebody wants it' '' "$(error 7,4,0 -DPAGETREE_UNTESTED)"
is 'compat.h: the newest one' '' "$(error 7,3,255)"
is 'compat.h: PT_RECLAIM without RCU' 'pagetree needs MMU_GATHER_RCU_TABLE_FREE where there is PT_RECLAIM' "$(error 7,3,0 -DCONFIG_PT_RECLAIM)"
page=(-DPAGETREE_HAS_PAGE_SHARERS) ptdesc=(-DPAGETREE_HAS_PTDESC_SHARERS) levels=(-DCONFIG_PGTABLE_LEVELS=4)
is 'compat.h: the oldest one' '' "$(error 6,1,142 "${shared[@]}" "${levels[@]}" "${page[@]}")"
is 'arch/arm64.h: pages of 64 KiB' 'pagetree does not support pages of 64 KiB' \
	"$(${CC:-cc} -E -DCONFIG_ARM64_64K_PAGES "$top/module/arch/arm64.h" 2>&1 | sed -n 's/.*error: #error "\(.*\)"/\1/p')"
is 'compat.h: the oldest one of riscv64' '' "$(error 6,12,0 -DCONFIG_RISCV)"
for version in 6,1,141 6,2,0 6,5,255 6,6,0; do
	is "compat.h: $version does not know who shares tables" "$point" "$(error $version "${shared[@]}" "${levels[@]}" "${ptdesc[@]}")"
done
for version in 6,12,0 6,12,8; do
	is "compat.h: $version does not know who shares tables" "$point" \
		"$(error $version "${shared[@]}" "${levels[@]}" -DCONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING)"
done
# counts LEVELS: the count of a table's sharers that compat.h reads on 6.1
counts() {
	error 6,1,142 "${shared[@]}" "${page[@]}" "-DCONFIG_PGTABLE_LEVELS=$1"
	grep -o pt_share_count headers/out
}
is 'compat.h: 6,1,142 has a count' pt_share_count "$(counts 4)"
is 'compat.h: 6,1,142 has none for two levels, where the root alone is left' '' "$(counts 2)"
for version in 6,6,100 6,12,0 6,12,9 6,13,0 7,3,4; do
	is "compat.h: $version knows, by its headers" '' \
		"$(error $version "${shared[@]}" "${levels[@]}" -DCONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING "${ptdesc[@]}")"
done

# Headers as no kernel here has them: probes NAME... prints which programs of module/probe compile with headers/linux/mm_types.h
probes() {
	for probe in "$top"/module/probe/*.c; do
		${CC:-cc} -Werror=implicit-function-declaration -I headers -fsyntax-only "$probe" 2>/dev/null && basename "$probe" .c
	done
}
old='typedef struct { int counter; } atomic_t; struct ptdesc; '
echo "$old struct page { int flags; };" >headers/linux/mm_types.h
is 'probe: a kernel without a count' '' "$(probes)"
echo "$old struct page { atomic_t pt_share_count; };" >headers/linux/mm_types.h
is 'probe: a count in struct page' page_sharers "$(probes)"
echo "$old struct page { int flags; }; static inline int ptdesc_pmd_pts_count(struct ptdesc *table) { return 0; }" >headers/linux/mm_types.h
is 'probe: a count in struct ptdesc, as EL 10 has it' ptdesc_sharers "$(probes)"
