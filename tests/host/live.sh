# The tool on a live process, where debugfs and /proc are plain files. Sourced by run.
# shellcheck shell=bash disable=SC2154

# Attaching

world
says 'live: a process' 0 '' "$tool" 4242
is 'live: it is held' 'hold 4242' "$(cat debug/pagetree/attach)"
is 'live: its name cannot reach the terminal' 'a\033[31m\012b", pid 4242: 5 VMAs' \
	"$(head -n 1 out | sed 's/ of .*//')"
is 'live: its name in JSON' 'a\033[31m\012b"' "$("$tool" -J 4242 | jq -r '.pagetree.processes[0].comm')"
is "live: a thread's id means its process" "$("$tool" 4242)" "$("$tool" 4243)"
says 'live: no such process' 1 'pagetree: 4244: no such process' "$tool" 4244
mv debug/pagetree/4242/vmas .
says 'live: it dies meanwhile' 1 'pagetree: 4242: .*' "$tool" 4242
mv vmas debug/pagetree/4242
sed -i 's/state=complete/state=partial next=0x1000/' debug/pagetree/4242/vmas
says 'live: it dies while it is read' 3 'pagetree: .*: state=partial' "$tool" 4242
is 'live: what was read is printed' 5 "$(grep -c ^0x out)"

world
chmod 0 debug/pagetree/attach
says_to_nobody 'live: attach is closed, but somebody attached it' 0 '' "$tool" 4242
rm -r debug/pagetree/4242
says_to_nobody 'live: attach is closed' 6 'pagetree: debug/pagetree/attach: Permission denied: run this as root, with CAP_SYS_ADMIN and CAP_SYS_PTRACE' \
	"$tool" 4242
chmod 0 debug
says_to_nobody 'live: debugfs is closed' 6 'pagetree: debug/pagetree: Permission denied: run this as root' \
	"$tool" 4242
chmod 755 debug
rm -r debug/pagetree
says 'live: no module' 5 'pagetree: debug: debugfs is not mounted: mount -t debugfs none debug' "$tool" 4242
rm -r debug
says 'live: no debugfs' 5 'pagetree: debug/pagetree: the module is not loaded: modprobe pagetree \(without it: pagetree show --proc PID\)' \
	"$tool" 4242
for off in off no-mount; do
	echo "quiet debugfs=$off" >proc/cmdline
	says "live: debugfs=$off" 5 "pagetree: debug: debugfs is switched off: the kernel was booted with debugfs=$off, and modprobe cannot help \(without the module: pagetree show --proc PID\)" "$tool" 4242
done
rm proc/cmdline
printf 'nodev\tproc\n\text4\n' >proc/filesystems
says 'live: a kernel without debugfs' 5 'pagetree: debug: debugfs is switched off: the kernel was built without it, and modprobe cannot help .*' "$tool" 4242
rm proc/filesystems
mkdir -p proc/self/ns
ln -s 'pid:[4026531999]' proc/self/ns/pid
says 'live: another pid namespace' 6 'pagetree: this is a pid namespace of its own \(a container\), and the module knows only the ids of the initial one: .*' "$tool" 4242
ln -sf 'pid:[4026531836]' proc/self/ns/pid
says 'live: the initial pid namespace' 5 '.*the module is not loaded.*' "$tool" 4242
rm -r proc/self/ns

# --verify

# verify NAME STATUS LAST-LINE DIFFERENCES [SED...]: pagetree --verify of a world with these changes
verify() {
	local name="verify: $1" status=$2 last=$3 differences=$4 why
	shift 4
	world "$@"
	why=$(why_not "$status" '' "$tool" --verify 4242)
	if [ "$why" ]; then
		not_ok "$name" "$why $(cat out)"
	else
		is "$name" "$last" "$(tail -n 1 out)"
	fi
	is "$name: what differs" "$differences" "$("$tool" --json --verify 4242 |
		jq -r '.pagetree.verify.differences | map(.what) | join(", ")')"
}

# same NAME [SED...]: nothing differs
same() {
	local name=$1
	shift
	verify "$name" 0 "$(verdict 5 0 equal equal)" '' "$@"
}

# differs NAME WHAT [SED...]: one VMA differs
differs() {
	local name=$1 what=$2
	shift 2
	verify "$name" 4 "$(verdict 4 1 equal equal)" "$what" "$@"
}

# verdict EQUAL DIFFER VMPTE SUMS
verdict() {
	echo "verified: $1 VMAs equal, $2 differ, 0 moved; VmPTE 61440 bytes $3; sums $4"
}

same 'nothing changed'
differs 'a wrong rss' Rss 's/rss=45056/rss=49152/'
differs 'a wrong rss of huge pages' Rss '2s/rss=2097152/rss=0/'
differs 'a wrong rss of hugetlb' 'Private_ and Shared_Hugetlb' '/hugetlb/s/rss=2097152/rss=0/'
differs 'a wrong kind' 'kind is hugetlb' 's/kind=file/kind=hugetlb/'
differs 'wrong perms' 'perms are right' 's/perms=r-xp/perms=rwxp/'
differs 'a wrong offset' offset 's/offset=8192/offset=0/'
differs 'too many huge pages' 'AnonHugePages and *PmdMapped' '2s/leaf2=1/leaf2=2/'
differs 'huge pages of a file' 'AnonHugePages and *PmdMapped' 's/leaf1=11/leaf2=11/'
differs 'zero pages not told apart' 'AnonHugePages and *PmdMapped' '3s/zero2=1/zero2=0/'
same 'PFN mappings have no Rss' '/vvar/s/rss=0/rss=4096/'
same 'the root is not in VmPTE' '2s/tables4=1/tables4=2/'
verify 'a wrong end' 4 "$(verdict 4 1 equal differ)" 'end, their size by vmas' \
	's/end=0x7f0000010000/end=0x7f0000011000/'
