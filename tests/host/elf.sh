# pagetree elf: files made by the linker and byte by byte, against readelf; files that are not ELF; processes that map
# ELF files. Sourced by run.
# shellcheck shell=bash disable=SC2154

page=$(getconf PAGESIZE)
huge=$((page * page / 8))
columns=segment,start,offset,filesz,memsz,perms,align,congruent,fits,huge_bytes,why

# program NAME TEXT DATA OPTION...: links a program with TEXT bytes of code and DATA bytes of data
program() {
	local name=$1 text=$2 data=$3
	shift 3
	printf '%s\n' .text '.globl _start' "_start: .fill $text,1,1" .data ".fill $data,1,1" .bss '.skip 12345' \
		'.section .note.GNU-stack' | ${CC:-cc} -nostdlib -x assembler - -o "$name" "$@" 2>/dev/null
}

# loads FILE: segment, offset, start, filesz, memsz, perms and align of each PT_LOAD, from readelf
loads() {
	readelf -lW "$1" |
		sed -nE 's/^  ([A-Z_0-9]+) +(0x[0-9a-f]+) (0x[0-9a-f]+) 0x[0-9a-f]+ (0x[0-9a-f]+) (0x[0-9a-f]+) ([R W E]{3}) (0x[0-9a-f]+|0)$/\1 \2 \3 \4 \5 <\6> \7/p' |
		sed ':again; s/<\(.*\) \(.*\)>/<\1-\2>/; t again; s/<\(.*\)>/\L\1/; s/e /x /' |
		awk '$1 == "LOAD" { print NR - 1, $2, $3, $4, $5, $6, $7 }'
}

# expected FILE: what the tool should print, page by page; addresses here are no larger than 2^63
expected() {
	local segment offset start filesz memsz perms align congruent fits bytes why at end alignment=0
	while read -r segment offset start filesz memsz perms align; do
		((align & (align - 1) || align <= alignment)) || alignment=$align
	done < <(loads "$1")
	while read -r segment offset start filesz memsz perms align; do
		for ((congruent = 1; congruent > 0 && (start - offset) % (2 * congruent) == 0; )); do
			((congruent *= 2))
		done
		end=$(((start + filesz + page - 1) / page * page))
		for ((bytes = 0, at = start / huge * huge; at < end; at += huge)); do
			((at < start / page * page || at + huge > end || !filesz || (bytes += huge)))
		done
		fits=0
		(((start - offset) % page || !filesz)) || fits=$page
		(((start - offset) % huge || !bytes)) || fits=$huge
		why=-
		[[ $perms != *w* ]] || why=writable
		readelf -h "$1" | grep -q 'Type: *DYN' && ((alignment < huge)) && why=align
		(((start - offset) % huge == 0)) || why=congruence
		[ $bytes != 0 ] || why=small
		printf '%d 0x%x %d %d %d %s %d %u %d %d %s\n' "$segment" "$start" "$offset" "$filesz" "$memsz" \
			"$perms" "$align" "$congruent" $fits $bytes $why
	done < <(loads "$1")
}

# same_as_readelf NAME FILE WHY: all columns of FILE, and WHY its largest segment cannot be on huge pages
same_as_readelf() {
	is "elf: $1: as readelf says" "$(expected "$2")" "$("$tool" elf -rn -o $columns "$2" 2>&1)"
	is "elf: $1: why" "$3" "$("$tool" elf -rn -x filesz -o why "$2" 2>&1 | tail -n 1)"
}

mib=1048576
program small 1000 1000 -static
same_as_readelf 'a small program' ./small small
program aligned $((5 * mib)) 1000 -static -Wl,-z,max-page-size=0x200000
same_as_readelf 'a program linked for huge pages' ./aligned -
is 'elf: two whole huge pages in 5 MiB from a huge page on' '4194304 2097152' \
	"$("$tool" elf -rn -x filesz -o huge_bytes,fits ./aligned | tail -n 1)"
