/* SPDX-License-Identifier: ISC */
/* The log: lines on standard error, one write(2) each. */
#include "log.h"

#include "util.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

static struct {
    const char *name;
    bool verbose;
    bool journal;
} logger = {.name = "ccm"};

void log_open(const char *name, bool verbose)
{
    logger.name = name;
    logger.verbose = verbose;
    logger.journal = getenv("JOURNAL_STREAM") != NULL;
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

/* Copies text into line with control characters made visible. */
static size_t log_escape(char *line, size_t size, const char *text)
{
    size_t used = 0;

    for (; *text && used + 5 < size; text++) {
        unsigned char byte = (unsigned char) *text;

        if (byte < 0x20 || byte == 0x7f)
            used +=
                (size_t) snprintf(line + used, size - used, "\\x%02x", byte);
        else
            line[used++] = (char) byte;
    }
    return used;
}

static void log_line(int level, const char *format, va_list args)
{
    char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 128];
    size_t used;
    ssize_t ignored;

    vsnprintf(text, sizeof(text), format, args);
    used = log_head(line, sizeof(line), level);
    used += log_escape(line + used, sizeof(line) - used - 1, text);
    line[used++] = '\n';
    ignored = write(STDERR_FILENO, line, used);
    (void) ignored;
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
