// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/elf.h"
#include "output/json.h"
#include "input/source.h"
#include "commands/views.h"

enum { SEGMENT_segment, SEGMENT_start, SEGMENT_offset, SEGMENT_filesz, SEGMENT_memsz,
       SEGMENT_perms, SEGMENT_align, SEGMENT_congruent, SEGMENT_fits,
       SEGMENT_huge_bytes, SEGMENT_why, SEGMENT_load, SEGMENT_mapped,
       SEGMENT_huge, SEGMENT_bytes1, SEGMENT_bytes2, SEGMENT_file, SEGMENT_FIELDS };

static const struct field_info segment_fields[SEGMENT_FIELDS] = {
	[SEGMENT_segment] = { "segment", COUNT, 0, "its place in the program header, from 0 on", false },
	[SEGMENT_start] = { "start", ADDRESS, 0, "address that it is linked for: p_vaddr", false },
	[SEGMENT_offset] = { "offset", BYTES, 0, "where it begins in the file: p_offset", false },
	[SEGMENT_filesz] = { "filesz", BYTES, 0, "what is mapped of the file: p_filesz", false },
	[SEGMENT_memsz] = { "memsz", BYTES, 0, "size in memory: p_memsz", false },
	[SEGMENT_perms] = { "perms", TEXT, 0, "rwx, as p_flags say", false },
	[SEGMENT_align] = { "align", BYTES, 0, "alignment that it asks for: p_align", false },
	[SEGMENT_congruent] = { "congruent", BYTES, 0,
		"largest power of two modulo which start and offset agree", false },
	[SEGMENT_fits] = { "fits", BYTES, 0,
		"larger page that start and offset agree for and a whole one of which is in it", false },
	[SEGMENT_huge_bytes] = { "huge_bytes", BYTES, 0,
		"part of filesz in whole, aligned huge pages", false },
	[SEGMENT_why] = { "why", TEXT, 0,
		"why not on huge pages: small, congruence, bias, align, writable, unreadable; -: it can", false },
	[SEGMENT_load] = { "load", ADDRESS, 0, "where the process has it", false },
	[SEGMENT_mapped] = { "mapped", BYTES, 0, "what is mapped of it", false },
	[SEGMENT_huge] = { "huge%", PERCENT, 0, "part of mapped on leaves above level 1", false },
	[SEGMENT_bytes1] = { "bytes1", BYTES, 1, "part of mapped on leaves of level N", false },
	[SEGMENT_bytes2] = { "bytes2", BYTES, 2, "part of mapped on leaves of level N", false },
	[SEGMENT_file] = { "file", NAME, 0, "path", false },
};

#define VIEW(...) {							\
	.name = "elf",							\
	.fields = segment_fields,					\
	.count = SEGMENT_FIELDS,					\
	.required = (const int[]) { -1 },				\
	.defaults = (const int[]) { __VA_ARGS__, SEGMENT_file, -1 },	\
	.quiet = (const int[]) { -1 },					\
}

const struct view view_elf =
	VIEW(SEGMENT_segment, SEGMENT_start, SEGMENT_offset, SEGMENT_filesz,
	     SEGMENT_memsz, SEGMENT_perms, SEGMENT_align, SEGMENT_fits,
	     SEGMENT_huge_bytes, SEGMENT_why);

/* Of a process; it has the same columns. */
static const struct view view_loaded =
	VIEW(SEGMENT_load, SEGMENT_filesz, SEGMENT_perms, SEGMENT_align,
	     SEGMENT_huge_bytes, SEGMENT_why, SEGMENT_mapped, SEGMENT_huge);

/* What this machine maps files by: entries of level 1 and of level 2. */
static uint64_t base_page, huge_page;

