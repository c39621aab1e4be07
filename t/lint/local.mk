# SPDX-License-Identifier: ISC
EXTRA_DIST += t/lint/run t/lint/text t/lint/rooms t/lint/header \
	t/lint/source.py
E2E_TESTS += t/lint/text t/t0020-lint.t

# What takes tools and time; t/lint/text is part of make check.
.PHONY: lint
lint:
	@srcdir='$(abs_srcdir)' builddir='$(abs_builddir)' $(srcdir)/t/lint/run
