# SPDX-License-Identifier: ISC
EXTRA_DIST += t/lint/run t/lint/text
E2E_TESTS += t/lint/text

# What takes tools and time; t/lint/text is part of make check.
.PHONY: lint
lint:
	@srcdir='$(abs_srcdir)' builddir='$(abs_builddir)' $(srcdir)/t/lint/run
