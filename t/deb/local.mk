# SPDX-License-Identifier: ISC
EXTRA_DIST += t/deb/run
# Tests of the packages in fresh Debian roots. They need root and a mirror of
# Debian, so make check leaves them out.
.PHONY: check-deb
check-deb:
	@builddir='$(abs_builddir)' srcdir='$(abs_srcdir)' \
	    CCM_TEST_LIMIT=900 '$(srcdir)/t/run' t/deb/run
