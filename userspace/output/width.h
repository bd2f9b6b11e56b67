/* SPDX-License-Identifier: GPL-2.0-only */
/* Text and the columns of a terminal: how wide it is, and how it is cut or broken. */
#ifndef PAGETREE_WIDTH_H
#define PAGETREE_WIDTH_H

#include <stddef.h>

/* The columns of the terminal; without one, COLUMNS or 100. */
size_t terminal_width(void);

/* The columns that a printable() text, without newlines, takes on a terminal. */
size_t text_width(const char *text);

/*
 * Cuts a text to @width columns, at least 4. Text keeps its beginning. A path keeps
 * its end without (deleted), and so does the first path of a list. Returns @text, or a
 * new string and frees @text.
 */
char *text_cut(char *text, size_t width);

/*
 * Breaks a text into lines of at most @width columns, between words where it can.
 * Returns a new string and frees @text.
 */
char *text_break(char *text, size_t width);

/* printf() of lines; those that are too long for a terminal are broken between words. */
__attribute__((format(printf, 1, 2)))
void text_print(const char *format, ...);

#endif /* PAGETREE_WIDTH_H */
