# pagetree tree on maps that are written by hand. Sourced by run.
# shellcheck shell=bash disable=SC2154

# drawn OPTION...: the rows of the file text, by JSON
drawn() {
	"$tool" tree --json --input text "$@" 2>&1 | jq -r '.pagetree.processes[0].tree[] |
		[.id, .parent, .name, .start, .tables, .used, .entries, .what, .vma] | map(. // "-") | join(" ")'
}

# PGD
#  |- PUD 0x200000000000: 512 GiB from there on
#  |   '- PMD: 1 GiB
#  |       |- PTE: 2 pages rw, 1 r-, 3 in swap, and the last page of the table r-
#  |       |- PTE: the extent of that page goes on over the border: 1
#  |       '  2 MiB in one leaf, beside a guard region of 2 MiB
#  |- PUD 0x210000000000: 1 TiB of zero pages: 2 tables, 1024 below, 524288 below these, all full
#  '- PUD 0x7f8000000000
#      '- PMD 0x7fffc0000000
#          '- PTE 0x7fffffe00000: the last page there is
areas >vmas4 <<'EOF'
0x200000001000 0x200000100000 anon
0x200000100000 0x200000800000 file /lib/a
0x210000000000 0x220000000000 anon
0x7ffffffff000 0x800000000000 anon [stack]
EOF
{
	geometry 4-level
	extents <<'EOF'
0x200000001000 0x200000003000 1 leaf w-uad---
0x200000003000 0x200000004000 1 leaf --ua----
0x200000005000 0x200000008000 1 swap
0x2000001ff000 0x200000201000 1 leaf --ua----
0x200000400000 0x200000600000 2 leaf wxuad---
0x200000600000 0x200000800000 2 guard
0x210000000000 0x220000000000 1 zero --ua----
0x7ffffffff000 0x800000000000 1 leaf --u----n
EOF
	cat vmas4
} >text
cp text text4
is 'tree: 4 levels' "$(sed 's/$/ /' <<'EOF'
NAME               START SPAN TABLES      USED  USED% BAR      WHAT                           VMA
PGD                  0x0 128T      1         4   1.6% #....... 4 PUD                          anon, /lib/a, anon and 1 more
├─PUD     0x200000000000 512G      1         1   0.2% #....... 1 PMD                          anon, /lib/a
│ └─PMD   0x200000000000   1G      1         4   0.8% #....... 2 PTE, 1 x 2M rwx, 1 guard     anon, /lib/a
│   ├─PTE 0x200000000000   2M      1         7   1.4% #....... 2 x 4K rw-, 2 x 4K r--, 3 swap anon, /lib/a
│   └─PTE 0x200000200000   2M      1         1   0.2% #....... 1 x 4K r--                     /lib/a
├─PUD     0x210000000000   1T      2      1024 100.0% ######## 1024 PMD                       anon
│ └─PMD   0x210000000000   1T   1024    524288 100.0% ######## 524288 PTE                     anon
│   └─PTE 0x210000000000   1T 524288 268435456 100.0% ######## 268435456 x 4K r-- zero        anon
└─PUD     0x7f8000000000 512G      1         1   0.2% #....... 1 PMD                          [stack]
  └─PMD   0x7fffc0000000   1G      1         1   0.2% #....... 1 PTE                          [stack]
    └─PTE 0x7fffffe00000   2M      1         1   0.2% #....... 1 x 4K ---                     [stack]
EOF
)" "$(COLUMNS=200 "$tool" tree --input text | sed 's/ *$/ /')"
is 'tree: 100 columns are not exceeded' '' "$(LC_ALL=C "$tool" tree --input text | awk 'length > 100')"
is 'tree: --tree is the same' "$("$tool" tree -r --input text)" "$("$tool" -r --input text --tree)"
is 'tree: --tree behind a column of it' 1 "$("$tool" -n -o used --tree --depth 1 --input text | wc -l)"
is 'tree: raw is flat, in bytes' 'PUD 0x210000000000 1099511627776 2 1024 100.0 ######## 1024\x20PMD anon' \
	"$("$tool" tree -r --input text | sed -n 7p)"
