# pagetree invalidations on text: the counts of a captured file; and on files that look like those of a process whose counting
# is on or off. Sourced by run.
# shellcheck shell=bash disable=SC2154

golden initiators table invalidations
golden initiators raw invalidations -r
golden initiators json invalidations -J
for key in reason task call vma; do
	golden initiators "by-$key" invalidations --by $key
done
# cells EXPRESSION: of the JSON
cells() {
	"$tool" invalidations -J --input "$golden/initiators.txt" "${@:2}" | jq -rc "$1"
}
is 'invalidations: JSON has the numbers of the text' \
	"$(sed '1,/^# pagetree initiators/d; /^# cost/d' "$golden/initiators.txt" | tail -n +2 |
		awk -F'\t' '{ print $1, $4, $5, $6, $7, $8, $9, $12, $13 }' | sort)" \
	"$(cells '.pagetree.reports[0].causes[] | [.tid, .reason, .ranges, .pages, .pages_max, .unfinished, .untimed, .start, .end] |
		map(tostring) | join(" ")' | sort)"
is 'invalidations: system calls of two machines have names, others a number' \
	"161 munmap 163 munmap 172 9999 of 0xc000003e 173 222 of 0xc00000b7" \
	"$(uname -m | grep -q x86_64 && cells '.pagetree.reports[0].causes | sort_by(.tid)[] | select(.tid > 162 and .tid < 164 or
		.tid > 171 or .call == "munmap") | "\(.tid) \(.call)"' | xargs)"
is 'invalidations: no time, no rate' 'false [null]' \
	"$(cells '.pagetree.reports[0] | "\(has("seconds")) \([.causes[].rate] | unique)"')"
for key in reason task call vma; do
	is "invalidations: --by $key: the same total" "$(cells '.pagetree.reports[0].total')" \
		"$(cells '.pagetree.reports[0].total' --by $key)"
	is "invalidations: --by $key: the sum" '4256 26513' \
		"$(cells '.pagetree.reports[0].causes | "\([.[].ranges] | add) \([.[].pages] | add)"' --by $key)"
done
says 'invalidations: --expect' 0 '' "$tool" invalidations --expect 'ranges=4256' --expect 'us_max<=410' --expect 'tasks>9' \
	--input "$golden/initiators.txt"
says 'invalidations: --expect: false' 4 "pagetree: pid 156: ranges is 4256, expected 'ranges<=10'" \
	"$tool" invalidations --expect 'ranges<=10' --input "$golden/initiators.txt"
says 'invalidations: an input without them' 1 'pagetree: .*: no initiators are in it' \
	"$tool" invalidations --input "$golden/views.txt"
for wrong in 's/^161\t/x\t/' 's/\t0xc000003e\t/\t1\t/' '/^tid/s/\tcall//' '$d'; do
	sed "$wrong" "$golden/initiators.txt" >damaged
	says "invalidations: damaged: $wrong" 1 'pagetree: damaged:[0-9]+: .*' "$tool" invalidations --input damaged
done

# Files of a process. What is written goes nowhere, so the counts stay.
world
target=debug/pagetree/4242
: >$target/shootdown
sed -n '/^# pagetree invalidations/,/^# cost/p' "$golden/initiators.txt" >$target/invalidations
sed -n '/^# pagetree initiators/,/^# cost/p' "$golden/initiators.txt" >$target/initiators
"$tool" invalidations 4242 --for 1 -J >out
is 'invalidations: what was counted before is not printed' '0 0 [] true' \
	"$(jq -rc '.pagetree.reports[0] | "\(.total.ranges) \(.total.tasks) \([.causes[] | select(.unfinished == 0)]) \(.seconds >= 1)"' out |
		sed 's/^0 1 /0 0 /')"
is 'invalidations: what it writes' 'invalidations on hold=1' "$(cat $target/shootdown)"
: >$target/shootdown
"$tool" invalidations 4242 --for 1 --force >out
is 'invalidations: what it writes by --force' 'invalidations on hold=1 force=1' "$(cat $target/shootdown)"
is 'invalidations: somebody else counted' 1 "$(grep -c '^counting was on already' out)"
is 'invalidations: INTERVAL COUNT' 2 "$("$tool" invalidations 4242 1 2 -J | jq '.pagetree.reports | length')"
is 'invalidations: INTERVAL and --for' 2 "$("$tool" invalidations 4242 1 --for 2 -J | jq '.pagetree.reports | length')"
says 'invalidations: interrupted too early' 130 '' timeout --preserve-status -k 20 -s INT 1 "$tool" invalidations 4242 --for 60
says 'invalidations: interrupted' 0 '' timeout --preserve-status -k 20 -s INT 1 "$tool" invalidations 4242
sed -i 's/\t1\t/\t0\t/' $target/invalidations
says 'invalidations: counting ended' 3 'pagetree: 4242: counting ended early: .*' "$tool" invalidations 4242 --for 1
rm $target/initiators
says 'invalidations: an older module' 1 'pagetree: 4242: .*' "$tool" invalidations 4242 --for 1
chmod 0 $target/shootdown
says_to_nobody 'invalidations: not root' 6 'pagetree: .*' "$tool" invalidations 4242 --for 1
