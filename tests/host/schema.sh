# The JSON that the tool prints against docs/pagetree.schema.json; schema.py compares. Sourced by run.
# shellcheck shell=bash disable=SC2154

mkdir valid refused
for text in 4-level 5-level odd views odd-views shootdowns; do
	input=$golden/$text.txt
	for command in show $views; do
		"$tool" "$command" -J --input "$input" >valid/"$text $command" 2>/dev/null || [ $? = 3 ] || rm valid/"$text $command"
	done
	"$tool" ps -J -o name,huge%,pid --input "$input" >valid/"$text ps -o" 2>/dev/null || [ $? = 3 ] || rm valid/"$text ps -o"
done
input=$golden/views.txt
"$tool" vmas -J -o start,kind -x kind --input "$input" >'valid/views vmas -o'
"$tool" geometry -J -o value --input "$input" >'valid/views geometry -o'
"$tool" shootdown -J --input "$golden/shootdowns.txt" >'valid/shootdowns'
"$tool" shootdown -J --sweep --input "$golden/shootdowns.txt" >'valid/sweep of three rows'
"$tool" invalidations -J --input "$golden/initiators.txt" >'valid/invalidations'
"$tool" invalidations -J --by vma --input "$golden/initiators.txt" >'valid/invalidations by VMA'
lines | shots shots
"$tool" shootdown -J --sweep --input shots >'valid/sweep with a crossing'
: | shots shots
"$tool" shootdown -J --sweep --input shots >'valid/sweep of nothing'
cp "$golden"/{odd,shootdowns,sweep}.json valid
(mkdir alone && cd alone && "$tool" bench tlb -J --rounds 2 --pages 8) >'valid/bench'
world
"$tool" --verify -J 4242 >'valid/verify: equal'
"$tool" -J 4242 >'valid/a process'
world 's/rss=45056/rss=49152/' 's/^tables1\t2/tables1\t3/'
"$tool" --verify -J 4242 >'valid/verify: differs'
# derived views
"$tool" tree -J --input "$golden/views.txt" >'valid/views tree'
even
world_of >why.txt
"$tool" why -J --input why.txt >'valid/why'
lazyfree=1000 extents='0x100000000000 0x10000012c000 1 4096 300 leaf --ua----'
world_of >why.txt
"$tool" why --huge -J --input why.txt >'valid/why of what is huge'
sed "s/^table_bytes/conthint_bytes1\t65536\n&/" why.txt >hint.txt
"$tool" why -J --size 64K --input hint.txt >'valid/why of a size'
world
"$tool" tlb -J --tlb 4k:64/1536 >'valid/tlb'
"$tool" tlb -J --tlb 4k:64/1536,2m:32 4242 >'valid/tlb of a process'
"$tool" --proc -J 4242 >'valid/by proc'
"$tool" elf -J "$tool" >'valid/elf'
population
"$tool" map -J $demo $other >'valid/two processes'
printf 'PageTables: 700 kB\nSecPageTables: 12 kB\n' >proc/meminfo
mkdir -p proc/sys/vm && echo 65530 >proc/sys/vm/max_map_count
"$tool" group -J $demo $other >'valid/groups'
"$tool" -J $demo >'valid/a process and the limit of VMAs'
"$tool" ps --tables -J --input "$golden/views.txt" >'valid/tables of processes'
is 'JSON Schema: so many documents' "53 0" \
	"$(find valid -type f ! -empty | wc -l) $(find valid -empty | wc -l)"
