# pagetree shootdown on text: rows of a captured file, and the fit of rows with known numbers. Sourced by run.
# shellcheck shell=bash disable=SC2154

# fit EXPRESSION: of the fit to the rows of the file shots
fit() {
	"$tool" shootdown --sweep --input shots -J | jq -c ".pagetree.fit | $1"
}

for text in shootdowns sweep; do
	[ $text = sweep ] && options=--sweep || options=
	for suffix in table raw json; do
		case $suffix in table) how= ;; raw) how=-r ;; json) how=-J ;; esac
		# shellcheck disable=SC2086
		"$tool" shootdown $options $how --input "$golden/shootdowns.txt" >out 2>err
		[ "$update" != --update ] || cp out "$golden/$text.$suffix"
		is "golden: $text as $suffix" "$(cat "$golden/$text.$suffix")" "$(cat out err)"
		[ $suffix != json ] || is "JSON: $text: jq reads it" object "$(jq -r '.pagetree | type' out)"
	done
done
is 'shootdown: JSON says all that the text says' \
	"$(sed '1,/^# pagetree shootdowns/d; /^# cost/d' "$golden/shootdowns.txt" | tail -n +2)" \
	"$("$tool" shootdown -J --input "$golden/shootdowns.txt" |
		jq -r '.pagetree.shootdowns[] | [.[] | tostring] | join("\t")')"
is 'shootdown: raw has a heading and a row each' 4 \
	"$("$tool" shootdown -r --input "$golden/shootdowns.txt" | wc -l)"
is 'shootdown: -n has no heading' 3 "$("$tool" shootdown -rn --input "$golden/shootdowns.txt" | wc -l)"
is 'shootdown: as many cells in each raw row' 34 "$(awk '{ print NF }' "$golden"/{shootdowns,sweep}.raw | sort -u)"
is 'shootdown: 100 columns are not exceeded' '' \
	"$(cat "$golden"/{shootdowns,sweep}.table | wc -L | awk '$1 > 100')"

# The fit

lines | shots shots
is 'fit: one by one' '{"rows":12,"a":2000,"b":200,"c":70,"r2":1}' "$(fit .page)"
is 'fit: the context' '{"rows":3,"a":5000,"c":40,"r2":1}' "$(fit .context)"
# on 4 CPUs: 2000 + 200 n + 280 = 5000 + 160
is 'fit: the crossing' '{"cpus":4,"invalidations":14.4,"extrapolated":0}' "$(fit .crossing)"
lines | sed '/mechanism=context/s/p50_ns=5/p50_ns=15/' | shots shots
is 'fit: a crossing beyond the rows' '{"cpus":4,"invalidations":64.4,"extrapolated":1}' "$(fit .crossing)"
lines | sed '/mechanism=context/s/p50_ns=5/p50_ns=1/' | shots shots
is 'fit: no crossing' null "$(fit .crossing)"
lines | grep ' sent=40 ' | shots shots
is 'fit: one number of CPUs says nothing of CPUs' '{"rows":4,"a":2140,"b":200,"r2":1}' "$(fit .page)"
is 'fit: one row is no line' '{"rows":1,"a":5080}' "$(fit .context)"
# a processor that broadcasts sends no IPI
lines | grep ' sent=40 ' | sed 's/ sent=40 ran=40 / sent=0 ran=0 /' | shots shots
sed '/^# pagetree shootdowns/,$d; s/^pagetree_flush\t.*/pagetree_flush\ttlbi/' "$golden/shootdowns.txt" | cat - shots >broadcast
is 'fit: by broadcast' 'one by one: 2140 ns +200.0 ns per invalidation (rows: 4, R2 1.000)
the whole context: 5080 ns (rows: 1)
equal at 14.7 invalidations' "$("$tool" shootdown --sweep --input broadcast | sed -n '/^one by one: /,/^equal/p; /^LOADED/p')"
lines | grep -v mechanism=page | shots shots
is 'fit: no row' '{"rows":0}' "$(fit .page)"
# half the rows 10 ns above, half below: R2 = 1 - 12 * 10^2 / (the variance of all)
lines | awk '/mechanism=page/ { sub(/p50_ns=[0-9]+/, "p50_ns=" (n++ % 2 ? 100 : 300)) } 1' | shots shots
is 'fit: rows that no line explains' true "$(fit '.page.r2 < 0.5')"

