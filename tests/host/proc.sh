# --proc: VMAs from an smaps written by hand, then those of a process of our own. Sourced by run.
# shellcheck shell=bash disable=SC2154

# area HEADER FLAGS KERNEL-PAGE-SIZE NAME=KIB...: prints a VMA of smaps
area() {
	local header=$1 flags=$2 page=$3
	shift 3
	vma "$header" "$flags" "$@" | sed "2i KernelPageSize: $page kB"
}

# by_hand: creates a process with each kind of VMA, and no debugfs
by_hand() {
	world
	chmod -R u+rwx debug
	rm -r debug
	{
		area '1000-3000 r-xp 00002000 fe:01 99                  /bin/a  b' 'rd ex' 4 Rss=8
		area '200000-800000 rw-p 00000000 00:00 0 ' 'rd wr hg' 4 Rss=2092 AnonHugePages=2048
		area '800000-900000 rw-p 00000000 00:00 0               [heap]' 'rd wr' 4 Rss=12
		area '40000000-c0000000 rw-s 00400000 00:0f 7           /dev/huge' 'rd wr sh ht' 1048576 \
			Shared_Hugetlb=1048576 Private_Hugetlb=1048576
		area '100000000-100400000 rw-s 00000000 00:0f 8         /memfd:m (deleted)' 'rd wr sh ht' 2048 \
			Private_Hugetlb=2048
		area '200000000-200400000 rw-s 00000000 00:01 9         /memfd:s (deleted)' 'rd wr sh' 4 \
			Rss=2056 ShmemPmdMapped=2048
		area '300000000-300400000 r--s 00000000 fe:01 10        /tmp/x' 'rd sh' 4 Rss=2048 FilePmdMapped=2048
		area '400000000-400400000 rw-s f0000000 00:05 11        /dev/mem' 'rd wr sh io pf' 4 Rss=0
		area '500000000-500004000 r--p 00000000 00:00 0         [vvar]' 'rd io pf' 4 Rss=0
		area '500004000-500006000 r-xp 00000000 00:00 0         [vdso]' 'rd ex' 4 Rss=4
		area 'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]' 'ex' 4
	} >proc/4242/smaps
}

by_hand
says 'proc: no module' 0 '' "$tool" --proc 4242
is 'proc: it says what it is' 'from /proc, without the module: no tables, no levels but by size, huge zero pages counted only where PAGEMAP_SCAN is' \
	"$(head -n 1 out)"
is 'proc: as a table' "$(cat <<'EOF'
      START SIZE PERMS KIND     4K 2M 1G TABLES HOLES NAME
     0x1000   8K r-xp  file     8K  0  0      -     - /bin/a  b
   0x200000   6M rw-p  anon    44K 2M  0      -     - 
   0x800000   1M rw-p  anon    12K  0  0      -     - [heap]
 0x40000000   2G rw-s  hugetlb   0  0 2G      -     - /dev/huge
0x100000000   4M rw-s  hugetlb   0 2M  0      -     - /memfd:m (deleted)
0x200000000   4M rw-s  shmem    8K 2M  0      -     - /memfd:s (deleted)
0x300000000   4M r--s  file      0 2M  0      -     - /tmp/x
0x400000000   4M rw-s  pfnmap                 -     - /dev/mem
0x500000000  16K r--p  special                -     - [vvar]
0x500004000   8K r-xp  special  4K  0  0      -     - [vdso]
EOF
)" "$(tail -n +3 out)"
is 'proc: rss, mapped, huge%, offset' "$(cat <<'EOF'
8192 8192 0.0 8192
2142208 2142208 97.9 0
12288 12288 0.0 0
2147483648 2147483648 100.0 4194304
2097152 2097152 100.0 0
2105344 2105344 99.6 0
2097152 2097152 100.0 0
- - - 4026531840
- - - 0
4096 4096 0.0 0
EOF
)" "$("$tool" vmas --proc -n -r -o rss,mapped,huge%,offset 4242)"
is 'proc: vmas says the same' "$("$tool" show --proc -r 4242)" "$("$tool" vmas --proc -r 4242)"
is 'proc: -n' 10 "$("$tool" --proc -n 4242 | wc -l)"
is 'proc: -o, -x' '/dev/huge' "$("$tool" --proc -n -r -o name -x size 4242 | tail -n 1)"
"$tool" --proc -J 4242 >out
is 'proc: JSON' 'proc 4242 10 8192 null null null null null' "$(jq -r '.pagetree.processes[0] |
	[.source, .pid, (.vmas | length), .vmas[0].bytes1, .vmas[0].leaf1, .vmas[0].tables1, .vmas[0].hole_bytes,
		.vmas[0].zero1, .vmas[7].bytes1] | map(tostring) | join(" ")' out)"
