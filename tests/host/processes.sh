# Several processes by pid, name and cgroup, and --expect, where debugfs, /proc and /sys are plain files. Sourced by
# run.
# shellcheck shell=bash disable=SC2154

# Several

population
both="$demo $other"
evil='de\033[31mmo\0121 ok 2'
is 'several: one summary each' "demo, pid $demo: $(key vmas) VMAs|$evil, pid $other: 7 VMAs" \
	"$("$tool" $both | sed -n 's/ of .*-level paging$//p' | paste -sd '|')"
is 'several: they are held' "hold ${demo}hold $other" "$(: >debug/pagetree/attach; "$tool" $both >out; cat debug/pagetree/attach)"
for command in vmas tables map; do
	is "several: $command: a title each" "demo, pid $demo:|$evil, pid $other:" \
		"$("$tool" $command $both | grep -a ', pid [0-9]*:$' | paste -sd '|')"
	is "several: $command: a title and its table, an empty line between" \
		"$(echo "demo, pid $demo:"; "$tool" $command $demo; echo; echo "$evil, pid $other:"; "$tool" $command $other)" \
		"$("$tool" $command $both | sed '/^total of/,$d')"
	rows=$(($("$tool" $command -rn $demo | wc -l) + $("$tool" $command -rn $other | wc -l)))
	is "several: $command: raw rows begin with the pid" "$rows $demo $other" \
		"$("$tool" $command -rn $both | awk '{ n++ } $1 != last { found = found " " $1; last = $1 } END { print n found }')"
	is "several: $command: so do pairs" "$rows" "$("$tool" $command -P $both | grep -c "^PID=\"\($demo\|$other\)\" ")"
	is "several: $command: and tables without headings" "$rows" \
		"$("$tool" $command -n $both | grep -c "^\($demo\|$other\) ")"
	is "one: $command: no pid" "$("$tool" $command -r $demo)" "$("$tool" $command -r $both | sed "1s/^PID //; /^$other /d; s/^$demo //")"
	is "several: $command: JSON is an array" "[[$demo,\"demo\"],[$other,\"${evil//\\/\\\\}\"]]" \
		"$("$tool" $command -J $both | jq -c '[.pagetree.processes[] | [.pid, .comm]]')"
	is "several: $command: each in it as it is alone" \
		"$(for pid in $both; do "$tool" $command -J $pid | jq -cS '.pagetree.processes[0]'; done)" \
		"$("$tool" $command -J $both | jq -cS '.pagetree.processes[]')"
done
is 'several: tables: the sum' "$("$tool" tables -rbn -o tables,bytes $both | awk '{ tables += $2; bytes += $3 } END { print "total of 2 processes: " tables " tables, " bytes }')" \
	"$("$tool" tables -b $both | grep '^total of')"
is 'several: tables: the sum in JSON' "$("$tool" tables -b $both | sed -n 's/^total of //p')" \
	"$("$tool" tables -J $both | jq -r '.pagetree.tables_sum | "\(.processes) processes: \(.tables) tables, \(.bytes)"')"
is 'several: in the order they are said in, and as often' "$other $demo $other" \
	"$("$tool" -J $other --pid $demo $other | jq '.pagetree.processes[].pid' | sort -k 1 >sorted
	"$tool" vmas -rn -o start --pid $other $demo $other | awk '$1 != last { print last = $1 }' | paste -sd ' ')"
is 'several: -x sorts each by itself' "$("$tool" vmas -rn -x size $demo | wc -l)" \
	"$("$tool" vmas -rn -x size $both | awk -v pid=$demo '$1 == pid && NR == n + 1 { n++ } END { print n }')"
says 'several: one that is not there' 1 'pagetree: 5000099: no such process' "$tool" $demo 5000099
is 'several: then nothing is printed' '' "$(cat out)"
says 'several: a kernel thread' 1 'pagetree: 5000014: no such process' "$tool" $demo 5000014

# Names

says 'name: of one process' 0 '' "$tool" demo
is 'name: it is that' "demo, pid $demo" "$(head -n 1 out | cut -d : -f 1)"
says 'name: of none' 1 'pagetree: nobody: no process has this name' "$tool" nobody
says 'name: of several' 1 'pagetree: twin: 2 processes have this name: use one of the pids 500001[12], 500001[12]' "$tool" twin
says 'name: of several, by an expression' 1 \
	'pagetree: \^tw: 3 processes have this name: use one of the pids (500001[123], ){2}500001[123]' "$tool" '^tw'
