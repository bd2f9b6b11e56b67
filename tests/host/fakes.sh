# Texts and processes that the tests of the host make up: a debugfs, a /proc and a /sys of plain files. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

# world: one process that is attached

# 4242 has a huge page and room for another; two huge pages without access, one of them
# a zero page; a hugetlb page; and 11 pages of a file.
rows='
start=0x200000000000 end=0x200000400000 perms=rw-p kind=anon leaf2=1 bytes2=2097152 tables2=1 tables3=1 tables4=1 holes2=1 hole_bytes=2097152 rss=2097152 deposited=1
start=0x210000000000 end=0x210000400000 perms=---p kind=anon leaf2=2 bytes2=4194304 zero2=1 protnone2=2 tables2=1 tables3=1 borrowed4=1 rss=2097152 deposited=2
start=0x300000000000 end=0x300000400000 perms=rw-s kind=hugetlb offset=4194304 leaf2=1 bytes2=2097152 tables2=1 tables3=1 borrowed4=1 holes2=1 hole_bytes=2097152 rss=2097152 name=/dev/huge
start=0x7f0000000000 end=0x7f0000010000 perms=r-xp kind=file offset=8192 leaf1=11 bytes1=45056 tables1=1 tables2=1 tables3=1 borrowed4=1 holes1=5 hole_bytes=20480 rss=45056 name=/bin/cat
start=0x7ffc00000000 end=0x7ffc00004000 perms=r--p kind=special leaf1=1 bytes1=4096 special1=1 borrowed1=0 tables1=1 tables2=1 tables3=1 borrowed4=1 holes1=3 hole_bytes=12288 rss=0 name=[vvar]'

# vma HEADER FLAGS NAME=KIB...: a VMA of smaps
vma() {
	local header=$1 flags=$2 name
	shift 2
	echo "$header"
	for name in Size Rss Anonymous AnonHugePages ShmemPmdMapped FilePmdMapped Shared_Hugetlb \
		Private_Hugetlb; do
		echo "$name $*" | awk '{ for (i = 2; i <= NF; i++) if (split($i, a, "=") && a[1] == $1) v = a[2]
			printf "%-15s %8d kB\n", $1 ":", v }'
	done
	echo "VmFlags: $flags "
}

smaps() {
	vma '200000000000-200000400000 rw-p 00000000 00:00 0 ' 'rd wr hg' Rss=2048 AnonHugePages=2048
	vma '210000000000-210000400000 ---p 00000000 00:00 0 ' 'mr mw hg' Rss=2048 AnonHugePages=2048
	vma '300000000000-300000400000 rw-s 00400000 00:0f 7       /dev/huge' 'rd wr sh ht' \
		Shared_Hugetlb=2048
	vma '7f0000000000-7f0000010000 r-xp 00002000 fe:01 99      /bin/cat' 'rd ex' Rss=44
	vma '7ffc00000000-7ffc00004000 r--p 00000000 00:00 0       [vvar]' 'rd io pf' Rss=0
	vma 'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]' 'ex'
}

# text FILE DESCRIPTIONS: title, columns and rows of vmas or summary, from descriptions like those above. It computes used,
# fill (all tables alike) and contig (single leaves, but for contig16 blocks on level 1).
text() {
	sed -n '/^# pagetree vmas/{n;p}' "$golden/4-level.txt" | awk -v file="$1" '
		NR == FNR { n = split($0, column, "\t"); next }
		NR != FNR && FNR == 1 {
			print "# pagetree " file " abi 1"
			if (file == "summary") print "key\tvalue\npid\t4242\nlevels\t4"
			else for (i = 1; i <= n; i++) printf "%s%s", column[i], i == n ? "\n" : "\t"
		}
		NF {
			for (i = 1; i <= n; i++) value[column[i]] = column[i] == "name" ? "" : 0
			for (i = 1; i <= NF; i++) { split($i, pair, "="); value[pair[1]] = pair[2] }
			value["used1"] = value["leaf1"]
			for (i = 2; i <= 4; i++) value["used" i] = value["leaf" i] + value["tables" (i - 1)]
			value["fill4"] = value["tables1"]
			value["contig12"] = value["bytes1"] / 4096 - 16 * value["contig16"]
			value["contig21"] = value["bytes2"] / 2097152
			for (i = 1; i <= n; i++) sum[column[i]] += value[column[i]]
			vmas++
			for (i = 1; i <= n && file == "vmas"; i++)
				printf "%s%s", value[column[i]], i == n ? "\n" : "\t"
		}
		END {
			if (file == "summary") {
				print "vmas\t" vmas "\nvma_bytes\t12664832"
				for (i = 6; i < n; i++) printf "%s\t%.0f\n", column[i], sum[column[i]]
			}
			print "# cost tables=1 entries=1 vmas=1 us=1 lock_us_max=1 lock_us_total=1 " \
				"retries=" (sum["retries"] + 0) " skipped=0 state=complete"
		}' - /dev/fd/3 3<<<"$2"
}

