# shellcheck shell=bash
# Completion for bash. The words come from the tool itself: pagetree [COMMAND] --help.

# Adds the candidates that begin with the word to COMPREPLY, after a prefix.
_pagetree_add() {
	local prefix=$1 word=$2 candidate
	shift 2
	for candidate; do
		[[ $candidate != "$word"* ]] || COMPREPLY+=("$prefix$candidate")
	done
}

# Adds pids, and names that only one process has. A process chooses its name: names with characters that the shell expands are left out.
_pagetree_processes() {
	local comm name pids=() names=()
	for comm in /proc/[0-9]*/comm; do
		comm=${comm%/comm}
		pids+=("${comm#/proc/}")
		read -r name 2>/dev/null <"$comm/comm" && [[ $name =~ ^[A-Za-z_][A-Za-z0-9_.:@+-]*$ ]] && names+=("$name")
	done
	mapfile -t names < <(printf '%s\n' "${names[@]}" | sort | uniq -u)
	_pagetree_add '' "$1" "${pids[@]}" "${names[@]}"
}

_pagetree() {
	local tool=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command known=() options=() columns=() expectations=() usage=() takes='' part='' line name number last
	COMPREPLY=()

	# --option=word is three words
	if [ "$word" = = ]; then
		word=
	elif [ "$before" = = ]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi

	mapfile -t known < <("$tool" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p')
	# the first command is the default
	command=${known[0]-}
	for name in "${known[@]}"; do
		[ "$name" != "${COMP_WORDS[1]}" ] || [ "$COMP_CWORD" = 1 ] || command=$name
	done
	while IFS= read -r line; do
		case $line in
		Usage:*) read -ra usage <<<"${line#*OPTION]...}" ;;
		'') part= ;;
		[[:upper:]]*) part=${line%%[: ]*} ;;
		esac
		read -r name _ <<<"$line"
		case $part in
		Options)
			[[ $line =~ ^\ +((-.),\ )?(--[a-z-]+)\ ?([^ ]*) ]] || continue
			options+=(${BASH_REMATCH[2]:+"${BASH_REMATCH[2]}"} "${BASH_REMATCH[3]}")
			[[ $before != "${BASH_REMATCH[2]}" && $before != "${BASH_REMATCH[3]}" ]] || takes=${BASH_REMATCH[4]} ;;
		Columns)
			if [[ $name =~ ^([a-z_]+)([0-9]+)-([0-9]+)$ ]]; then
				for ((number = BASH_REMATCH[2]; number <= BASH_REMATCH[3]; number++)); do
					columns+=("${BASH_REMATCH[1]}$number")
				done
			elif [[ $line == ' '* ]]; then
				columns+=("$name")
			fi ;;
		Names)
			[[ $line != ' '* ]] || expectations+=("$name") ;;
		esac
	done < <("$tool" "$command" --help 2>/dev/null)
	last=${word##*[,+]}
	# in the case that is typed: start or START
	[[ $last != *[[:upper:]]* ]] || columns=("${columns[@]^^}")

	case $before:$takes in
	-o:LIST | --output:LIST)
		compopt -o nospace 2>/dev/null
		_pagetree_add "${word%"$last"}" "$last" "${columns[@]}" ;;
	*:COLUMN) _pagetree_add '' "$word" "${columns[@]}" ;;
	*:CONDITION)
		compopt -o nospace 2>/dev/null
		_pagetree_add '' "$word" "${expectations[@]}" ;;
	*:PROCESS) _pagetree_processes "$word" ;;
	*:PATH)
		compopt -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(cd /sys/fs/cgroup 2>/dev/null && compgen -S / -d -- "$word") ;;
	*:FILE)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	*:?*) ;;
	*)
		case $word in
		-*)
			_pagetree_add '' "$word" "${options[@]}"
			return ;;
		esac
		[ "$COMP_CWORD" != 1 ] || _pagetree_add '' "$word" "${known[@]}"
		[[ ${usage[*]} != *PROCESS* ]] || _pagetree_processes "$word"
		if [[ ${usage[*]} == *FILE* ]]; then
			compopt -o filenames 2>/dev/null
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
		fi
		# literal arguments, such as the tlb of bench
		for name in "${usage[@]}"; do
			[[ ! $name =~ ^[[:lower:]]+$ ]] || _pagetree_add '' "$word" "$name"
		done ;;
	esac
}

complete -F _pagetree pagetree
