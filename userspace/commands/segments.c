// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/segments.h"
#include "input/system.h"

static const struct field_info segment_fields[SEGMENT_FIELDS] = {
	[SEGMENT_segment] = COLUMN("segment", COUNT, "index in the program header, from 0 on"),
	[SEGMENT_start] = COLUMN("start", ADDRESS, "address it is linked for: p_vaddr"),
	[SEGMENT_offset] = COLUMN("offset", BYTES, "offset in the file: p_offset"),
	[SEGMENT_filesz] = COLUMN("filesz", BYTES, "size in the file: p_filesz"),
	[SEGMENT_memsz] = COLUMN("memsz", BYTES, "size in memory: p_memsz"),
	[SEGMENT_perms] = COLUMN("perms", TEXT, "rwx from p_flags"),
	[SEGMENT_align] = COLUMN("align", BYTES, "requested alignment: p_align"),
	[SEGMENT_congruent] = COLUMN("congruent", BYTES,
		"largest power of two modulo which start and offset agree"),
	[SEGMENT_fits] = COLUMN("fits", BYTES,
		"largest page size that start and offset allow, and of which a whole page fits"),
	[SEGMENT_huge_bytes] = COLUMN("huge_bytes", BYTES,
		"bytes of filesz in whole, aligned huge pages"),
	[SEGMENT_why] = COLUMN("why", TEXT,
		"why not huge: small, congruence, bias, align, writable, unreadable; -: can be"),
	[SEGMENT_load] = COLUMN("load", ADDRESS, "address in the process"),
	[SEGMENT_mapped] = COLUMN("mapped", BYTES, "bytes mapped by leaves"),
	[SEGMENT_huge] = COLUMN("huge%", PERCENT, "share of mapped on leaves above level 1"),
	[SEGMENT_bytes1] = { "bytes1", BYTES, 1, "bytes of mapped on leaves of level N", false },
	[SEGMENT_bytes2] = { "bytes2", BYTES, 2, "bytes of mapped on leaves of level N", false },
	[SEGMENT_file] = COLUMN("file", NAME, "path"),
};

#define VIEW(...) {							\
	.name = "elf",							\
	.fields = segment_fields,					\
	.count = SEGMENT_FIELDS,					\
	.defaults = COLUMNS(__VA_ARGS__, SEGMENT_file),			\
	.spare = COLUMNS(SEGMENT_memsz, SEGMENT_offset, SEGMENT_align),	\
}

const struct view view_elf =
	VIEW(SEGMENT_segment, SEGMENT_start, SEGMENT_offset, SEGMENT_filesz,
	     SEGMENT_memsz, SEGMENT_perms, SEGMENT_align, SEGMENT_fits,
	     SEGMENT_huge_bytes, SEGMENT_why);

const struct view view_loaded =
	VIEW(SEGMENT_load, SEGMENT_filesz, SEGMENT_perms, SEGMENT_align,
	     SEGMENT_huge_bytes, SEGMENT_why, SEGMENT_mapped, SEGMENT_huge);

/* Bytes that an entry of level 1 and of level 2 maps. */
static uint64_t base_page, huge_page;

void segments_choose_pages(uint64_t base, uint64_t huge)
{
	base_page = base;
	huge_page = huge;
}

void segments_set_pages(const struct pairs *geometry)
{
	base_page = pairs_level(geometry, "entry_bytes", 1);
	if (!base_page)
		base_page = sysconf(_SC_PAGESIZE);
	huge_page = pairs_level(geometry, "entry_bytes", 2);
	if (!huge_page)
		huge_page = sys_huge_page();
}

/* Segments */

static uint64_t round_down(uint64_t number, uint64_t size)
{
	return number & -size;
}

static uint64_t round_up(uint64_t number, uint64_t size)
{
	return round_down(number + size - 1, size);
}

/* Bytes in whole, aligned huge pages. The kernel maps whole base pages. */
static uint64_t huge_bytes(uint64_t at, uint64_t filesz)
{
	const uint64_t first = round_up(round_down(at, base_page), huge_page);
	const uint64_t end = round_down(round_up(at + filesz, base_page), huge_page);

	return filesz && end > first ? end - first : 0;
}

/*
 * Why a segment cannot be on huge pages. @at: its address; @any: the loader may choose
 * an address that does not fit
 */
static const char *why_not(const union value *row, uint64_t at, bool any)
{
	if (!row[SEGMENT_huge_bytes].number)
		return "small";
	if ((at - row[SEGMENT_offset].number) % huge_page)
		return row[SEGMENT_congruent].number < huge_page ? "congruence" :
								   "bias";
	if (any)
		return "align";

	return row[SEGMENT_perms].text[1] == 'w' ? "writable" : "-";
}

static void add_segment(struct list *list, const GElf_Phdr *load, size_t number,
			const char *file)
{
	static const char *const perms[] = {
		"---", "--x", "-w-", "-wx", "r--", "r-x", "rw-", "rwx",
	};
	const uint64_t apart = load->p_vaddr - load->p_offset;
	const uint64_t congruent = apart ? apart & -apart : 1ULL << 63;
	const uint64_t huge = huge_bytes(load->p_vaddr, load->p_filesz);
	union value *row = list_add(list);

	row[SEGMENT_segment].number = number;
	row[SEGMENT_start].number = load->p_vaddr;
	row[SEGMENT_offset].number = load->p_offset;
	row[SEGMENT_filesz].number = load->p_filesz;
	row[SEGMENT_memsz].number = load->p_memsz;
	row[SEGMENT_perms].text = perms[load->p_flags & (PF_R | PF_W | PF_X)];
	row[SEGMENT_align].number = load->p_align;
	row[SEGMENT_congruent].number = congruent;
	row[SEGMENT_huge_bytes].number = huge;
	row[SEGMENT_fits].number =
		huge && congruent >= huge_page ? huge_page :
		load->p_filesz && congruent >= base_page ? base_page : 0;
	row[SEGMENT_file].text = file;
}