is 'tree: pairs are flat' 'NAME="PTE" TABLES="524288"' "$("$tool" tree -P -o name,tables --input text | sed -n 8p)"
is 'tree: sorted it is flat' 'PGD PUD PMD PTE PTE PUD PMD PTE PUD PMD PTE' \
	"$("$tool" tree -n -o name -x start --input text | xargs)"
is 'tree: --depth 1' '1 0 PGD 0x0 1 4 256 4 PUD anon, /lib/a, anon and 1 more' "$(drawn --depth 1)"
is 'tree: --depth 2' '1 0 PGD, 2 1 PUD, 3 1 PUD, 4 1 PUD' \
	"$(drawn --depth 2 | awk '{ printf "%s%s %s %s", NR == 1 ? "" : ", ", $1, $2, $3 }')"
is 'tree: --depth 5 of 4 levels' "$(drawn)" "$(drawn --depth 5)"
is 'tree: id and parent' '1 0, 2 1, 3 2, 4 3, 5 3, 6 1, 7 6, 8 7, 9 1, 10 9, 11 10' \
	"$(drawn | awk '{ printf "%s%s %s", NR == 1 ? "" : ", ", $1, $2 }')"
if ! "$tool" --input text tree --filter 'level == 1' 2>&1 | grep -q libsmartcols; then
	is 'tree: what passes a filter hangs where it can' '├─PTE ├─PTE ├─PTE └─PTE' \
		"$("$tool" tree -n -o name --input text --filter 'level == 1 or level == 4' | tail -n 4 | xargs)"
else
	skipped 'tree: what passes a filter hangs where it can' 'this libsmartcols has no filters'
fi

# the page at 2^47 has tables of its own below the root
{
	geometry 5-level
	extents <<'EOF'
0x0000000000001000 0x0000000000002000 1 leaf w-u-----
0x0000800000000000 0x0000800000001000 1 leaf w-u-----
0x00ff000000000000 0x00ff000040000000 3 leaf w-u-----
EOF
} >text
is 'tree: 5 levels' "$(cat <<'EOF'
1 0 PGD 0x0 1 2 256 2 P4D -
2 1 P4D 0x0 1 2 512 2 PUD -
3 2 PUD 0x0 1 1 512 1 PMD -
4 3 PMD 0x0 1 1 512 1 PTE -
5 4 PTE 0x0 1 1 512 1 x 4K rw- -
6 2 PUD 0x800000000000 1 1 512 1 PMD -
7 6 PMD 0x800000000000 1 1 512 1 PTE -
8 7 PTE 0x800000000000 1 1 512 1 x 4K rw- -
9 1 P4D 0xff000000000000 1 1 512 1 PUD -
10 9 PUD 0xff000000000000 1 1 512 1 x 1G rw- -
EOF
)" "$(drawn)"
{ geometry 4-level; extents </dev/null; } >text
is 'tree: nothing is mapped: the root table' '1 0 PGD 0x0 1 0 256  -' "$(drawn)"

# Tables that share a row. pages FIRST COUNT DISTANCE FLAGS: COUNT single pages
pages() {
	local i
	for ((i = 0; i < $2; i++)); do
		echo $(($1 + i * $3)) $(($1 + i * $3 + 4096)) 1 leaf "$4"
	done
}
MIB2=$((2 << 20)) GIB1=$((1 << 30))
base=$((0x200000000000))
{
	geometry 4-level
	{
		# 5 tables with a page each, a gap of one, 3 more; 2 whose page lies elsewhere, 1 of other rights, 1 with two
		pages $base 5 $MIB2 w-u-----
		pages $((base + 6 * MIB2)) 3 $MIB2 w-u-----
		pages $((base + 9 * MIB2 + 40960)) 2 $MIB2 w-u-----
		pages $((base + 11 * MIB2)) 1 $MIB2 --u-----
		pages $((base + 12 * MIB2)) 2 8192 w-u-----
	} | extents
} >text
is 'tree: neighbours that read alike share a row' "$(cat <<'EOF'
4 3 PTE 0x200000000000 5 5 2560 5 x 4K rw- -
5 3 PTE 0x200000c00000 5 5 2560 5 x 4K rw- -
6 3 PTE 0x200001600000 1 1 512 1 x 4K r-- -
7 3 PTE 0x200001800000 1 2 512 2 x 4K rw- -
EOF
)" "$(drawn | grep PTE\ 0x)"
is 'tree: what is above knows all of them' '3 2 PMD 0x200000000000 1 12 512 12 PTE -' "$(drawn | sed -n 3p)"