says 'name: exactly one before many that match' 1 'pagetree: 5000013: no such process' "$tool" twins
says 'name: an expression' 0 '' "$tool" '^d.m.$'
is 'name: it is that one' "demo, pid $demo" "$(head -n 1 out | cut -d : -f 1)"
says 'name: a part of one' 1 'pagetree: 5000014: no such process' "$tool" lon
says 'name: --pid takes one too' 0 '' "$tool" --pid demo
says 'name: and a pid that begins with it' 0 '' "$tool" $other --pid demo
says 'name: an expression that is none' 2 'pagetree: \(: neither a process id nor the name of a process' "$tool" '('
says 'name: a thread is no name' 1 'pagetree: status: no process has this name' "$tool" status
for name in $'de\e[31mmo' $'a\nb' '['; do
	echo "$name" >proc/$other/comm
	says "name: $(printf %q "$name"), as it is" 0 '' "$tool" "$name"
done
says 'name: no expression reaches the terminal' 2 'pagetree: a\\033\[31m\\012\(: neither .*' "$tool" $'a\e[31m\n('

# walk: a plain file has the answer after as many bytes as the question takes

# answering BYTES: walk answers a question of this many bytes
answering() {
	{ head -c "$1" /dev/zero | tr '\0' x; sed '1,/^# pagetree walk/{/^# pagetree walk/!d}; /^# pagetree processes/,$d' \
		"$golden/views.txt"; } >debug/pagetree/$demo/walk
}
population
answering 7
says 'walk: a process by its name' 0 '' "$tool" walk demo 0x1000
is 'walk: what it asks' '0x1000 ' "$(head -c 7 debug/pagetree/$demo/walk)"
is 'walk: what it says' "$(sed -n '/^\$ pagetree walk$/,/^\$ pagetree ps/{/^\$/d;p}' "$golden/views.100")" "$(cat out)"
# 10 bytes an address, and at most 3000 a question
answering 3000
"$tool" walk -J $demo $(seq -f 0x1%06.0f 600) >out 2>err
is 'walk: what is too much for one question is asked twice' "$(sed -n '/^# pagetree walk/,/^# cost/p' "$golden/views.txt" |
	awk -F '[ =]' '/^0x/ { rows++ } /^# cost/ { print 2 * rows, 2 * $4, 2 * $10, $12, "\"complete\"" }')" \
	"$(jq -c '.pagetree.processes[0] | (.walk | length), (.walk_cost | .tables, .us, .lock_us_max, .state)' out | paste -sd ' ')"
is 'walk: the second question' 0x1000301 "$(head -c 9 debug/pagetree/$demo/walk)"
answering 7
sed -i 's/state=complete/state=partial next=0x1000/' debug/pagetree/$demo/walk
says 'walk: it ends meanwhile' 3 'pagetree: the process was not read to its end: state=partial' "$tool" walk $demo 0x1000
rm debug/pagetree/$demo/walk
says 'walk: it has ended' 1 'pagetree: 5000001: .*' "$tool" walk $demo 0x1000
for address in 0x 0x10000000000000000 4096 0X1000 -- 0x1g; do
	: >debug/pagetree/attach
	misuse "walk: '$address' is no address" "$address: not an address, as 0x7f0000001000" walk demo 0x1000 -- "$address"
	is "walk: then nothing is attached" '' "$(cat debug/pagetree/attach)"
done

# Control groups

for path in app/one /app/one app/one/; do
	is "cgroup: $path" $demo "$("$tool" --cgroup $path -J | jq '.pagetree.processes[].pid')"
done
is 'cgroup: with those below it, but for who ended, who is elsewhere' "$demo $other" \
	"$("$tool" vmas --cgroup app -J | jq '.pagetree.processes[].pid' | sort | paste -sd ' ')"
is 'cgroup: and a process' "$other $demo" "$("$tool" vmas --cgroup app/two --pid demo -J | jq '.pagetree.processes[].pid' | paste -sd ' ')"
says 'cgroup: none' 1 'pagetree: sys/fs/cgroup/nowhere: No such file or directory: not a cgroup' "$tool" --cgroup nowhere
says 'cgroup: empty' 1 'pagetree: sys/fs/cgroup/app/empty: no process is in this cgroup' "$tool" --cgroup app/empty
says 'cgroup: all of them ended' 1 'pagetree: all processes of the cgroup have ended' \
	bash -c "echo 5000014 >sys/fs/cgroup/app/empty/cgroup.procs; '$tool' --cgroup app/empty"
misuse 'cgroup: not of one process' '--cgroup: not for pagetree walk' walk --cgroup app/one 0x1000
misuse 'cgroup: not of geometry' '--cgroup: not for pagetree geometry' geometry --cgroup app/one
misuse 'cgroup: nor of an input' '--pid: --input and a process exclude each other' --cgroup app/one --input "$golden/views.txt"

# --expect

