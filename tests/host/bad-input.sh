# Text that debugfs never gives: the tool exits with 1 and names the place in one line. Sourced by run.
# shellcheck shell=bash disable=SC2154

# wrong NAME LINE WHAT FILE: the tool names this line of FILE, and WHAT is wrong there
wrong() {
	says "bad input: $1" 1 "pagetree: $4:$2: $3" "$tool" --input "$4"
}

# bad NAME LINE WHAT SED: the same of vmas after SED changed it
bad() {
	sed "$4" vmas >bad
	cmp -s vmas bad && not_ok "bad input: $1" 'nothing was changed'
	wrong "$1" "$2" "$3" bad
}

bad 'the title' 1 'not a file of pagetree' '1s/^/x/'
bad 'no version' 1 'not a file of pagetree' '1s/ abi 1//'
bad 'another version' 1 'written by another version: unknown abi' '1s/abi 1/abi 2/'
bad 'a version that is no number' 1 'not a file of pagetree' '1s/abi 1/abi -1/'
bad 'a file of another kind' 1 'neither a file that is known, nor the first of its kind' '1s/vmas/cows/'
bad 'no column start' 2 'no column start' '2s/start/begin/'
bad 'no column name' 2 'no column name' '2s/\tname/\tnames/'
bad 'a column twice' 2 'a column is there twice' '2s/leaf2/leaf1/'
bad 'a cell less' 4 'fewer cells than columns' '4s/\t[^\t]*$//'
bad 'a cell more' 4 'more cells than columns' '4s/$/\t0/'
bad 'an empty row' 4 'not an address' '4s/.*//'
bad 'text for a number' 3 'not a number' '3s/\t0\t/\tnone\t/'
bad 'a negative number' 3 'not a number' '3s/\t0\t/\t-1\t/'
bad 'a number with a sign' 3 'not a number' '3s/\t0\t/\t+1\t/'
bad 'a number with a fraction' 3 'not a number' '3s/\t0\t/\t1.5\t/'
bad 'no number' 3 'not a number' '3s/\t0\t/\t\t/'
bad 'a zero byte' 3 'not a number' '3s/\t0\t/\t0\x00\t/'
bad '3 * 10^19' 3 'not a number' '3s/\t0\t/\t30000000000000000000\t/'
bad '2^64' 3 'not a number' '3s/\t0\t/\t18446744073709551616\t/'
bad 'an address of 17 digits' 3 'not an address' '3s/^0x/0x11111/;'
bad 'an address without 0x' 3 'not an address' '3s/^0x//'
bad 'a row upside down' 3 'ends before it starts' '3s/^0x[0-9a-f]*/0xffffffff00000000/'
bad 'a comment' 4 'not an address' '4s/.*/# what/'
bad 'cost: no number' '[0-9]+' 'not a number' '/^# cost/s/ us=[0-9]*/ us=x/'
bad 'cost: no value' '[0-9]+' 'not NAME=VALUE' '/^# cost/s/ us=[0-9]*/ us/'
bad 'cost: one is missing' '[0-9]+' 'not all of the cost' '/^# cost/s/ us=[0-9]*//'
bad 'cost: no state' '[0-9]+' 'not all of the cost' '/^# cost/s/ state=.*//'
bad 'cost: another state' '[0-9]+' 'neither complete nor partial' '/^# cost/s/complete/torn/'
bad 'cost: partial up to nowhere' '[0-9]+' 'not all of the cost' '/^# cost/s/complete/partial/'
bad 'cost: partial up to no address' '[0-9]+' 'not an address' '/^# cost/s/complete/partial next=12/'

# whatever is shown, each cell is checked: this one is neither shown, nor sorted by
sed '3s/\t0\t/\tnone\t/' vmas >bad
for options in '-r -o start' '-P -o end' '-J -o name' '-o perms -x size'; do
	# shellcheck disable=SC2086
	says "bad input: a cell that is not shown ($options)" 1 'pagetree: bad:3: not a number' \
		"$tool" vmas $options --input bad
