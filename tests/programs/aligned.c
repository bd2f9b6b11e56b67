// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program with 5 MiB of text on a huge-page boundary. Reads a byte of each page
 * of its text, prints `ready PID`, and waits until its standard input ends.
 */
#include "memory.h"

#define TEXT	(5 * MIB)

__asm__(".text\n"
	"filling: .fill 5 << 20, 1, 0x90\n");

extern const volatile char filling[TEXT];

int main(void)
{
	unsigned long at;

	for (at = 0; at < TEXT; at += PAGE)
		(void)filling[at];
	wait_for_end();

	return 0;
}
