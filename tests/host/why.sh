# Why memory is not on huge pages, on made-up text. Sourced by run.
# shellcheck shell=bash disable=SC2154,SC2034

# because NAME REASON EVIDENCE: of the only row; $asked has more options
asked=()
because() {
	world_of >why.txt
	"$tool" why -J "${asked[@]}" --input why.txt >out 2>err
	is "why: $1" "$2 $3" "$(jq -r '.pagetree.processes[0].why | map(.reason + " " + .evidence) | join("; ")' out)$(cat err)"
}

unseen='; ruled out: all reasons before this one; not known: which pages are shared, lazily freed or unused (pagemap)'

even
because 'khugepaged has not come by' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
is 'why: what would be saved' '{"huge_bytes":2097152,"eligible":4194304,"eligible_huge":0,"free_huge_pages":7,"saved_tables":1,"saved_translations":299,"fork_tables":4,"fork_bytes":16384,"enabled":"madvise","shmem_enabled":"never"}' \
	"$(jq -c '.pagetree.processes[0].why_summary' out)"
even; flags='rd wr'
because 'madvise mode, no advice' madvise 'transparent_hugepage/enabled: madvise; VmFlags without hg'
even; flags='rd wr' enabled='[always] madvise never'
because 'always' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
even; enabled='always madvise [never]' eligible=0
because 'never' never 'transparent_hugepage/enabled: never'
even; enabled='always madvise [never]' more='/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled [always] inherit madvise never'
because 'never, but this size always' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
even; enabled='[always] madvise never' more='/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled always [inherit] madvise never'
because 'this size inherits' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
even; enabled='[always] madvise never' eligible=0 more='/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled always inherit madvise [never]'
because 'always, but this size never' never 'transparent_hugepage/hugepages-2048kB/enabled: never'
even; enabled=''
because 'a kernel without them' never 'there is no transparent_hugepage/enabled'
even; thp_enabled=0
because 'switched off by prctl' disabled 'THP_enabled: 0 in /proc/4242/status'
even; flags='rd wr hg nh'
because 'switched off by madvise' nohugepage 'VmFlags: nh, by madvise() or, since Linux 6.7, by MAP_STACK (stacks of threads)'
even; flags='rd wr hg nh' more='/proc/sys/kernel/osrelease 6.1.0'
because 'switched off by madvise, on a kernel without another way' nohugepage 'VmFlags: nh'
even; eligible=0
because 'the kernel says no' ineligible 'THPeligible: 0'
even; flags='rd wr hg um'
because 'userfaultfd, missing' uffd '1 of 1 huge pages: 300 to 300 of 512 pages are there; VmFlags: um (missing)'
even; flags='rd wr hg uw' extents='0x100000000000 0x100000200000 1 4096 512 leaf wxu-----'
because 'userfaultfd, all pages there, none protected' unknown "1 of 1 huge pages: 512 to 512 of 512 pages are touched$unseen"
even; extents='0x100000000000 0x100000041000 1 4096 65 swap --------
0x100000041000 0x10000012c000 1 4096 235 leaf wxu-----'
because '65 pages are swapped out' swap '1 of 1 huge pages: over 64 pages each are swapped out (max_ptes_swap)'
even; extents='0x100000000000 0x100000040000 1 4096 64 swap --------
0x100000040000 0x10000012c000 1 4096 236 leaf wxu-----'
because '64 pages are swapped out' unknown "1 of 1 huge pages: 236 to 236 of 512 pages are touched$unseen"
even; max_none=211
because '212 pages are missing, 211 may' partial '1 of 1 huge pages: 300 to 300 of 512 pages are touched, 211 may miss (max_ptes_none)'
even; max_none=212
because '212 pages are missing, 212 may' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
even; pinned=8
because 'pages are pinned' pinned '1 of 1 huge pages; VmPin: 8K'
even; buddy='500 500 500 500 500 500 500 500 500 0 0'
because 'no free block but in zone DMA' fragmented '1 of 1 huge pages; buddyinfo: no free block of order 9 in a zone above its watermark'
even; more='/proc/zoneinfo Node 0, zone    DMA32
  per-node stats
      nr_active_file 338771
  pages free     1000
        boost    0
        min      489
Node 0, zone   Normal
  pages free     100000
        min      1'
because 'free blocks, but too little memory' fragmented '1 of 1 huge pages; buddyinfo: no free block of order 9 in a zone above its watermark'
more=${more/489/488}
because 'free blocks, and enough memory' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
even; more='/proc/pagetypeinfo Page block order: 9