verify 'a table too many' 4 "$(verdict 5 0 differ equal)" 'VmPTE by summary, VmPTE by vmas' \
	'2s/tables2=1/tables2=2/'
verify 'a table not set aside' 4 "$(verdict 5 0 differ equal)" 'VmPTE by summary, VmPTE by vmas' \
	'2s/deposited=1/deposited=0/'
verify 'a table too many in summary' 4 "$(verdict 5 0 differ differ)" 'VmPTE by summary, sum of tables1' \
	'' 's/^tables1\t2/tables1\t3/'
verify 'a wrong sum' 4 "$(verdict 5 0 equal differ)" 'sum of holes1' '' 's/^holes1\t8/holes1\t9/'
verify 'a counter that is missing' 4 "$(verdict 5 0 equal differ)" 'swap1 is there' '' '/^swap1/d'
verify 'a row that is missing' 4 "$(verdict 4 1 differ differ)" \
	'rows, VmPTE by summary, VmPTE by vmas, VMAs by vmas, VMAs by summary, their size by vmas' \
	'/hugetlb/d'
verify 'a row too many' 4 "$(verdict 5 0 equal differ)" \
	'VMAs by vmas, VMAs by summary, their size by vmas' \
	'/vvar/a start=0x7ffd00000000 end=0x7ffd00001000 perms=r--p kind=anon'
verify 'rows in the wrong order' 4 "$(verdict 4 1 equal equal)" \
	'rows, rows overlap: start, last end' '2{h;d};3G'

no_protnone='/^210000000000/,/VmFlags/s/2048 kB/0 kB/'
differs 'PROT_NONE huge pages left out' 'Rss, AnonHugePages and *PmdMapped' '' '' "$no_protnone"
world '' '' "$no_protnone"
echo 6.1.0-42-amd64 >proc/sys/kernel/osrelease
says 'verify: PROT_NONE huge pages left out, as Linux 6.1 does' 0 '' "$tool" --verify 4242
is 'verify: it says so' "$(echo '2 sizes differ only by PROT_NONE huge pages, which smaps does not count before Linux 6.5'; verdict 5 0 equal equal)" "$(cat out)"
sed -i 's/2048 kB/1024 kB/' proc/4242/smaps
says 'verify: nor more than that' 4 '' "$tool" --verify 4242

world '5s/$/ retries=1/; s/rss=45056/rss=0/'
says 'verify: a row with retries' 0 '' "$tool" --verify 4242
is 'verify: a row with retries has moved' \
	'verified: 4 VMAs equal, 0 differ, 1 moved; VmPTE moved; sums moved' "$(cat out)"
world '/start/s/$/ retries=1/'
says 'verify: nothing compared is a failure' 1 'pagetree: 4242: every VMA changed during the check: .*' \
	"$tool" --verify 4242

# moves TEXT...: each read of smaps gets the next TEXT
moves() {
	answer proc/4242/smaps "$@"
}

world 's/rss=45056/rss=40960/'
cp proc/4242/smaps one
sed 's/44 kB/40 kB/' one >two
moves one two two two
says 'verify: moved at the first look, equal at the second' 0 '' "$tool" --verify 4242
is 'verify: then it is equal' "$(verdict 5 0 equal equal)" "$(cat out)"
wait
moves one two one two two one two one one two
says 'verify: moved at each look' 0 '' "$tool" --verify 4242
is 'verify: then it has moved' 'verified: 4 VMAs equal, 0 differ, 1 moved; VmPTE 61440 bytes equal; sums moved' \
	"$(cat out)"
wait
sed '/^3/,/VmFlags/s/2048 kB/0 kB/' two >three
moves one two two three two three two three two three
says 'verify: two VMAs stood still in one look each' 0 '' "$tool" --verify 4242
is 'verify: then both are equal' \
	'verified: 5 VMAs equal, 0 differ, 0 moved; VmPTE 61440 bytes equal; sums moved' "$(cat out)"
wait
sed '/^7f/,/VmFlags/d' two >unmapped
moves unmapped two unmapped unmapped
says 'verify: a row that smaps does not show any more' 4 '' "$tool" --verify 4242
wait

world
rm proc/4242/smaps
says 'verify: no smaps' 1 'pagetree: 4242: no smaps: the process has ended' "$tool" --verify 4242
world '' '' '/Rss/d'
says 'verify: smaps without Rss' 1 'pagetree: 4242: smaps: a line is missing' "$tool" --verify 4242
world
sed -i 's/state=complete/state=partial next=0x1000/' debug/pagetree/4242/vmas
says 'verify: it dies while it is read' 3 'pagetree: 4242: ended while it was verified' "$tool" --verify 4242
