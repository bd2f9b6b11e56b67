# What the tool prints of captured text, against the files of golden/. Sourced by run.
# shellcheck shell=bash disable=SC2154

# from_json FILE: the rows of vmas, rebuilt from the JSON in the order of the text's columns
from_json() {
	jq -r --arg columns "$(grep -a -A 1 '^# pagetree vmas' "$1" | tail -n 1)" '
		($columns / "\t" - ["colour"]) as $columns | .pagetree.processes[0].vmas[] as $row |
		[$columns[] | $row[.] | tostring] | join("\t")' out
}

for text in 4-level 5-level odd; do
	golden $text table
	golden $text raw --raw
	"$tool" --json --input "$golden/$text.txt" >out 2>/dev/null
	if [ $text != odd ]; then
		is "JSON: $text says all that the text says" \
			"$(sed '1,/^# pagetree vmas/d; /^# cost/d' "$golden/$text.txt" | tail -n +2)" \
			"$(from_json "$golden/$text.txt")"
	fi
	is "JSON: $text: numbers are numbers, addresses are strings" 'number number string' \
		"$(jq -r '.pagetree | [.schema, .processes[0].summary.leaf1, .processes[0].vmas[0].start] |
			map(type) | join(" ")' out)"
	is "JSON: $text is UTF-8 without control characters" '' \
		"$(iconv -f UTF-8 -t UTF-8 out >/dev/null || echo no UTF-8
		tr -d '\n' <out | grep -aP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]')"
	for options in '' -r -J '-o name'; do
		# shellcheck disable=SC2086
		is "control characters: none in $text ($options)" '' \
			"$("$tool" $options --input "$golden/$text.txt" 2>/dev/null | tr -d '\n' |
				LC_ALL=C grep -aP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]')"
	done
done
golden odd json --json
golden odd names -n -o name
golden 4-level bytes --bytes
golden 4-level columns -o start,END,rss,deposited,tables4,tables5,name
golden 4-level added -n -o +end,rss,start
COLUMNS=60 golden 4-level narrow

is '100 columns are not exceeded' '' "$(cat "$golden"/*.table | wc -L | awk '$1 > 100')"
is 'raw: as many cells in each row' 12 "$(awk '{ print NF + 1 }' "$golden"/{4-level,5-level,odd}.raw | sort -u)"
is 'help: has each column' '' "$("$tool" --json --input "$golden/5-level.txt" |
	jq -r '.pagetree.processes[0].vmas[0] | keys_unsorted[] | sub("[0-9]+$"; "")' | sort -u |
	while read -r column; do
		"$tool" vmas --help | grep -qE "^  $column([0-9]+(-[0-9]+)?)? +<" || echo "$column is missing"
	done)"
is 'standard input' "$(cat "$golden/4-level.table")" "$("$tool" --input - <"$golden/4-level.txt")"
is 'without vmas: the summary' "$(sed '/^cost/,$d' "$golden/4-level.table")" \
	"$("$tool" --input summary | sed '/^cost/,$d')"
sed '1,/^# pagetree summary/{/^# pagetree summary/!d}' "$golden/4-level.txt" >no-geometry
says 'without geometry' 0 '' "$tool" --input no-geometry
says 'vmas alone' 0 '' "$tool" --input vmas
is 'vmas alone: the column has its name' 1 "$("$tool" --input vmas | grep -c BYTES1)"
says 'partial' 3 'pagetree: the process was not read to its end: state=partial' \
	"$tool" --input "$golden/odd.txt"
says 'a full disk' 1 'pagetree: standard output: No space left on device' \
	bash -c "'$tool' --input vmas >/dev/full"
says 'a closed output' 1 'pagetree: standard output: Bad file descriptor' \
	bash -c "'$tool' --input vmas >&-"
is 'a pipe nobody reads from' '' "$( (trap '' PIPE; "$tool" --json --input vmas 2>&1 >&3) 3> >(:))"

