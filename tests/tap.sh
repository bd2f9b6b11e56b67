# What a test prints, a line each: `ok NAME`, `not ok NAME: WHY` or `skipped NAME: WHY`; and how many of each there
# were. Sourced by tests/host/run, tests/guest/lib.sh and tests/packages.
# shellcheck shell=bash disable=SC2034

passed=0
failed=0
skips=0
prefix='' # of each name

# ok NAME
ok() {
	echo "ok $prefix$1"
	passed=$((passed + 1))
}

# not_ok NAME [WHY]
not_ok() {
	echo "not ok $prefix$1${2:+: $2}"
	failed=$((failed + 1))
}

# skipped NAME WHY: this machine cannot show whether it works
skipped() {
	echo "skipped $prefix$1: $2"
	skips=$((skips + 1))
}

# is NAME EXPECTED GOT
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	elif [[ $2$3 = *$'\n'* ]]; then
		not_ok "$1" "$(diff <(echo "$2") <(echo "$3") | head -n 40 || true)"
	else
		not_ok "$1" "expected '$2', got '$3'"
	fi
}

# count FILE: adds the results in it, which another program printed
count() {
	passed=$((passed + $(grep -c '^ok ' "$1")))
	failed=$((failed + $(grep -c '^not ok ' "$1")))
	skips=$((skips + $(grep -c '^skipped ' "$1")))
}
