# ps --tables, --group and the choice of rows; group: sums over VMAs of one name. Sourced by run.
# shellcheck shell=bash disable=SC2154

population
both="--pid $demo --pid $other"

# columns COLUMN...: sums of these columns over the rows of ps
columns() {
	"$tool" ps -J | jq -c "[$(printf '([.pagetree.processes[]["%s"]] | add),' "$@" | sed 's/,$//')]"
}

# Tables

is 'ps --tables: packed is what PID/tables has' "$("$tool" tables -J --input "$golden/views.txt" |
	jq '[.pagetree.processes[0].tables[].packed] | add')" \
	"$("$tool" ps --tables -J --input "$golden/views.txt" | jq '.pagetree.processes[] | select(.pid == 156).packed')"
is 'ps --tables: empty and sparse, by the histogram' "$(jq -c '.pagetree.processes[] |
	[.pid, .empty1 + .empty2 + .empty3 + .empty4, .fill1 + .fill2 + .fill3 + .fill4 + .fill5,
	(.tables1 - .empty1) * 4096, .tables * 4096, 1]' <("$tool" ps -J -x table_bytes))" \
	"$("$tool" ps --tables -J | jq -c '.pagetree.processes[] | [.pid, .empty, .sparse, .saves, .table_bytes, .processes]')"
is 'ps --tables: the histogram has something to find' '[3,24]' "$(columns empty sparse)"
is 'ps --tables: by their size, the largest last' "$("$tool" ps -rn -x table_bytes -o pid)" "$("$tool" ps --tables -rn -o pid)"
is 'ps --tables: unless said otherwise' "$("$tool" ps -rn -x name -o name)" "$("$tool" ps --tables -rn -x name -o name)"
is 'ps --tables: its columns' 'PID STATE TABLES TABLE_BYTES EMPTY SPARSE PACKED SHARED2 SAVES NAME' \
	"$("$tool" ps --tables -r | head -n 1)"
is 'ps --tables: the sum is a row' "$(columns tables empty sparse packed | tr -d '[]' | tr , ' ')" \
	"$("$tool" ps --tables | sed -n '/^total of 10/,/^$/p' | awk '$NF == "total" { print $2, $4, $5, $6 }')"
is 'ps --tables: the sum does not depend on the order' "$("$tool" ps --tables -b | grep ' total$')" \
	"$("$tool" ps --tables -b -x pid | grep ' total$')"
is 'ps --tables: the sum in JSON' "$(columns tables table_bytes empty sparse packed shared2 saves deposited)" \
	"$("$tool" ps --tables -J | jq -c '.pagetree.tables_sum | [.tables, .bytes, .empty, .sparse, .packed, .shared, .saves, .deposited]')"
is 'ps --tables: by level, since kernels differ in what they count' "tables by level, from 1 on: $(columns tables1 tables2 tables3 tables4 | tr -d '[]' | sed 's/,/, /g')" \
	"$("$tool" ps --tables | grep '^tables by level')"
is 'ps --tables: by level in JSON' "$(columns tables1 tables2 tables3 tables4)" \
	"$("$tool" ps --tables -J | jq -c '.pagetree.tables_sum | [.tables1, .tables2, .tables3, .tables4, .tables5 // empty]')"
is 'ps: without --tables there is no such sum' null "$("$tool" ps -J | jq -c .pagetree.tables_sum)"
is 'ps --tables: no kernel to compare with' '' "$("$tool" ps --tables | grep -E 'meminfo|memory.stat')"

# What the kernel counts. The ten processes have 500 KiB in tables and 92 KiB deposited.

printf 'MemFree: 9 kB\nPageTables:         700 kB\nSecPageTables:       12 kB\n' >proc/meminfo
is 'ps --tables: more in meminfo' 'PageTables of /proc/meminfo: 700K, 108K more than these tables and the deposited ones' \
	"$("$tool" ps --tables | grep ^PageTables)"
is 'ps --tables: why that is' 1 "$("$tool" ps --tables | grep -c '^  more: processes that .* (0 rows);')"
is 'ps --tables: secondary tables are others' 'SecPageTables of /proc/meminfo: 12K of KVM and IOMMUs, not of processes' \
	"$("$tool" ps --tables | grep ^Sec)"
sed -i 's/ 700 / 500 /' proc/meminfo
is 'ps --tables: less in meminfo' 'PageTables of /proc/meminfo: 500K, 92K less than these tables and the deposited ones
  less: Linux 6.1 counts levels 1 and 2, 6.12 also level 3; shared tables count once' \
	"$("$tool" ps --tables | grep -A 1 ^PageTables)"
