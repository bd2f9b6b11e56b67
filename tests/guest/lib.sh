# What the tests in the guest share; tests/tap.sh has what they print.
# shellcheck shell=bash source-path=SCRIPTDIR

. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"
set -u
shopt -s extglob
debugfs=/sys/kernel/debug/pagetree
started=()

# prints NAME EXPECTED COMMAND...: the command prints EXPECTED, on stdout and stderr together
prints() {
	local name=$1 expected=$2
	shift 2
	is "$name" "$expected" "$("$@" 2>&1)"
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

# fails NAME STATUS COMMAND...: exits with STATUS, prints nothing on stdout and one line on stderr
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

# agrees NAME PID: pagetree --verify compared each VMA with smaps, all tables with VmPTE, and the rows with their sums
agrees() {
	prints "$1" 'some VMAs equal, 0 differ, 0 moved; VmPTE some bytes equal; sums equal' \
		eval "pagetree --verify $2 | sed -E '/^[0-9]+ sizes differ only by/d; s/^verified: [1-9][0-9]* VMAs/some VMAs/; s/VmPTE [1-9][0-9]* /VmPTE some /'"
}

# finish: ends the test, and the processes that it started
finish() {
	local pid
	# among these the `sleep` that keeps a factory's input open, and whatever else it inherited
	for pid in "${started[@]}" $(jobs -p); do
		kill "$pid" 2>/dev/null
		# a stopped process gets the signal only now; until then it would stay attached
		kill -CONT "$pid" 2>/dev/null
	done
	echo "$passed passed, $failed failed, $skips skipped"
	[ $failed = 0 ] && [ $passed != 0 ]
	exit
}

# factory NAME...: starts $program, by the command $under if set; sets $factory to its pid, and $said to its output file
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

# a situation with huge pages that this kernel can have
large=thp
[ -e $thp ] || large=hugetlb

# 1 where a CPU flushes an address space later if it does not run it now, 0 elsewhere
[[ $(uname -m) == *86* ]] && later=1 || later=0

# 1 where the processor broadcasts flushes and no IPI is sent, 0 elsewhere
broadcasts() {
	awk '$1 == "pagetree_flush" { print $2 == "tlbi" }' $debugfs/geometry
}

# set_thp FILE VALUE: does nothing where this kernel lacks the file
set_thp() {
	[ ! -e "$thp/$1" ] || echo "$2" >"$thp/$1"
}

# Sets huge pages and swap up for the factory, and stops what moves pages or clears their bits by itself.
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

# build NAME...: starts a factory and attaches it; huge pages are made meanwhile, and never by khugepaged
build() {
	local status
	set_thp enabled madvise
	factory "$@"
	status=$?
	set_thp enabled never
	[ $status != 0 ] || echo "$factory" >$debugfs/attach
	return $status
}

# said WORD: what the factory printed after WORD: thread, zombie, churn
said() {
	awk -v word="$1" '$1 == word { print $2 }' "$said"
}

# well_formed: the input is title, columns, rows that ascend without overlap, and a cost line at the end
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

# between FILE START END COLUMN...: COLUMN=SUM over the rows of vmas between two addresses; `rows` is their number, kind
# and perms are those of the last row. With one column prints the sum alone.
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

# expectations PREFIX: compares the lines of the factory with the rows of vmas, one test for each column. One process
# reads all lines, since an emulated processor takes long to start one.
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
