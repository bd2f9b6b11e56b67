# SPDX-License-Identifier: GPL-2.0-only
VERSION	:= $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
prefix	?= /usr/local
DKMS	:= /usr/src/pagetree-$(VERSION)

CFLAGS	?= -O2 -g
WARN	:= -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
SMARTCOLS = $(shell pkg-config --cflags --libs smartcols)

.PHONY: help all module tool testprogs check check-host check-kunit check-vm \
	bench-walk demo fuzz stress style install dkms-install uninstall clean

help:
	@echo 'On any Debian machine; what is missing is fetched, and kept in ~/.cache/pagetree:'
	@echo '  demo          a real redis-server on small and on huge pages, in a VM'
	@echo '  check         all tests: the four that follow'
	@echo '  check-host    arithmetic, parser and output, under sanitizers'
	@echo '  check-kunit   the walker on synthetic page tables, in the kernel'
	@echo '  check-vm      the module and the tool on real processes'
	@echo '  style         layering, checkpatch --strict, sparse, W=1, shellcheck'
	@echo '  bench-walk    pagetree beside smaps, pagemap and others; QUICK=1: an eighth of it'
	@echo '  fuzz          SECONDS (600) of damaged text for the tool; needs clang'
	@echo '  stress        SECONDS (600) of everything at once on KERNEL (bookworm, trixie, newest, debug)'
	@echo 'On your own kernel:'
	@echo '  all           module and tool'
	@echo '  module        pagetree.ko; needs the kernel headers'
	@echo '  tool          userspace/pagetree; needs libsmartcols-dev and pkgconf'
	@echo '  dkms-install  the module, for this kernel and each later one, by DKMS'
	@echo '  install       the tool, and the module for this kernel only'
	@echo '  uninstall     what install or dkms-install put there'
	@echo 'KVER= or KDIR= choose another kernel, prefix= and DESTDIR= another place.'

all: module tool

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tool: userspace/pagetree

userspace/pagetree: $(wildcard userspace/*.c userspace/*.h) module/abi.h
	@pkg-config --exists smartcols || \
		{ echo >&2 'The tool needs libsmartcols: apt install libsmartcols-dev pkgconf'; exit 1; }
	$(CC) $(CFLAGS) $(WARN) -pthread -DPAGETREE_VERSION='"$(VERSION)"' -o $@ $(filter %.c,$^) $(LDFLAGS) $(SMARTCOLS)

testprogs: $(patsubst tests/%.c,tests/bin/%,$(wildcard tests/*.c)) tests/bin/bench
	$(MAKE) -C $(KDIR) M=$(CURDIR)/tests/bench/bare modules

tests/bin/bench: tests/bench/bench.c tests/common.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARN) -pthread -o $@ $<

tests/bin/%: tests/%.c tests/common.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARN) -pthread -o $@ $<

check:
	tests/check host kunit vm style

check-host check-kunit check-vm style:
	tests/check $(@:check-%=%)

demo:
	tests/vm/demo

bench-walk:
	@tests/bench/run

KERNEL	?= bookworm
SECONDS	?= 600
fuzz:
	@tests/fuzz/run $(SECONDS)

stress:
	tests/vm/run --kernel $(KERNEL) --cpus 4 --mem 3G --numa 2 --timeout $$(($(SECONDS) * 2 + 300)) \
		-- /tests/guest/stress $(SECONDS)

install: module tool
	install -D -m 755 userspace/pagetree $(DESTDIR)$(prefix)/sbin/pagetree
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install

dkms-install:
	@command -v dkms >/dev/null || { echo >&2 'DKMS is missing: apt install dkms'; exit 1; }
	install -d $(DKMS)/module
	install -m 644 Kbuild dkms.conf LICENSE $(DKMS)
	install -m 644 module/*.c module/*.h $(DKMS)/module
	dkms install pagetree/$(VERSION) -k $(KVER)

uninstall:
	rm -f $(DESTDIR)$(prefix)/sbin/pagetree $(DESTDIR)/lib/modules/$(KVER)/*/pagetree.ko*
	if command -v dkms >/dev/null && dkms status pagetree/$(VERSION) | grep -q .; then \
		dkms remove pagetree/$(VERSION) --all; fi
	rm -rf $(DKMS)
	depmod $(KVER)

clean:
	rm -rf userspace/pagetree tests/bin
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR)/tests/bench/bare clean
