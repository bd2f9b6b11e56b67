# What the tests in the guest share. Each test says `ok NAME` or `not ok NAME`.
# shellcheck shell=bash

set -u
shopt -s extglob
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

one_line() {
	[ "$(wc -l <<<"$1")" = 1 ] && [ -n "$1" ]
}

# fails NAME STATUS COMMAND...: with that status, nothing on stdout and one line on stderr
fails() {
	local name=$1 expected=$2 out err status
	shift 2
	err=$("$@" 2>&1 >/tmp/out)
	status=$?
	out=$(cat /tmp/out)
	if [ $status = "$expected" ] && [ -z "$out" ] && one_line "$err"; then
		ok "$name"
	else
		not_ok "$name" "expected exit $expected and one line, got $status: $err; and on stdout: $out"
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
	# of factories the programs that keep their standard input open, with whatever else they inherited
	for pid in "${started[@]}" $(jobs -p); do
		kill "$pid" 2>/dev/null
		# one that is stopped would hear of it later, and stay attached till then
		kill -CONT "$pid" 2>/dev/null
	done
	echo "$passed passed, $failed failed, $skips skipped"
	[ $failed = 0 ] && [ $passed != 0 ]
	exit
}

# factory NAME...: starts one, by the command $under; sets $factory to its pid and $said to what it said
under=()
program=factory
factory() {
	said=$(mktemp)
	sleep infinity | "${under[@]}" "$(type -P $program)" "$@" >"$said" 2>&1 &
	factory=$!
	started+=("$factory")
	for _ in $(seq 1200); do
		grep -q ^ready "$said" && return
		kill -0 "$factory" 2>/dev/null || break
		sleep 0.05
	done
	not_ok "$program $*" "$(cat "$said")"
	return 1
}

# The sizes of this machine.
read -r page page_shift huge entries table_shift paging_levels root_entries user_end have_nx < <(sizes)
thp=/sys/kernel/mm/transparent_hugepage
hugetlb=/sys/kernel/mm/hugepages/hugepages-$((huge / 1024))kB

# the situation with huge pages that each kernel can have
large=thp
[ -e $thp ] || large=hugetlb

# where CPUs flush what they do not run, too, nothing is left for later
[[ $(uname -m) == *86* ]] && later=1 || later=0

# 1 where the processor broadcasts and no CPU is asked, 0 elsewhere
broadcasts() {
	awk '$1 == "pagetree_flush" { print $2 == "tlbi" }' $debugfs/geometry
}

# set_thp FILE VALUE: if only hugetlb has huge pages here, that is no harm
set_thp() {
	[ ! -e "$thp/$1" ] || echo "$2" >"$thp/$1"
}

# Huge pages and swap for the factory; what moves pages or cleans their bits on its own stands still.
prepare_memory() {
	local monitor
	set_thp shmem_enabled advise
	set_thp use_zero_page 1
	echo 32 >$hugetlb/nr_hugepages
	echo 120000 >/proc/sys/vm/max_map_count
	echo 0 >/proc/sys/vm/compaction_proactiveness
	echo 0 >/proc/sys/vm/dirty_writeback_centisecs
	[ ! -e /sys/kernel/mm/lru_gen/enabled ] || echo 0 >/sys/kernel/mm/lru_gen/enabled
	set_thp khugepaged/scan_sleep_millisecs 3600000
	for monitor in /sys/module/damon_*/parameters/enabled; do
		[ ! -e "$monitor" ] || echo N >"$monitor"
	done
	swapon --show | grep -q . && return
	dd if=/dev/zero of=/swapfile bs=1M count=$((30 + (huge >> 20))) status=none
	chmod 600 /swapfile
	mkswap -q /swapfile && swapon /swapfile
}

# build NAME...: a factory, attached; huge pages are made then, and by khugepaged not at all
build() {
	local status
	set_thp enabled madvise
	factory "$@"
	status=$?
	set_thp enabled never
	[ $status != 0 ] || echo "$factory" >$debugfs/attach
	return $status
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
		NR == 1 { ranges = $1 ~ /vmas|map/ }
		NR == 2 { columns = NF }
		/^# cost .* state=(complete|partial next=0x[0-9a-f]+)$/ { ended = NR; next }
		ended { bad("text after the cost line") }
		NR < 3 { next }
		NF != columns { bad("a row of " NF " columns") }
		ranges && (pad($1) >= pad($2) || pad($1) < last) { bad("rows overlap") }
		ranges { last = pad($2) }
		END { if (!failed && (!ended || ended != NR)) { print "no cost line"; exit 1 } }'
}

