# SPDX-License-Identifier: GPL-2.0-only
# dkms.conf is where the version is set: DKMS wants to read it there.
VERSION	:= $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
prefix	?= /usr/local
DKMS	:= /usr/src/pagetree-$(VERSION)
# LLVM's tools for a kernel that was built by clang, as dkms.conf decides; LLVM= chooses gcc
LLVM	?= $(shell kernel_source_dir='$(KDIR)' kernel_config='$(KDIR)/.config' bash -c '. ./dkms.conf && echo $$llvm')
KBUILD	= $(MAKE) -C $(KDIR)$(if $(LLVM), LLVM=$(LLVM))

CFLAGS	?= -O2 -g
WARN	:= -std=gnu11 -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
BUILD	?= build
TOOL	?= userspace/pagetree
SOURCES	:= $(wildcard userspace/*.c userspace/*/*.c)
OBJECTS	:= $(SOURCES:userspace/%.c=$(BUILD)/%.o)
LIBRARY	:= $(filter $(BUILD)/base/% $(BUILD)/model/% $(BUILD)/output/%,$(filter-out $(BUILD)/base/die.o,$(OBJECTS)))
PAGES	:= docs/pagetree.8 docs/pagetree-debugfs.5
share	= $(DESTDIR)$(prefix)/share
LIBRARIES = $(shell pkg-config --cflags --libs smartcols libelf; pkg-config --atleast-version=2.40 smartcols && echo -DHAVE_SCOLS_FILTER)

.DELETE_ON_ERROR:
.PHONY: help all module tool libraries man testprogs check check-all check-host check-kunit check-vm check-deb check-kernels \
	bench-walk bench-profile demo fuzz stress style install install-tool install-module dkms-source dkms-install \
	dkms-remove uninstall deb clean

help:
	@echo 'On any amd64 machine with Debian; missing packages are installed, downloads are kept in ~/.cache/pagetree:'
	@echo '  demo          show a real redis-server on small and on huge pages, in a VM'
	@echo '  check         run the tests that every change must pass: the four below, and on other kernels what can differ there'
	@echo '  check-all     run all tests on these kernels; takes one or two hours'
	@echo '  check-host    only those that need no kernel: arithmetic, parser and output, under sanitizers'
	@echo '  check-kunit   only the walker on synthetic page tables, in a kernel'
	@echo '  check-vm      only the module and the tool on real processes, in a VM'
	@echo '  style         only layering, checkpatch --strict, sparse, W=1 and shellcheck'
	@echo '  check-kernels run KUnit and all VM tests on each kernel of tests/lab/kernels; takes hours; writes docs/kernels.md'
	@echo '  check-deb     build the packages and test them in fresh Debian systems, with Secure Boot too'
	@echo '  bench-walk    compare pagetree with smaps, pagemap and others; QUICK=1: an eighth of the memory'
	@echo '  bench-profile which functions and lines a pass of READER over WORKLOAD executes'
	@echo '  fuzz          feed the tool damaged text for SECONDS (600); needs clang'
	@echo '  stress        do everything at once for SECONDS (600) on KERNEL (bookworm, trixie, newest, debug)'
	@echo '  deb           build the Debian packages, into deb/'
	@echo 'On your own kernel:'
	@echo '  all           module, tool and manual pages'
	@echo '  module        pagetree.ko; needs the kernel headers, and clang if the kernel was built by clang'
	@echo '  tool          userspace/pagetree; needs libsmartcols-dev, libelf-dev and pkgconf'
	@echo '  man           the manual pages, made from --help, docs/abi.md and docs/tool.md'
	@echo '  install-tool  install the tool, its manual pages and bash completion'
	@echo '  dkms-install  install the module by DKMS, for this kernel and each later one'
	@echo '  install       install the tool as above, and the module for this kernel only'
	@echo '  uninstall     remove everything that these installed'
	@echo '  clean         remove everything that was built'
	@echo 'KVER= or KDIR= choose another kernel, LLVM= another compiler, prefix= and DESTDIR= another place.'

all: module tool man

module:
	$(KBUILD) M=$(CURDIR) modules

tool: $(TOOL)

# The tool: an object a source, and of its rooms without a command line a library, which tests link too.

$(TOOL): $(filter-out $(LIBRARY),$(OBJECTS)) $(BUILD)/libpagetree.a
	$(CC) $(CFLAGS) -pthread -o $@ $^ $(LDFLAGS) $(LIBRARIES)

# anew: of a source that is gone nothing stays in it
$(BUILD)/libpagetree.a: $(LIBRARY)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: userspace/%.c dkms.conf
	@pkg-config --exists smartcols libelf || \
		{ echo >&2 'The tool needs libsmartcols and libelf: apt install libsmartcols-dev libelf-dev pkgconf'; exit 1; }
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) -Iuserspace -I$(BUILD) -pthread -MMD -MP -DPAGETREE_VERSION='"$(VERSION)"' -c -o $@ $< $(LIBRARIES)

# the system calls that the compiler's headers know: those of its machine, and of 32-bit programs of x86-64
$(BUILD)/tlb/calls.o: $(BUILD)/calls.list
$(BUILD)/calls.list: Makefile
	@mkdir -p $(@D)
	echo '#include <asm/unistd.h>' | $(CC) $(CPPFLAGS) -E -dM -x c - | sort | \
		sed -nE '/_(syscalls|arch_specific_syscall) /!s/^#define __NR_([a-z]\w*) .*/CALL(\1)/p' >$@
