// SPDX-License-Identifier: GPL-2.0-only
/* See memory.h, which has the contracts. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "memory.h"

unsigned long page_size, huge_size;
const char *situation = "memory";

__attribute__((constructor))
static void ask_sizes(void)
{
	page_size = sysconf(_SC_PAGESIZE);
	huge_size = number_in("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "%lu");
	if (!huge_size)
		huge_size = number_in("/proc/meminfo", "Hugepagesize: %lu") * KIB;
	/* a kernel without huge pages: entries are words */
	if (!huge_size)
		huge_size = page_size * (page_size / sizeof(long));
}

unsigned int log2_of(unsigned long number)
{
	return 8 * sizeof(number) - 1 - __builtin_clzl(number);
}

unsigned int shift_of(unsigned int level)
{
	return log2_of(PAGE) + (level - 1) * log2_of(IN_HUGE);
}

unsigned int address_bits(void)
{
	unsigned int bit = 8 * sizeof(long);
	void *at, *p;

	while (bit--) {
		at = (void *)(1UL << bit);
		p = mmap(at, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_FIXED_NOREPLACE, -1, 0);
		if (p == at)
			munmap(p, PAGE);
		if (p == at || errno == EEXIST)
			break;
	}

	return bit + 1;
}

unsigned int levels_of(unsigned int bits)
{
	const unsigned int each = log2_of(IN_HUGE);

	return (bits - log2_of(PAGE) + each - 1) / each;
}

unsigned long window(void)
{
	const unsigned long here = (unsigned long)__builtin_frame_address(0);

	return (here | ((1UL << (log2_of(here) - 2)) - 1)) + 1;
}

unsigned long root_entries_of(unsigned int bits)
{
	/* where user space ends below what addresses can reach, it ends like the stack */
	const unsigned long last = bits == 8 * sizeof(long) ?
				   window() - 1 : (1UL << bits) - 1;

	return (last >> shift_of(levels_of(bits))) + 1;
}

/*
 * On i386 the test is to execute data: without PAE, entries have no bit that forbids it, and with
 * PAE some kernels lose the bit (6.1 in vm_get_page_prot(), which keeps it in a long).
 */
bool have_nx(void)
{
#ifdef __i386__
	int status;
	pid_t pid;
	char *p;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		*p = '\xc3'; /* ret */
		((void (*)(void))p)();
		_exit(0);
	}

	return waitpid(pid, &status, 0) != pid || WIFSIGNALED(status);
#else
	return true;
#endif
}

/* The kernel takes the advice. */
bool have_thp(void)
{
	char *p = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const bool have = p != MAP_FAILED && !madvise(p, PAGE, MADV_HUGEPAGE);

	munmap(p, PAGE);

	return have;
}

void *map_at(unsigned long place, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *p = mmap((void *)place, size, prot, flags | MAP_FIXED_NOREPLACE, fd, offset);

	if (p != (void *)place)
		err(1, "%s: mmap of %zu bytes at %#lx", situation, size, place);

	return p;
}

void *map_aligned(size_t size, size_t align, int flags, int fd)
{
	char *all = mmap(NULL, size + align, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *p = (char *)(((uintptr_t)all + align - 1) & -align);

	if (all == MAP_FAILED)
		return NULL;
	if (p != all)
		munmap(all, p - all);
	munmap(p + size, all + align - p);
	if (mmap(p, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED | MAP_NORESERVE, fd, 0) == MAP_FAILED) {
		munmap(p, size);
		return NULL;
	}

	return p;
}

void *map_bios(unsigned long place, const char **why)
{
	const int fd = open("/dev/mem", O_RDONLY);
	void *p;

	if (fd < 0) {
		*why = "there is no /dev/mem";
		return NULL;
	}
	p = mmap((void *)place, 16 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0xf0000);
	close(fd);
	*why = "this kernel maps nothing of /dev/mem";

	return p == MAP_FAILED ? NULL : p;
}

void advise(void *p, size_t size, int advice)
{
	if (madvise(p, size, advice) && (advice != MADV_NOHUGEPAGE || have_thp()))
		err(1, "%s: madvise(%d)", situation, advice);
}

void protect_pages(void *p, size_t size, int prot)
{
	if (mprotect(p, size, prot))
		err(1, "%s: mprotect", situation);
}

void write_pages(char *p, unsigned long count, size_t distance)
{
	for (; count--; p += distance)
		*(volatile char *)p = 1;
}

void read_pages(const char *p, unsigned long count, size_t distance)
{
	for (; count--; p += distance)
		(void)*(const volatile char *)p;
}

int memfd(size_t size, unsigned int flags)
{
	int fd = memfd_create(situation, flags);

	if (fd < 0 || ftruncate(fd, size))
		err(1, "%s: memfd of %zu bytes", situation, size);

	return fd;
}

uint64_t pagemap(const void *p)
{
	static int fd = -1;
	uint64_t entry;

	if (fd < 0)
		fd = open("/proc/self/pagemap", O_RDONLY);
	if (pread(fd, &entry, sizeof(entry), (uintptr_t)p / PAGE * sizeof(entry)) != sizeof(entry))
		err(1, "%s: /proc/self/pagemap", situation);

	return entry;
}

unsigned long count_pages(const char *p, unsigned long count, uint64_t bit)
{
	unsigned long i, pages = 0;

	for (i = 0; i < count; i++)
		pages += !!(pagemap(p + i * PAGE) & bit);

	return pages;
}

int uffd_open(uint64_t *features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = *features };
	const int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api)) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*features = api.features;

	return fd;
}

bool uffd_register(int fd, void *p, size_t size, uint64_t mode)
{
	struct uffdio_register range = {
		.range = { (unsigned long)p, size }, .mode = mode,
	};

	return !ioctl(fd, UFFDIO_REGISTER, &range);
}

bool uffd_protect(int fd, void *p, size_t size, bool on)
{
	struct uffdio_writeprotect range = {
		.range = { (unsigned long)p, size },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	return !ioctl(fd, UFFDIO_WRITEPROTECT, &range);
}

pid_t fork_bound(void)
{
	const pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);

	return 0;
}

void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %d", cpu);
}

void wait_for_end(void)
{
	char byte;

	printf("ready %d\n", getpid());
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

unsigned long number_in(const char *path, const char *format)
{
	FILE *file = fopen(path, "r");
	unsigned long number = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, format, &number) == 1)
			break;
	if (file)
		fclose(file);

	return number;
}

bool write_file(const char *path, const char *format, ...)
{
	/* tracefs empties a trace that is opened so */
	const int fd = open(path, O_WRONLY | O_TRUNC);
	char text[4096];
	va_list args;
	int size;
	bool ok;

	if (fd < 0)
		return false;
	va_start(args, format);
	size = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ok = write(fd, text, size) == size;
	close(fd);

	return ok;
}

unsigned int split_fields(char *line, char **fields, unsigned int max)
{
	unsigned int count = 0;

	line[strcspn(line, "\n")] = '\0';
	while (line) {
		if (count == max)
			return 0;
		fields[count++] = strsep(&line, "\t");
	}

	return count;
}

static __thread uint64_t random_state;

/* xorshift64* must not begin with 0. */
void seed_random(uint64_t seed)
{
	random_state = (seed + 1) * 0x9e3779b97f4a7c15ULL;
}

unsigned long below(unsigned long limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;

	return (random_state * 0x2545f4914f6cdd1dULL >> 11) % limit;
}
