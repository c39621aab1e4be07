# SPDX-License-Identifier: ISC
E2E_TESTS += t/t0340-abi.t t/t0341-types.t t/t0342-types-put.t
EXTRA_DIST += t/abi/ccm-1.abi t/old-modules/README.md \
	t/old-modules/one.c t/old-modules/one.so \
	t/old-modules/kinds.c t/old-modules/kinds.so \
	t/old-modules/program.c t/old-modules/program.so