const char not_elf[] = "not an ELF file";
static const char truncated[] = "truncated: it ends before its segments end";

static const char *read_segments(struct list *list, Elf *elf, uint64_t size,
				 const char *file)
{
	const size_t first = list->count;
	uint64_t align = 0;
	GElf_Ehdr header;
	GElf_Phdr load;
	union value *row;
	size_t count, i;

	if (elf_kind(elf) != ELF_K_ELF)
		return not_elf;
	if (!gelf_getehdr(elf, &header))
		return truncated;
	if (header.e_type == ET_CORE)
		return "a core file: its segments map no file";
	if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		return "neither a program nor a shared object: no PT_LOAD";
	if (elf_getphdrnum(elf, &count) || count != header.e_phnum)
		return truncated;
	for (i = 0; i < count; i++) {
		if (!gelf_getphdr(elf, i, &load))
			return truncated;
		if (load.p_type != PT_LOAD)
			continue;
		if (load.p_filesz && (load.p_offset > size ||
				      load.p_filesz > size - load.p_offset))
			return truncated;
		if (load.p_vaddr > UINT64_MAX - load.p_filesz - huge_page)
			return "a segment exceeds the address space";
		add_segment(list, &load, i, file);
		/* a loader aligns the file to the largest power of two */
		if (!(load.p_align & (load.p_align - 1)) && load.p_align > align)
			align = load.p_align;
	}
	for (i = first; i < list->count; i++) {
		row = list_row(list, i);
		row[SEGMENT_why].text =
			why_not(row, row[SEGMENT_start].number,
				header.e_type == ET_DYN && align < huge_page);
	}

	return list->count > first ? NULL : "no PT_LOAD: no loader maps it";
}

const char *segments_add(struct list *list, int fd, const char *file)
{
	/* set by file_open_regular() */
	const char *wrong = errno ? strerror(errno) : not_elf;
	const size_t first = list->count;
	struct stat status;
	Elf *elf;

	if (fd < 0 || fstat(fd, &status))
		return wrong;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	wrong = read_segments(list, elf, status.st_size, file);
	if (wrong)
		list->count = first;
	elf_end(elf);
	close(fd);

	return wrong;
}

/* Segments in a process */

bool segment_is_part(const union value *row, const struct row *vma)
{
	return !strcmp(row[SEGMENT_file].text, vma->values[FIELD_name].text) &&
	       row[SEGMENT_load].number - row[SEGMENT_offset].number ==
	       row_number(vma, FIELD_start) - row_number(vma, FIELD_offset);
}

/* Whether the segment holds the offset where the VMA begins. */
static bool covers(const union value *row, const struct row *vma)
{
	const uint64_t offset = row_number(vma, FIELD_offset);

	return offset >= round_down(row[SEGMENT_offset].number, base_page) &&
	       offset < row[SEGMENT_offset].number + row[SEGMENT_filesz].number;
}

bool segments_find_bias(const struct list *list, size_t first,
			const struct row *vma, uint64_t *bias)
{
	const union value *row;
	bool found = false;

	for (; first < list->count; first++) {
		row = list_row(list, first);
		if (!covers(row, vma))
			continue;
		*bias = row_number(vma, FIELD_start) -
			row_number(vma, FIELD_offset) +
			row[SEGMENT_offset].number - row[SEGMENT_start].number;
		found = true;
		/* with READ_IMPLIES_EXEC an executable VMA may be of another segment */
		if (row[SEGMENT_perms].text[2] == 'x')
			break;
	}

	return found;
}

/* Whether the VMA is anonymous memory where the file's part of the segment was. */
static bool replaces(const union value *row, const struct row *vma)
{
	const uint64_t load = row[SEGMENT_load].number;
	const uint64_t start = row_number(vma, FIELD_start);

	return !*vma->values[FIELD_name].text &&
	       !strcmp(vma->values[FIELD_kind].text, "anon") &&
	       start >= round_down(load, base_page) &&
	       start < load + row[SEGMENT_filesz].number;
}

static void add_mapped(struct list *list, size_t first, const struct row *vma)
{
	union value *row;
	size_t i;

	/* a page that two segments share belongs to the later one */
	for (i = list->count; i-- > first;) {
		row = list_row(list, i);
		if (!replaces(row, vma) &&
		    (!segment_is_part(row, vma) || !covers(row, vma)))
			continue;
		row[SEGMENT_mapped].number += row_number(vma, FIELD_mapped);
		row[SEGMENT_bytes1].number += row_number(vma, FIELD_bytes);
		row[SEGMENT_bytes2].number += row_number(vma, FIELD_bytes + 1);
		if (row[SEGMENT_mapped].number)
			row[SEGMENT_huge].real = 100 -
				100.0 * row[SEGMENT_bytes1].number /
				row[SEGMENT_mapped].number;
		return;
	}
}

void segments_place(struct list *list, size_t first, uint64_t bias,
		    const struct list *vmas)
{
	union value *row;
	uint64_t load;
	size_t i, j;

	for (i = first; i < list->count; i++) {
		row = list_row(list, i);
		load = row[SEGMENT_start].number + bias;
		row[SEGMENT_load].number = load;
		row[SEGMENT_huge_bytes].number =
			huge_bytes(load, row[SEGMENT_filesz].number);
		row[SEGMENT_why].text = why_not(row, load, false);
		for (j = SEGMENT_mapped; j < SEGMENT_file; j++)
			row[j].number = 0;
	}
	for (i = 0; i < vmas->count; i++)
		add_mapped(list, first, &list_vmas(vmas)[i]);
}
