# How the tests of the host judge what the tool does. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

# after so many seconds a command counts as hung, on a busy machine too
patience=300

# why_not STATUS REGEX COMMAND...: prints why, unless the command exits with STATUS and prints nothing on stderr but one
# line that matches REGEX; its stdout goes to $work/out
why_not() {
	local expected=$1 regex=$2 status
	shift 2
	timeout $patience "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	if [ $status != "$expected" ]; then
		echo "exit $status, not $expected: $(head -n 20 "$work/err")"
	elif [ "$(wc -l <"$work/err")" -gt 1 ] || ! grep -qE "^$regex$" <<<"$(cat "$work/err")"; then
		echo "said '$(head -n 20 "$work/err")', not '$regex'"
	fi
}

# says NAME STATUS REGEX COMMAND...: as why_not has it
says() {
	local name=$1 why
	shift
	why=$(why_not "$@")
	if [ "$why" ]; then not_ok "$name" "$why"; else ok "$name"; fi
}

# misuse NAME REGEX ARGUMENT...: the tool refuses these arguments
misuse() {
	local name=$1 what=$2
	shift 2
	says "usage: $name" 2 "pagetree: $what" "$tool" "$@"
}

# every NAME COMMAND...: the command prints nothing, whichever line of the input is its last argument
every() {
	local name=$1 why='' line
	shift
	while [ ! "$why" ] && read -r line; do
		why=$("$@" "$line")
	done
	if [ "$why" ]; then not_ok "$name" "$line: $why"; else ok "$name"; fi
}

# A user without rights: this one, or what root can become
as_nobody=()
[ "$(id -u)" != 0 ] || as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
no_nobody=''
"${as_nobody[@]}" "$tool" --version >/dev/null 2>&1 ||
	no_nobody='root cannot become a user without rights here, or that user cannot read the directory of the tests'

# says_to_nobody NAME STATUS REGEX COMMAND...: the same, to a user without rights
says_to_nobody() {
	if [ "$no_nobody" ]; then
		skipped "$1" "$no_nobody"
	else
		says "$1" "$2" "$3" "${as_nobody[@]}" "${@:4}"
	fi
}

# golden FILE SUFFIX OPTION...: what the tool prints of golden/FILE.txt, as golden/FILE.SUFFIX has it
golden() {
	local expected=$golden/$1.$2 name="golden: $1 as $2" input=$golden/$1.txt
	shift 2
	"$tool" "$@" --input "$input" >out 2>err
	case $?$(cat err) in
	0 | '3pagetree: the process was not read to its end: state=partial') ;;
	*) not_ok "$name" "$(cat err)"; return ;;
	esac
	[ "$update" != --update ] || cp out "$expected"
	is "$name" "$(cat "$expected")" "$(cat out)"
}

# the commands that print a view
views='show vmas tables map walk ps geometry'

# odd COMMAND OPTION...: of golden/odd-views.txt
odd() {
	"$tool" "$@" --input "$golden/odd-views.txt" 2>/dev/null
}
