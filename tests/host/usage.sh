# Options that make no sense: exit 2, and one line that says which. Sourced by run.
# shellcheck shell=bash disable=SC2154

# misuse NAME WHAT ARGUMENT...
misuse() {
	local name=$1 what=$2
	shift 2
	says "usage: $name" 2 "pagetree: $what" "$tool" "$@"
}

misuse 'nothing' 'no process id: see pagetree --help'
misuse 'an unknown option' '--what: no such option: see pagetree --help' 1 --what
misuse 'an unknown letter' '-x: no such option: see pagetree --help' -bx 1
misuse 'an argument is missing' '--output: needs an argument: see pagetree --help' --output
misuse 'a letter without its argument' '-o: needs an argument: see pagetree --help' 1 -o
misuse 'an unknown column' 'start,what: no such column: see pagetree --help' -o start,what 1
misuse 'an empty column' 'start,: no such column: see pagetree --help' -o start, 1
misuse 'no column' ': no such column: see pagetree --help' -o '' 1
misuse 'an unknown column more' '\+what: no such column: see pagetree --help' -o +what 1
for pid in 0 -0 self 1x 2147483648 18446744073709551617 '' ' 1' 1.0; do
	misuse "process id '$pid'" "$pid: not a process id" -- "$pid"
done
misuse 'two process ids' '2: one process id is enough' 1 2
misuse 'a process id and --input' '1: --input and a process id exclude each other' --input vmas 1
misuse '--verify and --input' '--input, --verify: .*' --input vmas --verify
misuse '--json and --raw' '--json, --raw: .*' --json --raw 1
says 'usage: --help' 0 '' "$tool" --help
says 'usage: --version' 0 '' "$tool" --version
says 'usage: --help on a full disk' 1 'pagetree: standard output: No space left on device' \
	bash -c "'$tool' --help >/dev/full"
