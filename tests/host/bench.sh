# The report of make bench-walk, of made-up figures. Sourced by run.
# shellcheck shell=bash disable=SC2154

# line FIELD...: parted by tabs
line() {
	local IFS=$'\t'
	echo "$*"
}
# three boots, the second with other times
for boot in 1 9 2; do
	line workload small 100 page '4 KiB pages'
	line time small 'bare loop' ${boot}00 1
	line time small 'fair limit' 1${boot}0 1
	line time small 'pagetree summary' 200 7
	line time small smaps 5${boot}00 900
	line time small 'tool: vmas --raw' 900 1
	line memory small 'tool: vmas --raw' 4096
	line stretch small 3.5
	line lock small 'pagetree summary' 4 2 8
	line lock small smaps 0 0 0
	line vmalock small smaps 12 6 60
	line workload vmas 10 VMA 'VMAs of one page'
	line time vmas 'cat vmas' 100 1
	line time vmas 'tool: vmas --raw' 350 1
	line growth page smaps 10 1000 30 1${boot}000
done >figures
"$top/tests/bench/report" figures >report
# row REGEX: the words of the first line of the report that matches
row() {
	grep -m 1 -E "$1" report | tr -s ' '
}
is 'bench: the median of the boots' 'bare loop 200 2.0 1.00 1.00 1.67 0' "$(row '^bare loop')"
is 'bench: times compared with three readers' 'smaps 5200 52.0 26.00 26.00 43.33 900' "$(row '^smaps')"
is 'bench: memory of a program' 'tool: vmas --raw 900 9.0 4.50 4.50 7.50 4096 KiB*' "$(row '^tool: vmas')"
is 'bench: frames in a row' '* 3.5 pages in a row have frames in a row, on average' "$(row 'in a row')"
is 'bench: locks of VMAs' 'smaps 6 60 - 12 locks of VMAs, from each to the next' "$(row '^smaps.*locks')"
is 'bench: one unit more' 'smaps 550.0' "$(sed '1,/^One unit more/d' report | grep -m 1 '^smaps' | tr -s ' ')"
is 'bench: a goal that is reached' 'small smaps / pagetree summary 26.00 >= 24 reached' "$(row '^small .*smaps /')"
is 'bench: a goal that is missed' 'vmas tool: vmas --raw / cat vmas 3.50 <= 3 missed' "$(row '^vmas .*cat')"
is 'bench: a goal that is a limit' 'small pagetree summary / fair limit 1.67 <= 1.9 reached' "$(row '^small .*fair limit')"