program fixed $((5 * mib)) 1000 -static -Wl,-z,max-page-size=0x1000
same_as_readelf 'a program at a fixed address needs no alignment' ./fixed -
program shifted $((5 * mib)) 1000 -static -Wl,-z,max-page-size=0x1000,-Ttext-segment=0x403000
same_as_readelf 'address and offset differ' ./shifted congruence
is 'elf: by 12288' 4096 "$("$tool" elf -rn -x filesz -o congruent ./shifted | tail -n 1)"
program pie $((5 * mib)) 1000 -pie -Wl,-z,max-page-size=0x1000
same_as_readelf 'a program that moves' ./pie align
program pie2 $((5 * mib)) 1000 -pie -Wl,-z,max-page-size=0x200000
same_as_readelf 'a program that moves by huge pages' ./pie2 -
program library.so $((5 * mib)) 1000 -shared -Wl,-z,max-page-size=0x1000
same_as_readelf 'a library' ./library.so align
program data 1000 $((5 * mib)) -static -Wl,-z,max-page-size=0x200000
same_as_readelf 'data' ./data writable
program together $((5 * mib)) 1000 -static -Wl,-z,max-page-size=0x200000,-z,noseparate-code
same_as_readelf 'code and headers in one segment' ./together -
program magic $((5 * mib)) 1000 -static -Wl,-N
same_as_readelf 'all in one segment' ./magic writable
if program narrow $((5 * mib)) 1000 -static -m32 -Wl,-z,max-page-size=0x200000; then
	same_as_readelf 'a 32-bit program' ./narrow -
else
	skipped 'elf: a 32-bit program' 'the compiler makes none here'
fi

# bytes SIZE NUMBER...: in the byte order of $order
bytes() {
	local size=$1 number i hex
	shift
	for number; do
		printf -v hex '%016x' $((number))
		for ((i = 0; i < size; i++)); do
			# shellcheck disable=SC2059
			printf "\\x${hex:$((order == 1 ? 14 - 2 * i : 16 - 2 * size + 2 * i)):2}"
		done
	done
}

# made NAME CLASS ORDER TYPE SIZE [FLAGS,OFFSET,START,FILESZ,MEMSZ,ALIGN]...: CLASS 1 is 32 bits, 2 is 64; ORDER 1 is
# little-endian; TYPE 2 is EXEC, 3 is DYN
made() {
	local name=$1 class=$2 order=$3 type=$4 size=$5 word=$((4 * $2)) segment flags offset start filesz memsz align
	shift 5
	{
		printf '\x7fELF'
		bytes 1 $class $order 1 0 0 0 0 0 0 0 0 0
		bytes 2 $type $((class == 1 ? 8 : order == 1 ? 62 : 21))
		bytes 4 1
		bytes $word 0 $((class == 1 ? 52 : 64)) 0
		bytes 4 0
		bytes 2 $((class == 1 ? 52 : 64)) $((class == 1 ? 32 : 56)) $# 0 0 0
		for segment; do
			IFS=, read -r flags offset start filesz memsz align <<<"$segment"
			bytes 4 1
			[ "$class" = 1 ] || bytes 4 "$flags"
			bytes $word "$offset" "$start" "$start" "$filesz" "$memsz"
			[ "$class" = 2 ] || bytes 4 "$flags"
			bytes $word "$align"
		done
	} >"$name"
	truncate -s "$size" "$name"
}

