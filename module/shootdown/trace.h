/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoints pagetree:shootdown, for each new row of the file shootdowns, and
 * pagetree:invalidation, for each range that ends while it is counted.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pagetree

#if !defined(PAGETREE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PAGETREE_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "results.h"

#define TRACE_FIELD_TEXT(name)	__array(char, name, PAGETREE_SHOOTDOWN_WORD)
#define TRACE_FIELD_COUNT(name)	__field(u64, name)
#define TRACE_FIELD_NS(name)	__field(u64, name)
#define TRACE_FIELD_ADDRESS(name) __field(u64, name)
#define TRACE_SET_TEXT(name)	memcpy(__entry->name, result->name, PAGETREE_SHOOTDOWN_WORD);
#define TRACE_SET_COUNT(name)	__entry->name = result->name;
#define TRACE_SET_NS(name)	__entry->name = result->name;
#define TRACE_SET_ADDRESS(name)	__entry->name = result->name;
#define TRACE_FORMAT_TEXT	"%s"
#define TRACE_FORMAT_COUNT	"%llu"
#define TRACE_FORMAT_NS		"%llu"
#define TRACE_FORMAT_ADDRESS	"0x%llx"

#define TRACE_FIELD(name, type, meaning)	TRACE_FIELD_##type(name)
#define TRACE_SET(name, type, meaning)		TRACE_SET_##type(name)
#define TRACE_FORMAT(name, type, meaning)	" " #name "=" TRACE_FORMAT_##type
#define TRACE_VALUE(name, type, meaning)	, __entry->name

TRACE_EVENT(shootdown,
	TP_PROTO(pid_t pid, const struct pagetree_shootdown *result),
	TP_ARGS(pid, result),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		PAGETREE_SHOOTDOWN_FIELDS(TRACE_FIELD)
	),
	TP_fast_assign(
		__entry->pid = pid;
		PAGETREE_SHOOTDOWN_FIELDS(TRACE_SET)
	),
	TP_printk("pid=%d" PAGETREE_SHOOTDOWN_FIELDS(TRACE_FORMAT),
		  __entry->pid PAGETREE_SHOOTDOWN_FIELDS(TRACE_VALUE))
);

TRACE_EVENT(invalidation,
	TP_PROTO(pid_t pid, const char *reason, u64 start, u64 end, u64 ns),
	TP_ARGS(pid, reason, start, end, ns),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__array(char, reason, PAGETREE_INITIATOR_WORD)
		__field(u64, start)
		__field(u64, end)
		__field(u64, ns)
	),
	TP_fast_assign(
		__entry->pid = pid;
		strscpy(__entry->reason, reason, PAGETREE_INITIATOR_WORD);
		__entry->start = start;
		__entry->end = end;
		__entry->ns = ns;
	),
	TP_printk("pid=%d reason=%s start=0x%llx end=0x%llx ns=%llu",
		  __entry->pid, __entry->reason, __entry->start, __entry->end,
		  __entry->ns)
);

#endif /* PAGETREE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
