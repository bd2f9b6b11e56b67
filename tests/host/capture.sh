# pagetree capture of the made-up process of fakes.sh, and --input of what it wrote. Sourced by run.
# shellcheck shell=bash disable=SC2154

# lab: world of fakes.sh, with all else that is captured
lab() {
	world "$@"
	{
		printf '# pagetree tables abi 1\nlevel\ttables\tbytes\tused\tholes\tempty\n'
		printf '1\t2\t8192\t12\t1012\t0\n2\t5\t20480\t6\t2554\t0\n'
		echo "$cost"
	} >debug/pagetree/4242/tables
	extents >debug/pagetree/4242/map <<'EOF'
0x200000000000 0x200000200000 2 leaf w-uad---
0x210000000000 0x210000200000 2 leaf ---ad--n
0x210000200000 0x210000400000 2 zero ---a---n
0x300000000000 0x300000200000 2 leaf w-uad---
0x7f0000000000 0x7f000000b000 1 leaf -xua----
0x7ffc00000000 0x7ffc00001000 1 special --ua----
EOF
	echo '200 199 0:20 / / rw - tmpfs tmpfs rw' >proc/4242/mountinfo
	printf 'MemFree: 9 kB\n' >proc/meminfo
	printf 'a 1\nb 2' >proc/vmstat # no newline ends it
	printf 'Node 0, zone Normal 1 2 3\n' >proc/buddyinfo
	: >proc/version
	mkdir -p proc/sys/vm && echo 65530 >proc/sys/vm/max_map_count
	printf '# end\n# captured /proc/x 1\n\0\377\033\n' >proc/4242/ksm_stat
	rm -rf sys
	local thp=sys/kernel/mm/transparent_hugepage pool
	mkdir -p $thp/khugepaged $thp/hugepages-{64,2048}kB sys/kernel/mm/ksm
	echo 'always [madvise] never' >$thp/enabled
	echo 511 >$thp/khugepaged/max_ptes_none
	echo always >$thp/hugepages-64kB/enabled
	echo inherit >$thp/hugepages-2048kB/enabled
	echo never >$thp/hugepages-2048kB/shmem_enabled
	echo secret >$thp/other
	for pool in sys/kernel/mm/hugepages/hugepages-{2048,1048576}kB; do
		mkdir -p $pool
		echo 7 | tee $pool/nr_hugepages $pool/free_hugepages $pool/nr_overcommit_hugepages >/dev/null
	done
	echo 0 >sys/kernel/mm/ksm/run
}

# captured FILE PATH: its lines
captured() {
	awk -v path="$2" 'on && !left { on = 0 } on { print; left-- }
		$1 == "#" && $2 == "captured" && $3 == path { on = 1; left = $4 }' "$1"
}

# left: what lies beside the files of these tests
left() {
	find . -maxdepth 1 -name 'report*' | sort | xargs
}

lab
says 'capture: a process' 0 '' "$tool" capture 4242 -o report
is 'capture: it is held meanwhile' 'hold 4242' "$(cat debug/pagetree/attach)"
is 'capture: only for its owner' 600 "$(stat -c %a report)"
cat debug/pagetree/geometry debug/pagetree/4242/{summary,vmas,tables,map} >ours
is 'capture: what debugfs says, byte for byte' '' "$(head -c "$(wc -c <ours)" report | cmp - ours)"
is 'capture: the files, and how many lines they have' "$(sort <<'EOF'
/proc/4242/comm 2
/proc/4242/ksm_stat 3
/proc/4242/mountinfo 1
/proc/4242/smaps 60
/proc/4242/status 3
/proc/buddyinfo 1
/proc/meminfo 1
/proc/sys/kernel/osrelease 1
/proc/sys/vm/max_map_count 1
/proc/version 0
/proc/vmstat 2
/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages 1
/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages 1
/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages 1
/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 1
/sys/kernel/mm/ksm/run 1
/sys/kernel/mm/transparent_hugepage/enabled 1
/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled 1
/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled 1
/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled 1
/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none 1
EOF
)" "$(tail -c +$(($(wc -c <ours) + 1)) report | awk '
	left > 0 { left--; next }
	$2 == "captured" { print $3, $4; left = $4 }' | sort)"
is 'capture: smaps' "$(cat proc/4242/smaps)" "$(captured report /proc/4242/smaps)"
is 'capture: a file that no newline ends' "$(printf 'a 1\nb 2')" "$(captured report /proc/vmstat)"
is 'capture: each has an end' 21 "$(grep -ac '^# end$' <(captured report /proc/4242/ksm_stat | grep -av '^# end$' |
	cat - report) | awk '{ print $1 - 1 }')"
is 'capture: to the standard output' '' "$("$tool" capture 4242 -o - | cmp - report)"

# as_live COMMAND...: it prints the same of the report as of the process
as_live() {
	is "capture: pagetree $*" "$("$tool" "$@" 4242 2>&1)" "$("$tool" "$@" --input report 2>&1)"
}
for format in -r -J ''; do
	for command in show vmas tables map tree why; do
		# shellcheck disable=SC2086
		as_live $command $format
	done
done
is 'capture: of several processes each tree has its title' '2 2' \
	"$("$tool" tree 4242 4243 | awk '/pid 4242:$/ { titles++ } /^PGD/ { roots++ } END { print titles, roots }')"
is 'capture: --depth' '1 5' "$("$tool" tree --depth 2 -n -r -o level --input report | sort | uniq -c | awk '{ print $1 }' | sort | xargs)"
is 'capture: pagetree geometry' "$("$tool" geometry)" "$("$tool" geometry --input report)"
is 'capture: something is printed of it' '5 5 6 2 13' "$(for command in show vmas map tables tree; do
	"$tool" $command -n -r --input report | wc -l; done | xargs)"
