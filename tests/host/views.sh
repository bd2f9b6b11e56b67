# What each command prints of two texts that have all files: views.txt was captured from a kernel (see golden/capture),
# odd-views.txt has names, columns and numbers that no kernel has. Sourced by run.
# shellcheck shell=bash disable=SC2154

# transcript FILE SUFFIX OPTION...: what each command prints, as golden/FILE.SUFFIX has it
transcript() {
	local text=$1 expected=$golden/$1.$2 name="golden: all of $1 as $2" command
	shift 2
	for command in $views; do
		echo "$ pagetree $command${*:+ $*}"
		"$tool" "$command" "$@" --input "$golden/$text.txt" 2>err
		case $?$(cat err) in
		0 | 3*': state=partial') ;;
		*) cat err ;;
		esac
	done >out
	[ "$update" != --update ] || cp out "$expected"
	is "$name" "$(cat "$expected")" "$(cat out)"
}

for text in views odd-views; do
	transcript $text 100
	transcript $text raw --raw
	transcript $text pairs --pairs
done
COLUMNS=80 transcript views 80
COLUMNS=200 transcript views 200

# all_json FILE: each innermost object of the JSON, a line each, without its nulls and zeros
all_json() {
	local command
	for command in $views; do
		echo "$ pagetree $command --json"
		"$tool" "$command" --json --input "$golden/$1.txt" 2>/dev/null | jq -c '.. |
			objects | select(any(.[]; type == "object" or type == "array") | not) |
			with_entries(select(.value != null and .value != 0))'
	done
}