static void set_pages(const struct pairs *geometry)
{
	base_page = pairs_level(geometry, "entry_bytes", 1);
	if (!base_page)
		base_page = sysconf(_SC_PAGESIZE);
	huge_page = pairs_level(geometry, "entry_bytes", 2);
	if (!huge_page)
		huge_page = source_huge_page();
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

/* Whole base pages are mapped, and in these whole huge pages can be. */
static uint64_t huge_bytes(uint64_t at, uint64_t filesz)
{
	const uint64_t first = round_up(round_down(at, base_page), huge_page);
	const uint64_t end = round_down(round_up(at + filesz, base_page), huge_page);

	return filesz && end > first ? end - first : 0;
}

/* @at: its address; @luck: nothing holds the loader to one like it */
static const char *why_not(const union value *row, uint64_t at, bool luck)
{
	if (!row[SEGMENT_huge_bytes].number)
		return "small";
	if ((at - row[SEGMENT_offset].number) % huge_page)
		return row[SEGMENT_congruent].number < huge_page ? "congruence" :
								   "bias";
	if (luck)
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

static const char not_elf[] = "not an ELF file";
static const char truncated[] = "truncated: it ends before its segments do";

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
		return "a core file: its segments are no mappings of a file";
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
			return "a segment goes on where addresses end";
		add_segment(list, &load, i, file);
		/* loaders go by the largest, and by none that is no power of two */
		if (!(load.p_align & (load.p_align - 1)) && load.p_align > align)
			align = load.p_align;
	}
	for (i = first; i < list->count; i++) {
		row = list_row(list, i);
		row[SEGMENT_why].text =
			why_not(row, row[SEGMENT_start].number,
				header.e_type == ET_DYN && align < huge_page);
	}

	return list->count > first ? NULL : "no PT_LOAD: nothing of it is mapped";
}