is 'JSON: jq reads all of them' '' "$(for file in valid/*; do jq -e .pagetree.schema "$file" 2>&1 >/dev/null; done)"
is 'JSON: UTF-8 without control characters' '' \
	"$(cat valid/* | iconv -f UTF-8 -t UTF-8 >/dev/null || echo no UTF-8
	cat valid/* | tr -d '\n' | grep -aoP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]')"

# refuse NAME FROM FILTER: the schema must refuse document FROM after FILTER changed it
refuse() {
	jq "$3" valid/"$2" >refused/"$1"
	cmp -s <(jq . valid/"$2") refused/"$1" && not_ok "JSON Schema: $1" 'nothing was changed'
}
vma='.pagetree.processes[0].vmas[1]'
refuse 'no schema' 'views show' 'del(.pagetree.schema)'
refuse 'another schema' 'views show' '.pagetree.schema = 2'
refuse 'nothing but a schema' 'views show' '.pagetree = { schema: 1 }'
refuse 'no pagetree' 'views show' '.pagetree'
refuse 'no process' 'views show' '.pagetree.processes = []'
refuse 'no geometry_cost' 'views show' 'del(.pagetree.geometry_cost)'
refuse 'no vmas_cost' 'views show' 'del(.pagetree.processes[0].vmas_cost)'
refuse 'no totals' 'views show' 'del(.pagetree.processes[0].totals)'
refuse 'an address that is a number' 'views show' "$vma.start = 4096"
refuse 'an address without 0x' 'views show' "$vma.end = \"1000\""
refuse 'a number that is text' 'views show' "$vma.leaf1 = \"1\""
refuse 'a number with a fraction' 'views show' "$vma.contig12 = 1.5"
refuse 'a negative number' 'views show' "$vma.rss = -1"
refuse 'another kind' 'views show' "$vma.kind = \"cow\""
refuse 'other perms' 'views show' "$vma.perms = \"rwx\""
refuse 'a control character' 'views show' "$vma.name = \"\\u001b\""
refuse 'a key of summary that is text' 'views show' '.pagetree.processes[0].summary.leaf1 = "1"'
refuse 'a key of summary that is an object' 'views show' '.pagetree.processes[0].summary.new = {}'
refuse 'impossible levels' 'views geometry' '.pagetree.geometry.levels = 6'
refuse 'a geometry without levels' 'views geometry' 'del(.pagetree.geometry.levels)'
refuse 'a cost without us' 'views map' 'del(.pagetree.processes[0].map_cost.us)'
refuse 'partial up to nowhere' 'views map' '.pagetree.processes[0].map_cost.state = "partial"'
refuse 'complete up to somewhere' 'views map' '.pagetree.processes[0].map_cost.next = "0x0"'
refuse 'a hole in map' 'views map' '.pagetree.processes[0].map[0].kind = "hole"'
refuse 'another state' 'views ps' '.pagetree.processes[0].state = "idle"'
refuse 'ps: a percentage that is text' 'views ps' '.pagetree.processes[0]["huge%"] = "5%"'
refuse 'another scope' 'shootdowns' '.pagetree.shootdowns[0].scope = "cpu"'
refuse 'another mechanism' 'shootdowns' '.pagetree.shootdowns[0].mechanism = "magic"'
refuse 'another end' 'shootdowns' '.pagetree.shootdowns[0].ended = "never"'
refuse 'shootdowns without environment' 'shootdowns' 'del(.pagetree.environment)'
refuse 'invalidations: a report without total' 'invalidations' 'del(.pagetree.reports[0].total)'
refuse 'invalidations: a rate that is text' 'invalidations' '.pagetree.reports[0].causes[0].rate = "1"'
refuse 'invalidations: ranges with a fraction' 'invalidations by VMA' '.pagetree.reports[0].causes[0].ranges = 1.5'
refuse 'a fit without rows' 'sweep with a crossing' 'del(.pagetree.fit.page.rows)'
refuse 'a verdict of its own' 'verify: equal' '.pagetree.verify.sums_are = "nearly"'
refuse 'a difference without numbers' 'verify: differs' 'del(.pagetree.verify.differences[0].ours)'
refuse 'a result that is no list' 'bench' '.pagetree.results = {}'

python3 "$here/schema.py" "$top/docs/pagetree.schema.json" "$tool" "$top/module/abi.h" valid refused >schema.out 2>&1 ||
	echo "not ok JSON Schema: $(tail -n 1 schema.out)" >>schema.out
cat schema.out