made big64 2 2 3 12M 5,0x200000,0x400000,0x500000,0x500000,0x10000 6,0x700800,0xb00800,0x1000,0x9000,0x10000
same_as_readelf 'big-endian, 64 bits' ./big64 align
made big32 1 2 2 12M 5,0x200000,0x400000,0x500000,0x500000,0x200000 6,0x700800,0xb00800,0x1000,0x9000,0x200000
same_as_readelf 'big-endian, 32 bits' ./big32 -
made little32 1 1 3 12M 4,0x200123,0x400123,0x500000,0x500000,0x200000 0,0,0,0,0x800000,0
same_as_readelf 'little-endian, 32 bits, begun within a page' ./little32 -
made odd 2 1 3 12M 5,0x200000,0x400000,0x500000,0x500000,0x300000 4,1,0,0x800000,0x800000,3
same_as_readelf 'alignments that are no powers of two' ./odd congruence
is 'elf: they do not count' align "$("$tool" elf -rn -o why ./odd | head -n 1)"
made edge 2 1 2 12M 5,0x1ff000,0x1ff000,0x201000,0x201000,1 5,0x400000,0x400000,0x1ff001,0x1ff001,1 \
	5,0x600000,0x600000,0x1ff000,0x1ff000,1 5,0x801000,0x801000,0x3fe000,0x3fe000,1
same_as_readelf 'whole pages, to the byte' ./edge small
made bss 2 1 2 4K 6,0x9000,0x400000,0,0x500000,0x200000
same_as_readelf 'nothing of the file' ./bss small
is 'elf: whole pages, to the byte: of each segment' '2097152 2097152 0 0' \
	"$("$tool" elf -rn -o huge_bytes ./edge | paste -sd ' ')"
made kernel 2 1 2 12M 5,0x200000,0xffffffff81000000,0x500000,0x500000,0x200000
is 'elf: the upper half' '0xffffffff81000000 4194304 -' "$("$tool" elf -rn -o start,huge_bytes,why ./kernel)"

"$tool" elf -J ./aligned ./pie >out
is 'elf: JSON' '1 array number string number null "./aligned" "./pie"' "$(jq -r '.pagetree | [.schema, (.elf | type),
	(.elf[0].offset | type), (.elf[0].start | type), (.elf[0].huge_bytes | type), .elf[0].mapped,
	(.elf | (first, last) | .file | tojson)] | map(tostring) | join(" ")' out)"
is 'elf: JSON: a row a segment, of each file' "$(cat <(loads ./aligned) <(loads ./pie) | wc -l)" "$(jq '.pagetree.elf | length' out)"

# Files that are not ELF

# wrong_file NAME WHAT FILE
wrong_file() {
	says "elf: $1" 1 "pagetree: $2" "$tool" elf "$3"
}

: >empty
wrong_file 'nothing' '\./empty: not an ELF file' ./empty
echo text >text
wrong_file 'text' '\./text: not an ELF file' ./text
wrong_file 'a directory' '/: Is a directory' /
wrong_file 'no such file' '\./nowhere: No such file or directory' ./nowhere
mkfifo fifo
wrong_file 'a fifo' '\./fifo: not an ELF file' ./fifo
wrong_file 'a device' '/dev/null: not an ELF file' /dev/null
ln -s loop loop
wrong_file 'a loop' '\./loop: Too many levels of symbolic links' ./loop
cp small closed
chmod 0 closed
says 'elf: no right to read' 1 'pagetree: \./closed: Permission denied' "${as_nobody[@]}" "$tool" elf ./closed
program object.o 1000 1000 -c
wrong_file 'an object' '\./object\.o: neither a program nor a shared object: no PT_LOAD' ./object.o
ar rc library.a object.o
wrong_file 'an archive' '\./library\.a: not an ELF file' ./library.a
made core 2 1 4 12M 5,0x200000,0x400000,0x500000,0x500000,0x1000
wrong_file 'a core file' '\./core: a core file: its segments map no file' ./core
made bare 2 1 2 4K
wrong_file 'no segments' '\./bare: no PT_LOAD: no loader maps it' ./bare
cut='truncated: it ends before its segments end'
made behind 2 1 2 4K 5,0x1000,0x1000,1,1,0x1000
wrong_file 'a byte too few' "\./behind: $cut" ./behind
made wraps 2 1 2 4K 5,0xfffffffffffff000,0x1000,0x2000,0x2000,0x1000
wrong_file 'an offset that wraps' "\./wraps: $cut" ./wraps
made end 2 1 2 8K 5,0,0xfffffffffffff000,0x2000,0x2000,0x1000
wrong_file 'an address that wraps' '\./end: a segment exceeds the address space' ./end
made table 2 1 2 150 5,0,0,1,1,1 5,0,0,1,1,1
wrong_file 'a table that is cut' "\./table: $cut" ./table
cp small $'a\033\nb'
is 'elf: a name cannot reach the terminal' './a\033\012b' "$("$tool" elf -n -o file $'./a\033\nb' | head -n 1)"
wrong_file 'nor one that is refused' '\./no\\033\\012where: No such file or directory' $'./no\033\nwhere'
says 'elf: one of two is wrong' 1 'pagetree: \./text: not an ELF file' "$tool" elf ./small ./text
is 'elf: then nothing is printed' '' "$(cat out)"

