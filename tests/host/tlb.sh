# TLBs, and how much of a process they cover: for captured text, where this CPUID does not count, and for this machine,
# whatever it is. Sourced by run.
# shellcheck shell=bash disable=SC2016,SC2154

# reach JQ OPTION...: a line for each page size
reach() {
	local members=$1
	shift
	"$tool" tlb -J "$@" | jq -r ".pagetree.processes[].reach[] | [.page_size, $members] |
		map(. // \"-\" | tostring) | join(\" \")"
}

golden 4-level tlb tlb --tlb 4k:64/1536,2m:32/1536
golden 4-level tlb.json tlb -J --tlb 4k:64/1536,2m:32/1536
is 'tlb: members of the JSON' 'schema geometry geometry_cost tlb processes' \
	"$("$tool" tlb -J --input summary --tlb 4k:1 | jq -r '.pagetree | keys_unsorted | join(" ")')"
is 'tlb: what fits in part' '4096 64 262144 13.974 13.974
2097152 8 16777216 24.242 24.242
1073741824 - - - -' \
	"$(reach '.entries, .reach, ."mapped%", ."accessed%"' --input summary --tlb 4k:16/64,2m:4/8)"
sed 's/^accessed1\t.*/accessed1\t100/; s/^accessed2\t.*/accessed2\t0/; /^accessed3/d' summary >less
is 'tlb: part of what was accessed' '4096 458 1875968 100 409600 13.974 64
2097152 33 69206016 0 0 24.242 -
1073741824 0 0 - - - -' \
	"$(reach '.leaves, .mapped, .accessed_leaves, .accessed, ."mapped%", ."accessed%"' --input less --tlb 4k:64,2m:4/8)"
is 'tlb: level 1 where no other is known' '4096 1 64 user
2097152 2 8 user
1073741824 - - -' "$(reach '.level, .entries, .source' --input summary --tlb 4k:64,2m:4/8)"
is 'tlb: pages of another machine' '65536 - user
4096 - unknown
2097152 - unknown
1073741824 - unknown' "$("$tool" tlb -J --input summary --tlb 64K:8 |
	jq -r '.pagetree.tlb[] | [.page_size, .cpu // "-", .source] | map(tostring) | join(" ")')"
is 'tlb: of a captured machine nothing is known' '4096 unknown -
2097152 unknown -
1073741824 unknown -' "$("$tool" tlb -J --input summary |
	jq -r '.pagetree.tlb[] | [.page_size, .source, .entries // "-"] | map(tostring) | join(" ")')"
is 'tlb: nor what is reached' '4096 - - - -
2097152 - - - -
1073741824 - - - -' "$(reach '.level, .entries, .reach, ."mapped%"' --input summary)"
sed '/^leaves3/s/1$/0/' summary >no-1g
is 'tlb: a geometry without 1G' '4096 2097152' "$(reach '""' --input no-1g | xargs)"
is 'tlb: columns, sorting and no headings are about the TLBs' '64K 6M 64M' \
	"$("$tool" tlb -n -o reach -x reach --input no-1g --tlb 2m:32,4k:16/1536 | sed '/^$/,$d' | xargs)"
is 'tlb: but headings and titles' '4K 1.8M 1.8M 458 458 2 1536 user 6M 100.0% 100.0%
2M 66M 66M 33 33 1 32 user 64M 97.0% 97.0%' \
	"$("$tool" tlb -n -o reach -x reach --input no-1g --tlb 2m:32,4k:16/1536 | sed '1,/^$/d' |
		awk '{ $1 = $1; print }')"
is 'tlb: raw' 'PAGE_SIZE ENTRIES SOURCE
4096 64 user
2097152 - unknown
1073741824 - unknown

PAGE_SIZE MAPPED ACCESSED LEAVES ACCESSED_LEAVES LEVEL ENTRIES SOURCE REACH MAPPED% ACCESSED%
4096 1875968 1875968 458 458 1 64 user 262144 14.0 14.0
2097152 69206016 69206016 33 33 - - - - - -
1073741824 0 0 0 0 - - - - - -' "$("$tool" tlb -r -o page_size,entries,source --input summary --tlb 4k:64)"
if "$tool" tlb --input summary --filter 'entries > 32' >/dev/null 2>&1; then
	is 'tlb: a filter is about the TLBs' '1536 3' "$("$tool" tlb -J --input summary --tlb 4k:32/1536 \
		--filter 'entries > 32' | jq -r '.pagetree | "\(.tlb[].entries) \(.processes[0].reach | length)"')"
else
	skipped 'tlb: a filter is about the TLBs' 'this libsmartcols has no filters'
fi
sed '1,/^# pagetree summary/{/^# pagetree summary/!d}' "$golden/4-level.txt" >no-geometry
says 'tlb: no geometry' 1 'pagetree: no-geometry: there is no geometry in it: .*' "$tool" tlb --input no-geometry
sed '/^# pagetree summary/,$d' "$golden/4-level.txt" >geometry
says 'tlb: no summary' 1 'pagetree: geometry: there is no summary in it: .*' "$tool" tlb --input geometry
says 'tlb: a process that ended' 3 'pagetree: .*: state=partial' "$tool" tlb --input "$golden/odd.txt"