# Merging: three rows of one configuration, one of these disturbed, and one row of another configuration

printf '%s\n' 'n=10 min_ns=5 p50_ns=100 p90_ns=110 p99_ns=120 max_ns=130 mean_ns=101 sent=20 null_p50_ns=50' \
	'n=10 min_ns=4 p50_ns=900 p90_ns=990 p99_ns=999 max_ns=9999 mean_ns=900 sent=20 null_p50_ns=70' \
	'n=20 min_ns=6 p50_ns=102 p90_ns=112 p99_ns=122 max_ns=132 mean_ns=103 sent=40 null_p50_ns=60 ended=time' \
	'n=10 min_ns=1 p50_ns=1 p90_ns=1 p99_ns=1 max_ns=1 mean_ns=1 sent=10 null_p50_ns=1' |
	sed 's/^/scope=mm mechanism=context /' | shots shots
is 'merge: a row for each configuration' '[40,4,102,112,999,9999,301,80,60,"time"] [10,1,1,1,1,1,1,10,1,"done"]' \
	"$("$tool" shootdown --sweep --input shots -J | jq -c '.pagetree.shootdowns[] |
		[.n, .min_ns, .p50_ns, .p90_ns, .p99_ns, .max_ns, .mean_ns, .sent, .null_p50_ns, .ended]' | paste -sd ' ')"

# Bad input

lines | shots shots
# bad_shots NAME LINE WHAT SED
bad_shots() {
	sed "$4" shots >bad
	cmp -s shots bad && not_ok "bad shootdowns: $1" 'nothing was changed'
	says "bad shootdowns: $1" 1 "pagetree: bad:$2: $3" "$tool" shootdown --input bad
}
bad_shots 'no column seq' 2 'no column seq' '2s/seq/sequence/'
bad_shots 'no column n' 2 'no column n' '2s/\tn\t/\trounds\t/'
bad_shots 'no column tag' 2 'no column tag' '2s/\ttag$/\tlabel/'
bad_shots 'a column twice' 2 'a column is there twice' '2s/p90_ns/p50_ns/'
bad_shots 'a cell less' 4 'fewer cells than columns' '4s/\t[^\t]*$//'
bad_shots 'a cell more' 4 'more cells than columns' '4s/$/\t0/'
bad_shots 'an address without 0x' 3 'not an address' '3s/0x10000/10000/'
bad_shots 'text for a number' 3 'not a number' '3s/\t900\t/\tnine\t/'
bad_shots 'a negative number' 3 'not a number' '3s/\t900\t/\t-9\t/'
bad_shots 'no round' 3 'no round was done' '3s/\t20\t20\tdone/\t20\t0\tdone/'
bad_shots 'too many rounds' 3 'an impossible number of rounds' '3s/\t20\t20\tdone/\t20\t4294967296\tdone/'
bad_shots 'cut' '[0-9]+' 'truncated: .*' '$d'
bad_shots 'a file twice' '[0-9]+' 'neither a file that is known, nor the first of its kind' '$a\
# pagetree shootdowns abi 1'
sed '2s/mean_ns/colour/' shots >thinner
is 'shootdowns: a column less is null' null \
	"$("$tool" shootdown -J --input thinner | jq '.pagetree.shootdowns[0].mean_ns')"
says 'shootdowns: none in the file' 1 'pagetree: .*: no shootdowns are in it' \
	"$tool" shootdown --input "$golden/4-level.txt"
shots shots </dev/null
says 'shootdowns: no row' 0 '' "$tool" shootdown --input shots
says 'shootdowns: no row to fit' 0 '' "$tool" shootdown --sweep --input shots

# Usage

misuse 'shootdown: nothing' 'no process: .*' shootdown
misuse 'shootdown: no scope' 'arguments are missing: PROCESS SCOPE .*' shootdown 1
says 'usage: shootdown: no process' 1 'pagetree: page: no process has this name' "$tool" shootdown page 0x1000
misuse 'shootdown: an unknown option' '--what: no such option: .*' shootdown --what 1 mm
misuse 'shootdown: a sweep of one scope' 'mm: a sweep takes a process only' shootdown --sweep 1 mm
misuse 'shootdown: rounds without a sweep' '--rounds, --range: only for a sweep' shootdown --rounds 1 1 mm
for rounds in 0 x 1000001; do
	misuse "shootdown: --rounds $rounds" "$rounds: not a number of rounds, 1 to 1000000" shootdown --sweep --rounds $rounds 1