Free pages count per migrate type at order       0      1      2      3      4      5      6      7      8      9     10
Node    0, zone    DMA32, type      Movable      1      1      1      1      1      1      1      1      1      0      0
Node    0, zone    DMA32, type   HighAtomic      0      0      0      0      0      0      0      0      0      1      3

Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic      Isolate
Node 0, zone    DMA32            6         1514           12            4            0'
because 'free blocks, but kept for who may not wait' fragmented '1 of 1 huge pages; buddyinfo: no free block of order 9 in a zone above its watermark'
even; extents=''; vma=${vma/leaf1=300 bytes1=1228800/leaf1=0 bytes1=0}
because 'nothing is touched' untouched 'no page of it'
even; extents='0x100000000000 0x100000400000 2 2097152 2 leaf wxu-----' vma=${vma/leaf1=300 bytes1=1228800/leaf2=2 bytes2=4194304}
world_of >why.txt; "$tool" why -J --input why.txt >out
is 'why: all of it is on huge pages' '[]' "$(jq -c '.pagetree.processes[0].why' out)"
# two extents of one huge page, over the border of another: 12 pages of the first, 13 of the second
even; extents='0x1000001f4000 0x100000200000 1 4096 12 leaf wxu-----
0x100000200000 0x10000020d000 1 4096 13 leaf -xu-----'
because 'two huge pages' unknown "2 of 2 huge pages: 12 to 13 of 512 pages are touched$unseen"
even; vma=${vma/0x100000400000/0x10000012c000}
because 'too small' small '1.2M, a huge page has 2M'
even; vma=${vma/0x100000000000/0x100000001000}; vma=${vma/0x100000400000/0x1000003ff000}
because 'large enough, but not aligned' misaligned '4M, a huge page has 2M'
even; vma="${vma/0x100000400000/0x100000100000} name=
start=0x100000100000 end=0x100000200000 perms=r--p kind=anon leaf1=1 bytes1=4096"
because 'divided by protection' protection '1M of rw-p; its neighbours differ in protection'
even; vma="${vma/0x100000400000/0x100000100000} name=
start=0x100000100000 end=0x100000200000 perms=rw-p kind=anon leaf1=1 bytes1=4096"
because 'divided by what smaps does not show' flags '1M of rw-p, as its neighbours; they differ in what smaps does not show: mbind(), userfaultfd, mremap() or a fork'
even; vma=${vma/kind=anon/kind=file offset=4096}
because 'the file begins elsewhere' offset 'address 0x100000000000, offset 0x1000: 2044K apart modulo 2M'
even; vma=${vma/kind=anon/kind=file offset=2097152}; device=fe:01 eligible=0
because 'a file of ext4' filesystem 'ext4, and khugepaged does not collapse such pages'
even; vma=${vma/kind=anon/kind=file}; device=fe:02 eligible=0
because 'a file of who knows what' filesystem 'unknown file system, and khugepaged does not collapse such pages'
even; vma=${vma/kind=anon/kind=file}; device=fe:01
because 'a file that khugepaged collapses' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
even; vma=${vma/kind=anon/kind=shmem}; eligible=0
because 'shared memory' never 'transparent_hugepage/shmem_enabled: never'
even; vma=${vma/kind=anon/kind=shmem offset=4096}; eligible=0
because 'shared memory that was placed anywhere' never 'transparent_hugepage/shmem_enabled: never'
even; vma=${vma/kind=anon/kind=shmem offset=4096}; eligible=0 shmem='always within_size [advise] never deny force'
because 'shared memory that was placed badly' offset 'address 0x100000000000, offset 0x1000: 2044K apart modulo 2M'
even; vma=${vma/kind=anon/kind=shmem}; device=00:20 mounts='40 1 0:32 / /dev/shm rw - tmpfs tmpfs rw' eligible=0
because 'a tmpfs' tmpfs 'mounted without huge='
even; vma=${vma/kind=anon/kind=shmem}; device=00:20 mounts='40 1 0:32 / /dev/shm rw - tmpfs tmpfs rw,huge=within_size'
because 'a tmpfs with huge pages' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
even; listed=0
because 'not on the list of khugepaged' unlisted 'khugepaged: 0 in summary: MMF_VM_HUGEPAGE of the process is clear'
even; thp_disabled=3
because 'restricted to what is advised, and advised' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
even; thp_disabled=3 flags='rd wr' enabled='[always] madvise never'
because 'restricted to what is advised, and not advised' disabled 'prctl(PR_SET_THP_DISABLE) with PR_THP_DISABLE_EXCEPT_ADVISED; VmFlags without hg'
even
world_of | sed '/^khugepaged/d' >why.txt; "$tool" why -J --input why.txt >out
is 'why: a module that does not know the list' 'unknown: which pages are shared, lazily freed or unused (pagemap), whether it is on khugepaged'"'"'s list (summary)' \
	"$(jq -r '.pagetree.processes[0].why[0] | .reason + (.evidence | sub(".*not known"; ""))' out)"