# rows FILE VIEW: those of the text, as an array an object; a number is one if it looks like it
rows() {
	sed "1,/^# pagetree $2 /d; /^# cost/,\$d" "$golden/$1.txt" | iconv -c -f UTF-8 -t UTF-8 | jq -Rn '
		(input / "\t") as $columns | [inputs / "\t" | [$columns, .] | transpose |
			map({ key: .[0], value: (.[1] | tonumber? // .) }) | from_entries]'
}

for text in views odd-views; do
	all_json $text >out
	[ "$update" != --update ] || cp out "$golden/$text.json"
	is "golden: all of $text as json" "$(cat "$golden/$text.json")" "$(cat out)"
done
for command in vmas tables map walk ps; do
	view=${command/ps/processes}
	[ "$view" = "$command" ] && from='.processes[0]' || from=
	"$tool" "$command" --json --input "$golden/views.txt" >out
	is "JSON: $command says all that the text says" '' "$(jq -r --argjson rows "$(rows views "$view")" \
		".pagetree$from.$view"' as $ours | if ($rows | length) == 0 or ($rows | length) != ($ours | length)
		then "as many rows" else $rows | to_entries[] | .key as $i | .value | to_entries[] |
		select(($ours[$i][.key] | tostring) != (.value | tostring)) | "\($i): \(.)" end' out)"
done
is 'JSON: vmas is the part of show' "$("$tool" -J --input "$golden/views.txt" | jq -c '.pagetree.processes[0].vmas')" \
	"$("$tool" vmas -J --input "$golden/views.txt" | jq -c '.pagetree.processes[0].vmas')"

# The text itself: the files of one process agree

"$tool" -J --input "$golden/views.txt" >show.json
for command in tables map ps; do
	"$tool" $command -J --input "$golden/views.txt" >$command.json
done
# agree NAME FILTER: it finds nothing in these files
agree() {
	is "views: $1" '' "$(jq -r --slurpfile tables tables.json --slurpfile map map.json --slurpfile ps ps.json '
		.pagetree.processes[0] as { $summary, $vmas, $totals } |
		$tables[0].pagetree.processes[0].tables as $tables |
		$map[0].pagetree.processes[0].map as $map |
		($ps[0].pagetree.processes[] | select(.pid == $summary.pid)) // error("not in ps") |
		. as $ps | '"$2" show.json 2>&1)"
}
agree 'rows add up to summary' '$vmas[0] | keys[] | select($summary[.] != null) as $key |
	select(([$vmas[][$key]] | add) != $summary[$key]) | $key'
agree 'processes says what summary says' '$summary | keys[] | select($ps[.] != null and $ps[.] != $summary[.])'
agree 'tables says what summary says' '$tables[] | . as $row | "tables", "used", "empty" |
	select($row[.] != $summary["\(.)\($row.level)"]) | "\(.)\($row.level)"'
agree 'fill and nodes add up to tables' '$tables[] | (. | with_entries(select(.value != null))) as $row |
	"fill", "node" | . as $name | select(([$row | to_entries[] | select(.key | test("^\($name)[0-9]")) | .value] |
		add) != $row.tables) | "\($row.level): \(.)"'
agree 'extents add up to leaves' '1, 2, 3 | . as $level |
	select(([$map[] | select(.level == $level and (.kind | IN("leaf", "zero", "special"))) | .entries] | add // 0)
		!= $summary["leaf\(.)"]) | "leaf\(.)"'
agree 'extents lie in VMAs and ascend' '[$map[] | .start] | select(. != sort)'
agree 'blocks add up to bytes' '[$summary | to_entries[] | select(.key | test("^contig")) |
	.value * pow(2; .key[6:] | tonumber)] | add | select(. != $totals.mapped)'
agree 'tables are what VmPTE counts' '$summary | select(.vmpte !=
	(.tables1 + .tables2 + .tables3 + .deposited) * 4096) | "vmpte"'

# Columns and rows

view() {
	"$tool" "$@" --input "$golden/views.txt"
}
# names COMMAND: its columns, as --help has them
names() {
	"$tool" "$1" --help | sed '1,/^Columns:/d; /^$/,$d' | awk '
		!match($1, /[0-9]+-[0-9]+$/) { print $1; next }
		{
			split(substr($1, RSTART), range, "-")
			for (i = range[1]; i <= range[2]; i++) print substr($1, 1, RSTART - 1) i
		}'
}

for command in $views; do
	case $command in show) member=vmas ;; ps) member=processes ;; *) member=$command ;; esac
	names $command >columns
	is "-n: $command without headings" "$(view $command -r | tail -n +2)" "$(view $command -rn)"
	is "-O: $command: each column, once" "$(wc -l <columns)" "$(view $command -Or | head -n 1 | wc -w)"
	is "-o: $command: each column" "$(wc -l <columns)" "$(view $command -ro "$(paste -sd , columns)" | head -n 1 | wc -w)"
	is "raw: $command: as many cells in each row" 1 \
		"$(for text in views odd-views; do "$tool" $command -Or --input "$golden/$text.txt" 2>/dev/null; done |
			awk '{ print NF }' | sort -u | wc -l)"
	is "pairs: $command: a shell reads them, and runs nothing" '' \
		"$(odd $command -OP | PATH=/nowhere "$BASH" -c 'while read -r pairs; do eval "$pairs"; done' 2>&1)"
	[ $command = geometry ] && continue
	is "JSON: $command: each column is a member" "$(sort columns)" \
		"$(view $command -J | jq -r --arg member $member '.pagetree.processes[0] |
			if $member == "processes" then . else .[$member][0] end | keys_unsorted[]' | sort)"
	is "JSON: $command -o has no more" '["'"$(head -n 1 columns)"'"]' "$(view $command -J -o "$(head -n 1 columns)" |
		jq -c --arg member $member '.pagetree.processes[0] |
			if $member == "processes" then . else .[$member][0] end | keys_unsorted')"
	is "sizes of $command have units" yes "$(view $command -n | grep -qE '(^| )[0-9.]+[KMG]( |$)' && echo yes)"
	is "-b: $command has none" '' "$(view $command -nb | grep -E '(^| )[0-9.]+[KMG]( |$)')"
done
is 'JSON: geometry by columns is a list' '{"key":"levels","value":"4"}' \
	"$(view geometry -J -o key,value | jq -c '.pagetree.geometry[] | select(.key == "levels")')"
is '-o: in the order said, in any case, once' 'FLAGS START KIND' "$(view map -r -o flags,START,kind,Flags | head -n 1)"
is 'cont64k%: memory that is on blocks of 64 KiB, and on no huge page' '0.0 100.0 100.0 0.0' \
	"$(view vmas -rn -o start,huge%,cont16k%,cont64k%,cont128k% | sed -n 's/^0x5c0000000000 //p')"
is 'cont2m%: huge pages count' '100.0 100.0 0.0' "$(view vmas -rn -o start,cont64k%,cont2m%,cont32m% | sed -n 's/^0x598000000000 //p')"
is '-o +: behind the default ones, which stay where they are' \
	'PID STATE VMAS VMA_BYTES MAPPED HUGE% 4K 2M TABLES NONPRESENT NAME RSS' \
	"$(view ps -o +rss,pid | head -n 1 | tr -s ' ' | sed 's/^ //')"