misuse 'elf: nothing' 'no process: see pagetree --help' elf
misuse 'elf: --input' '--input: not for pagetree elf' elf --input vmas ./small
misuse 'elf: a file, then a process' '12: files, which have a slash, and processes exclude each other' elf ./small 12
misuse 'elf: a process, then a file' '\./small: files, which have a slash, and processes exclude each other' elf 12 ./small
misuse 'elf: a file for another command' '\./small: one argument too many: see pagetree ps --help' ps ./small
says 'elf: without a slash it is a process' 1 'pagetree: small: no process has this name; the file of this name is ./small, with a slash' "$tool" elf small
says 'elf: neither process nor file' 1 'pagetree: nobody: no process has this name' "$tool" elf nobody
misuse 'elf: --page for a process' '--page: only for files: a process has the pages of this machine' elf --page 16K "$$"
misuse 'elf: --page of no machine' '--page: 8K: not a size of pages: 4K, 16K or 64K' elf --page 8K ./small
is 'elf: --page: huge pages of that machine' '33554432' "$(made wide 2 1 2 70M 5,0,0,0x4000000,0x4000000,0x2000000; "$tool" elf -rn --page 16K -o fits ./wide)"

cut_file() {
	head -c "$1" small >part
	why_not 1 "pagetree: \./part: (not an ELF file|$cut)" "$tool" elf ./part
}
last=$("$tool" elf -rn -o offset,filesz ./small | awk '{ print $1 + $2 - 1 }' | sort -n | tail -n 1)
every 'elf: cut at any byte' cut_file < <(seq 1 7 200; seq 201 301 "$last"; echo "$last")

# One byte of the headers is changed: the tool may refuse the file or not, but it must not crash.
spoiled_file() {
	(head -c "$1" small; printf '\xff'; tail -c +$(($1 + 2)) small) >spoiled
	"$tool" elf ./spoiled >out 2>err
	case $? in
	0) [ ! -s err ] || cat err ;;
	1) why_not 1 'pagetree: \./spoiled: .*' "$tool" elf ./spoiled ;;
	*) cat err ;;
	esac
}
every 'elf: any byte of the headers spoiled' spoiled_file < <(seq 0 5 300)

# Processes

# A program for huge pages, with a row a VMA as the loader maps it, at a good place and again at a bad one; libraries
# two segments of which share a page of the file, or the first one, or a page in memory, which the later one has; a
# file that is no program, one that is not there, one that waits.
made prog 2 1 3 12M 4,0,0,0x1000,0x1000,0x1000 5,0x200000,0x200000,0x500000,0x500000,0x200000 \
	6,0x700800,0x900800,0x1000,0x10000,0x1000
