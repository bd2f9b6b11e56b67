# SPDX-License-Identifier: GPL-2.0-only
# For a Kbuild: what the headers at hand have, where the version does not tell. A define for each program here that compiles.
pagetree-probes := $(dir $(lastword $(MAKEFILE_LIST)))
pagetree-probe = $(if $(shell $(CC) $(NOSTDINC_FLAGS) $(LINUXINCLUDE) $(KBUILD_CPPFLAGS) $(KBUILD_CFLAGS) \
	-Werror=implicit-function-declaration -fsyntax-only $(pagetree-probes)$(1).c >/dev/null 2>&1 && echo yes),-D$(2))
ccflags-y += $(call pagetree-probe,ptdesc_sharers,PAGETREE_HAS_PTDESC_SHARERS)
ccflags-y += $(call pagetree-probe,page_sharers,PAGETREE_HAS_PAGE_SHARERS)
