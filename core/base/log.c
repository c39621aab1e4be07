/* SPDX-License-Identifier: ISC */
/* The log: lines on standard error, one write(2) each. */
#include "log.h"

#include "buf.h"
#include "clock.h"
#include "util.h"
#include "visible.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#define LINE_MAX_BYTES 4096

static struct {
    const char *name;
    bool verbose;
    bool journal;
    bool limited;
    struct log_quota quotas[LOG_DEBUG + 1]; /* one a level */
} logger = {.name = "ccm"};

void log_open(const char *name, bool verbose)
{
    logger.name = name;
    logger.verbose = verbose;
    logger.journal = getenv("JOURNAL_STREAM") != NULL;
}

void log_set_limit(void)
{
    logger.limited = !logger.verbose;
}

bool log_pace(struct log_pace *pace, const char *text, int64_t now_ms)
{
    uint64_t digest = XXH3_64bits(text, strlen(text));

    if (now_ms - pace->since_ms >= LOG_PERIOD_MS)
        *pace = (struct log_pace){.since_ms = now_ms};
    if (pace->n >= LOG_PACE_MAX || (pace->n > 0 && pace->last == digest))
        return false;
    pace->n++;
    pace->last = digest;
    return true;
}

enum log_admission log_quota_take(struct log_quota *quota, int64_t now_ms,
                                  uint64_t *left_out)
{
    *left_out = 0;
    if (now_ms - quota->since_ms >= LOG_PERIOD_MS) {
        *left_out = quota->left_out;
        *quota = (struct log_quota){.since_ms = now_ms};
    }
    if (quota->n < LOG_LINES_MAX) {
        quota->n++;
        return *left_out > 0 ? LOG_ADMIT_AFTER : LOG_ADMIT;
    }
    return quota->left_out++ == 0 ? LOG_LAST : LOG_LEAVE_OUT;
}

static const char *log_level_name(int level)
{
    switch (level) {
    case LOG_ERR:
        return "error: ";
    case LOG_WARNING:
        return "warning: ";
    case LOG_DEBUG:
        return "debug: ";
    default:
        return "";
    }
}

static size_t log_head(char *line, size_t size, int level)
{
    struct timespec now;
    struct tm local;
    char when[32];

    if (logger.journal)
        return (size_t) snprintf(line, size, "<%d>%s", level,
                                 log_level_name(level));
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &local);
    strftime(when, sizeof(when), "%H:%M:%S", &local);
    return (size_t) snprintf(line, size, "%s.%03ld %s: %s", when,
                             now.tv_nsec / 1000000, logger.name,
                             log_level_name(level));
}

static void log_text(int level, const char *text)
{
    cleanup_buf struct buf line = BUF_INIT;
    char head[128];
    ssize_t ignored;

    buf_add(&line, head, log_head(head, sizeof(head), level));
    visible_put_line(&line, text);
    buf_putc(&line, '\n');
    ignored = write(STDERR_FILENO, line.data, line.size);
    (void) ignored;
}

/* Is the line left out? The first time, logs that. */
static bool log_is_over(int level)
{
    char text[128];
    uint64_t left_out;

    if (!logger.limited)
        return false;
    switch (log_quota_take(&logger.quotas[level], clock_ms(), &left_out)) {
    case LOG_ADMIT:
        return false;
    case LOG_ADMIT_AFTER:
        snprintf(text, sizeof(text), "%llu lines were left out before this one",
                 (unsigned long long) left_out);
        log_text(level, text);
        return false;
    case LOG_LAST:
        snprintf(text, sizeof(text),
                 "more than %d lines within a minute: leaving out further "
                 "lines (-v shows all)",
                 LOG_LINES_MAX);
        log_text(level, text);
        return true;
    case LOG_LEAVE_OUT:
        break;
    }
    return true;
}

static void log_line(int level, const char *format, va_list args)
{
    char text[LINE_MAX_BYTES];

    if (log_is_over(level))
        return;
    vsnprintf(text, sizeof(text), format, args);
    log_text(level, text);
}

#define LOG_FUNCTION(name, level, condition)                                   \
    void name(const char *format, ...)                                         \
    {                                                                          \
        va_list args;                                                          \
                                                                               \
        if (!(condition))                                                      \
            return;                                                            \
        va_start(args, format);                                                \
        log_line(level, format, args);                                         \
        va_end(args);                                                          \
    }

LOG_FUNCTION(log_error, LOG_ERR, true)
LOG_FUNCTION(log_warning, LOG_WARNING, true)
LOG_FUNCTION(log_info, LOG_INFO, true)
LOG_FUNCTION(log_debug, LOG_DEBUG, logger.verbose)