made shares.so 2 1 3 8K 5,0,0,0x1234,0x1234,0x1000 6,0x1234,0x2234,0x100,0x100,0x1000
made tiny.so 2 1 3 8K 5,0,0,0x234,0x234,0x1000 6,0x234,0x1234,0x100,0x100,0x1000
made over.so 2 1 3 12K 4,0,0,0x1234,0x1234,0x1000 5,0x1234,0x1234,0x1000,0x1000,0x1000
mapped='
start=0x555555400000 end=0x555555401000 perms=r--p kind=file leaf1=1 bytes1=4096 name=/bin/prog
start=0x555555600000 end=0x555555700000 perms=r-xp kind=file offset=2097152 bytes1=1048576 name=/bin/prog
start=0x555555700000 end=0x555555b00000 perms=rwxp kind=file offset=3145728 bytes2=4194304 name=/bin/prog
start=0x555555d00000 end=0x555555d01000 perms=r--p kind=file offset=7340032 bytes1=4096 name=/bin/prog
start=0x555555d01000 end=0x555555d02000 perms=rw-p kind=file offset=7344128 bytes1=4096 name=/bin/prog
start=0x555555d02000 end=0x555555d10000 perms=rw-p kind=anon bytes1=8192
start=0x600000000000 end=0x600000500000 perms=r--s kind=file offset=0 bytes1=5242880 name=/bin/prog
start=0x700000001000 end=0x700000002000 perms=r--p kind=file bytes1=4096 name=/bin/prog
start=0x700000201000 end=0x700000701000 perms=r-xp kind=file offset=2097152 bytes1=16384 name=/bin/prog
start=0x7f0000000000 end=0x7f0000002000 perms=r-xp kind=file bytes1=8192 name=/lib/shares.so_deleted
start=0x7f0000002000 end=0x7f0000003000 perms=rw-p kind=file offset=4096 bytes1=4096 name=/lib/shares.so_deleted
start=0x7f1000000000 end=0x7f1000002000 perms=r-xp kind=file bytes1=8192 name=/lib/odd\012name
start=0x7f2000000000 end=0x7f2000002000 perms=r-xp kind=file bytes1=8192 name=/lib/text
start=0x7f2100000000 end=0x7f2100002000 perms=r-xp kind=file bytes1=8192 name=/lib/nowhere
start=0x7f2100002000 end=0x7f2100003000 perms=r-xp kind=file bytes1=4096 name=/lib/nowhere
start=0x7f2200000000 end=0x7f2200002000 perms=r-xp kind=file bytes1=8192 name=/lib/fifo
start=0x7f2300000000 end=0x7f2300002000 perms=r-xp kind=file offset=4194304 bytes1=8192 name=/lib/shares.so
start=0x7f2400000000 end=0x7f2400001000 perms=r--p kind=file bytes1=4096 name=/lib/data.so
start=0x7f2500000000 end=0x7f2500001000 perms=r-xp kind=file bytes1=4096 name=/lib/tiny.so
start=0x7f2500001000 end=0x7f2500002000 perms=rw-p kind=file bytes1=4096 name=/lib/tiny.so
start=0x7f2600000000 end=0x7f2600001000 perms=r--p kind=file bytes1=4096 name=/lib/over.so
start=0x7f2600001000 end=0x7f2600003000 perms=r-xp kind=file offset=4096 bytes1=8192 name=/lib/over.so
start=0x7ffc00000000 end=0x7ffc00002000 perms=r-xp kind=special special1=1 name=[vdso]'

# programs [SED]: a world where 4242 has mapped these
programs() {
	world
	mkdir -p proc/4242/{map_files,root/{bin,lib}}
	text vmas "$(sed "${1:-}" <<<"$mapped")" | sed 's/_deleted$/ (deleted)/' >debug/pagetree/4242/vmas
	cp prog proc/4242/root/bin
	cp shares.so proc/4242/map_files/7f0000000000-7f0000002000
	cp shares.so proc/4242/map_files/7f1000000000-7f1000002000
	cp shares.so tiny.so over.so proc/4242/root/lib
	cp shares.so proc/4242/root/lib/data.so
	cp text proc/4242/root/lib
	mkfifo proc/4242/root/lib/fifo
}