# world [SED-OF-ROWS [SED-OF-SUMMARY [SED-OF-SMAPS]]]: makes debug/ and proc/, and changes each text by its SED
world() {
	local ours
	ours=$(sed "${1:-}" <<<"$rows")
	chmod -R u+rwx debug proc security 2>/dev/null
	rm -rf debug proc security sys
	mkdir -p debug/pagetree/4242 proc/4242 proc/4243 proc/sys/kernel security sys/devices/system/cpu
	echo 0-5,7 >sys/devices/system/cpu/online
	echo 1 >sys/devices/system/cpu/isolated
	echo 2-3 >sys/devices/system/cpu/nohz_full
	: >debug/pagetree/attach
	sed '/^# pagetree summary/,$d' "$golden/4-level.txt" >debug/pagetree/geometry
	text vmas "$ours" >debug/pagetree/4242/vmas
	text summary "$ours" | sed "${2:-}" >debug/pagetree/4242/summary
	smaps | sed "${3:-}" >proc/4242/smaps
	printf 'Name:\tx\nTgid:\t4242\nVmPTE:\t      60 kB\n' | tee proc/4242/status >proc/4243/status
	printf 'a\033[31m\nb"\n' >proc/4242/comm
	echo 6.12.0 >proc/sys/kernel/osrelease
}

# answer FILE TEXT...: FILE is a pipe from which each reader gets the next TEXT. Each has a pipe of its own, so that no
# reader gets two. A reader that never comes leaves this waiting.
answer() {
	rm -f "$1"
	mkfifo "$1"
	# shellcheck disable=SC2016
	timeout $patience bash -c 'file=$1; shift; for text; do
		exec 3>"$file"
		mkfifo next
		mv next "$file"
		cat "$text" >&3
		exec 3>&-
	done' answer "$@" &
}

# population: two processes that are attached, and some that are not

# No process of this machine has such pids: the tool leaves itself out where it looks for names.
demo=5000001 other=5000002

# key NAME: its value in the summary of golden/views.txt
key() {
	awk -v key="$1" '$1 == key { print $2; exit }' "$golden/views.txt"
}

# lives PID NAME TEXT: a process NAME, whose debugfs files are those in TEXT
lives() {
	mkdir -p debug/pagetree/"$1" proc/"$1"
	awk -v dir=debug/pagetree/"$1" '/^# pagetree / { file = dir "/" $3 } /^# captured / { exit } { print >file }' "$3"
	rm debug/pagetree/"$1"/{geometry,processes}
	sed -i "s/^pid\t.*/pid\t$1/" debug/pagetree/"$1"/summary
	printf 'Name:\tx\nTgid:\t%s\n' "$1" >proc/"$1"/status
	printf '%b\n' "$2" >proc/"$1"/comm
}

