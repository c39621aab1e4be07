/* SPDX-License-Identifier: ISC */
#ifndef CCM_TYPES_GRAMMAR_H
#define CCM_TYPES_GRAMMAR_H

/* The parts of <ccm/grammar.h> in separate files. */

#include <stdbool.h>
#include <stddef.h>

#define GRAMMAR_HOST_BYTES_MAX 253

/* All of text; never NULL. */
bool grammar_schedule(const char *text);
bool grammar_url(const char *text);
bool grammar_pem(const char *text);
bool grammar_ssh_key(const char *text);
bool grammar_host(const char *text);
bool grammar_ip(const char *text);

/* A text that matches, for examples; NULL for an unknown grammar. Returns
 * borrowed (valid for ever). */
const char *grammar_example(const char *grammar);

/* Do two texts that differ only in case mean the same? */
bool grammar_folds(const char *grammar);

/* RFC 3339: 2026-11-26T20:24:27Z, with fraction and offset as it allows. */
bool grammar_timestamp(const char *text);

#endif
