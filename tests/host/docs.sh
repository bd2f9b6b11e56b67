# Help, manual pages, completion, docs/abi.md and docs/tool.md say the same; and what is installed. Sourced by run.
# shellcheck shell=bash disable=SC2154

top=$(cd "$here/../.." && pwd)

# The manual pages

# plain: roff without its escapes
plain() {
	sed -e 's/\\f[BIR]//g' -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' -e 's/\\(ha/^/g' -e 's/\\(ti/~/g' \
		-e 's/\\&//g' -e 's/\\e/\\/g'
}

# section FILE REGEX: the lines of the sections whose names match
section() {
	awk -v name="^\\\\.SH ($2)\$" '/^\.SH / { on = $0 ~ name; next } on' "$1"
}

# tags: what stands behind .TP
tags() {
	awk '/^\.TP/ { getline; sub(/^\.B /, ""); print }' | plain
}

# part COMMAND TITLE: the lines of that part of its help
part() {
	"$tool" "$1" --help | awk -v title="$2" 'index($0, title) == 1 { on = 1; next } /^$/ { on = 0 } on'
}

for page in pagetree.8 pagetree-debugfs.5; do
	says "man: $page is made" 0 '' "$top/docs/man" "$tool" "$top/docs/$page.in"
	mv out $page
	is "man: $page: no warnings" '' "$(groff -man -ww -z -Tutf8 $page 2>&1)"
	is "man: $page: is filled in" '' "$(grep -n '^@' $page)"
	is "man: $page: is ASCII" '' "$(LC_ALL=C grep -n '[^ -~	]' $page)"
done
is 'man: groff warns of what is wrong' 1 "$(sed '5i.nosuch' pagetree.8 | groff -man -ww -z -Tutf8 2>&1 | grep -c nosuch)"
says 'man: no page without the tool' 127 '.*no-tool.*not found' "$top/docs/man" "$work/no-tool" "$top/docs/pagetree.8.in"

commands=$("$tool" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')
is 'man: how each command is used' "$(for command in $commands; do
	"$tool" "$command" --help | sed -n '1{s/^Usage: pagetree //; s/ *$//; p}'
done | sort)" "$(section pagetree.8 COMMANDS | tags | sort)"
for command in $commands; do
	# behind those that not all have stand the commands that do
	is "man: options of $command" "$(part "$command" Options: | sed -E 's/^ *((-., )?--[^ ]+( [^ ]+)?) .*/\1/' | sort)" \
		"$(section pagetree.8 OPTIONS | awk -v command="$command" '
			/^\.TP/ {
				getline tag
				getline
				if (!match($0, / \([a-z]+(, [a-z]+)*\)$/) ||
				    index(", " substr($0, RSTART + 2, RLENGTH - 3) ",", ", " command ","))
					print tag
			}' | plain | sort)"
	is "man: columns of $command, and their types" "$(part "$command" Columns: | sed -E 's/^ *([^ ]+) +(<[a-z]+>) .*/\1 \2/')" \
		"$(section pagetree.8 'OUTPUT COLUMNS' | awk -v name="$command" '
			/^\.SS / { gsub(/,/, ""); on = 0; for (i = 2; i <= NF; i++) on = on || $i == name }
			on' | tags)"
done
is 'man: each name that --expect knows' "$(part show 'Names that' | awk '{ print $1 }')" \
	"$(section pagetree.8 EXPECTATIONS | tags)"

# Exit codes; 130 is the signal's, and not every command's

codes=$(echo 0 1; sed -n 's/^\tEXIT_[A-Z]*[A-Z_]* = \([0-9]*\),.*/\1/p' "$top/userspace/base/die.h")
codes=$(xargs -n 1 <<<"$codes")
is 'exit codes: help' "$codes" "$("$tool" --help | sed -n '/^Exit status:/,$p' | grep -oE '\b[0-9]+\b')"
is 'exit codes: man' "$codes
130" "$(section pagetree.8 'EXIT STATUS' | tags)"
is 'exit codes: docs/tool.md' "$codes
130" "$(sed -n '/^## Exit status/,$s/^| \([0-9]*\) |.*/\1/p' "$top/docs/tool.md")"

# What abi.h lists; for X(...) the name or the text of an element

lists='
PAGETREE_VMA_FIELDS PID/vmas name,... name
PAGETREE_LEVEL_FIELDS PID/vmas name,... name##N
PAGETREE_SIZE_FIELDS PID/vmas name,... name##N
PAGETREE_FILL_FIELDS PID/vmas|PID/tables name,... name##N
PAGETREE_TOTAL_FIELDS PID/vmas name,... name
PAGETREE_PROCESS_FIELDS processes name,... name
PAGETREE_TABLES_FIELDS PID/tables name,... name
PAGETREE_MAP_FIELDS PID/map name,... name
PAGETREE_MAP_PHYSICAL_FIELDS PID/map name,... name
PAGETREE_WALK_FIELDS PID/walk name,... name
PAGETREE_WALK_PHYSICAL_FIELDS PID/walk name,... name
PAGETREE_SHOOTDOWN_FIELDS PID/shootdowns name,... name
PAGETREE_INVALIDATION_REASONS PID/invalidations id,text text
PAGETREE_INVALIDATION_FIELDS PID/invalidations name,... name
PAGETREE_INITIATOR_FIELDS PID/initiators name,... name
PAGETREE_INITIATOR_CALLS PID/initiators id,text text
PAGETREE_SHOOTDOWN_SCOPES PID/shootdown id,text,... text
PAGETREE_ENTRY_KINDS PID/map|PID/walk id,text text
PAGETREE_ENTRY_FLAGS PID/map id,letter,... letter
PAGETREE_VMA_KINDS PID/vmas id,text text
PAGETREE_COST_FIELDS Text name,... name'
is 'abi.h: all its lists are looked for' "$(sed -n 's/^#define \(PAGETREE_[A-Z_]*\)(X).*/\1/p' "$top/module/abi.h" | sort)" \
	"$(awk 'NF { print $1 }' <<<"$lists" | sort)"
while read -r list where parameters element; do
	[ "$list" ] || continue
	printf '#include "%s"\n#define X(%s) %s\n%s(X)\n' "$top/module/abi.h" "$parameters" "$element" "$list" |
		${CC:-cc} -E -P -x c - | tr -d "\"'" | xargs -n 1 | sort -u >listed
	is "man: pagetree-debugfs names all of $list" "$(cat listed)" \
		"$(section pagetree-debugfs.5 "$where" | grep -oE '\\fB[^\\]*\\fR' | plain | sort -u | comm -12 listed -)"
done <<<"$lists"

# JSON: objects and arrays by their names

is 'JSON: each member is in docs/tool.md' '' "$(for text in "$golden"/*.txt; do
	for command in $commands; do
		"$tool" "$command" -J --input "$text" 2>/dev/null | jq -r '.pagetree | (keys[], (.processes[]? |
			to_entries[] | select(.value | type == "array" or type == "object") | "." + .key))' 2>/dev/null
	done