# 3 level-2 tables of 512 tables with a page each; then one of 511
{
	geometry 4-level
	{
		pages $base 1536 $MIB2 w-u-----
		pages $((base + 3 * GIB1)) 511 $MIB2 w-u-----
	} | extents
} >text
is 'tree: upper tables share a row if all below them read alike' "$(cat <<'EOF'
1 0 PGD 0x0 1 1 256 1 PUD -
2 1 PUD 0x200000000000 1 4 512 4 PMD -
3 2 PMD 0x200000000000 3 1536 1536 1536 PTE -
4 3 PTE 0x200000000000 1536 1536 786432 1536 x 4K rw- -
5 2 PMD 0x2000c0000000 1 511 512 511 PTE -
6 5 PTE 0x2000c0000000 511 511 261632 511 x 4K rw- -
EOF
)" "$(drawn)"

# Two level-2 tables with 3 tables each: 2 rw and 1 r-, then 1 rw and 2 r-
{
	geometry 4-level
	{
		pages $base 2 $MIB2 w-u-----
		pages $((base + 2 * MIB2)) 1 $MIB2 --u-----
		pages $((base + GIB1)) 1 $MIB2 w-u-----
		pages $((base + GIB1 + MIB2)) 2 $MIB2 --u-----
	} | extents
} >text
is 'tree: nor if there are as many, but others' '1 3 2 1, 1 3 1 2' \
	"$(drawn | awk '$3 == "PMD" { printf "%s%s %s", n++ ? ", " : "", $5, $6 } $3 == "PTE" { printf " %s", $5 }')"
areas >vmas3 <<EOF
$base $((base + 3 * MIB2)) file /a
$((base + 3 * MIB2)) $((base + 4 * MIB2)) file /b
$((base + 4 * MIB2)) $((base + 5 * MIB2)) file /b
$((base + 5 * MIB2)) $((base + 6 * MIB2)) shmem
EOF
{ geometry 4-level; pages $base 6 $MIB2 w-u----- | extents; cat vmas3; } >text
is 'tree: those of different VMAs do not' '3 /a, 2 /b, 1 shmem' \
	"$(drawn | awk '$3 == "PTE" { printf "%s%s %s", n++ ? ", " : "", $5, $NF }')"

# An extent of 1 GiB in pages that begins 2 tables before the end of one, and one of 3 x 2 MiB over that border
{
	geometry 4-level
	extents <<EOF
$((base + 510 * MIB2 + 4096)) $((base + 1022 * MIB2 + 4096)) 1 leaf w-u-----
$((base + 1023 * MIB2)) $((base + 1026 * MIB2)) 2 leaf w-u-----
EOF
} >text
is 'tree: extents are split where tables end' "$(cat <<'EOF'
1 0 PGD 0x0 1 1 256 1 PUD -
2 1 PUD 0x200000000000 1 3 512 3 PMD -
3 2 PMD 0x200000000000 1 2 512 2 PTE -
4 3 PTE 0x20003fc00000 1 511 512 511 x 4K rw- -
5 3 PTE 0x20003fe00000 1 512 512 512 x 4K rw- -
6 2 PMD 0x200040000000 1 512 512 511 PTE, 1 x 2M rw- -
7 6 PTE 0x200040000000 510 261120 261120 261120 x 4K rw- -
8 6 PTE 0x20007fc00000 1 1 512 1 x 4K rw- -
9 2 PMD 0x200080000000 1 2 512 2 x 2M rw- -
EOF
)" "$(drawn)"

# A leaf of 1 GiB that lies in two VMAs; a table that became a leaf while map was read
{
	geometry 4-level
	extents <<EOF
$base $((base + MIB2)) 3 special w-u-----
$((base + MIB2)) $((base + GIB1)) 3 special w-u-----
$((base + GIB1)) $((base + GIB1 + 4096)) 1 leaf w-u-----
$((base + GIB1 + 4096)) $((base + GIB1 + 2 * MIB2)) 2 leaf w-u-----
EOF
} >text
is 'tree: an entry is counted once' "$(cat <<'EOF'
1 0 PGD 0x0 1 1 256 1 PUD -
2 1 PUD 0x200000000000 1 2 512 1 PMD, 1 x 1G rw- special -
3 2 PMD 0x200040000000 1 2 512 1 PTE, 1 x 2M rw- -
4 3 PTE 0x200040000000 1 1 512 1 x 4K rw- -
EOF
)" "$(drawn)"