even; flags='rd wr hg de'
because 'memory of a driver' driver 'VmFlags: de'
even; extents='0x100000000000 0x10000012c000 1 4096 300 zero --u-----'
because 'only read' zero '1 of 1 huge pages'
even; extents='0x100000000000 0x10000012b000 1 4096 299 leaf wxua----
0x10000012b000 0x10000012c000 1 4096 1 special w-ua----'
because 'a page that is none' foreign '1 of 1 huge pages'
even; extents='0x100000000000 0x10000012b000 1 4096 299 leaf wxua----
0x10000012b000 0x10000012c000 1 4096 1 guard --------'
because 'a guard' marker '1 of 1 huge pages: 1 entries of them stand for no page (columns guard1, poison1 and hwpoison1 of vmas)'
even; extents='0x100000000000 0x10000012c000 1 4096 300 leaf --ua----' more='/proc/sys/kernel/osrelease 6.12.3'
because 'no writable page, 6.12' readonly '1 of 1 huge pages: no entry allows writes'
even; extents='0x100000000000 0x10000012c000 1 4096 300 leaf --ua----' more='/proc/sys/kernel/osrelease 6.18.3'
because 'no writable page, a kernel between' unknown '1 of 1 huge pages: 300 to 300 of 512 pages are touched; ruled out: all reasons before this one; not known: which pages are shared, lazily freed or unused (pagemap), whether this kernel collapses memory without a writable page'
even; vma=${vma/kind=anon/kind=pfnmap}; flags='rd wr io pf'
because 'a driver' pfnmap 'VmFlags: pf io'
even; vma=${vma/kind=anon/kind=hugetlb}; flags='rd wr ht nr' page_kib=2048 more='/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages 0'
because 'an empty pool' pool 'hugepages-2048kB: 0 free, 0 of them reserved; not reserved for this'
even; vma=${vma/kind=anon/kind=hugetlb}; flags='rd wr ht' page_kib=2048 more='/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages 5'
because 'a pool that is not' untouched '2896K are not touched yet'

# Other sizes: 300 pages are 18 blocks of 64 KiB and 12 pages