done | sort -u | while read -r member; do
	grep -q "\`$member\`.* |" "$top/docs/tool.md" || echo "$member"
done)"

# Examples of docs/abi.md: each file that can be read begins with one. Its lines are those of a golden text, but for
# invalidations and initiators, where they are what tests/guest/invalidations expects. Tabs are shown as blanks, and ... stands for cells.

# block TITLE: the code that a section of docs/abi.md begins with
block() {
	awk -v title="## $1" '
		/^#/ { on = $0 == title; next }
		on && /^    / { found = 1; print substr($0, 5); next }
		on && (found || NF) { exit }' "$top/docs/abi.md"
}

: >examples
while read -r file; do
	block "$file" | sed '1!s/  */\t/g' >example
	is "docs/abi.md: $file begins with an example" "# pagetree ${file#*/} abi 1" "$(head -n 1 example)"
	sed -e 's/[][\.*^$]/\\&/g' -e 's/\\\.\\\.\\\./.*/g' example >regexes
	[[ $file = PID/in* ]] || is "docs/abi.md: $file: its example is real" '' "$(while read -r line; do
		cat "$golden"/{views,shootdowns}.txt | grep -qx -e "$line" || echo "$line"
	done <regexes)"
	cat example - >>examples <<<'# cost tables=0 entries=0 vmas=0 us=0 lock_us_max=0 lock_us_total=0 retries=0 skipped=0 state=complete'
