/* SPDX-License-Identifier: ISC */
#ifndef CCM_MODULES_CRONTAB_SCHEDULE_H
#define CCM_MODULES_CRONTAB_SCHEDULE_H

/*
 * Five fields with numbers, names, ranges, lists and steps, or a word such as
 * "@daily". Returns NULL if cron understands it, or else what is wrong with
 * it (static).
 */
const char *crontab_schedule_check(const char *schedule);

#endif