says 'capture: walk is not in it' 1 'pagetree: report: there is no walk in it: pagetree capture leaves it out' \
	"$tool" walk --input report
says 'capture: ps is not in it' 1 'pagetree: report: there is no processes in it: pagetree capture leaves it out' \
	"$tool" ps --input report
for view in vmas tables map; do
	sed "/^# pagetree $view/,/^# cost/d" report >lacking
	says "capture: without $view" 1 "pagetree: lacking: there is no $view in it: pagetree capture writes it" \
		"$tool" $view --input lacking
done
for lines in 2 4; do
	sed "s,^# captured /proc/4242/ksm_stat 3,# captured /proc/4242/ksm_stat $lines," report >bad
	says "capture: $lines lines of 3" 1 "pagetree: bad:[0-9]+: no line '# end' behind what was captured" \
		"$tool" --input bad
done
sed 's,^# captured /proc/4242/ksm_stat 3,# captured /proc/4242/ksm_stat 999,' report >bad
says 'capture: more lines than there are' 1 'pagetree: bad:[0-9]+: truncated: .*' "$tool" --input bad

# What there may be as well
{ shots debug/pagetree/4242/shootdowns <<<'scope=mm asked=5 n=5 tag=t'; } 2>&1
{
	printf '# pagetree invalidations abi 1\nreason\ton\tranges\tpages0\n'
	printf 'unmap\t1\t7\t2\nall\t1\t7\t2\n'
	echo "$cost"
} >debug/pagetree/4242/invalidations
{
	printf '# pagetree initiators abi 1\ntid\tcall\tarch\treason\tranges\tname\n'
	printf '4243\t11\t0xc000003e\tunmap\t7\tits\\134name\n0\tother\t0x0\tother\t0\t\n'
	echo "$cost"
} >debug/pagetree/4242/initiators
says 'capture: shootdowns, invalidations and initiators' 0 '' "$tool" capture 4242 -o report
is 'capture: they are in it' '' "$(cat debug/pagetree/4242/{shootdowns,invalidations,initiators} |
	cmp - <(sed -n '/^# pagetree shootdowns/,/^# captured/{/^# captured/!p}' report))"
as_live show
is 'capture: pagetree shootdown' 'mm 5 t' "$("$tool" shootdown --input report -r -n -o scope,n,tag)"

# What goes wrong

echo precious >report
sed -i '2s/$/\tphys/; 3,${/^0x/s/$/\t0x1000/}' debug/pagetree/4242/map
says 'capture: physical addresses' 1 'pagetree: 4242: map shows physical addresses, .*: echo N >/sys/module/pagetree/parameters/show_physical, then try again' \
	"$tool" capture 4242 -o report
is 'capture: then nothing is written' precious "$(cat report)"
says 'capture: nor to the standard output' 1 'pagetree: 4242: map shows physical addresses, .*' \
	"$tool" capture 4242 -o -
is 'capture: not a byte' '' "$(cat out)"
lab '$s,\[vvar\],phys,'
says 'capture: a VMA called phys is no column' 0 '' "$tool" capture 4242 -o report
echo precious >report
says 'capture: no such directory' 1 'pagetree: nowhere/report: No such file or directory' \
	"$tool" capture 4242 -o nowhere/report
says 'capture: a directory' 1 'pagetree: proc: Is a directory' "$tool" capture 4242 -o proc
says 'capture: no room' 1 'pagetree: report: File too large' \
	bash -c "ulimit -f 4; exec '$tool' capture 4242 -o report"
is 'capture: what was there stays' precious "$(cat report)"
says 'capture: a full disk' 1 'pagetree: /dev/full: No space left on device' "$tool" capture 4242 -o /dev/full
is 'capture: a device stays one' 'character special file' "$(stat -c %F /dev/full)"
says 'capture: standard output is full' 1 'pagetree: standard output: No space left on device' \
	bash -c "'$tool' capture 4242 -o - >/dev/full"
says 'capture: no such process' 1 'pagetree: 4244: no such process' "$tool" capture 4244 -o report
mkdir shut
chmod 555 shut
says_to_nobody 'capture: a directory that is closed' 1 'pagetree: shut/report: Permission denied' \
	"$tool" capture 4242 -o shut/report
rmdir shut
mv debug/pagetree/4242/map .
says 'capture: it dies meanwhile' 1 'pagetree: 4242: .*' "$tool" capture 4242 -o report
mv map debug/pagetree/4242
is 'capture: nothing else was left or changed' './report precious' "$(left) $(cat report)"
ln -s report report.link
says 'capture: a link is replaced, not what it points to' 0 '' "$tool" capture 4242 -o report.link
is 'capture: so it is' 'regular file precious' "$(stat -c %F report.link) $(cat report)"
rm report.link
says 'capture: a file is replaced' 0 '' "$tool" capture 4242 -o report
is 'capture: by all of it' './report 1' "$(left) $(grep -c '^# pagetree map' report)"
mkfifo report.pipe
cat report.pipe >piped &
says 'capture: into a pipe' 0 '' "$tool" capture 4242 -o report.pipe
wait $!
is 'capture: that is one still' 'fifo ' "$(stat -c %F report.pipe) $(cmp piped report)"
rm report.pipe
sed -i 's/state=complete/state=partial next=0x1000/' debug/pagetree/4242/tables
says 'capture: it dies while it is read' 3 'pagetree: the process was not read to its end: state=partial' \
	"$tool" capture 4242 -o report
is 'capture: what was read is written' 1 "$(grep -c 'state=partial next=0x1000' report)"
lab '$s,\[vvar\], state=partial,'
says 'capture: a VMA called state=partial is not the end' 0 '' "$tool" capture 4242 -o report
