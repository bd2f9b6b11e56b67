# What tests/lab/build and tests/lab/run share: the cache of Debian roots and the
# ways to make them, to show progress and to leave nothing behind. Sourced.
# shellcheck shell=bash disable=SC2016

set -Eeuo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

me=tests/lab/${0##*/}
# shellcheck disable=SC2034 # for those who source this
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pagetree

exec {stderr}>&2
say() { printf '%s: %s\n' "$me" "$*" >&"$stderr"; }
die() { say "$*"; exit 125; }

# prepare: makes us root, for chroots and device nodes, while the cache stays the caller's.
# From then on, whatever happens, what we started is ended and what is temporary removed.
arguments=("$@") groups=() unfinished=''
prepare() {
	[ "$(dpkg --print-architecture)" = amd64 ] || die "the lab wants an amd64 machine with Debian"
	if [ "$(id -u)" != 0 ]; then
		mkdir -p "$cache" # as ours
		command -v sudo >/dev/null || die "must run as root, and there is no sudo here"
		exec sudo --preserve-env=HOME,XDG_CACHE_HOME,TMPDIR "$0" "${arguments[@]}"
	fi
	scratch=$(mktemp -d)
	trap cleanup EXIT
	trap 'say "line $LINENO of ${BASH_SOURCE[0]##*/} failed: $BASH_COMMAND"; exit 125' ERR
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	need mount:mount
	if [ ! -e /proc/self ]; then
		say "mounting /proc, which is missing here"
		mount -t proc proc /proc
	fi
	need mmdebstrap:mmdebstrap mke2fs:e2fsprogs xz:xz-utils \
		/usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring
}
cleanup() {
	local rc=$? group
	trap '' INT TERM HUP
	for group in "${groups[@]}"; do
		kill -- "-$group" 2>/dev/null || true
	done
	wait
	rm -rf --one-file-system "$scratch" "$unfinished"
	exit "$rc"
}

# spawn COMMAND...: starts COMMAND in a process group that ends with us. Sets $pid.
spawn() {
	set -m
	(trap - EXIT INT TERM HUP; "$@") &
	pid=$!
	set +m
	groups+=("$pid")
}

# step WHAT COMMAND...: runs COMMAND, showing that it goes on; its output only if it fails.
step() {
	local what=$1 start=$SECONDS log=$scratch/step.log rc=0
	shift
	[ -t 2 ] || say "$what ..."
	spawn "$@" >"$log" 2>&1 </dev/null
	while [ -t 2 ] && kill -0 "$pid" 2>/dev/null; do
		printf '\r\033[K%.*s' "$(($(tput cols 2>/dev/null || echo 80) - 1))" \
			"$me: $what, $((SECONDS - start)) s: $(tail -n 1 "$log" | tr -d '\r\t')" >&2
		sleep 0.5
	done
	[ -t 2 ] && printf '\r\033[K' >&2
	wait "$pid" || rc=$?
	unset 'groups[-1]'
	if [ "$rc" != 0 ]; then
		tail -n 40 "$log" >&2
		die "$what: failed (exit status $rc); the end of its output is above"
	fi
	say "$what: done in $((SECONDS - start)) s"
}

# need PROGRAM:PACKAGE...: installs what this host lacks.
need() {
	local pair missing=()
	for pair; do
		[ -e "${pair%:*}" ] || command -v "${pair%:*}" >/dev/null || missing+=("${pair#*:}")
	done
	[ ${#missing[@]} != 0 ] || return 0
	lock host
	step "installing ${missing[*]} on this host" install_packages "${missing[@]}"
	unlock
}
install_packages() {
	export DEBIAN_FRONTEND=noninteractive
	local install=(apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@")
	"${install[@]}" || { apt-get update && "${install[@]}"; }
}

# lock NAME: waits for our turn; unlock, or our end, lets the next one in.
lock() {
	mkdir -p "$cache"
	exec {lockfd}>"$cache/$1.lock"
	flock --nonblock "$lockfd" && return
	say "waiting for another run that holds $cache/$1.lock"
	flock "$lockfd"
}
unlock() { exec {lockfd}>&-; }

# item NAME RECIPE MAKE...: MAKE... DIR fills the cache entry NAME, once for each RECIPE (and
# each text of MAKE). The rename comes last, so an entry is there whole or not at all.
item() {
	local dir=$cache/$1 name=$1 recipe stale
	recipe="$2 $(declare -f "$3" | sha256sum)"
	shift 2
	[ "$(cat "$dir/.recipe" 2>/dev/null)" != "$recipe" ] || return 0
	mkdir -p "$cache"
	for stale in "$cache"/*.tmp; do
		[ ! -e "$stale" ] || flock --nonblock "${stale%.tmp}.lock" rm -rf --one-file-system "$stale" || true
	done
	lock "$name"
	if [ "$(cat "$dir/.recipe" 2>/dev/null)" != "$recipe" ]; then
		unfinished=$dir.tmp
		mkdir "$dir.tmp"
		step "making $dir" "$@" "$dir.tmp"
		echo "$recipe" >"$dir.tmp/.recipe"
		rm -rf --one-file-system "$dir"
		mv -T "$dir.tmp" "$dir"
		unfinished=''
	fi
	unlock
}

# isolated COMMAND...: becomes COMMAND; mounts that it makes vanish with it, however it ends.
isolated() {
	unshare --mount true 2>/dev/null && exec unshare --mount "$@"
	# The root of a plain chroot is no mount point, so it can't be made private.
	exec unshare --mount --propagation unchanged "$@"
}

# within ROOT HOST_DIR:DIR... -- COMMAND...: becomes COMMAND in a chroot, HOST_DIR being its DIR.
within() {
	isolated bash -ec '
		root=$1
		mount -t proc proc "$root/proc"
		# terminals, for what looks whether it has one
		mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
		while shift && [ "$1" != -- ]; do
			mkdir -p "$root${1##*:}"
			mount --bind "${1%:*}" "$root${1##*:}"
		done
		shift
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-dumb}" \
			LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"' - "$@"
}

# deb_lines SUITE...: sources for SUITEs from the mirrors (and with the keys) that this host uses.
deb_lines() {
	local suite targets archive security uri key
	local ask=(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages')
	targets=$("${ask[@]}")
	if [ -z "$targets" ]; then # apt does not know before its first update
		apt-get update >&2
		targets=$("${ask[@]}")
	fi
	archive=$(awk '$1 ~ /^(bookworm|trixie|forky|sid|stable|testing|unstable)$/ { print $2; exit }' <<<"$targets")
	security=$(awk '$1 ~ /^(bookworm|trixie|forky|stable|testing)-security$/ { print $2; exit }' <<<"$targets")
	[ -n "$archive" ] || die "apt on this host knows no Debian archive: add one to /etc/apt/sources.list"
	for suite; do
		uri=$archive
		[[ $suite != *-security ]] || uri=$security
		[ -n "$uri" ] || continue
		key=$({ cat /etc/apt/sources.list{,.d/*.{list,sources}} 2>/dev/null || true; } |
			awk -v RS= -v uri="${uri%/}" 'index($0, uri) && match($0, /[Ss]igned-[Bb]y[:=] *\/[^] \n]+/) {
				print substr($0, RSTART + 10, RLENGTH - 10); exit }')
		echo "deb ${key:+[signed-by=${key# }]} $uri $suite main"
	done
}

# kernels: the lines of tests/lab/kernels
kernels() { sed '/^#/d; /^$/d' "$tree/tests/lab/kernels"; }

# describe KERNEL: sets what its line says
describe() {
	local line
	line=$(kernels | awk -v name="$1" '$1 == name')
	[ -n "$line" ] || die "no kernel is called '$1': say one of $(kernels | awk '{ printf "%s%s", sep, $1; sep = ", " }')"
	read -r _ machine flavour suites processors <<<"$line"
	# shellcheck disable=SC2034 # as above
	suites=${suites//,/ } processor=${processors##* }
	from='' cross=()
	[[ $suites != *-backports ]] || from=/${suites##* }
	case $machine in
	i386) triplet=i686-linux-gnu cross=(ARCH=i386) ;;
	arm64) triplet=aarch64-linux-gnu cross=(ARCH=arm64) ;;
	riscv64) triplet=riscv64-linux-gnu cross=(ARCH=riscv) ;;
	*) return 0 ;;
	esac
	# libraries lie where Debian has them, whatever the compiler's name is
	cross+=("CROSS_COMPILE=$triplet-" "CC=$triplet-gcc" "PKG_CONFIG_LIBDIR=/usr/lib/${triplet/i686/i386}/pkgconfig")
}
# shellcheck disable=SC2034 # as above
machine=amd64 processor=max cross=()

# bootstrap DIR VARIANT SUITES PACKAGES [MACHINES [EXCLUDE]]: a Debian root, by mmdebstrap, without the
# directories EXCLUDE of /usr/share. One that is essential is what boots: of another machine, if there is $cross.
bootstrap() {
	local dir=$1 variant=$2 suites=$3 list=$4 machines=${5-amd64} try exclude args=() lines
	if [ "$variant" = essential ] && [ ${#cross[@]} != 0 ]; then
		bootstrap_foreign "$dir" "$suites" "$list"
		return
	fi
	for exclude in ${6-doc man locale info lintian bash-completion}; do
		args+=(--dpkgopt="path-exclude=/usr/share/$exclude/*")
	done
	# what an installed Debian has, and Debian 12 gets from no package
	[ "$variant" != extract ] ||
		args+=(--setup-hook='for name in bin sbin lib; do mkdir -p "$1/usr/$name"; ln -s "usr/$name" "$1/$name"; done')
	# mmdebstrap doesn't look at the host's settings: proxy, time-outs, expiry.
	apt-config dump | grep -E '^Acquire::(http|ftp|Retries|Check|Force)' >"$scratch/apt.conf" || true
	# shellcheck disable=SC2086 # SUITES is a list
	lines=$(deb_lines $suites)
	for try in 1 2 3; do
		(isolated mmdebstrap --mode=root --variant="$variant" --architectures="$machines" --skip=cleanup/apt/lists \
			--aptopt="$scratch/apt.conf" --aptopt='APT::Install-Recommends "false"' \
			--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' --dpkgopt=force-unsafe-io \
			--setup-hook='mkdir -p "$1/usr/share/man/man1"' "${args[@]}" --include="$list" "${suites%% *}" "$dir" - <<<"$lines") && return
		# A mirror in the middle of an update says so, and is well a little later.
		! grep -q 'Unable to locate package' "$scratch/step.log" || return 1
		say "attempt $try of 3 to make a $suites root failed"
		rm -rf --one-file-system "$dir"
		sleep 10
	done
	return 1
}

# The same of a machine whose programs don't run here: packages are unpacked, and what their
# scripts would do that the tests need is done by hand.
bootstrap_foreign() {
	local dir=$1 master
	bootstrap "$dir" extract "$2" "base-files,base-passwd,bsdutils,dash,diffutils,findutils,grep,gzip,hostname,libc-bin,mawk,$(
		)passwd,perl-base,sed,tar,$3" "$machine"
	for master in passwd group; do
		cp "$dir/usr/share/base-passwd/$master.master" "$dir/etc/$master"
	done
	ln -s mawk "$dir/usr/bin/awk"
	mkdir -p "$dir/mnt"
	if [ -d "$dir/usr/lib/postgresql" ]; then
		echo postgres:x:120:120::/:/bin/sh >>"$dir/etc/passwd"
		echo postgres:x:120: >>"$dir/etc/group"
	fi
}

# build_root KERNEL: $cache/build-KERNEL has compiler and headers for that kernel, and the
# kernel itself. What boots comes from here, so that it is what the module was built for.
build_root() {
	prepare
	describe "$1"
	if [ "$flavour" = debug ]; then
		item "build-$1" "$suites $(sha256sum <"$tree/tests/lab/debug.config")" make_debug_root "$suites"
	elif [ ${#cross[@]} != 0 ]; then
		item "build-$1" "$suites" make_cross_root "$suites"
	else
		item "build-$1" "$suites" make_build_root "$suites"
	fi
}
make_build_root() {
	local suites=$1 dir=$2 version package debs
	bootstrap "$dir" apt "$suites" \
		"linux-headers-$flavour$from,gcc,make,libc6-dev,libelf-dev,libsmartcols-dev,pkgconf,kmod,busybox-static,groff-base,jq,perl,$(
		)python3-jsonschema,shellcheck,sparse" "$machine"
	version=$(basename "$(echo "$dir"/usr/src/linux-headers-*[0-9]-"$flavour")")
	version=${version#linux-headers-}
	echo "$version" >"$dir/.version"
	# Unpacked rather than installed: no initramfs is wanted. From 7.2 on it is three packages.
	debs=$(mktemp -d -p "$scratch")
	for package in image binary modules; do
		apt_of "$dir" apt-cache show "linux-$package-$version" >/dev/null 2>&1 || continue
		(cd "$debs" && apt_of "$dir" apt-get download "linux-$package-$version")
	done
	for package in "$debs"/*.deb; do
		dpkg -x "$package" "$debs/root"
	done
	mkdir -p "$debs"/root/{usr/lib,lib}/modules "$debs/root/boot"
	cp -a "$debs"/root/{usr/lib,lib}/modules/. "$dir/usr/lib/modules"
	find "$debs/root/boot" -name 'vmlinuz-*' -exec mv {} "$dir/usr/lib/modules/$version/vmlinuz" \;
	[ -e "$dir/usr/lib/modules/$version/vmlinuz" ] || die "found no kernel in the packages of $version"
	chroot "$dir" depmod "$version"
}

# A compiler for another machine and a kernel of it. Headers are unpacked too, beside the
# programs that build with them here: to install them would want a compiler that runs there.
make_cross_root() {
	local suites=$1 dir=$2 version debs package
	bootstrap "$dir" apt "$suites" "linux-headers-cloud-amd64$from,gcc,gcc-$triplet,make,libc6-dev,$(
		)libc6-dev-$machine-cross,libelf-dev:$machine,libsmartcols-dev:$machine,pkgconf,kmod,busybox-static,perl" "amd64,$machine"
	version=$(basename "$(echo "$dir"/usr/src/linux-headers-*-cloud-amd64)")
	version=${version#linux-headers-} version=${version%-cloud-amd64}
	version+=-$flavour
	echo "$version" >"$dir/.version"
	debs=$(mktemp -d -p "$scratch")
	for package in "linux-image-$version" "linux-headers-$version" busybox-static; do
		(cd "$debs" && apt_of "$dir" apt-get -o APT::Architectures::=amd64 \
			-o "APT::Architectures::=$machine" download "$package:$machine")
	done
	for package in "$debs"/*.deb; do
		dpkg -x "$package" "$debs/root"
	done
	mkdir -p "$debs"/root/{usr/lib,lib}/modules
	cp -a "$debs"/root/{usr/lib,lib}/modules/. "$dir/usr/lib/modules"
	cp -a "$debs"/root/usr/src/. "$dir/usr/src"
	mv "$debs/root/boot"/vmlinu[xz]-"$version" "$dir/usr/lib/modules/$version/vmlinuz"
	find "$debs/root" -path '*bin/busybox' -exec mv {} "$dir/usr/lib/modules/$version/busybox" \;
	chroot "$dir" depmod "$version"
}

# The newest kernel with all that complains, from its source: a quarter of an hour on two cores.
make_debug_root() {
	local suites=$1 dir=$2
	bootstrap "$dir" apt "$suites" "linux-source$from,bc,bison,flex,libelf-dev,libssl-dev,openssl,$(
		)gcc,make,libc6-dev,libsmartcols-dev,pkgconf,kmod,busybox-static,perl,python3-minimal,xz-utils"
	mkdir -p "$dir/usr/src/linux"
	tar -xJf "$dir"/usr/src/linux-source-*.tar.xz -C "$dir/usr/src/linux" --strip-components=1
	rm "$dir"/usr/src/linux-source-*
	cp "$tree/tests/lab/debug.config" "$dir/usr/src/linux/wanted.config"
	(isolated bash -c 'mount -t proc proc "$1/proc" && exec chroot "$1" sh -euc "$2"' - "$dir" '
		cd /usr/src/linux
		make -s tinyconfig
		scripts/kconfig/merge_config.sh -m .config wanted.config
		make -s olddefconfig
		if grep ^CONFIG wanted.config | grep -vxFf .config; then
			echo "these options of tests/lab/debug.config did not come to be"
			exit 1
		fi
		nice make -s "-j$(nproc)" bzImage modules
		make -s modules_install
		version=$(make -s kernelrelease)
		cp arch/x86/boot/bzImage "/usr/lib/modules/$version/vmlinuz"
		ln -sfn /usr/src/linux "/usr/lib/modules/$version/build"
		echo "$version" >/.version
		# modules need the headers, the symbols and the tools
		find . -name "*.[oa]" ! -path "./scripts/*" ! -path "./tools/*" -delete
		rm -f vmlinux*')
}

# source_root KERNEL: $cache/source-KERNEL has what its headers packages lack and tests use.
source_root() { item "source-$1" "$(cat "$cache/build-$1/.version")" make_source "$cache/build-$1"; }
make_source() {
	local root=$1 dir=$2 version series debs
	version=$(cat "$root/.version")
	series=$(grep -oE '^[0-9]+\.[0-9]+' <<<"$version")
	debs=$(mktemp -d -p "$scratch")
	# headers of other machines are not installed, but what all have in common is
	version=$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Version}\n' 'linux-headers-*-common*' | head -n 1)
	(cd "$debs" && apt_of "$root" apt-get download "linux-source-$series=$version") ||
		die "can't get linux-source-$series $version: if the mirror has moved on, remove $root"
	dpkg-deb --fsys-tarfile "$debs"/*.deb | tar -xO "./usr/src/linux-source-$series.tar.xz" |
		tar -xJ -C "$dir" --strip-components=1 --wildcards --no-wildcards-match-slash \
		"*/lib/kunit" "*/include/kunit" \
		"*/scripts/"{checkpatch.pl,const_structs.checkpatch,spelling.txt}
}

# apt_of ROOT COMMAND...: an apt command on this host, with the sources and packages of ROOT.
apt_of() {
	local root=$1 command=$2
	shift 2
	"$command" -o Dir="$root" -o Dir::State::status="$root/var/lib/dpkg/status" -o APT::Architecture=amd64 "$@"
}

# manifest DIR: "mode sha256  name" of each file named on stdin that DIR has.
manifest() {
	cd "$1"
	while read -r file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done >"$scratch/names"
	paste -d " " <(xargs -0r stat -c %a <"$scratch/names") <(xargs -0r sha256sum <"$scratch/names") | sort
}

# project: the manifest of the checkout: all that git does not ignore.
project() {
	cd "$tree"
	{ git -c safe.directory="$tree" -c core.quotePath=off ls-files -co --exclude-standard 2>/dev/null ||
		find . -path ./.git -prune -o -type f -printf '%P\n'; } | sort -u | manifest .
}

# sync_tree DIR: DIR gets the project's files where it has others; what it makes is left alone.
sync_tree() {
	local new=$scratch/new old=$scratch/old
	mkdir -p "$1"
	touch "$1/.files"
	(project >"$new")
	(manifest "$1" <"$1/.files" >"$old")
	(cd "$1" && comm -13 "$new" "$old" | cut -d ' ' -f 4- | tr '\n' '\0' | xargs -0r rm -f)
	# Times are not kept: make shall see a changed file as new, wherever it was copied from.
	comm -23 "$new" "$old" | cut -d ' ' -f 4- | tar -C "$tree" -cf - --no-recursion -T - |
		tar -C "$1" -xmf -
	cut -d ' ' -f 4- "$new" >"$1/.files"
}