is '-o: only the last counts' NAME "$(view vmas -r -o start,end -o name | head -n 1)"
is 'columns that say nothing are left out of tables' '' "$(view ps | head -n 1 | grep -w 1G)"
is 'they are there for scripts' 1G "$(view ps -r | head -n 1 | grep -ow 1G)"
is 'and where one of them says something' '1G PHYS PKEY' \
	"$( (head -n 1 "$golden/odd.table"; grep -a '^ *START' "$golden/odd.table"; odd map) | grep -oE '\b(1G|PKEY|PHYS)\b' |
		sort -u | paste -sd ' ')"

# sorted COMMAND BY COLUMN: the column, in the order of another
sorted() {
	odd "$1" -rn -x "$2" -o "$3" | paste -sd ' '
}
is '-x: numbers' '4096 4096 4096 2097152 281474976710656' "$(sorted map size size)"
is '-x: numbers are no text' '1 2 3 5 4194304' "$(sorted ps pid pid)"
is '-x: addresses' '0x0 0x0 0x0 0x12345000 0xfffffffffffff000' "$(sorted map phys phys)"
is '-x: text' 'bad hwpoison leaf migration poison' "$(sorted map kind kind)"
is '-x: fractions' '0.0 0.0 99.8 99.8 100.0' "$(sorted ps huge% huge%)"
is '-x: of equals the first comes first' '2 3 1 5 4194304' "$(sorted ps HUGE% pid)"
is '-x: the same in JSON' '[2,3,1,5,4194304]' "$(odd ps -J -x huge% | jq -c '[.pagetree.processes[].pid]')"
is '-x: a column that the text has not changes nothing' "$(odd vmas -rn)" "$(odd vmas -rn -x leaf2)"
is '-x: a column that is not shown' "$(view vmas -rn -x rss -o rss | sort -n)" "$(view vmas -rn -x rss -o rss)"
is '-x: a column that JSON does not show' "$(view vmas -rn -x rss -o start)" \
	"$(view vmas -J -x rss -o start | jq -r '.pagetree.processes[0].vmas[].start')"
is '-x: a computed column that is not shown' "$(view vmas -rn -x mapped -o mapped | sort -n)" \
	"$(view vmas -rn -x mapped -o mapped)"
is 'JSON: -o + keeps the others' "$(view vmas -J | jq -S .)" "$(view vmas -J -o +rss | jq -S .)"
sed '/^0x/d' "$golden/views.txt" >no-rows
for options in -r -P ''; do
	is "no rows, no headings ($options)" '' "$("$tool" vmas $options --input no-rows)"
done
# some bytes of each kind; scripts get no quote, blank, dollar or backtick in a cell, whatever a name is
printf '%s' "a b\"c\\d\`e\$f'g%" >name
awk -v name="$(sed 's/\\/&&/g' name)" 'BEGIN { FS = OFS = "\t" } /^0x/ && !done++ { $NF = name } { print }' \
	<(sed '/^# pagetree summary/,/^# cost/d; /^# pagetree \(tables\|map\|walk\|processes\)/,/^# cost/d' "$golden/views.txt") >named
is 'raw: bytes that split a row, or are not ASCII, become \xHH' "a\\x20b\"c\\x5cd\`e\$f'g%" \
	"$("$tool" vmas -rn -o name --input named | head -n 1)"
is 'pairs: bytes that a shell would expand become \xHH' "NAME=\"a b\\x22c\\x5cd\\x60e\\x24f'g%\"" \
	"$("$tool" vmas -P -o name --input named | head -n 1)"
is '-x: no row is lost, whatever the column' '' "$(names map | while read -r column; do
	view map -x "$column" -rn | sort | cmp -s - <(view map -rn | sort) || echo "$column"
done)"

if pkg-config --atleast-version=2.40 smartcols; then
	is '--filter: numbers' '4194304' "$(odd ps -rn -o pid --filter 'pid > 5')"
	is '--filter: text' '5' "$(odd ps -rn -o pid --filter 'name == "same"')"
	# where it fails, the parser of the library forgets what it had
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 misuse '--filter: no expression' '--filter: .*' ps --filter 'pid >'
	misuse '--filter: an unknown column' '--filter: nosuch: no such column' ps --input "$golden/odd-views.txt" --filter 'nosuch > 1'
	is '--filter: what is not known passes nothing' '' "$(odd ps -rn -o pid --filter 'leaf3 >= 0')"
else
	misuse '--filter: this library cannot' '--filter: this libsmartcols cannot, 2.40 can: jq can filter --json' \
		ps --input "$golden/views.txt" --filter 'pid > 1'