done < <(sed -nE 's/^\| `([a-zA-Z/]+)` \| 0[46]00 .*/\1/p' "$top/docs/abi.md")
for command in show vmas tables map walk ps geometry shootdown; do
	says "docs/abi.md: $command takes the examples" 0 '' "$tool" $command --input examples
done
is 'docs/abi.md: a wrong example is seen' 1 "$(sed 's/^start\t/begin\t/' examples >wrong; "$tool" vmas --input wrong >/dev/null 2>&1; echo $?)"
is 'docs/abi.md: the files that are written begin with an example' '' "$(for file in 'attach and detach' PID/shootdown; do
	[ "$(block "$file")" ] || echo "$file"
done)"

# Examples: what tests/guest/man runs on a real process; here each finds its options and columns

section pagetree.8 EXAMPLES | sed -n 's/^\.B //p' | sed -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" >examples
is 'examples: each command has one' "$commands" "$(for command in $commands; do
	# the first need not be said
	[ "$command" != show ] && word=$command || word='[-$]'
	grep -q "pagetree $word" examples && echo "$command"
done)"
is 'examples: nothing of roff is left in them' '' "$(grep '[\]' examples)"
world
ln -s 4242 debug/pagetree/$$
ln -s 4242 proc/$$
mkdir -p bin
ln -sf "$tool" bin/pagetree
grep -v /sys/module examples >examples.here
while read -r example; do
	PATH=$work/bin:$PATH PID=$$ timeout 60 bash -c "$example" >out 2>err </dev/null
	case $? in
	[013456]) ok "examples: $example: is no misuse" ;;
	*) not_ok "examples: $example: is no misuse" "$(cat err)" ;;
	esac
done <examples.here
is 'examples: a wrong one is a misuse' 2 "$(PATH=$work/bin:$PATH bash -c "pagetree -o NOSUCH $$" 2>/dev/null; echo $?)"
# Examples of docs/tool.md: what process 156 and all processes show, a golden text shows, too

is 'docs/tool.md: each command has an example' "$commands" "$(for command in $commands; do
	[ "$command" != show ] && word=$command || word=156
	grep -qE "^    \\$ pagetree $word( |\$)" "$top/docs/tool.md" && echo "$command"
done)"
is 'docs/tool.md: its examples are real' '' "$(while IFS= read -r line; do
	case $line in
	'    $ pagetree shootdown '*) command="pagetree shootdown --input $golden/shootdowns.txt" ;;
	'    $ pagetree invalidations '*) command="${line#*$ }" command=${command/input report/input $golden/initiators.txt} ;;
	'    $ pagetree ps'* | '    $ pagetree geometry') command="${line#*$ } --input $golden/views.txt" ;;
	'    $ '*' 156'*) command=$(sed -E "s|.*\\$ ||; s| 156\b| --input $golden/views.txt|; s/ 0x[0-9a-f]+//g" <<<"$line") ;;
	'    ...') continue ;;
	'    '[!$]*) [ ! "$command" ] || grep -qxF -e "${line#    }" shown || echo "$command: $line"; continue ;;
	*) command='' ;;
	esac
	[ ! "$command" ] || COLUMNS=69 LC_ALL=C PATH=$work/bin:$PATH bash -c "$command" 2>&1 | sed 's/ *$//' >shown