population() {
	rm -rf debug proc security sys
	mkdir -p debug/pagetree proc/sys proc/self security sys/fs/cgroup/app/{one,two,empty}
	: >debug/pagetree/attach
	sed '/^# pagetree summary/,$d' "$golden/views.txt" >debug/pagetree/geometry
	sed '1,/^# pagetree processes/{/^# pagetree processes/!d}; /^# captured/,$d' "$golden/views.txt" \
		>debug/pagetree/processes
	lives $demo demo "$golden/views.txt"
	lives $other 'de\033[31mmo\n1 ok 2' "$golden/odd-views.txt"
	sed -i 's/ state=partial.*/ state=complete/' debug/pagetree/$other/*
	for name in 5000011/twin 5000012/twin 5000013/twins 5000014/lone; do
		mkdir -p proc/${name%/*}
		echo "${name#*/}" >proc/${name%/*}/comm
	done
	: >proc/5000014/status
	mkdir proc/5000015 && : >proc/5000015/comm
	echo $demo >sys/fs/cgroup/app/one/cgroup.procs
	printf '%s\n' 0 $other 5000014 >sys/fs/cgroup/app/two/cgroup.procs
	: >sys/fs/cgroup/app/cgroup.procs
	cp sys/fs/cgroup/app/{,empty/}cgroup.procs
}

# Files of one process, from short descriptions

cost='# cost tables=0 entries=0 vmas=0 us=1 lock_us_max=0 lock_us_total=0 retries=0 skipped=0 state=complete'

# extents: map, of lines START END LEVEL KIND FLAGS
extents() {
	local start end level kind flags size
	printf '# pagetree map abi 1\nstart\tend\tlevel\tsize\tentries\tkind\tflags\tpkey\n'
	while read -r start end level kind flags; do
		[ "$start" ] || continue
		size=$((4096 << 9 * (level - 1)))
		printf '0x%x\t0x%x\t%d\t%d\t%d\t%s\t%s\t0\n' "$start" "$end" "$level" $size \
			$(((end - start + size - 1) / size)) "$kind" "${flags:---------}"
	done
	echo "$cost"
}

# areas: vmas, of lines START END KIND NAME
areas() {
	local start end kind name
	printf '# pagetree vmas abi 1\nstart\tend\tperms\toffset\tkind\tname\n'
	while read -r start end kind name; do
		[ ! "$start" ] || printf '0x%x\t0x%x\trw-p\t0\t%s\t%s\n' "$start" "$end" "$kind" "$name"
	done
	echo "$cost"
}

# totals LEVELS KEY=NUMBER...: summary
totals() {
	printf '# pagetree summary abi 1\nkey\tvalue\nlevels\t%s\npid\t4242\nvmas\t1\nvma_bytes\t1\n' "$1"
	shift
	printf '%s\n' "$@" | sed 's/=/\t/'
	echo "$cost"
}

geometry() {
	sed '/^# pagetree summary/,$d' "$golden/$1.txt"
}

# Results of shootdowns

