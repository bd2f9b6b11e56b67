// SPDX-License-Identifier: GPL-2.0-only
/*
 * The headers of the compiler have the numbers; the Makefile makes lists of them:
 * CALL(NAME) for those of this machine, COMPAT(NAME, NUMBER) for those of the 32-bit
 * programs that an x86-64 can run.
 */
#include <asm/unistd.h>
#include <linux/audit.h>
#include <stddef.h>

#include "base/memory.h"
#include "tlb/calls.h"

#if defined(__x86_64__)
#define NATIVE	AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define NATIVE	AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define NATIVE	AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE	AUDIT_ARCH_RISCV64
#else
#define NATIVE	0
#endif

static const struct call {
	uint32_t arch;
	uint32_t number;
	const char *name;
} calls[] = {
#define CALL(its_name)			{ NATIVE, __NR_##its_name, #its_name },
#define COMPAT(its_name, its_number)	{ AUDIT_ARCH_I386, its_number, #its_name },
#include <calls.list>	/* made by the Makefile */
};

const char *call_name(uint64_t arch, uint64_t number)
{
	const struct call *call;

	for (call = calls; call < calls + ARRAY_SIZE(calls); call++)
		if (call->arch == arch && call->number == number)
			return call->name;

	return NULL;
}
