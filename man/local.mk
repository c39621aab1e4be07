# SPDX-License-Identifier: ISC
dist_man_MANS += man/ccm.7 man/ccm-operations.7 man/ccmctl.1 man/ccm-module.3 man/ccm-exec.5 man/ccm.conf.5 \
	man/ccm-protocol.7 man/ccm-runner.8 man/ccmd.8 \
	man/ccm-certificates.5
E2E_TESTS += t/t0010-manual.t t/t0030-install.t t/t0031-counts.t \
	t/t0032-alerts.t
