# One version everywhere, and the compiler that the module is built with. Sourced by run.
# shellcheck shell=bash disable=SC1091,SC2016,SC2123,SC2154

# The newest version in each file that has one, beside that of dkms.conf

version=$(. "$top/dkms.conf" && echo "$PACKAGE_VERSION")
is 'version: Makefile' "$version" "$(make -s -C "$top" --eval 'version: ; @echo $(VERSION)' version)"
is 'version: the packages' "$version" "$(sed -nE '1s/^pagetree \((.*)\) .*/\1/p' "$top/debian/changelog")"
is 'version: NEWS' "$version" "$(sed -nE 's/^pagetree ([0-9.]+).*/\1/p' "$top/NEWS" | head -n 1)"

# Kernels that gcc or clang built: a directory whose Makefile prints what it is called with

mkdir -p tools headers-{gcc,clang,auto}/include/config
for name in bash echo env grep head make sed sh uname; do
	ln -s "$(type -P $name)" tools
done
ln -s "$(type -P true)" tools/cc
for name in gcc clang auto; do
	printf 'modules modules_install:\n\t@echo "$(origin LLVM) $(LLVM)"\n' >headers-$name/Makefile
done
echo 'CONFIG_CC_VERSION_TEXT="gcc (Debian 14.2.0-19) 14.2.0"' >headers-gcc/.config
printf 'CONFIG_CC_IS_CLANG=y\nCONFIG_CC_VERSION_TEXT="%s"\n' 'Debian clang version 19.1.7 (3)' >headers-clang/.config
# newer kernels write it without the quotes
printf 'CONFIG_CC_IS_CLANG=y\nCONFIG_CC_VERSION_TEXT=%s\n' 'clang version 19.1.7' >headers-auto/include/config/auto.conf

# installed COMPILER...: those and no other can be called
installed() {
	rm -f tools/clang*
	for name; do
		ln -s "$(type -P true)" "tools/$name"
	done
}
# module HEADERS [ARGUMENT...]: where the build of such a kernel's module has LLVM from, and its value
module() {
	env -u LLVM -u MAKEFLAGS PATH="$work/tools" make -s --no-print-directory -C "$top" module "KDIR=$work/headers-$1" "${@:2}" 2>&1
}
# dkms_make HEADERS: the same by DKMS's command, to which DKMS before 3.0.11 adds the first compiler, later versions LLVM=1
dkms_make() {
	(
		arch=x86_64 kernelver=7.3.4 dkms_tree=/dkms kernel_source_dir=$work/headers-$1 kernel_config=$kernel_source_dir/.config
		PATH=$work/tools
		. "$top/dkms.conf"
		for more in 'CC=clang LD=ld.lld' LLVM=1; do
			eval "env -u LLVM -u MAKEFLAGS ${MAKE[0]-echo the default} $more" 2>&1 | grep -v directory
		done
	)
}

installed clang clang-19
is 'LLVM: make: a kernel built by gcc' 'undefined ' "$(module gcc)"
is 'LLVM: make: by clang' 'command line 1' "$(module clang)"
is 'LLVM: make: by clang, without .config' 'command line 1' "$(module auto)"
is 'LLVM: make: as the user says' 'command line -18' "$(module clang LLVM=-18)"
is 'LLVM: make: gcc, as the user says' 'command line ' "$(module clang LLVM=)"
is 'LLVM: DKMS: a kernel built by gcc' 'the default CC=clang LD=ld.lld
the default LLVM=1' "$(dkms_make gcc)"
is 'LLVM: DKMS: by clang' 'command line 1
command line 1' "$(dkms_make clang)"
installed clang-19
for name in clang auto; do
	is "LLVM: make: only clang-19: $name" 'command line -19' "$(module $name)"
done
is 'LLVM: DKMS: only clang-19' 'command line -19
command line -19' "$(dkms_make clang)"
installed clang-18
is 'LLVM: another version alone is not taken' 'command line 1' "$(module clang)"
installed
is 'LLVM: without clang' 'command line 1' "$(module clang)"
