/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_LOG_H
#define CCM_BASE_LOG_H

/*
 * The log: one line an entry on standard error. Under systemd (JOURNAL_STREAM
 * is set) a line begins with the syslog level as "<6>", otherwise with the
 * time and the level's name. Control characters in the text are shown as
 * \xNN, so that foreign text cannot forge a line. Only the edges log (the
 * daemon's state machine, main functions); lower layers return errors.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets the name that follows the time; keeps name. verbose shows debug. */
void log_open(const char *name, bool verbose);

/*
 * From now on at most LOG_LINES_MAX lines a level in LOG_PERIOD_MS: input from
 * outside cannot fill the disk. The first line that is left out is replaced by
 * a line that says so; the first line of a later period says how many were. Not
 * when verbose.
 */
#define LOG_PERIOD_MS 60000
#define LOG_LINES_MAX 600
void log_set_limit(void);

/*
 * May a fault that persists be logged (again)? A text that differs from the
 * last one: yes, up to LOG_PACE_MAX times in LOG_PERIOD_MS. The same text: once
 * in it. Begins zeroed.
 */
#define LOG_PACE_MAX 5
struct log_pace {
    int64_t since_ms; /* of this period */
    unsigned n;       /* told in it */
    uint64_t last;    /* digest of the last text that was logged */
};
bool log_pace(struct log_pace *pace, const char *text, int64_t now_ms);

/* Lines of one level in one period; pure, for log_set_limit. */
struct log_quota {
    int64_t since_ms;
    unsigned n;
    uint64_t left_out;
};
enum log_admission {
    LOG_ADMIT,
    LOG_ADMIT_AFTER, /* and *left_out lines were left out before it */
    LOG_LAST,        /* leave it out, and say that */
    LOG_LEAVE_OUT,
};
enum log_admission log_quota_take(struct log_quota *quota, int64_t now_ms,
                                  uint64_t *left_out);

/* Each writes one line of its level. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