/* Adds a row a PT_LOAD, and closes the file. Returns NULL, or what is wrong. */
static const char *add_segments(struct list *list, int fd, const char *file)
{
	/* as source_regular() left it */
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

/* Files */

static int show_files(const struct options *options)
{
	char **names = resize(NULL, options->word_count, sizeof(*names));
	const struct style *style = &options->style;
	struct list list = list_new(&view_elf);
	struct model model = { 0 };
	const char *wrong;
	int i;

	for (i = SEGMENT_load; i < SEGMENT_file; i++)
		list.has[i] = false;
	source_geometry(&model);
	set_pages(&model.geometry);
	for (i = 0; i < options->word_count; i++) {
		names[i] = printable(options->words[i], strlen(options->words[i]), "");
		if (options->pid_count || !strchr(names[i], '/'))
			usage("%s: files, which have a slash, and processes exclude each other",
			      names[i]);
		wrong = add_segments(&list, source_regular(options->words[i]),
				     names[i]);
		if (wrong)
			fail(EXIT_FAILURE, "%s: %s", names[i], wrong);
	}
	if (style->format == FORMAT_JSON) {
		json_begin();
		columns_json(&list, style);
		json_end();
	} else {
		columns_print(&list, &model.geometry, style, 0);
	}
	while (i--)
		free(names[i]);
	free(names);
	list_free(&list);
	model_free(&model);

	return EXIT_SUCCESS;
}

/* Processes */

/* Whether it is mapped as this VMA is. */
static bool is_part(const union value *row, const struct row *vma)
{
	return !strcmp(row[SEGMENT_file].text, vma->values[FIELD_name].text) &&
	       row[SEGMENT_load].number - row[SEGMENT_offset].number ==
	       vma->values[FIELD_start].number - vma->values[FIELD_offset].number;
}

/* Whether it has what the VMA begins with. */
static bool covers(const union value *row, const struct row *vma)
{
	const uint64_t offset = vma->values[FIELD_offset].number;

	return offset >= round_down(row[SEGMENT_offset].number, base_page) &&
	       offset < row[SEGMENT_offset].number + row[SEGMENT_filesz].number;
}

/* How far from where it is linked for a program is; false if no loader maps it so. */
static bool find_bias(const struct list *list, size_t first,
		      const struct row *vma, uint64_t *bias)
{
	const union value *row;
	bool found = false;

	for (; first < list->count; first++) {
		row = list_row(list, first);
		if (!covers(row, vma))
			continue;
		*bias = vma->values[FIELD_start].number -
			vma->values[FIELD_offset].number +
			row[SEGMENT_offset].number - row[SEGMENT_start].number;
		found = true;
		/* where READ_IMPLIES_EXEC is set, it may be another one's */
		if (row[SEGMENT_perms].text[2] == 'x')
			break;
	}

	return found;
}

static void add_mapped(struct list *list, size_t first, const struct row *vma)
{
	union value *row;
	size_t i;

	/* a page that two segments have belongs to the later one */
	for (i = list->count; i-- > first;) {
		row = list_row(list, i);
		if (!is_part(row, vma) || !covers(row, vma))
			continue;
		row[SEGMENT_mapped].number += vma->values[FIELD_mapped].number;
		row[SEGMENT_bytes1].number += vma->values[FIELD_bytes].number;
		row[SEGMENT_bytes2].number += vma->values[FIELD_bytes + 1].number;
		if (row[SEGMENT_mapped].number)
			row[SEGMENT_huge].real = 100 -
				100.0 * row[SEGMENT_bytes1].number /
				row[SEGMENT_mapped].number;
		return;
	}
}

static void place(struct list *list, size_t first, uint64_t bias,
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

/* Adds what an executable VMA is of, unless it is there. False: the process is gone. */
static bool add_program(struct process *process, const struct row *vma)
{
	const char *file = vma->values[FIELD_name].text, *wrong;
	struct list *list = &process->made;
	const size_t first = list->count;
	const union value *known;
	union value *row;
	uint64_t bias;
	size_t i;

	for (i = 0; i < first; i++) {
		known = list_row(list, i);
		if (is_part(known, vma) ||
		    (known[SEGMENT_load].number == UNKNOWN &&
		     !strcmp(known[SEGMENT_file].text, file)))
			return true;
	}
	wrong = add_segments(list, source_mapped(process->pid,
						 vma->values[FIELD_start].number,
						 vma->values[FIELD_end].number,
						 file), file);
	if (!wrong && find_bias(list, first, vma, &bias)) {
		place(list, first, bias, &process->model.vmas);
		return true;
	}
	list->count = first;
	if (!wrong || wrong == not_elf)
		return true;
	row = list_add(list);
	row[SEGMENT_why].text = "unreadable";
	row[SEGMENT_file].text = file;

	return source_hold(process->pid);
}

static bool find_programs(struct process *process, const struct options *options)
{
	const struct list *vmas = &process->model.vmas;
	const union value *vma;
	size_t i;

	(void)options;
	set_pages(&process->model.geometry);
	process->made = list_new(&view_loaded);
	process->made.cost = vmas->cost;
	for (i = 0; i < vmas->count; i++) {
		vma = list_row(vmas, i);
		/* what has no file is called [vdso], [stack]... or nothing */
		if (strchr(vma[FIELD_perms].text, 'x') &&
		    *vma[FIELD_name].text && *vma[FIELD_name].text != '[' &&
		    !add_program(process, &list_vmas(vmas)[i]))
			return false;
	}

	return true;
}

static void print_elf(const struct process *process,
		      const struct options *options)
{
	views_print(process, options, &process->made);
	if (options->style.format == FORMAT_JSON)
		json_cost("elf", &process->made.cost);
}

int run_elf(const struct options *options)
{
	static const char *const files[] = { "vmas", NULL };

	if (elf_version(EV_CURRENT) == EV_NONE)
		fail(EXIT_FAILURE, "libelf: %s", elf_errmsg(-1));
	if (options->word_count)
		return show_files(options);

	return processes_run(options, files, find_programs, print_elf);
}