is 'ps --tables: the kernel in JSON' '[512000,12288]' \
	"$("$tool" ps --tables -J | jq -c '.pagetree.tables_sum | [.meminfo_page_tables, .meminfo_sec_page_tables]')"
awk -F '\t' -v OFS='\t' '$1 == 176 { $2 = "busy" } { print }' debug/pagetree/processes >busy && mv busy debug/pagetree/processes
is 'ps --tables: no line is too long' yes "$([ "$(sed -i 's/ 500 / 900 /' proc/meminfo; "$tool" ps --tables | wc -L)" -le 100 ] && echo yes)"
is 'ps --tables: rows that are not whole' '1 [10,1]' \
	"$("$tool" ps --tables | grep -c ' busy ') $("$tool" ps --tables -J | jq -c '.pagetree.tables_sum | [.processes, .not_whole]')"
population

# The choice of rows: pid 156 is demo's here

sed -i "s/^156\t/$demo\t/; s/^176\t/$other\t/" debug/pagetree/processes
# shellcheck disable=SC2086
is 'ps --pid' "$demo $other" "$("$tool" ps -rn -o pid $both | xargs)"
is 'ps --pid: by its name' "$demo" "$("$tool" ps -rn -o pid --pid demo)"
is 'ps --pid: the sum is that of the rows' 'total of 1 processes: 61.4M mapped, 40 tables, 160K' "$("$tool" ps --pid demo | tail -n 1)"
mkdir -p proc/5000020 && printf 'Name:\tx\nTgid:\t%s\n' $demo >proc/5000020/status
is 'ps --pid: a thread is its process' "$demo" "$("$tool" ps -rn -o pid --pid 5000020)"
says 'ps --pid: one that has no row' 1 'pagetree: none of these processes has a row: .*' "$tool" ps --pid 5000014
is 'ps --pid: of an input' 132 "$("$tool" ps -rn -o pid --pid 132 --input "$golden/views.txt")"
is 'ps --cgroup' "$demo $other" "$("$tool" ps -rn -o pid --cgroup app | xargs)"
says 'ps --cgroup: none' 1 'pagetree: sys/fs/cgroup/none: .*: not a cgroup' "$tool" ps --cgroup none
printf 'anon 1\npagetables 409600\nsec_pagetables 4096\n' >sys/fs/cgroup/app/memory.stat
is 'ps --tables --cgroup: beside memory.stat' 'memory.stat pagetables of the cgroup: 400K, 112K more than these tables and the deposited ones' \
	"$("$tool" ps --tables --cgroup app | grep ^memory.stat)"
is 'ps --tables --cgroup: in JSON' '[2,409600,4096]' "$("$tool" ps --tables -J --cgroup app |
	jq -c '.pagetree.tables_sum | [.processes, .cgroup_pagetables, .cgroup_sec_pagetables]')"

# Groups

population
is 'ps --group: a row per name' 'bash 3 30
capture 1 10
cat 3 27
factory 1 40
sleep 2 18' "$("$tool" ps --group -rn -o name,processes,tables | sort)"
is 'ps --group: sums of all counters' "$("$tool" ps -J | jq -c '.pagetree.processes | group_by(.name) | map([.[0].name, (map(.leaf1) | add),
	(map(.vma_bytes) | add), (map(.mapped) | add), (map(.packed) | add), (map(.pid) | min)])')" \
	"$("$tool" ps --group -J | jq -c '.pagetree.processes | sort_by(.name) | map([.name, .leaf1, .vma_bytes, .mapped, .packed, .pid])')"
is 'ps --group: percentages are of the sums' '97.7' "$("$tool" ps --group -rn -o name,huge% | sed -n 's/^factory //p')"
is 'ps --group --tables: columns of both' 'PROCESSES STATE TABLES TABLE_BYTES EMPTY SPARSE PACKED SHARED2 SAVES NAME' \
	"$("$tool" ps --group --tables -r | head -n 1)"
is 'ps --group: the total is that of the processes' "$("$tool" ps | tail -n 1)" "$("$tool" ps --group | tail -n 1)"

# by_name FILTER: of the VMAs of both processes, a line per kind and name
by_name() {
	"$tool" vmas -J "$demo" "$other" | jq -c '[.pagetree.processes[] | .pid as $pid | .vmas[] | .pid = $pid] |
		group_by([.kind, .name])[] | [.[0].kind, .[0].name, '"$1"']' | sort
}
is 'group: a row per kind and name, sums of all processes' \
	"$(by_name 'length, (map(.pid) | unique | length), (map(.pid) | min), (map(.size) | add), (map(.leaf1) | add), (map(.mapped) | add), (map(.tables) | add)')" \
	"$("$tool" group -J "$demo" "$other" | jq -c '.pagetree.groups[] |
		[.kind, .name, .vmas, .processes, .pid, .size, .leaf1, .mapped, .tables]' | sort)"