# shots FILE: title and columns as the module has them, a row for each line of NAME=VALUE... of the input (other columns
# are 0 or -), and the cost
shots() {
	{ sed -n '/^#define PAGETREE_SHOOTDOWN_FIELDS/,/[^\\]$/s/.*X(\([a-z0-9_]*\), *\([A-Z]*\).*/\1 \2/p' \
		"$top/module/abi.h" | awk '
		function title() {
			print "# pagetree shootdowns abi 1"
			for (i = 1; i <= n; i++) printf "%s%s", column[i], i == n ? "\n" : "\t"
		}
		NR == FNR { column[++n] = $1; type[n] = $2; next }
		!rows++ { title() }
		{
			for (i = 1; i <= n; i++)
				value[column[i]] = type[i] == "TEXT" ? "-" : type[i] == "ADDRESS" ? "0x0" : 0
			value["ended"] = "done"
			value["seq"] = FNR
			for (i = 1; i <= NF; i++) { split($i, pair, "="); value[pair[1]] = pair[2] }
			for (i = 1; i <= n; i++) printf "%s%s", value[column[i]], i == n ? "\n" : "\t"
		}
		END {
			if (!rows) title()
			print "# cost tables=0 entries=0 vmas=0 us=1 lock_us_max=0 lock_us_total=0 retries=0 " \
				"skipped=0 state=complete"
		}' - /dev/fd/3; } 3<&0 >"$1"
}

# lines: rows for shots. A page takes 2000 ns, and 200 more an invalidation and 70 more a CPU; the whole context takes
# 5000 ns, and 40 more a CPU.
lines() {
	local strides cpus
	for cpus in 1 2 4; do
		for strides in 1 2 8 33; do
			echo "scope=range start=0x10000 end=$(printf 0x%x $((0x10000 + strides * 4096))) pages=$strides" \
				"strides=$strides mechanism=page asked=20 n=20 sent=$((20 * cpus)) ran=$((20 * cpus))" \
				"p50_ns=$((2000 + 200 * strides + 70 * cpus)) null_p50_ns=900 tag=s"
		done
		echo "scope=mm mechanism=context deferred=1 asked=20 n=20 sent=$((20 * cpus)) ran=$((20 * cpus))" \
			"p50_ns=$((5000 + 40 * cpus)) null_p50_ns=900 tag=s"
	done
}

# world_of: a process as pagetree capture writes it, for pagetree why

# of_file PATH: the standard input as a captured file of that path
of_file() {
	local text
	text=$(cat)
	printf '# captured %s %s\n%s\n# end\n' "$1" "$(wc -l <<<"$text")" "$text"
}

# even: sets the variables of world_of; a case changes some before it asks.
#	0x100000000000 [2 MiB, 300 pages touched][2 MiB, nothing touched]
even() {
	vma='start=0x100000000000 end=0x100000400000 perms=rw-p kind=anon leaf1=300 bytes1=1228800 tables1=1 tables2=1 tables3=1 tables4=1 holes1=212 holes2=1 hole_bytes=2965504 rss=1228800'
	extents='0x100000000000 0x10000012c000 1 4096 300 leaf wxu-----'
	flags='rd wr mr mw me ac hg' eligible=1 device=00:00 inode=0 page_kib=4
	enabled='always [madvise] never' shmem='always within_size advise [never] deny force'
	thp_enabled=1 thp_disabled=0 listed=1 pinned=0 max_none=511 max_swap=64
	buddy='0 0 0 0 0 0 0 0 0 1 3'
	mounts='36 1 254:1 / / rw - ext4 /dev/vda rw'
	more='' release='' lazyfree=0
}

world_of() {
	local tab=$'\t' extent
	sed '/^# pagetree summary/,$d' "$golden/4-level.txt"
	text summary "$vma" | sed "s/^# cost/khugepaged\t$listed\nthp_disabled\t$thp_disabled\nhas_pinned\t0\n&/"
	text vmas "$vma"
	printf '# pagetree map abi 1\nstart\tend\tlevel\tsize\tentries\tkind\tflags\tpkey\n'
	while read -r extent; do
		[ -z "$extent" ] || echo "${extent// /$tab}${tab}0"
	done <<<"$extents"
	echo '# cost tables=1 entries=1 vmas=1 us=1 lock_us_max=1 lock_us_total=1 retries=0 skipped=0 state=complete'
	{
		read -r start end perms offset < <(awk '{ for (i = 1; i <= NF; i++) { split($i, p, "="); v[p[1]] = p[2] }
			printf "%s %s %s %x\n", substr(v["start"], 3), substr(v["end"], 3), v["perms"], v["offset"]; exit }' <<<"$vma")
		vma "$start-$end $perms $(printf %08x "0x$offset") $device $inode" "$flags" Anonymous=0
		printf 'KernelPageSize: %8d kB\nLazyFree:       %8d kB\nTHPeligible:    %s\n' "$page_kib" "$lazyfree" "$eligible"
	} | of_file /proc/4242/smaps
	printf 'Name:\tx\nVmPin:\t%8d kB\nTHP_enabled:\t%s\n' "$pinned" "$thp_enabled" | of_file /proc/4242/status
	echo "$mounts" | of_file /proc/4242/mountinfo
	printf 'Node 0, zone      DMA      9 9 9 9 9 9 9 9 9 9 9 \nNode 0, zone    DMA32 %s \n' "$buddy" | of_file /proc/buddyinfo
	for extent in "enabled $enabled" "shmem_enabled $shmem" "khugepaged/max_ptes_none $max_none" \
		"khugepaged/max_ptes_swap $max_swap"; do
		echo "${extent#* }" | of_file "/sys/kernel/mm/transparent_hugepage/${extent%% *}"
	done
	[ -z "$release" ] || of_file /proc/sys/kernel/osrelease <<<"$release"
	[ -z "$more" ] || echo "${more#* }" | of_file "${more%% *}"
}