# between FILE START END COLUMN...: of the rows of vmas between two addresses, COLUMN=SUM for each; of rows
# their number, of kind and perms what the last one says. With one column the sum alone.
between() {
	awk -F'\t' -v start="$2" -v end="$3" -v wanted="${*:4}" '
		# addresses of one length compare as text
		function pad(hex) { hex = substr(hex, 3); while (length(hex) < 16) hex = "0" hex; return hex }
		BEGIN { count = split(wanted, columns, " "); start = pad(start); end = pad(end) }
		/^#/ { next }
		!found { for (i = 1; i <= NF; i++) at[$i] = i; found = 1; next }
		pad($at["start"]) >= start && pad($at["end"]) <= end {
			rows++
			for (i = 1; i <= count; i++) sum[i] += $at[columns[i]]
			kind = $at["kind"]
			perms = $at["perms"]
		}
		END {
			if (!rows) print "no such row"
			for (i = 1; rows && i <= count; i++) {
				value = columns[i] in at ? sprintf("%.0f", sum[i]) : "none"
				if (columns[i] == "rows") value = rows
				if (columns[i] == "kind") value = kind
				if (columns[i] == "perms") value = perms
				print count == 1 ? value : columns[i] "=" value
			}
		}' "$1"
}

# expectations PREFIX: the lines that the factory said against its rows, one test a column. As between(), but by one
# process for all lines: an emulated processor takes long to start one.
expectations() {
	local vmas verdict name why
	vmas=$(mktemp)
	cat "$debugfs/$factory/vmas" >"$vmas"
	while IFS=$'\t' read -r verdict name why; do
		"$verdict" "$name" "$why"
	done < <(awk -v prefix="$1" '
		# addresses of one length compare as text
		function pad(hex) { return substr("0000000000000000", length(hex) - 1) substr(hex, 3) }
		# what the rows say of a column
		function value(line, n,  name) {
			name = column[n]
			if (!rows[line]) return "no such row"
			if (name == "rows") return name "=" rows[line]
			if (name == "kind") return name "=" kind[line]
			if (name == "perms") return name "=" perms[line]
			return name "=" (name in at ? sprintf("%.0f", sum[n]) : "none")
		}
		FNR == 1 { file++ }
		# most lines are rows
		file == 2 && found && !/^#/ {
			start = pad($at["start"])
			end = pad($at["end"])
			for (line = 1; line <= lines; line++) {
				if (start < from[line] || end > to[line]) continue
				rows[line]++
				kind[line] = $at["kind"]
				perms[line] = $at["perms"]
				for (n = first[line]; n < first[line + 1]; n++)
					if (field[n]) sum[n] += $field[n]
			}
			next
		}
		file == 1 && $1 == "skip" {
			situation = $2
			sub(/^skip +[^ ]+ +/, "")
			print "skipped\t" prefix situation "\t" $0
		}
		file == 1 && $1 == "expect" {
			name[++lines] = $2
			from[lines] = pad($3)
			to[lines] = pad($4)
			first[lines] = count + 1
			for (i = 5; i <= NF; i++) {
				wanted[++count] = $i
				sub(/=.*/, "", $i)
				column[count] = $i
			}
			first[lines + 1] = count + 1
		}
		file == 2 && !/^#/ {
			found = NF
			for (i = 1; i <= NF; i++) at[$i] = i
			for (n = 1; n <= count; n++) field[n] = column[n] in at ? at[column[n]] : 0
		}
		END {
			for (line = 1; line <= lines; line++)
				for (n = first[line]; n < first[line + 1]; n++) {
					got = value(line, n)
					print (got == wanted[n] ? "ok" : "not_ok") "\t" prefix name[line] ": " wanted[n] \
						"\texpected \047" wanted[n] "\047, got \047" got "\047"
				}
		}' "$said" FS='\t' "$vmas")
	rm "$vmas"
}