is 'group: a process that is named twice counts once as a process' "$("$tool" group -rn -o name,vmas,processes "$demo" | awk '{ print $1, 2 * $2, 2 * $3 }')" \
	"$("$tool" group -rn -o name,vmas,processes "$demo" "$demo")"
for command in vmas show; do
	is "group: $command --group is the same" "$("$tool" group "$demo" "$other")" "$("$tool" $command --group "$demo" "$other")"
done
is 'group: of an input' "$("$tool" group -r "$demo" | cut -d ' ' -f 2-)" "$("$tool" group -r --input "$golden/views.txt" | cut -d ' ' -f 2-)"
is 'group: what each process cost' '[[true,5000001],[true,5000002]]' \
	"$("$tool" group -J "$demo" "$other" | jq -c '[.pagetree.processes[] | [.vmas_cost.state == "complete", .pid]]')"
sed -i 's/ state=complete/ state=partial next=0x1000/' debug/pagetree/$other/vmas
says 'group: a process that ended' 3 'pagetree: the process was not read to its end: state=partial' "$tool" group "$demo" "$other"
is 'group: then its groups say so' partial "$("$tool" group -rn -o state "$other" 2>/dev/null | sort -u)"
is 'group: no empty lines' 0 "$("$tool" group -n "$demo" "$other" 2>/dev/null | grep -c '^$')"
misuse 'group: --proc' '--proc: not for pagetree group' vmas --group --proc 1
misuse 'group: a column of VMAs' 'start: no such column: see pagetree group --help' vmas --group -o start 1
misuse '--group of map' '--group: not for pagetree map' map --group 1

# 16000 VMAs of one file, and the limit

population
awk 'BEGIN { for (i = 0; i < 16000; i++) printf "0x7f%010x 0x7f%010x %s\n", 8192 * i, 8192 * i + 4096, "shmem /memfd:doublemapper\\040(deleted)" }' |
	areas >debug/pagetree/$demo/vmas
mkdir -p proc/sys/vm
echo 65530 >proc/sys/vm/max_map_count
is 'group: thousands of VMAs are one row' '1 16000 65536000 shmem /memfd:doublemapper\040(deleted)' \
	"$("$tool" group -rn -o processes,vmas,size,kind,name "$demo" | sed 's/\\x5c/\\/g')"
is 'group: the limit' "demo, pid $demo: 16000 of at most 65530 VMAs (vm.max_map_count)" "$("$tool" group "$other" "$demo" | tail -n 1)"
is 'group: the limit in JSON' 65530 "$("$tool" group -J "$demo" | jq .pagetree.max_map_count)"
is 'show: thousands of VMAs are shown by their names' '1 16000 62.5M shmem' "$("$tool" "$demo" | awk '/doublemapper/ { print $1, $2, $3, $4 }')"
is 'show: and how to see each' '16000 VMAs, by kind and name: pagetree vmas has a row for each' "$("$tool" "$demo" | tail -n 1)"
is 'show: unless columns, an order or no headings are asked for' '16000 16000 16000' \
	"$("$tool" -o start "$demo" | grep -c 0x7f) $("$tool" -x start "$demo" | grep -c 0x7f) $("$tool" -n "$demo" | grep -c 0x7f)"
sed '1003,16002d' debug/pagetree/$demo/vmas >thousand
is 'show: 1000 VMAs are shown one by one' 1000 "$("$tool" --input thousand | grep -c 0x7f)"
is 'show: the limit' "VMAs: $(key vmas) of at most 65530 (vm.max_map_count)" "$("$tool" "$demo" | grep ^VMAs)"
is 'show: the limit in JSON' 65530 "$("$tool" -J "$demo" | jq '.pagetree.processes[0].max_map_count')"
rm proc/sys/vm/max_map_count
is 'show: no limit is known' 0 "$("$tool" "$demo" | grep -c max_map_count)"

even; more='/proc/sys/vm/max_map_count 65530'
world_of >why.txt
is 'why: the limit' '1 of at most 65530 VMAs (vm.max_map_count)' "$("$tool" why --input why.txt | grep max_map_count)"
is 'why: the limit in JSON' '[1,65530]' "$("$tool" why -J --input why.txt | jq -c '.pagetree.processes[0].why_summary | [.vmas, .max_map_count]')"