programs
says 'elf: a process' 0 '' "$tool" elf -rn -o segment,load,mapped,huge%,bytes1,bytes2,huge_bytes,why,file 4242
is 'elf: its programs, and how they are mapped' '0 0x555555400000 4096 0.0 4096 0 0 small /bin/prog
1 0x555555600000 5242880 80.0 1048576 4194304 4194304 - /bin/prog
2 0x555555d00800 8192 0.0 8192 0 0 small /bin/prog
0 0x700000001000 4096 0.0 4096 0 0 small /bin/prog
1 0x700000201000 16384 0.0 16384 0 2097152 bias /bin/prog
2 0x700000901800 0 0.0 0 0 0 small /bin/prog
0 0x7f0000000000 8192 0.0 8192 0 0 small /lib/shares.so\x20(deleted)
1 0x7f0000002234 4096 0.0 4096 0 0 small /lib/shares.so\x20(deleted)
0 0x7f1000000000 8192 0.0 8192 0 0 small /lib/odd\x5c012name
1 0x7f1000002234 0 0.0 0 0 0 small /lib/odd\x5c012name
- - - - - - - unreadable /lib/nowhere
0 0x7f2500000000 4096 0.0 4096 0 0 small /lib/tiny.so
1 0x7f2500001234 4096 0.0 4096 0 0 small /lib/tiny.so
0 0x7f2600000000 4096 0.0 4096 0 0 small /lib/over.so
1 0x7f2600001234 8192 0.0 8192 0 0 small /lib/over.so' "$(cat out)"
"$tool" elf -J 4242 >out
is 'elf: a process in JSON' '1 4242 array 15 80 null null complete' "$(jq -r '.pagetree | .processes[0] as $p |
	[.schema, $p.pid, ($p.elf | type), ($p.elf | length), $p.elf[1]["huge%"], $p.elf[10].load, $p.elf[10].segment,
	$p.elf_cost.state] | map(tostring) | join(" ")' out)"
is 'elf: its name in JSON' 'a\033[31m\012b"' "$(jq -r '.pagetree.processes[0].comm' out)"
is 'elf: several processes have their pid' '4242 30' "$("$tool" elf -rn -o load 4242 4243 |
	awk '{ pids[$1]++ } END { for (pid in pids) print pid, pids[pid] }')"
is 'elf: for people' '          LOAD FILESZ PERMS ALIGN HUGE_BYTES WHY        MAPPED HUGE% FILE' \
	"$("$tool" elf 4242 | head -n 1)"
is 'elf: 100 columns are not exceeded' '' "$(LC_ALL=C "$tool" elf 4242 | awk 'length > 100')"

# What is executable because all that can be read is.
programs 's/perms=r--p/perms=r-xp/; s/perms=rw-p/perms=rwxp/; /nowhere/d'
is 'elf: READ_IMPLIES_EXEC' '0x555555400000 0x555555600000 0x555555d00800 0x700000001000 0x700000201000' \
	"$("$tool" elf -rn -o load --pid 4242 | head -n 5 | paste -sd ' ')"
programs
sed -i 's/^entry_bytes2\t.*/entry_bytes2\t1048576/' debug/pagetree/geometry
is 'elf: the page sizes are those of geometry' '1048576 5242880' "$("$tool" elf -rn -o fits,huge_bytes 4242 | sed -n 2p)"
is 'elf: of a file too' 5242880 "$("$tool" elf -rn -x filesz -o huge_bytes ./aligned | tail -n 1)"
rm -r debug
is 'elf: a file needs no module' 4194304 "$("$tool" elf -rn -x filesz -o huge_bytes ./aligned | tail -n 1)"

programs
sed -i 's/state=complete/state=partial next=0x1000/' debug/pagetree/4242/vmas
says 'elf: it dies while it is read' 3 'pagetree: .*: state=partial' "$tool" elf 4242
programs
cp proc/4242/status alive
# it is alive for the first reader
answer proc/4242/status alive /dev/null{,,,,,,,,,,,,,,,,,,,}
says 'elf: it dies while its files are read' 1 'pagetree: 4242: no such process' "$tool" elf 4242
kill $!
wait 2>/dev/null