is 'proc: JSON has nothing of the module' '["comm","pid","source","vmas"] ["processes","schema"]' \
	"$(jq -c '.pagetree.processes[0] | keys' out) $(jq -c '.pagetree | keys' out)"
: >proc/4242/pagemap
is 'proc: a pagemap that cannot scan' null "$("$tool" --proc -J 4242 | jq '.pagetree.processes[0].vmas[0].zero1')"
is "proc: a thread's id means its process" "$("$tool" --proc -r 4242)" "$("$tool" --proc -r 4243)"
is 'proc: two processes, with their pids' 20 "$("$tool" --proc -n -r --pid 4243 4242 | grep -c '^4242 0x')"

says 'proc: no such process' 1 'pagetree: 4244: no such process' "$tool" --proc 4244
: >proc/4242/smaps
says 'proc: no memory' 1 'pagetree: 4242: no address space: a kernel thread or a zombie' "$tool" --proc 4242
by_hand
sed -i '/^Rss/d' proc/4242/smaps
says 'proc: smaps without Rss' 1 'pagetree: 4242: smaps: a line is missing' "$tool" --proc 4242
by_hand
printf 'cut' >>proc/4242/smaps
says 'proc: smaps that is cut' 1 'pagetree: 4242: smaps: truncated' "$tool" --proc 4242
by_hand
sed -i 's,/tmp/x,/tmp/\x1b[31m\xff,' proc/4242/smaps
is 'proc: a name cannot reach the terminal' '/tmp/\033[31m\377' \
	"$("$tool" --proc -n -o name 4242 | sed -n 7p)"
chmod 0 proc/4242/smaps
says "proc: somebody else's process" 6 'pagetree: 4242: smaps: Permission denied: run this as root, or as the owner of the process' \
	"${as_nobody[@]}" "$tool" --proc 4242

# A real process: of 64 pages each, 29 are written, 13 are read, 23 are PROT_NONE; 31 pages of a memfd; 3 huge pages are read

mkfifo hold
"${as_nobody[@]}" ./factory small zero closed shmem thp-zero <hold >said 2>&1 9>&- &
exec 9>hold
until grep -qs ^ready said || ! kill -0 $! 2>/dev/null; do sleep 0.1; done
made=$(awk '/^ready/ { print $2 }' said)
ln -s "/proc/$made" "proc/$made"
cp /proc/sys/kernel/osrelease proc/sys/kernel
since=$(printf '%s\n' 6.7 6.16 "$(uname -r)" | sort -V | grep -n "^$(uname -r)" | cut -d : -f 1)

# real SITUATION COLUMNS: prints these columns of the VMA of a situation
real() {
	"${as_nobody[@]}" "$tool" --proc -J "$made" | jq -r --arg start "$(awk -v what="$1" '$2 == what { print $3 }' said)" \
		".pagetree.processes[0].vmas[] | select(.start == \$start) | [$2] | map(tostring) | join(\" \")"
}
is 'proc: pages that were written' '118784 0 118784 anon' "$(real small .bytes1,.bytes2,.rss,.kind)"
is 'proc: pages without access' '94208 0 94208 ---p' "$(real closed .bytes1,.bytes2,.rss,.perms)"
is 'proc: pages of a memfd' '126976 0 126976 shmem' "$(real shmem .bytes1,.bytes2,.rss,.kind)"
if [ "$since" -gt 1 ]; then
	is 'proc: zero pages' '53248 13 0 0' "$(real zero .bytes1,.zero1,.bytes2,.rss)"
else
	is 'proc: zero pages, before Linux 6.7' '0 null 0 0' "$(real zero .bytes1,.zero1,.bytes2,.rss)"
fi
if [ "$since" -gt 2 ]; then
	# small zero pages if the kernel found no memory for a huge one, or huge pages are switched off
	is 'proc: huge zero pages' '3 0 0' "$(real thp-zero \
		'.zero1 + .zero2, .bytes1 - .zero1 * 4096, .bytes2 - .zero2 * 2097152')"
fi
exec 9>&-
wait $!
[ ${#as_nobody[@]} = 0 ] || {
	ln -s /proc/1 proc/1
	says "proc: root's process" 6 'pagetree: 1: smaps: Permission denied: run this as root, .*' \
		"${as_nobody[@]}" "$tool" --proc 1
}
world
