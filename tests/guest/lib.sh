# What the tests in the guest share. Each test says `ok NAME` or `not ok NAME`.
# shellcheck shell=bash

set -u
debugfs=/sys/kernel/debug/pagetree
passed=0
failed=0
skips=0
started=()

ok() {
	echo "ok $1"
	passed=$((passed + 1))
}

not_ok() {
	echo "not ok $1: $2"
	failed=$((failed + 1))
}

skipped() {
	echo "skipped $1: $2"
	skips=$((skips + 1))
}

# is NAME EXPECTED COMMAND...: what the command prints on stdout, and nothing else
is() {
	local name=$1 expected=$2 got
	shift 2
	got=$("$@" 2>&1)
	if [ "$got" = "$expected" ]; then
		ok "$name"
	else
		not_ok "$name" "expected '$expected', got '$got'"
	fi
}

# exits NAME STATUS COMMAND...
exits() {
	local name=$1 expected=$2 got status
	shift 2
	got=$("$@" 2>&1)
	status=$?
	if [ $status = "$expected" ]; then
		ok "$name"
	else
		not_ok "$name" "expected exit $expected, got $status: $(tail -n 5 <<<"$got")"
	fi
}

# agrees NAME PID: every VMA was compared with smaps, all tables with VmPTE, the rows with their sums
agrees() {
	is "$1" 'some VMAs equal, 0 differ, 0 moved; VmPTE some bytes equal; sums equal' \
		eval "pagetree --verify $2 | sed -E '/^[0-9]+ sizes are equal but/d; s/^verified: [1-9][0-9]* VMAs/some VMAs/; s/VmPTE [1-9][0-9]* /VmPTE some /'"
}

# The last line of the file is what the callers look for.
finish() {
	local pid
	for pid in "${started[@]}"; do
		kill "$pid" 2>/dev/null
	done
	echo "$passed passed, $failed failed, $skips skipped"
	[ $failed = 0 ] && [ $passed != 0 ]
	exit
}

# factory NAME...: starts one; sets $factory to its pid and $said to what it said
factory() {
	said=$(mktemp)
	sleep infinity | "$(type -P factory)" "$@" >"$said" 2>&1 &
	factory=$!
	started+=("$factory")
	for _ in $(seq 600); do
		grep -q ^ready "$said" && return
		kill -0 "$factory" 2>/dev/null || break
		sleep 0.1
	done
	not_ok "factory $*" "$(cat "$said")"
	return 1
}

# What the factory said after a word: thread, zombie, churn.
said() {
	awk -v word="$1" '$1 == word { print $2 }' "$said"
}

# The title, the columns, rows that ascend without overlap, the cost line; all that was cut is the end.
well_formed() {
	awk -F'\t' '
		function pad(hex) { hex = substr(hex, 3); while (length(hex) < 16) hex = "0" hex; return hex }
		function bad(what) { print "line " NR ": " what; failed = 1; exit 1 }
		NR == 1 && !/^# pagetree [a-z]+ abi 1$/ { bad("no title") }
		NR == 1 { vmas = $1 ~ /vmas/ }
		NR == 2 { columns = NF }
		/^# cost .* state=(complete|partial next=0x[0-9a-f]+)$/ { ended = NR; next }
		ended { bad("text after the cost line") }
		NR < 3 { next }
		NF != columns { bad("a row of " NF " columns") }
		vmas && (pad($1) >= pad($2) || pad($1) < last) { bad("rows overlap") }
		vmas { last = pad($2) }
		END { if (!failed && (!ended || ended != NR)) { print "no cost line"; exit 1 } }'
}

# between FILE START END COLUMN: the sum over the rows of vmas between two addresses; `rows` counts them
between() {
	awk -F'\t' -v start="$2" -v end="$3" -v column="$4" '
		# addresses of one length compare as text
		function pad(hex) { hex = substr(hex, 3); while (length(hex) < 16) hex = "0" hex; return hex }
		/^#/ { next }
		!columns { columns = NF; for (i = 1; i <= NF; i++) at[$i] = i; next }
		pad($at["start"]) >= pad(start) && pad($at["end"]) <= pad(end) {
			rows++
			if (column in at) sum += $at[column]
			else if (column == "rows") sum++
			else unknown = 1
		}
		END { if (rows && !unknown) printf "%.0f\n", sum; else print "no such row or column" }' "$1"
}