# Any map: the tables and used entries of each level are counted again from their addresses
{
	geometry 4-level
	RANDOM=42
	at=$base
	for ((i = 0; i < 300; i++)); do
		level=$((RANDOM % 8 ? 1 : RANDOM % 3 + 1))
		size=$((4096 << 9 * (level - 1)))
		gap=$((RANDOM % 4 ? RANDOM % 40 * 4096 : RANDOM * 262144))
		at=$(((at + gap + size - 1) / size * size))
		end=$((at + (RANDOM % (level > 1 ? 5 : 1300) + 1) * size))
		echo $at $end $level leaf w-u-----
		at=$end
	done | tee lines | extents
} >text
is 'tree: any map: tables and entries in use of each level' "$(awk '
	{
		for (level = $3; level <= 4; level++) {
			size = 4096 * 512 ^ (level - 1)
			for (e = int($1 / size); e <= int(($2 - 1) / size); e++) {
				used[level SUBSEP sprintf("%.0f", e)] = 1
				table[level SUBSEP sprintf("%.0f", int(e / 512))] = 1
			}
		}
	}
	END {
		for (key in used) { split(key, part, SUBSEP); uses[part[1]]++ }
		for (key in table) { split(key, part, SUBSEP); tables[part[1]]++ }
		for (level = 4; level; level--) print level, tables[level], uses[level]
	}' lines)" "$("$tool" tree -J --input text | jq -r '[.pagetree.processes[0].tree[]] | group_by(.level) | reverse[] |
	[.[0].level, (map(.tables) | add), (map(.used) | add)] | join(" ")')"

# 100000 pages in 64 TiB, and one extent of 64 TiB
{ geometry 4-level; awk -v cost="$cost" 'BEGIN {
	print "# pagetree map abi 1"
	print "start\tend\tlevel\tsize\tentries\tkind\tflags\tpkey"
	for (i = 0; i < 100000; i++) {
		page = i * 171798
		printf "0x%x%04x000\t0x%x%04x000\t1\t4096\t1\tleaf\tw-u-----\t0\n", page / 65536,
			page % 65536, (page + 1) / 65536, (page + 1) % 65536
	}
	print cost
}'; } >text
is 'tree: 100000 pages in 64 TiB' '100000 100000' "$(timeout $patience "$tool" tree -n -r -o level,tables,used --input text |
	awk '$1 == 1 { tables += $2; used += $3 } END { print tables, used }')"
{ geometry 4-level; extents <<<'0x0 0x400000000000 1 leaf w-u-----'; } >text
is 'tree: 64 TiB of pages' '4 3 PTE 0x0 33554432 17179869184 17179869184 17179869184 x 4K rw- -' "$(drawn | tail -n 1)"

# Tables that are not in the tree

# rest TOTALS...: the last line of a tree whose map has 3 PTE tables and their upper tables
rest() {
	{ geometry 4-level; totals 4 "$@"; pages $base 3 $MIB2 w-u----- | extents; } >text
	"$tool" tree --input text 2>&1 | tail -n 1
}
is 'tree: no table is empty' 'no table is empty: all are in the tree' "$(rest tables{2,3,4}=1 tables1=3)"
is 'tree: empty tables' 'not in the tree, because empty or with only empty tables below: 2 PMD, 4 PTE' \
	"$(rest tables4=1 tables3=1 tables2=3 tables1=7 empty1=4 empty2=1)"
is 'tree: tables with nothing but empty ones' \
	'not in the tree, because empty or with only empty tables below: 1 PUD, 1 PMD, 1 PTE' \
	"$(rest tables4=1 tables3=2 tables2=2 tables1=4 empty1=1)"
is 'tree: a table too few' 'the process changed between map and summary: 3 PTE in map, 2 in summary, 0 of these empty' \
	"$(rest tables{2,3,4}=1 tables1=2)"