# expect STATUS LINES ARGUMENT...: exactly this status, LINES lines on stderr, and the whole output
expect() {
	local name="expect: ${*:3}" status=$1 lines=$2 got
	shift 2
	"$tool" "$@" >out 2>err
	got="$? $(wc -l <err) $(grep -c '^LEVEL ' out)"
	is "$name" "$status $lines $processes" "$got"
}
processes=1
for true in 'huge%>=97.7' 'huge%<97.8' 'huge% > 97' 'huge%!=0' 'mapped=64389120' 'mapped==62880K' 'mapped<=61.40625M' \
	'mapped>=61.40625M' 'tables<41' 'cont64k%>97.8' 'cont64k%<97.9' 'cont128k%<97.8' 'cont2m%>=97.7' 'cont32m%=0' 'table_bytes=160K' 'table%<1%' 'refs<=3.05' 'empty=3' 'leaf2>29' 'swap1=19' \
	'refs_leaf>3.9' 'refs_leaf<3.924' 'vmpte=248K' "pid=$demo" 'levels=4'; do
	expect 0 0 --expect "$true" $demo
done
for false in 'huge%>=97.8' 'huge%<97.7' 'huge%=97' 'cont128k%>97.8' 'cont1g%>0' 'mapped!=64389120' 'mapped>1G' 'leaf2<30' 'refs_leaf<3.9' 'empty>3' 'levels=5'; do
	expect 4 1 --expect "$false" $demo
done
says 'expect: what is false is said' 4 "pagetree: demo, pid $demo: huge% is 97.71, expected 'huge%>=99'" \
	"$tool" --expect 'huge%>=99' $demo
says 'expect: an unknown number' 2 'pagetree: --expect: nosuch: no such number: see pagetree --help' \
	"$tool" --expect 'nosuch>1' $demo
says 'expect: an unknown level' 2 'pagetree: --expect: leaf4: no such number: .*' "$tool" --expect 'leaf4>1' $demo
says 'expect: a key that is no number' 2 'pagetree: --expect: arch: no such number: .*' "$tool" --expect 'arch=1' $demo
expect 4 2 --expect 'leaf2>99' --expect 'leaf2=30' --expect 'swap1=0' $demo
processes=2
expect 0 0 --expect 'leaf1>2' $both
expect 4 1 --expect 'leaf1>3' $both
expect 4 2 --expect 'leaf1>999' $both
processes=0
expect 4 1 map -r --expect 'leaf1>999' $demo
expect 0 0 tables -rn --expect 'leaf1>1' $demo
"$tool" vmas -J --expect 'leaf1>999' $both >out 2>err
is 'expect: JSON is whole' "4 2 2" "$? $(wc -l <err) $(jq '.pagetree.processes | length' out)"
says 'expect: without a summary' 1 'pagetree: --expect: no summary was read' \
	"$tool" vmas --input debug/pagetree/$demo/vmas --expect 'leaf1>1'
says 'expect: of an input' 4 \
	"pagetree: factory, pid $(key pid): leaf1 is $(key leaf1), expected 'leaf1>$(key leaf1)'" \
	"$tool" --input "$golden/views.txt" --expect "leaf1>$(key leaf1)"
misuse 'expect: not of walk' '--expect: not for pagetree walk' walk --expect 'leaf1>1' demo 0x1000

# Not to the end is 3, whatever else is false and whichever process it is.
for pid in $both; do
	population
	sed -i 's/state=complete/state=partial next=0x1000/' debug/pagetree/$pid/summary
	processes=2
	expect 3 3 --expect 'leaf1>999' $both
	processes=0
	expect 3 1 vmas -r --expect 'leaf1>1' $both
done

# All of them at once

population
is 'ps: a row a process' "$(awk -F '\t' '/^[0-9]/ { print $1, $NF }' debug/pagetree/processes)" \
	"$("$tool" ps -rn -o pid,name)"
is 'ps: as in the text' "$(sed -n '/^\$ pagetree ps$/,/^\$ pagetree geometry/{/^\$/d;p}' "$golden/views.100")" "$("$tool" ps)"
sed -i 's/state=complete/state=partial next=0x1000/' debug/pagetree/processes
says 'ps: not all of them' 3 'pagetree: the processes were not read to their end: state=partial' "$tool" ps
is 'ps: those that were read, and their total' "$(wc -l <debug/pagetree/processes)" "$(wc -l <out)"
rm debug/pagetree/processes
says 'ps: an older module' 1 'pagetree: debug/pagetree/processes: No such file or directory' "$tool" ps
says 'ps: not in the input' 1 'pagetree: .*: there is no processes in it: .*' "$tool" ps --input "$golden/4-level.txt"
says 'geometry: not in the input' 1 'pagetree: .*: there is no geometry in it: .*' "$tool" geometry --input vmas
for command in tables map walk; do
	says "$command: not in the input" 1 "pagetree: .*: there is no $command in it: pagetree capture .*" \
		"$tool" $command --input "$golden/4-level.txt"
done
