# The corpus of tests/fuzz through the function that the fuzzer calls, here without the fuzzer. Sourced by run.
# shellcheck shell=bash disable=SC2154

corpus=$top/tests/fuzz/corpus
(cd "$top" && ${CC:-cc} "${sanitize[@]}" -Wno-missing-prototypes -DREPLAY -Iuserspace -o "$work/replay" tests/fuzz/parser.c \
	"${objects[@]}" "${libraries[@]}") || exit

# replay FILE...: prints nothing if it ends without a crash
replay() {
	timeout $patience ./replay "$@" >out 2>err || echo "exit $?: $(grep -v '^pagetree: ' err | head -n 20)"
}

for file in "$corpus"/*; do
	is "corpus: ${file##*/}" '' "$(replay "$file")"
	[ -s out ] || printed_not+=" ${file##*/}"
done
is 'corpus: what is refused, and not printed' ' rounds twice' "${printed_not:-}"
is 'corpus: no file is larger than 4 KiB' '' "$(find "$corpus" -size +4k)"
is 'corpus: a file that is not there' 'exit 1: ' "$(replay nowhere)"

# Each of them cut at some bytes, or with some byte changed
mkdir cut
for file in "$corpus"/*; do
	size=$(wc -c <"$file")
	for at in $(seq 0 61 "$size"); do
		head -c "$at" "$file" >cut/"${file##*/}.$at"
		(cat cut/"${file##*/}.$at"; printf '\xff'; tail -c +$((at + 2)) "$file") >cut/"${file##*/}.$at.other"
	done
done
is 'corpus: cut at any byte, any byte spoiled' '' "$(replay cut/*)"