is 'tree: a table too many' 'the process changed between map and summary: 3 PTE in map, 5 in summary, 1 of these empty' \
	"$(rest tables{2,3,4}=1 tables1=5 empty1=1)"
is 'tree: an upper table too many' \
	'the process changed between map and summary: 1 PUD in map, 2 in summary, 0 of these empty' \
	"$(rest tables{2,4}=1 tables3=2 tables1=3)"
is 'tree: the same in JSON' '4 1 1 0 1, 3 1 2 0 0, 2 1 1 0 1, 1 3 3 0 1' "$("$tool" tree -J --input text |
	jq -r '[.pagetree.processes[0].tree_levels[] | [.[] | tostring] | join(" ")] | join(", ")')"
is 'tree: --depth changes nothing of it' "$(rest tables{2,3,4}=1 tables1=4 empty1=1)" \
	"$("$tool" tree --depth 1 --input text | tail -n 1)"
says 'tree: --expect' 4 "pagetree: pid 4242: tables is 7, expected 'tables<7'" \
	"$tool" tree --expect 'tables<7' --input text
sed -i '/^0x/,$s/state=complete/state=partial next=0x200000600000/' text
says 'tree: of half a process' 3 'pagetree: .*: state=partial' "$tool" tree --input text
is 'tree: of half a process the rest is not said' '└─PTE 3' "$(tail -n 1 out | awk '{ print $1, $4 }')"

# Texts that are not a map

# no_tree NAME WHAT EXTENTS...
no_tree() {
	local name=$1 what=$2
	shift 2
	{ geometry 4-level; printf '%s\n' "$@" | extents; } >text
	says "tree: $name" 1 "pagetree: tree: $what" "$tool" tree --json --input text
	is "tree: $name: nothing is printed" '' "$(cat out)"
}
no_tree 'extents that overlap' 'map: extents that do not ascend' '0 8192 1 leaf' '4096 12288 1 leaf'
no_tree 'extents in the wrong order' 'map: extents that do not ascend' '8192 12288 1 leaf' '0 4096 1 leaf'
no_tree 'a level that there is not' 'map: an extent that .*' '0 0x1000000000000 5 leaf'
no_tree 'an extent above user space' 'map: an extent that .*' '0x7ffffffff000 0x800000001000 1 leaf'
{ geometry 4-level; extents <<<'0 4096 1 leaf' | sed 's/4096/8192/'; } >text
says 'tree: entries of another size' 1 'pagetree: tree: map: an extent that .*' "$tool" tree --input text
for change in 's/^entries1\t512/entries1\t0/' 's/^entries2\t512/entries2\t256/' 's/^entry_bytes3.*/entry_bytes3\t7/' \
	's/^entries4\t256/entries4\t18446744073709551615/' '/^entries3/d'; do
	{ geometry 4-level | sed "$change"; extents <<<'0 4096 1 leaf'; } >text
	says "tree: geometry: $change" 1 'pagetree: tree: geometry: entries and entry_bytes make no tables' \
		"$tool" tree --input text
done
extents <<<'0 4096 1 leaf' >text
says 'tree: no geometry' 1 'pagetree: text: there is no geometry in it: pagetree capture writes it' \
	"$tool" tree --input text
says 'tree: no map' 1 'pagetree: .*: there is no map in it: pagetree capture writes it' \
	"$tool" tree --input "$golden/4-level.txt"

# A byte of that map is changed: the tool may refuse the map or draw it, but it must not crash.
tree_spoiled() {
	(head -c "$1" text4; printf '%s' "$2"; tail -c +$(($1 + 2)) text4) >spoiled
	"$tool" tree --input spoiled >out 2>err
	case $? in
	0) [ ! -s err ] || cat err ;;
	1) why_not 1 'pagetree: (tree|spoiled:[0-9]+): .*' "$tool" tree --input spoiled ;;
	*) cat err ;;
	esac
}
map_at=$(grep -ab '^# pagetree map' text4 | cut -d : -f 1)
for byte in 9 f - ' '; do
	why=
	for ((at = map_at; at < map_at + 560 && !${#why}; at += 7)); do
		why=$(tree_spoiled "$at" "$byte")
	done
	if [ "$why" ]; then not_ok "tree: '$byte' anywhere" "$at: $why"; else ok "tree: '$byte' anywhere"; fi
done