done <"$top/docs/tool.md")"
is 'README.md: has each command' "$(grep -v '^show$' <<<"$commands")" "$(for command in $commands; do
	grep -q "^    pagetree $command " "$top/README.md" && echo "$command"
done)"

# Kernels: the commits of compat.h, with their versions

tr '\n' ' ' <"$top/module/compat.h" | sed 's/  \* / /g' >compat
grep -oE '"[^"]+" \(v[0-9.]+' compat | sed -E 's/"(.*)" \((.*)/\2 \1/' | sort >commits
is 'compat.h: each version has its commit' "$(grep -oE '\(v[0-9]' compat | wc -l)" "$(wc -l <commits)"
is 'docs/kernels.md: has each of them, and no other' "$(cat commits)" \
	"$(sed -nE '/^## Compat/,/^### /s/^\| (v[0-9.]+) \| ([0-9a-f]{12} )?([^|]*) \|.*/\1 \3/p' "$top/docs/kernels.md" | grep -v ' -$' | sort)"

# whole FILE: the kernels whose rows in it have a count of each kind of test, and no failure
whole() {
	awk -F ' [|] ' '
		/^<!-- written by/ { on = 1; next }
		/^<!-- end/ { on = 0 }
		on && /^[|] `/ && !/failed/ {
			for (i = 3; i <= 8 && $i ~ /^[1-9]/; i++)
				;
			if (i > 8)
				print $1
		}' "$1" | tr -d '|` '
}
is 'docs/kernels.md: each kernel but debug was tested whole, in the order of tests/lab/kernels' \
	"$(awk '/^[^#]/ && $1 != "debug" { print $1 }' "$top/tests/lab/kernels")" "$(whole "$top/docs/kernels.md" | grep -vx debug)"
sed -e '/^| `trixie`/s/ | / | **1 failed**, /4' -e '/^| `arm64`/s/ | 1 / | - /' "$top/docs/kernels.md" >kernels.md
is 'docs/kernels.md: a failure and a part without tests are seen' "$(whole "$top/docs/kernels.md" | grep -vxE 'trixie|arm64')" "$(whole kernels.md)"

# Completion

. "$top/userspace/pagetree.bash"

# complete_words WORD...: what the last one can become, a line each
complete_words() {
	COMP_WORDS=(pagetree "$@")
	COMP_CWORD=$#
	_pagetree "$tool"
	[ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}

# completes NAME EXPECTED WORD...
completes() {
	local name=$1 expected=$2
	shift 2
	is "completion: $name" "$expected" "$(complete_words "$@" 2>&1)"
}

is 'completion: commands' "$commands" "$(complete_words '' | head -n "$(wc -l <<<"$commands")")"
for command in $commands; do
	completes "options of $command" "$(part "$command" Options: | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -e '-[A-Za-z-]+')" \
		"$command" -
	part "$command" Columns: | awk '{
		if (match($1, /[0-9]+-[0-9]+$/)) {
			split(substr($1, RSTART), range, "-")
			for (i = range[1]; i <= range[2]; i++) print substr($1, 1, RSTART - 1) i
		} else {
			print $1
		}
	}' >columns
	[ -s columns ] || continue
	completes "columns of $command" "$(cat columns)" "$command" -o ''
	says "completion: columns of $command: the tool knows them" 0 '' "$tool" "$command" -o "$(paste -sd , columns)" --help
