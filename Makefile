# SPDX-License-Identifier: GPL-2.0-only
VERSION	:= $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
prefix	?= /usr/local
DKMS	:= /usr/src/pagetree-$(VERSION)

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
	bench-walk demo fuzz stress style install install-tool install-module dkms-source dkms-install \
	dkms-remove uninstall deb clean

help:
	@echo 'On any amd64 machine with Debian; what is missing is fetched, and kept in ~/.cache/pagetree:'
	@echo '  demo          a real redis-server on small and on huge pages, in a VM'
	@echo '  check         what has to pass: the four that follow, and on trixie, newest and arm64 what can differ there'
	@echo '  check-all     all tests on each of them, in an hour or two'
	@echo '  check-host    arithmetic, parser and output, under sanitizers'
	@echo '  check-kunit   the walker on synthetic page tables, in the kernel'
	@echo '  check-vm      the module and the tool on real processes'
	@echo '  style         layering, checkpatch --strict, sparse, W=1, shellcheck'
	@echo '  bench-walk    pagetree beside smaps, pagemap and others; QUICK=1: an eighth of it'
	@echo '  fuzz          SECONDS (600) of damaged text for the tool; needs clang'
	@echo '  stress        SECONDS (600) of everything at once on KERNEL (bookworm, trixie, newest, debug)'
	@echo '  check-kernels KUnit and all tests in VMs on each kernel of tests/lab/kernels, in hours; writes docs/kernels.md'
	@echo '  deb           the Debian packages, in deb/'
	@echo '  check-deb     what they do in Debian as it is installed, with Secure Boot too'
	@echo 'On your own kernel:'
	@echo '  all           module, tool and manual pages'
	@echo '  module        pagetree.ko; needs the kernel headers'
	@echo '  tool          userspace/pagetree; needs libsmartcols-dev, libelf-dev and pkgconf'
	@echo '  man           its manual pages, from what it says itself and docs/abi.md'
	@echo '  install-tool  the tool, its manual pages and completion for bash'
	@echo '  dkms-install  the module, for this kernel and each later one, by DKMS'
	@echo '  install       the tool as above, and the module for this kernel only'
	@echo '  uninstall     takes back what these put there'
	@echo 'KVER= or KDIR= choose another kernel, prefix= and DESTDIR= another place.'

all: module tool man

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

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
	$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) -Iuserspace -pthread -MMD -MP -DPAGETREE_VERSION='"$(VERSION)"' -c -o $@ $< $(LIBRARIES)

-include $(OBJECTS:.o=.d)

# what others compile its sources with
libraries:
	@echo $(LIBRARIES)

man: $(PAGES)

$(PAGES): %: %.in docs/man docs/abi.md userspace/pagetree
	docs/man userspace/pagetree $< >$@

testprogs: $(patsubst tests/programs/%.c,tests/bin/%,$(wildcard tests/programs/*.c))
ifneq ($(filter x86_64-%,$(shell $(CC) -dumpmachine)),)
testprogs: tests/bin/bench
	$(MAKE) -C $(KDIR) M=$(CURDIR)/tests/bench/bare modules
endif

tests/bin/bench: tests/bench/bench.c tests/programs/common.h $(wildcard module/*.h)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARN) -pthread -o $@ $<

# its segments begin on huge pages
tests/bin/aligned: LDFLAGS += -Wl,-z,max-page-size=0x200000
tests/bin/%: tests/programs/%.c tests/programs/common.h $(wildcard module/*.h)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARN) -pthread -o $@ $< $(LDFLAGS)

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

# Debian's headers have no System.map, without which modules_install does no depmod.
install-module: module
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(if $(DESTDIR),,depmod $$(sed 's/.*"\(.*\)"/\1/' $(KDIR)/include/generated/utsrelease.h))

# what DKMS builds from
dkms-source:
	install -d $(DESTDIR)$(DKMS)/module
	install -m 644 Kbuild dkms.conf $(DESTDIR)$(DKMS)
	install -m 644 module/*.[ch] $(DESTDIR)$(DKMS)/module

dkms-install: dkms-remove
	@command -v dkms >/dev/null || { echo >&2 'DKMS is missing: apt install dkms'; exit 1; }
	$(MAKE) dkms-source DESTDIR=
	dkms install pagetree/$(VERSION) -k $(KVER)

# DKMS would not build anew what has this version already; and it would go on with others.
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
