# Options that make no sense: the tool exits with 2 and names the option in one line. Sourced by run.
# shellcheck shell=bash disable=SC2154

misuse 'nothing' 'no process: see pagetree --help'
misuse 'an unknown option' '--what: no such option: see pagetree --help' 1 --what
misuse 'an unknown letter' '-y: no such option: see pagetree --help' -by 1
misuse 'an argument is missing' '--output: needs an argument: see pagetree --help' --output
misuse 'a letter without its argument' '-o: needs an argument: see pagetree --help' 1 -o
misuse 'an unknown column' 'start,what: no such column: see pagetree show --help' -o start,what 1
misuse 'an empty column' 'start,: no such column: see pagetree show --help' -o start, 1
misuse 'no column' ': no such column: see pagetree show --help' -o '' 1
misuse 'an unknown column more' '\+what: no such column: see pagetree show --help' -o +what 1
for pid in 0 1x 2147483648 18446744073709551617 1.0; do
	misuse "process id '$pid'" "$pid: not a process id" -- "$pid"
done
for name in '' '[' '*'; do
	misuse "name '$name'" '.*: neither a process id nor the name of a process' -- "$name"
done
misuse 'a process and --input' '1: --input and a process exclude each other' --input vmas 1
misuse '--pid and --input' '--pid: --input and a process exclude each other' --input vmas --pid 1
misuse '--verify and --input' '--input, --verify: .*' --input vmas --verify
misuse '--json and --raw' '--json, --raw, --pairs: .*' --json --raw 1
misuse '--pairs and --raw' '--json, --raw, --pairs: .*' -r -P 1
misuse 'sort by nothing' 'nosuch: no such column: see pagetree map --help' map -x nosuch 1
misuse 'a column of another view' 'perms: no such column: see pagetree map --help' map -o perms 1
misuse 'an option of another command' '--verify: not for pagetree map' map --verify 1
misuse 'walk: no address' 'arguments are missing: PROCESS ADDRESS...: see pagetree walk --help' walk 1
misuse 'walk: two processes' '--pid: one process is enough' walk --pid 1 2 0x1000
misuse 'ps takes no process' '1: one argument too many: see pagetree ps --help' ps 1
misuse 'tree of ps' '--tree: not for pagetree ps' ps --tree
misuse '--tree and --verify' '--verify: not for pagetree tree' --verify --tree 1
misuse '--tree and a column of VMAs' 'perms: no such column: see pagetree tree --help' -o perms --tree 1
misuse '--depth without a tree' '--depth: not for pagetree show' --depth 1 1
for depth in 0 6 x -1 ''; do
	misuse "--depth '$depth'" "$depth: not a number of levels, 1 to 5" --tree --depth "$depth" 1
done
misuse 'capture: where to' 'no -o FILE \(-: standard output\)' capture 1
misuse 'capture: no file' '-o: needs an argument: see pagetree --help' capture 1 -o
misuse 'capture: no process' 'no process: see pagetree --help' capture -o report
misuse 'capture: two processes' '2: one argument too many: see pagetree capture --help' capture 1 2 -o report
misuse 'capture is no list' '--json: not for pagetree capture' capture 1 --json -o report
misuse 'capture takes no input' '--input: not for pagetree capture' capture --input vmas -o report
misuse '--proc and --input' '--input, --proc: only a process has a /proc' --input vmas --proc
misuse '--proc and --verify' '--proc: --verify and --expect need the module' --proc --verify 1
misuse '--proc and --expect' '--proc: --verify and --expect need the module' vmas --proc --expect 'x>1' 1
misuse '--proc and tables' '--proc: not for pagetree tables' tables --proc 1
misuse 'invalidations: no process' 'no process: see pagetree --help' invalidations
misuse 'invalidations: three words' '3: one argument too many: see pagetree invalidations --help' invalidations 1 1 2 3
for word in 0 x -1 0.5 86401; do
	misuse "invalidations: INTERVAL '$word'" "$word: not a number of seconds, 1 to 86400" invalidations -- 1 "$word"
	misuse "invalidations: COUNT '$word'" "$word: not a number of reports, 1 to 86400" invalidations -- 1 1 "$word"
	misuse "invalidations: --for '$word'" "$word: not a number of seconds, 1 to 86400" invalidations 1 --for "$word"
done
misuse 'invalidations: --by' '--by: pid: neither cause, reason, task, call nor vma' invalidations 1 --by pid
misuse 'invalidations: --expect' '--expect: huge%: no such number: see pagetree invalidations --help' invalidations 1 --expect 'huge%>1'
misuse 'invalidations: --input and a time' '--input: its counts have no time: no INTERVAL, no --for' invalidations --input vmas --for 1
misuse '--for of another command' '--for: not for pagetree map' map 1 --for 1
for condition in '' huge% 'huge%>' 'huge%>=x' '>=90' 'huge%=>90' 'huge%>=90x' 'huge%~90'; do
	misuse "--expect '$condition'" "--expect: .*: not NAME OP NUMBER, as 'huge%>=90'" --expect "$condition" 1
done
misuse '--expect: an unknown name' '--expect: nosuch: no such number: see pagetree --help' --input summary --expect 'nosuch>1' -o start
says 'usage: --help' 0 '' "$tool" --help
for command in $("$tool" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on && /^  [a-z]/ { print $1 }'); do
	says "usage: $command --help" 0 '' "$tool" "$command" --help
done
says 'usage: --version' 0 '' "$tool" --version
says 'usage: --help on a full disk' 1 'pagetree: standard output: No space left on device' \
	bash -c "'$tool' --help >/dev/full"
