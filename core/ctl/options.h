/* SPDX-License-Identifier: ISC */
#ifndef CCM_CTL_OPTIONS_H
#define CCM_CTL_OPTIONS_H

/* The command line: options may appear anywhere; the rest are words. */

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

enum option_bit {
    OPTION_JSON = 1 << 0,
    OPTION_SOCKET = 1 << 1,
    OPTION_CONFIG = 1 << 2,
    OPTION_HELP = 1 << 3,
    OPTION_VERSION = 1 << 4,
    OPTION_ALL = 1 << 5,
    OPTION_WAIT = 1 << 6,
    OPTION_TIMEOUT = 1 << 7,
    OPTION_EXIT_CODE = 1 << 8,
    OPTION_ALLOW_REMOVALS = 1 << 9,
    OPTION_OBJECTS = 1 << 10,
    OPTION_MODULES = 1 << 11,
    OPTION_ROOT = 1 << 12,
    OPTION_TEXT = 1 << 13,
    OPTION_LIMIT = 1 << 14,
    OPTION_REVISION = 1 << 15,
    OPTION_SETTINGS = 1 << 16,
    OPTION_PLAN = 1 << 17,
    OPTION_HOLD = 1 << 18,
    /* The options of every command. */
    OPTIONS_COMMON = OPTION_JSON | OPTION_SOCKET | OPTION_CONFIG | OPTION_HELP,
};

struct options {
    unsigned seen; /* enum option_bit of the given options */
    const char *hold;
    const char *socket, *config, *timeout, *objects, *modules, *root, *settings,
        *text, *limit, *revision,
        *plan;          /* borrowed from argv; NULL: not given */
    const char **words; /* NULL-terminated; freed by options_done */
    int n_words;
};

/* Sets *options (options_done). Returns 0, or -EINVAL with the fault in err. */
int options_parse(int argc, char **argv, struct options *options,
                  struct error *err);
void options_done(struct options *options);

/* Prints the help of those options that are in set. */
void options_help(FILE *out, unsigned set);

/* The name ("--json") of the first option that is in set. */
const char *options_name(unsigned set);

/* An integer from 0 to 10^15; what names it in err. Returns 0, or -EINVAL with
 * *out unchanged. */
int options_number(const char *text, const char *what, long long *out,
                   struct error *err);

#endif
