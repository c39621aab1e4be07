/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_ANSWERS_H
#define CCM_HOST_ANSWERS_H

/*
 * The answers of modules to "describe", by everything that an answer depends
 * on: the module's contents, the configuration's name, its settings, whether it
 * has a program. (Node and groups are ccm.conf's: answers are not kept longer
 * than one configuration of ccm.)
 */

#include "host/describe.h"

/* The answers of those tasks that have one. Returns new (freed with
 * json_decref). */
json_t *answers_of(const struct describe_task *tasks, size_t n);

/*
 * Fills every task's answer from answers (and every file's digest), so that no
 * module needs to be asked. Returns false, with no answer filled, unless all
 * are known.
 */
bool answers_recall(const json_t *answers, struct describe_task *tasks,
                    size_t n);

#endif