ifneq ($(filter x86_64-%,$(shell $(CC) -dumpmachine)),)
	echo '#include <asm/unistd_32.h>' | $(CC) $(CPPFLAGS) -E -dM -x c - | sort | \
		sed -nE 's/^#define __NR_([a-z]\w*) ([0-9]+)$$/COMPAT(\1, \2)/p' >>$@
endif

-include $(OBJECTS:.o=.d)

# what others compile its sources with
libraries:
	@echo $(LIBRARIES)

man: $(PAGES)

$(PAGES): %: %.in docs/man docs/abi.md docs/tool.md userspace/pagetree
	docs/man userspace/pagetree $< >$@

# each program of tests/programs is made of its .c, what is in a folder of its name, and memory.c
testprogs: $(patsubst tests/programs/%.c,tests/bin/%,$(filter-out %/memory.c,$(wildcard tests/programs/*.c)))
ifneq ($(filter x86_64-%,$(shell $(CC) -dumpmachine)),)
testprogs: tests/bin/bench
	$(KBUILD) M=$(CURDIR)/tests/bench/bare modules
endif

PROGRAM = $(CC) $(CFLAGS) $(WARN) -pthread -o $@ $(filter %.c,$^) $(LDFLAGS)
SHARED	:= $(wildcard tests/programs/memory.[ch] module/*.h)

tests/bin/bench: tests/bench/bench.c $(SHARED)
	@mkdir -p $(@D)
	$(PROGRAM)

# its segments begin on huge pages
tests/bin/aligned: LDFLAGS += -Wl,-z,max-page-size=0x200000
tests/bin/factory: $(wildcard tests/programs/factory/*.[ch])
tests/bin/%: tests/programs/%.c $(SHARED)
	@mkdir -p $(@D)
	$(PROGRAM)

check:
	tests/check quick

check-all:
	tests/check full

check-host check-kunit check-vm check-deb style:
	tests/check $(@:check-%=%)

check-kernels:
	tests/kernels

demo:
	tests/lab/demo

bench-walk:
	@tests/bench/run

WORKLOAD ?= small
READER	?= pagetree summary
bench-profile:
	@tests/bench/profile '$(WORKLOAD)' '$(READER)'

KERNEL	?= bookworm
SECONDS	?= 600
fuzz:
	@tests/fuzz/run $(SECONDS)

stress:
	tests/lab/run --kernel $(KERNEL) --cpus 4 --mem 3G --numa 2 --timeout $$(($(SECONDS) * 2 + 300)) \
		-- /tests/guest/stress $(SECONDS)

install: install-tool install-module

install-tool: tool man
	install -D -m 755 userspace/pagetree $(DESTDIR)$(prefix)/sbin/pagetree
	install -D -m 644 docs/pagetree.8 $(share)/man/man8/pagetree.8
	install -D -m 644 docs/pagetree-debugfs.5 $(share)/man/man5/pagetree-debugfs.5
	install -D -m 644 userspace/pagetree.bash $(share)/bash-completion/completions/pagetree

# modules_install runs depmod only where there is a System.map, which Debian's headers lack.
install-module: module
	$(KBUILD) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(if $(DESTDIR),,depmod $$(sed 's/.*"\(.*\)"/\1/' $(KDIR)/include/generated/utsrelease.h))

# the source that DKMS builds from
dkms-source:
	for file in Kbuild dkms.conf module/*.[ch] module/*/*.[ch] module/*/*.mk; do \
		install -D -m 644 $$file $(DESTDIR)$(DKMS)/$$file || exit; done

dkms-install: dkms-remove
	@command -v dkms >/dev/null || { echo >&2 'DKMS is missing: apt install dkms'; exit 1; }
	$(MAKE) dkms-source DESTDIR=
	dkms install pagetree/$(VERSION) -k $(KVER)

# DKMS does not rebuild a version that it has already, and keeps building other versions.
dkms-remove:
	@! dpkg-query -S '/usr/src/pagetree-[0-9]*' >/dev/null 2>&1 || \
		{ echo >&2 'The module comes from a package: apt purge pagetree-dkms'; exit 1; }
	for version in /var/lib/dkms/pagetree/[0-9]*; do \
		[ ! -e $$version ] || dkms remove pagetree/$${version##*/} --all || exit; done
	rm -rf /usr/src/pagetree-[0-9]*

uninstall:
	rm -f $(DESTDIR)$(prefix)/sbin/pagetree $(share)/man/man8/pagetree.8 $(share)/man/man5/pagetree-debugfs.5 \
		$(share)/bash-completion/completions/pagetree $(DESTDIR)/lib/modules/$(KVER)/*/pagetree.ko*
	rmdir --ignore-fail-on-non-empty $(DESTDIR)/lib/modules/$(KVER)/extra $(DESTDIR)/lib/modules/$(KVER)/updates 2>/dev/null || :
ifndef DESTDIR
	depmod $(KVER)
	$(MAKE) dkms-remove
endif

deb:
	tests/lab/deb

clean:
	rm -rf userspace/pagetree build tests/bin $(PAGES)
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR)/tests/bench/bare clean