asked=(--size 64K)
small_mode='/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled'
even; flags='rd wr'
because '64K: a kernel without such a size' never 'there is no transparent_hugepage/hugepages-64kB/enabled'
even; flags='rd wr' enabled='[always] madvise never' more="$small_mode always inherit madvise [never]"
because '64K: the file of this size decides' never 'transparent_hugepage/hugepages-64kB/enabled: never'
is 'why: 64K: and its remedy names it' 1 "$(jq -r '.pagetree.processes[0].why[0].remedy' out | grep -c 'echo always >/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled,')"
even; flags='rd wr' enabled='always [madvise] never' more="$small_mode always [inherit] madvise never"
because '64K: inherit asks the file of all sizes' madvise 'transparent_hugepage/enabled: madvise; VmFlags without hg'
even; flags='rd wr' enabled='[always] madvise never' more="$small_mode always inherit [madvise] never"
because '64K: this size wants advice' madvise 'transparent_hugepage/hugepages-64kB/enabled: madvise; VmFlags without hg'
even; release=6.12.3 more="$small_mode [always] inherit madvise never"
because '64K: khugepaged of 6.12 makes level 2 only' faulted '19 of 19 places of 64K: 12 to 16 of 16 pages are touched'
is 'why: 64K: what is asked about' '[65536,4194304,0,281,0]' "$(jq -c '.pagetree.processes[0].why_summary | [.huge_bytes, .eligible, .eligible_huge, .saved_translations, .saved_tables]' out)"
even; release=6.12.3 listed=0 more="$small_mode [always] inherit madvise never"
because '64K: so its list is no reason' faulted '19 of 19 places of 64K: 12 to 16 of 16 pages are touched'
even; release=7.3.1 more="$small_mode [always] inherit madvise never"
because '64K: khugepaged of 7.3 makes others, but scans more than this' unknown "19 of 19 places of 64K: 12 to 16 of 16 pages are touched$unseen, what else lies in its range of level 2, which khugepaged scans as a whole"
even; release=7.3.1 max_none=100 extents='0x100000000000 0x10000000c000 1 4096 12 leaf wxua----' more="$small_mode [always] inherit madvise never"
because '64K: other limits than 511 are 0' partial '1 of 1 places of 64K: 12 to 12 of 16 pages are touched, 0 may miss (max_ptes_none)'
even; release=7.3.1 vma=${vma/0x100000400000/0x100000100000} extents='0x100000000000 0x100000100000 1 4096 256 leaf wxua----' more="$small_mode [always] inherit madvise never"
because '64K: a VMA without a range of level 2' faulted '16 of 16 places of 64K: 16 to 16 of 16 pages are touched'
even; release=6.12.3 flags='rd wr hg um' more="$small_mode [always] inherit madvise never"
because '64K: userfaultfd' uffd '19 of 19 places of 64K: 12 to 16 of 16 pages are there; VmFlags: um (missing)'
even; vma=${vma/0x100000400000/0x10000000f000} extents='0x100000000000 0x10000000c000 1 4096 12 leaf wxua----'
because '64K: too small' small '60K, a huge page has 64K'
even; release=6.12.3 eligible=0 vma=${vma/kind=anon/kind=file offset=65536}
because '64K: a file on small folios' faulted '19 of 19 places of 64K: 12 to 16 of 16 pages are touched'
asked=(--size 32m)
even; flags='rd wr' vma=${vma/0x100000400000/0x100002000000}
because '32M: larger than any' never 'no transparent huge page is larger than one of level 2 (hpage_pmd_size)'
asked=(--size 2M)
even
because '2M: as without it' unknown "1 of 1 huge pages: 300 to 300 of 512 pages are touched$unseen"
asked=()

# A heap wholly on blocks of 64 KiB, then one with a page of 4 KiB more, which contigN tells and map does not
even; release=6.12.3 vma=${vma/leaf1=300 bytes1=1228800/leaf1=32 bytes1=131072 contig16=2} extents='0x100000000000 0x100000020000 1 4096 32 leaf wxua----'
world_of >why.txt; "$tool" why -J --size 64K --input why.txt >out
is 'why: 64K: all of it is on blocks' '[] [4194304,131072]' "$(jq -c '.pagetree.processes[0].why' out) $(jq -c '.pagetree.processes[0].why_summary | [.eligible, .eligible_huge]' out)"
says 'expect: of blocks it does not score 0' 0 '' "$tool" --expect 'cont64k%=100' --expect 'huge%=0' --input why.txt
is 'why: 2M: none of it is' 2097152 "$("$tool" why -J --input why.txt | jq '.pagetree.processes[0].why_summary | .eligible_huge + .huge_bytes')"
even; release=6.12.3 vma=${vma/leaf1=300 bytes1=1228800/leaf1=33 bytes1=135168 contig16=2} extents='0x100000000000 0x100000021000 1 4096 33 leaf wxua----'
more="$small_mode [always] inherit madvise never"
world_of >why.txt; "$tool" why -J --size 64K --input why.txt >out
is 'why: 64K: all but a page' '[["faulted",1,131072,4096]]' "$(jq -c '.pagetree.processes[0].why | map([.reason, .spans, .huge, .small])' out)"
is 'why: 64K: the text' "pid 4242: 4M could be on pages of 64K, 128K are (3.1%); THP: always, of shmem: ?
modes by size (enabled, shmem_enabled): 64K always" "$("$tool" why --size 64K --input why.txt | head -n 2)"
more="$small_mode always inherit madvise [never]"
is 'why: 64K: no mode but never' 'modes by size (enabled, shmem_enabled): all never' "$(world_of >why.txt; "$tool" why --input why.txt | grep ^modes)"
more="$small_mode [always] inherit madvise never"
is 'why: 64K: others that are never' 'modes by size (enabled, shmem_enabled): 64K always; 128K -, advise; all others never' "$({
	world_of
	echo 'always inherit madvise [never]' | of_file "${small_mode/64/2048}"
	echo 'always within_size [advise] never' | of_file "${small_mode/64kB\/enabled/128kB\/shmem_enabled}"
} >two.txt; "$tool" why --input two.txt | grep ^modes)"
world_of >why.txt
sed "s/^table_bytes/conthint_bytes1\t65536\n&/; s/^conthint1\t.*//; s/^leaf1\t33$/conthint1\t32\n&/" why.txt | sed '/^$/d' >hint.txt
is 'why: 64K: contiguous entries of arm64' 131072 "$("$tool" why --size 64K -J --input hint.txt | jq '.pagetree.processes[0].why_summary.conthint_bytes')"
is 'why: 2M: they are of another size' null "$("$tool" why -J --input hint.txt | jq '.pagetree.processes[0].why_summary.conthint_bytes')"
for size in '' K 0K 3K 96K 64 64k4 -64K 2G 64T 99999999999999999999K; do
	misuse "why: --size '$size'" "--size: '.*': not a size of pages, such as 64K or 2M: a power of two up to 1G" why --size "$size" --input why.txt