# This machine: the test does not know what its CPUID reports.

all=4k:64/1536,2m:32/1536,1g:16
is 'tlb: who says it, and of which CPU' '' "$("$tool" tlb -J | jq -r '.pagetree.tlb[] | select(
	(.source | IN("cpuid18", "cpuid2", "amd", "unknown") | not) or (.cpu | type) != "number" or
	(.entries == null) != (.source == "unknown") or (.reach == null) != (.entries == null) or
	.upto != null or (.page_size | IN(4096, 2097152, 1073741824) | not))')"
is 'tlb: each page size is there' '4096 2097152 1073741824' \
	"$("$tool" tlb -J | jq -r '[.pagetree.tlb[].page_size] | unique | join(" ")')"
is 'tlb: the user knows better' '1 4096 64 user
2 4096 1536 user
1 2097152 32 user
2 2097152 1536 user
1 1073741824 16 user' "$("$tool" tlb -n -b -o level,page_size,entries,source --tlb "$all" | awk '{ $1 = $1; print }')"
world
says 'tlb: two processes' 0 '' "$tool" tlb --tlb "$all" 4242 4243
is 'tlb: each has its title' 2 "$(grep -c '^a\\033\[31m\\012b", pid 4242:$' out)"
is 'tlb: and a row a page size' 6 "$(awk '/^$/ { after = 1 } after && /^ *[0-9]+[KMG] /' out | wc -l)"
is 'tlb: rows for scripts say whose they are' '4242 4242 4242 4242 4242 4242' \
	"$("$tool" tlb -r --tlb "$all" 4242 4243 | awk '/^$/ { after = 1 } after && /^[0-9]/ { print $1 }' | xargs)"
says 'tlb: no such process' 1 'pagetree: 4244: no such process' "$tool" tlb 4244

# Measured sizes depend on other load; their order does not.

says 'tlb: measured' 0 '' bash -c 'mkdir -p proc/$$ && exec "$@"' measured "$tool" tlb --measure
is 'tlb: huge pages that smaps does not show are left out' 1 \
	"$(grep -cE '^left out: 2M pages: (madvise\(MADV_HUGEPAGE\) does not give them|too little memory is free)$' out)"
says 'tlb: measured among huge pages of others' 0 '' bash -c '
	mkdir -p proc/$$ && printf "0-1 ---p 0 00:00 0 [rollup]\nAnonHugePages:  1048576 kB\n" >proc/$$/smaps_rollup &&
		exec "$@"' measured "$tool" tlb --measure
is 'tlb: what was there before does not count' 1 "$(grep -c '^left out: 2M pages: ' out)"
is 'tlb: what was left out is text' 'array string' "$("$tool" tlb -J --measure |
	jq -r '.pagetree.left_out | "\(type) \(map(type) | unique | join(" "))"')"
is 'tlb: the user knows better than the clock' '4096 1536 user' \
	"$(reach '.entries, .source' --measure --tlb "$all" 4242 | head -n 1)"
rm -rf proc
ln -s /proc proc
is 'tlb: what was measured' '' "$("$tool" tlb -J --measure | jq -r '.pagetree.tlb[] | select(.source == "measured") |
	select(.type != "data" or .entries >= .upto or .entries < 3 or .reach != .entries * .page_size or
		([.page_size, .level] | IN([4096, 1], [4096, 2], [2097152, 1]) | not))')"
rm proc

misuse 'tlb: --input and --measure' '--input, --measure: only this machine can be measured' \
	tlb --input summary --measure
misuse 'tlb: --measure of another command' '--measure: not for pagetree map' map --measure 1
misuse 'tlb: --tlb of another command' '--tlb: not for pagetree vmas' vmas --tlb 4k:1 1
misuse 'tlb: a column of the other list' 'mapped: no such column: see pagetree tlb --help' tlb -o mapped
misuse 'tlb: --expect' '--expect: not for pagetree tlb' tlb --expect 'huge%>1'
for list in '' ',' 4k 4k: :64 k:64 4:64 4096:64 5k:64 0k:64 4t:64 4kk:64 2048g:1 99999999k:1 4k:0 4k:-1 4k:+1 '4k: 1' \
	4k:1x 4k:99999999 4k:/1536 4k:64/ 4k:64/0 4k:64/x 4k:64/1536/3 '4k:64,' ',4k:64' '4k:64;2m:32' '4k:64 ' '4k:64,4K:32'; do
	misuse "tlb: --tlb '$list'" \
		"--tlb: '.*': not SIZE:ENTRIES\[/ENTRIES\],..., such as 4k:64/1536,2m:32/1536" tlb --tlb "$list"
done
