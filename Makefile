# SPDX-License-Identifier: GPL-2.0-only
KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
DESTDIR	?=
prefix	?= /usr/local
VERSION	:= 0.1
VM	:= tests/vm

CFLAGS	?= -O2 -g
WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes

.PHONY: help all module tool testprogs check check-host check-kunit check-vm \
	demo style install dkms-install uninstall clean

help:
	@echo 'Without root and without a VM:'
	@echo '  all           module and tool'
	@echo '  module        pagetree.ko for the kernel that KDIR= names'
	@echo '  tool          userspace/pagetree'
	@echo '  check-host    the tests that run on this machine, under sanitizers'
	@echo 'In VMs; what is missing is installed and kept in ~/.cache/pagetree:'
	@echo '  demo          redis-server on small and on huge pages, seen by pagetree'
	@echo '  check         all of the following'
	@echo '  check-kunit   the walker on synthetic page tables'
	@echo '  check-vm      the module and the tool on real processes'
	@echo '  style         checkpatch --strict, sparse, W=1, shellcheck, layering'
	@echo 'As root, on this machine:'
	@echo '  install       module, tool and man page; DESTDIR=, prefix='
	@echo '  dkms-install  the module for this kernel and each later one'
	@echo '  uninstall     what install or dkms-install put there'
	@echo 'KDIR= or KVER= choose a kernel other than the running one.'

all: module tool

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tool: userspace/pagetree

SMARTCOLS = $(shell pkg-config --cflags --libs smartcols)

userspace/pagetree: $(wildcard userspace/*.c userspace/*.h) module/abi.h
	@pkg-config --exists smartcols || { echo >&2 'The tool needs libsmartcols: apt install libsmartcols-dev pkgconf'; exit 1; }
	$(CC) $(CFLAGS) $(WARN) -o $@ $(filter %.c,$^) $(LDFLAGS) $(SMARTCOLS)

testprogs: $(patsubst tests/%.c,tests/bin/%,$(wildcard tests/*.c))

tests/bin/%: tests/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARN) -pthread -o $@ $<