done
misuse 'why: --size 4K' '--size: no larger than a page, which has 4K' why --size 4K --input why.txt
misuse 'why: --size and --try' '--size, --try: only huge pages of level 2 can be asked for' why --size 64K --try --input why.txt
misuse '--size of map' '--size: not for pagetree map' map --size 64K 1

# The other direction: who asked for the huge pages. The first of two is there.

asked=(--huge)
collapsed='made by page faults, khugepaged or MADV_COLLAPSE'
one() {
	even
	vma=${vma/leaf1=300 bytes1=1228800/leaf2=1 bytes2=2097152} extents='0x100000000000 0x100000200000 2 2097152 1 leaf w-uad---'
}
one
because 'huge: madvise()' advised "2M on huge pages; VmFlags: hg; transparent_hugepage/enabled: madvise; $collapsed"
one; flags='rd wr' enabled='[always] madvise never'
because 'huge: the mode' always "2M on huge pages; transparent_hugepage/enabled: always; $collapsed"
one; flags='rd wr' more='/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled [always] inherit madvise never'
because 'huge: the mode of this size' always "2M on huge pages; transparent_hugepage/hugepages-2048kB/enabled: always; $collapsed"
one; enabled='always madvise [never]'
because 'huge: nothing asks for it now' earlier "2M on huge pages; now transparent_hugepage/enabled: never; $collapsed"
one; thp_enabled=0
because 'huge: but for prctl()' earlier "2M on huge pages; now THP_enabled: 0 in /proc/4242/status; $collapsed"
one; enabled=''
because 'huge: a mode that was not captured' unknown "2M on huge pages; $collapsed"
one; listed=0
because 'huge: not by khugepaged' advised '2M on huge pages; VmFlags: hg; transparent_hugepage/enabled: madvise; made by page faults or MADV_COLLAPSE: the process is not on khugepaged'"'"'s list'
one; more='/proc/vmstat nr_free_pages 1
thp_fault_alloc 5
thp_collapse_alloc 0'
because 'huge: by page faults alone' advised '2M on huge pages; VmFlags: hg; transparent_hugepage/enabled: madvise; made by page faults: nothing was collapsed on this machine (thp_collapse_alloc of vmstat: 0)'
one; extents='0x100000000000 0x100000200000 2 2097152 1 leaf --uad---'
because 'huge: after a fork' advised "2M on huge pages; VmFlags: hg; transparent_hugepage/enabled: madvise; $collapsed; 2M of it not writable since a fork"
is 'why: huge: after a fork, of all' '[2097152,0]' "$(jq -c '.pagetree.processes[0].why_summary | [.forked_huge, .forked_small]' out)"
one; vma=${vma/perms=rw-p/perms=r--p} extents='0x100000000000 0x100000200000 2 2097152 1 leaf --uad---'
because 'huge: memory that is read-only anyway' advised "2M on huge pages; VmFlags: hg; transparent_hugepage/enabled: madvise; $collapsed"
one; extents='0x100000000000 0x100000200000 2 2097152 1 leaf --uad-p-'
because 'huge: userfaultfd is no fork' advised "2M on huge pages; VmFlags: hg; transparent_hugepage/enabled: madvise; $collapsed"
one; vma=${vma/kind=anon/kind=hugetlb}; flags='rd wr ht' page_kib=2048
because 'huge: hugetlb' hugetlb '2M on huge pages'
one; vma=${vma/kind=anon/kind=pfnmap}; flags='rd wr io pf'
because 'huge: a driver' driver '2M on huge pages'
one; vma=${vma/kind=anon/kind=file}
because 'huge: a file' file '2M on huge pages'
one; vma=${vma/kind=anon/kind=shmem}; device=00:20 mounts='40 1 0:32 / /dev/shm rw - tmpfs tmpfs rw,huge=within_size'
because 'huge: a tmpfs' mount '2M on huge pages'
one; vma=${vma/kind=anon/kind=shmem}; shmem='always [within_size] advise never deny force' flags='rd wr sh'
because 'huge: shared memory' always '2M on huge pages; transparent_hugepage/shmem_enabled: within_size'
asked=(--huge --size 64K)
even; release=6.12.3 vma=${vma/leaf1=300 bytes1=1228800/leaf1=33 bytes1=135168 contig16=2} extents='0x100000000000 0x100000021000 1 4096 33 leaf wxua----'
more="$small_mode [always] inherit madvise never"
because 'huge: of another size' advised "128K on huge pages; VmFlags: hg; transparent_hugepage/hugepages-64kB/enabled: always; $collapsed"
asked=()
even; world_of >why.txt
is 'why: huge: none' '[]' "$("$tool" why --huge -J --input why.txt | jq -c '.pagetree.processes[0].why')"
one; world_of >why.txt
is 'why: huge: the origin is explained, and what cannot be known' '1 1' "$("$tool" why --huge --input why.txt >out; grep -c '^advised: .* To do: ' out) $(grep -c '^A huge page has one accessed bit' out)"
for origin in $("$tool" why --help | awk '/^Origins/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'); do
	grep -q "^because 'huge: .* $origin ['\"]" "$here/why.sh" || not_ok "why: huge: $origin" 'no test makes it'
