// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's emulator: counts each instruction that the guest executes between
 * two marks, which are long nops of tests/bin/bench. Writes a line per address:
 * `ADDRESS COUNT`, into the file that the argument out= names.
 *
 * Debian does not package qemu-plugin.h; below is what this file needs of it. Version 4
 * is that of QEMU 9.2 to 10.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*callback)(unsigned int cpu, void *data);
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
		void (*translated)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, callback executed,
					  enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, callback executed,
					    enum qemu_plugin_cb_flags flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t number);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *bytes, size_t size);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

EXPORT extern int qemu_plugin_version;
int qemu_plugin_version = 4;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int count,
			       char **arguments);

/* struct block - instructions that run in a row. One address may have several blocks. */
static struct block {
	struct block *next;
	uint64_t count;
	size_t size;
	uint64_t addresses[];
} *blocks;

static const char *out;
static bool counting;

static void *allocate(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();

	return p;
}

static void executed(unsigned int cpu, void *data)
{
	struct block *block = data;

	(void)cpu;
	block->count += counting;
}

static void begin(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	counting = true;
}

static void end(unsigned int cpu, void *data)
{
	const struct block *block;
	FILE *file;
	size_t i;

	(void)cpu;
	(void)data;
	counting = false;
	file = fopen(out, "w");
	for (block = blocks; file && block; block = block->next)
		for (i = 0; block->count && i < block->size; i++)
			fprintf(file, "%" PRIx64 " %" PRIu64 "\n", block->addresses[i], block->count);
	if (!file || fclose(file))
		perror(out);
}

/*
 * The block that holds a mark is counted from its begin, before the mark is executed: so
 * it adds nothing at the first mark, and some instructions at the second.
 */
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	static const unsigned char mark[] = { 0x0f, 0x1f, 0x84, 0x00, 0, 0x00, 0xad, 0x5e };
	const size_t size = qemu_plugin_tb_n_insns(tb);
	struct block *block = allocate(sizeof(*block) + size * sizeof(*block->addresses));
	unsigned char bytes[sizeof(mark)], number;
	struct qemu_plugin_insn *insn;
	size_t i;

	(void)id;
	block->size = size;
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS, block);
	for (i = 0; i < size; i++) {
		insn = qemu_plugin_tb_get_insn(tb, i);
		block->addresses[i] = qemu_plugin_insn_vaddr(insn);
		if (qemu_plugin_insn_size(insn) != sizeof(mark))
			continue;
		qemu_plugin_insn_data(insn, bytes, sizeof(bytes));
		number = bytes[4];
		bytes[4] = 0;
		if (memcmp(bytes, mark, sizeof(mark)))
			continue;
		if (number == 1 || number == 2)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, number == 1 ? begin : end,
							       QEMU_PLUGIN_CB_NO_REGS, NULL);
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int count,
			char **arguments)
{
	(void)info;
	for (; count; count--, arguments++)
		if (!strncmp(*arguments, "out=", 4))
			out = strdup(*arguments + 4);
	if (!out)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);

	return 0;
}