done
misuse 'shootdown: a range that is no address' '4096: not an address' shootdown --sweep --range 4096 1
misuse 'shootdown: --input and a process id' '1: --input .*' shootdown --input shots 1
misuse 'shootdown: --json and --raw' '--json, --raw, --pairs: .*' shootdown -J -r 1 mm
misuse 'bench: nothing' 'arguments are missing: tlb: see pagetree bench --help' bench
misuse 'bench: another' "the benchmark is 'tlb': .*" bench cache
for pages in 1 0 x 65537 ','; do
	misuse "bench: --pages $pages" '.*' bench tlb --pages "$pages"
done
says 'shootdown: --help' 0 '' "$tool" shootdown --help
says 'bench: --help' 0 '' "$tool" bench --help

# A process whose files are plain ones

world
cd debug/pagetree/4242 && : >shootdown && cd ../../.. || exit
printf '%s\n' 'scope=mm mechanism=context n=7 asked=7 tag=other' | shots before
printf '%s\n' 'scope=mm mechanism=context n=7 asked=7 tag=other' \
	'scope=page pages=1 strides=1 mechanism=page n=3 asked=3 tag=mine' \
	'scope=mm mechanism=context n=9 asked=9 tag=other' | shots after

# answers BEFORE AFTER: the texts of shootdowns before the command and after it
answers() {
	answer debug/pagetree/4242/shootdowns "$@"
}
answers before after
says 'shootdown: a process' 0 '' "$tool" shootdown 4242 page 0x1000 n=3 tag=mine
is 'shootdown: the command' 'page 0x1000 n=3 tag=mine' "$(cat debug/pagetree/4242/shootdown)"
is 'shootdown: its row is found' 'page 0x0-0x0 (pages: 1): 3 of 3 rounds in 0 us: done' "$(head -n 1 out)"
wait
: >debug/pagetree/4242/shootdown
answers before before
says 'shootdown: its row is gone' 1 "pagetree: 'mm tag=other': its row is gone: .*" \
	"$tool" shootdown 4242 mm tag=other
wait
: >debug/pagetree/4242/shootdown
answers before before
"$tool" shootdown 4242 mm >out 2>&1
is 'shootdown: a tag of its own' 'mm tag=pagetree:N' "$(sed 's/[0-9]*$/N/' debug/pagetree/4242/shootdown)"
wait
rm debug/pagetree/4242/shootdown
says 'shootdown: an older module' 5 'pagetree: .*: the module is older than this tool: load the newer one' \
	"$tool" shootdown 4242 mm
: >debug/pagetree/4242/shootdown
chmod 0 debug/pagetree/4242/shootdown
says_to_nobody 'shootdown: switched off' 6 'pagetree: .*: shootdowns are off: echo Y >/sys/module/pagetree/parameters/shootdown' \
	"$tool" shootdown 4242 mm
sed -i '/^shootdown/s/0/1/' debug/pagetree/geometry
says_to_nobody 'shootdown: not root' 6 'pagetree: .*: Permission denied: run this as root, with CAP_SYS_ADMIN and CAP_SYS_PTRACE' \
	"$tool" shootdown 4242 mm
says 'bench: without the module' 0 '' bash -c "mv debug/pagetree debug/none; '$tool' bench tlb --rounds 2 --pages 8,16 -J"
is 'bench: what needs none was measured' '["refill","call"] ["nothing","getppid","mprotect","madvise","munmap"]' \
	"$(jq -rc '[.pagetree.results[].part], [.pagetree.results[].what] | reduce .[] as $x ([]; if index($x) then . else . + [$x] end)' out | paste -sd ' ')"
is 'bench: CPUs that are online, but not isolated' 4 "$(jq .pagetree.environment.cpus out)"
is 'bench: what does is said' 'the module is not loaded (modprobe pagetree), or this is not root' \
	"$(jq -r .pagetree.unarmed out)"
mv debug/none debug/pagetree
