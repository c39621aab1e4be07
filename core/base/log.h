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

/* Sets the name that follows the time; keeps name. verbose shows debug. */
void log_open(const char *name, bool verbose);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