done
completes 'a command' shootdown shootd
completes 'no command behind another' '' map shootd
completes 'options of the first command without one' '--verify
--version' --ver
completes 'no options of another command' --version map --ver
completes 'a column' pkey map -o pk
completes 'as it is typed' PKEY map -o PK
completes 'the long option' pkey map --output pk
completes 'the long option and =' pkey map --output = pk
completes '= and nothing yet' "$(complete_words map -o '')" map --output =
completes 'behind a comma' start,pkey map -o start,pk
completes 'behind a comma, as it is typed' start,PKEY map -o start,PK
completes 'behind +' +pkey map -o +pk
completes 'behind + and a comma' +start,pkey map -o +start,pk
completes 'a column a level' 'leaf1
leaf2
leaf3' vmas -o leaf
completes 'quantiles' 'null_p50_ns
null_p90_ns
null_p99_ns' shootdown -o null_p
completes 'no such column' '' map -o start,leaf
completes 'a column to sort by' pkey map -x pk
completes 'only one to sort by' '' map -x start,pk
completes 'what can be expected' 'mapped' --expect map
completes 'the word of bench' tlb bench ''
completes 'no option where it needs an argument' '' bench --pages -
touch 'zqx file' "$work/zqx-other"
completes 'a file' 'zqx file' --input 'zqx f'
completes 'no file where none is taken' '' map 'zqx f'

cp "$(type -P sleep)" zqx-nap
# it does something where a shell looks into it
hostile='$(touch owned)'
cp zqx-nap "$hostile"
./zqx-nap 60 &
naps=($!)
"./$hostile" 60 &
naps+=($!)
until [ "$(cat /proc/${naps[0]}/comm /proc/${naps[1]}/comm)" = $'zqx-nap\n'"$hostile" ]; do sleep 0.1; done
completes 'the name of a process' zqx-nap map zqx-n
completes 'a process without a command' zqx-nap zqx-n
completes '--pid' zqx-nap map --pid zqx-n
is 'completion: its pid' "${naps[0]}" "$(complete_words map "${naps[0]}" | grep -x "${naps[0]}")"
is 'completion: no process for a command that takes none' '' "$(complete_words ps "${naps[0]}")"
completes 'no name that a shell would look into' '' map '$'
complete_words map '' >/dev/null
is 'completion: nor is it looked into' '' "$(ls owned 2>/dev/null)"
./zqx-nap 60 &
naps+=($!)
until [ "$(cat /proc/${naps[2]}/comm)" = zqx-nap ]; do sleep 0.1; done
completes 'no name of two processes' '' map zqx-n
kill "${naps[@]}"
wait "${naps[@]}" 2>/dev/null
is 'completion: without the tool it is silent' '' "$(_pagetree "$work/no-tool" 2>&1; echo "${COMPREPLY[@]}")"
is 'completion: bash knows it' 'complete -F _pagetree pagetree' "$(complete -p pagetree)"

# What is installed, without a kernel and twice

below_dest=(env -u MAKEFLAGS make -s -C "$top" DESTDIR="$work/dest" prefix=/usr KDIR=/nonexistent KVER=none)

mkdir -p dest/usr/sbin
touch dest/usr/sbin/other
for time in once twice; do
	says "install-tool: $time" 0 '' "${below_dest[@]}" install-tool
	is "install-tool: $time: its files" '0644 usr/share/bash-completion/completions/pagetree
0644 usr/share/man/man5/pagetree-debugfs.5
0644 usr/share/man/man8/pagetree.8
0755 usr/sbin/pagetree' "$(find dest -type f ! -name other -printf '%#m %P\n' | sort)"
done
is 'install-tool: the pages' '' "$(cmp pagetree.8 dest/usr/share/man/man8/pagetree.8 2>&1
	cmp pagetree-debugfs.5 dest/usr/share/man/man5/pagetree-debugfs.5 2>&1)"
is 'install-tool: the tool' "$("$tool" --help)" "$(dest/usr/sbin/pagetree --help)"
for time in once twice; do
	says "uninstall: $time" 0 '' "${below_dest[@]}" uninstall
	is "uninstall: $time: only others' files are left" usr/sbin/other "$(find dest -type f -printf '%P\n')"
done
