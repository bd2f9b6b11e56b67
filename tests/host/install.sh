# What is installed has one version, and DKMS builds it for the kernels that it is for. Sourced by run.
# shellcheck shell=bash disable=SC2154

. "$top/dkms.conf"
is 'version: the tool' "pagetree $PACKAGE_VERSION" "$("$tool" --version)"
is 'version: the module' "$PACKAGE_VERSION" "$(sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' "$top/module/main.c")"
is 'version: the packages' "$PACKAGE_VERSION" "$(sed -n '1s/^pagetree (\(.*\)) .*/\1/p' "$top/debian/changelog")"

for kernel in 6.1.0-56-cloud-amd64 6.1.192 6.2.0 6.10.3 6.12.117+deb13-amd64 7.0.0-22-generic 7.3.4+deb13-amd64 10.0.1; do
	is "dkms: $kernel" yes "$([[ $kernel =~ $BUILD_EXCLUSIVE_KERNEL ]] && echo yes)"
done
for kernel in 2.6.32-5-amd64 3.16.0-11-amd64 4.19.0-27-amd64 5.10.0-32-amd64 5.16.1 6.0.0-6-amd64 6.0.19; do
	is "dkms: not $kernel" no "$([[ $kernel =~ $BUILD_EXCLUSIVE_KERNEL ]] || echo no)"
done
# what only one architecture needs, its #error says
is 'dkms: the option without which the module is of no use anywhere' CONFIG_DEBUG_FS "$BUILD_EXCLUSIVE_CONFIG"
for arch in x86_64 i686 aarch64 riscv64; do
	is "dkms: $arch" yes "$([[ $arch =~ $BUILD_EXCLUSIVE_ARCH ]] && echo yes)"
done
is 'dkms: not armv7l' no "$([[ armv7l =~ $BUILD_EXCLUSIVE_ARCH ]] || echo no)"

# too_old VERSION: how often the compiler says so
too_old() {
	mkdir -p headers/linux
	touch headers/linux/{fs,mm,slab,swap}.h
	printf '#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))\n#define LINUX_VERSION_CODE KERNEL_VERSION(%s)\n' \
		"$1" >headers/linux/version.h
	${CC:-cc} -E -I headers "$top/module/compat.h" 2>&1 | grep -c 'error: #error "pagetree needs Linux 6.1 or newer"'
}
is 'compat.h: a kernel that is too old' 1 "$(too_old 6,0,255)"
is 'compat.h: the oldest one' 0 "$(too_old 6,1,0)"
