# The output of each command goes to a full disk, to a pipe without a reader, to a terminal. Sourced by run.
# shellcheck shell=bash disable=SC2154

# invocations: arguments with which the tool prints something, a line each
invocations() {
	local command format
	for command in $views; do
		echo "$command --input $golden/views.txt"
		echo "$command -J --input $golden/views.txt"
		echo "$command -O -J --input $golden/odd-views.txt"
	done
	for format in '' -r -J; do
		echo "shootdown $format --input $golden/shootdowns.txt"
		echo "shootdown --sweep $format --input $golden/shootdowns.txt"
		echo "invalidations $format --input $golden/initiators.txt"
		echo "vmas $format 4242 4242"
	done
	echo 4242
	echo '--verify 4242'
	echo '--verify --json 4242'
	echo 'bench tlb --rounds 2 --pages 8'
	echo '--version'
	echo '--help'
	"$tool" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1 --help/p'
}

# odd-views is partial, which the tool says on stderr, too.
partial='pagetree: the process(es)? (was|were) not read to (its|their) end: state=partial'

# to WHERE STATUS REGEX ARGUMENTS: prints nothing if the tool ends so
to() {
	local where=$1 status=$2 regex=$3 got
	timeout $patience bash -c "$where; '$tool' $4" 2>err </dev/null
	got=$?
	[ $got = "$status" ] || echo "exit $got, not $status"
	grep -vE "^$partial$" err | cmp -s - <([ -z "$regex" ] || echo "$regex") || cat err
}

world
every 'a full disk: each command says so, once' \
	to 'exec >/dev/full' 1 'pagetree: standard output: No space left on device' < <(invocations)
every 'a closed output: each command says so, once' \
	to 'exec >&-' 1 'pagetree: standard output: Bad file descriptor' < <(invocations)
every 'a pipe nobody reads from: each command ends in silence' \
	to 'exec > >(:); wait $!' 141 '' < <(invocations)
every 'a pipe nobody reads from, where SIGPIPE is ignored: likewise' \
	to 'exec > >(:); wait $!; trap "" PIPE' 1 '' < <(invocations)
is 'these were so many commands' 55 "$(invocations | wc -l)"

# A file that is opened while one of these is closed must not take its place.
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	: >debug/pagetree/attach
	bash -c "'$tool' 4242 $closed" >out 2>err
	is "nothing is written to attach but what has to be: $closed" 'hold 4242' "$(cat debug/pagetree/attach)"
done
says 'a closed input' 1 'pagetree: -: Bad file descriptor' bash -c "'$tool' --input - <&-"

# Names that control a terminal, or look like the end of a row

population
# clean ARGUMENTS: prints nothing if the output is text, whatever is in a name
clean() {
	# shellcheck disable=SC2086
	"$tool" $1 >out 2>&1
	iconv -f UTF-8 -t UTF-8 out >/dev/null || echo 'no UTF-8'
	tr -d '\n' <out | LC_ALL=C grep -aoP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]'
	grep -aE '^(ok|1 ok 2|0x1000 4K rw-p)' out
	[ -s out ] || echo 'no output'
}
every 'hostile names: no command prints a control character, or their lines' clean < <(
	for format in '' -r -P -J -n -b; do
		for command in $views; do
			echo "$command $format --input $golden/odd-views.txt"
		done
		for command in show vmas tables map; do
			echo "$command $format $other"
			echo "$command $format $other $demo"
		done
	done
	echo "--expect leaf1<0 $other")
is 'hostile names: of a process that ps lists' 5 "$(odd ps -rn | wc -l)"