done
ok 'why: huge: each origin has a test'
even; lazyfree=1000 extents='0x100000000000 0x10000012c000 1 4096 300 leaf --ua----'
world_of >why.txt; "$tool" why --input why.txt >out
is 'why: what MADV_FREE has given back' 'of 1.2M resident, 1000K are given back by MADV_FREE: free once memory is short' "$(grep MADV_FREE out)"
is 'why: what is not writable since a fork' 'not writable since a fork: 0 on huge pages, 1.2M on small ones' "$(grep -o 'not writable since a fork: [^;]*' out)"
is 'why: both in JSON' '[1024000,0,1228800]' "$("$tool" why -J --input why.txt | jq -c '.pagetree.processes[0].why_summary | [.lazyfree, .forked_huge, .forked_small]')"
misuse 'why: --huge and --try' '--huge, --try: what is huge need not be asked for' why --huge --try --input why.txt
misuse '--huge of map' '--huge: not for pagetree map' map --huge 1

even
world_of | sed '/^# pagetree map/,/^# cost/d' >why.txt
says 'why: no map' 1 'pagetree: why.txt: why needs vmas and map: pagetree capture writes all that why needs' "$tool" why --input why.txt
world_of | sed '/^# captured/,$d' >why.txt
says 'why: nothing captured' 0 '' "$tool" why --input why.txt
even; flags='rd wr'
is 'why: as a table' 2 "$(world_of >why.txt; "$tool" why -n --input why.txt | tr -s ' ' | grep -c . )"
even; world_of >why.txt
is 'why: the remedy is said once' 1 "$("$tool" why --input why.txt | grep -c '^unknown: .* To do: ')"
for reason in $("$tool" why --help | awk '/^Reasons/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'); do
	grep -q "^because .* $reason '" "$here/why.sh" || grep -q "^[[:blank:]]*reason [a-z]* $reason" "$here/../guest/why" ||
		not_ok "why: $reason" 'no test makes it'
done
ok 'why: each reason has a test'

# Colours: on a terminal that has them, and without NO_COLOR
even
world_of >why.txt
# on_terminal VARIABLE...: the escape sequences that the tool prints there
on_terminal() {
	script -qec "env $* '$tool' why --input why.txt" /dev/null </dev/null | grep -o $'\033\[[0-9;]*m' | sed 's,1;33,33,' | sort -u | tr -d '\033\n'
}
is 'colours: on a terminal' '[0m[33m' "$(on_terminal -u NO_COLOR TERM=xterm)"
is 'colours: NO_COLOR' '' "$(on_terminal NO_COLOR=1 TERM=xterm)"
is 'colours: an empty NO_COLOR is none' '[0m[33m' "$(on_terminal NO_COLOR= TERM=xterm)"
is 'colours: a dumb terminal' '' "$(on_terminal -u NO_COLOR TERM=dumb)"
is 'colours: not a terminal' '' "$(TERM=xterm "$tool" why --input why.txt | grep -c $'\033' | grep -v '^0$')"