fi

# How wide

for width in 80 100 200; do
	widest=$(for command in $views; do
		COLUMNS=$width view $command
		# a name in prose and the numbers of that map cannot be cut
		[[ $command == show || $command == map ]] || COLUMNS=$width odd $command
	done | wc -L)
	is "$width columns are not exceeded" yes "$([ "$widest" -gt $width ] && echo "$widest" || echo yes)"
done
is 'a table that cannot be cut is not' "$(COLUMNS=200 odd map)" "$(COLUMNS=40 odd map)"
for width in 0 -1 x 65536 1000000000000 18446744073709551616 ''; do
	is "COLUMNS=$width is no width" "$(view vmas)" "$(COLUMNS=$width view vmas 2>&1)"
done
is 'COLUMNS=1: what can be cut is' "$(COLUMNS=40 view vmas)" "$(COLUMNS=1 view vmas)"

# What a narrow terminal cuts: names only, and of these not too much

# at WIDTH COMMAND: what the command prints on a terminal of so many columns
at() {
	script -qec "stty cols $1; TERM=dumb '$tool' $2 --input '$golden/views.txt'" /dev/null </dev/null | sed 's/ *\r$//'
}
# last_at WIDTH COMMAND HEADING: the last column, in ASCII
last_at() {
	LC_ALL=C at "$1" "$2" | awk -v heading="$3" '
		!at { at = $NF == heading ? length($0) - length(heading) + 1 : 0; next }
		!NF { exit }
		!/^    [a-z]+: / { print substr($0, at) }'
}
for command in show vmas tables map walk ps tree why 'why -o +remedy' 'tlb --tlb 4k:64/1536,2m:32/1536'; do
	at 1000 "$command" | tr -s ' ' '\n' | grep -xE '[A-Z_0-9%]+' >whole
	for width in 80 100 200; do
		at $width "$command" >shown
		widest=$(wc -L <shown)
		is "$command: $width columns hold each line" yes "$([ "$widest" -gt $width ] && echo "$widest" || echo yes)"
		is "$command: no heading is cut at $width columns" '' "$(grep -E '^ *([A-Z_0-9%]+ +)+[A-Z_]+$' shown |
			tr -s ' ' '\n' | grep . | grep -vxFf whole)"
	done
done
for command in vmas why tree; do
	case $command in tree) heading=VMA ;; *) heading=NAME ;; esac
	last_at 1000 $command $heading >names
	for width in 80 100; do
		last_at $width $command $heading >shown
		is "$command: as many names at $width columns" "$(grep -c '' names)" "$(grep -c '' shown)"
		is "$command: $width columns keep 12 of a name: the beginning, or of a path the end" '' \
			"$(paste -d '\t' names shown | awk -F '\t' '
				$1 == $2 { next }
				length($2) < 12 { print; next }
				$1 ~ /^\/.*, / { if ($2 !~ /, \.\.$/) print; next }
				$1 ~ / \(deleted\)$/ { if (index($1, substr($2, 3, length($2) - 4)) == 0 || $2 !~ /\.\.$/) print; next }
				$1 ~ /^\// { if (substr($1, length($1) - length($2) + 3) != substr($2, 3)) print; next }
				substr($1, 1, length($2) - 2) != substr($2, 1, length($2) - 2)')"
	done
done
is 'why: a narrow terminal loses no evidence' '' "$("$tool" why -J --input "$golden/views.txt" |
	jq -r '.pagetree.processes[0].why[].evidence' | while read -r evidence; do
		at 40 why | tr -s ' \n' ' ' | grep -qF "$evidence" || echo "$evidence"
	done)"
is 'tree: a narrow terminal has room for what tables hold' '37 x 4K r--, 1' \
	"$(at 80 tree | sed -n 's/.*41.6% //p' | grep -oE '^.{14}')"
is 'a column that has no value is left out' 'LEVEL PAGE_SIZE ENTRIES REACH SOURCE' \
	"$(at 80 "tlb --tlb 4k:64/1536" | head -n 1 | tr -s ' ')"
is 'times have units' 'TIME OF MIN P50, page 2.10us 2.30us' "$("$tool" shootdown --input "$golden/shootdowns.txt" |
	sed -n '/^TIME/,+1p' | awk 'NR == 1 { print $1, $2, $3, $4 } NR == 2 { print $1, $2, $3; exit }' | paste -sd , | sed 's/,/, /')"
