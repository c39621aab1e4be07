/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_HISTORY_TEXT_H
#define CCM_CHANGE_HISTORY_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* A line for each record: id, outcome, changes, duration, who. */
void history_text_list(const json_t *records, FILE *out);

/* A whole record. visible: the diffs' control characters, too. */
void history_text_record(const json_t *record, bool visible, FILE *out);

#endif
