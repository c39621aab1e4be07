#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The alert rules fire when they shall, and not before.
# shellcheck source=t/e2e/tap.sh
. "${srcdir:-.}/t/e2e/tap.sh"

command -v promtool >/dev/null || skip_all "promtool (prometheus) is missing"
cd "$srcdir/etc/prometheus" || exit 1
check "promtool accepts the rules" promtool check rules ccm.rules.yml
check "they fire as their test says" promtool test rules ccm.rules.test.yml
check_is "the table lists each metric that is used" "" "$(comm -3 \
    <(sed -n 's/^# \(ccm_[a-z_]*\) .*/\1/p' ccm.rules.yml | sort -u) \
    <(sed -n '/expr:/s/.*\(ccm_[a-z_]*\).*/\1/p' ccm.rules.yml | sort -u))"
done_testing