done

sed 's/$/\r/' vmas >bad
wrong 'lines that end in \r\n' 1 'not a file of pagetree' bad
cat vmas vmas >bad
wrong 'a file twice' '[0-9]+' 'neither a file that is known, nor the first of its kind' bad
(cat vmas; echo more) >bad
wrong 'more behind the end' '[0-9]+' 'not a file of pagetree' bad
: >bad
wrong 'nothing' 1 'truncated: .*' bad
for seed in 1 2 3 4 5; do
	tail -c +$((seed * 30011)) "$tool" | head -c 20000 >bad
	wrong "garbage $seed" '[0-9]+' '(not a file of pagetree|truncated: .*)' bad
done
for levels in 0 1 6; do
	sed "s/^levels\t.*/levels\t$levels/" summary >bad
	wrong "$levels levels" '[0-9]+' 'above, an impossible number of levels' bad
done
sed '/^pid/d' summary >bad
wrong 'no pid' '[0-9]+' 'above, a key is missing' bad
sed 's/^rss\t/&x/' summary >bad
wrong 'a counter that is no number' '[0-9]+' 'above, a value is not a number' bad
sed 's/^pid\t/pid /' summary >bad
wrong 'a key without a value' '[0-9]+' 'not a key and a value' bad
sed 's/^vmas\t.*/&\n&/' summary >bad
wrong 'a key twice' '[0-9]+' 'a key is there twice' bad
sed 's/\tvalue$/\tworth/' summary >bad
wrong 'other columns' 2 'the columns are not key and value' bad
says 'bad input: a directory' 1 'pagetree: /: Is a directory' "$tool" --input /
says 'bad input: no such file' 1 'pagetree: nowhere: No such file or directory' "$tool" --input nowhere
sed '2s/\tname/\tnew\tname/; 3,${/^#/!s/\([^\t]*\)$/7\t\1/}' vmas >wider
is 'a column more is no matter' "$("$tool" --input vmas)" "$("$tool" --input wider 2>&1)"
sed '2s/leaf1/new/' vmas >thinner
is 'a column less is null' null \
	"$("$tool" --json --input thinner | jq '.pagetree.processes[0].vmas[0].leaf1')"

cut_after_line() {
	head -n "$1" "$golden/4-level.txt" >part
	if ! tail -n 1 part | grep -q '^# cost'; then
		why_not 1 "pagetree: part:$(($1 + 1)): truncated: .*" "$tool" --input part
	elif grep -q '^# pagetree summary' part; then
		why_not 0 '' "$tool" --input part
	else
		why_not 1 'pagetree: part: there is no summary in it: .*' "$tool" --input part
	fi
}

cut_in_line() {
	head -c "$1" "$golden/4-level.txt" >part
	[ "$(tail -c 1 part | od -An -c)" = '  \n' ] && return
	why_not 1 "pagetree: part:$(($(wc -l <part) + 1)): truncated: .*" "$tool" --input part
}

# One byte is changed: the tool may refuse the text or not, but it must not crash.
spoiled() {
	(head -c "$1" "$golden/4-level.txt"; printf '\xff'; tail -c +$(($1 + 2)) "$golden/4-level.txt") >spoiled
	"$tool" --input spoiled >out 2>err
	case $? in
	0) [ ! -s err ] || cat err ;;
	1) why_not 1 'pagetree: spoiled:[0-9]+: .*' "$tool" --input spoiled ;;
	*) cat err ;;
	esac
}

lines=$(wc -l <"$golden/4-level.txt")
bytes=$(wc -c <"$golden/4-level.txt")
every 'bad input: cut after each line' cut_after_line < <(seq $((lines - 1)))
every 'bad input: cut at any byte' cut_in_line < <(seq 1 61 "$bytes"; seq $((bytes - 30)) $((bytes - 1)))
every 'bad input: any byte spoiled' spoiled < <(seq 0 59 $((bytes - 1)))

