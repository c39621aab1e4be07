/* SPDX-License-Identifier: ISC */
/*
 * Crontabs from any crons and unix users: settings, crons, unix users and
 * nodes, parted by form feeds. Whatever a customer writes, a crontab holds
 * four kinds of lines, a job has one line, and cron's one meaning of "%" is
 * gone.
 */
#include "modules.h"

#include "base/json.h"
#include "base/util.h"
#include "modules/crontab_schedule.h"

#define LINE_MAX_BYTES 1200

/* "%" stands only behind the one backslash that takes its meaning; and each
 * backslash is in front of "%", or of "'" where the quotes are left. */
static void check_command(const char *command)
{
    bool quoted = false;

    for (; *command; command++) {
        if (*command == '\'') {
            quoted = !quoted;
        } else if (*command == '\\' && !quoted) {
            fuzz_check(command[1] == '\'');
            command++;
        } else if (*command == '\\') {
            fuzz_check(command[1] == '%' || command[1] == '\'');
            command += command[1] == '%';
        } else {
            fuzz_check(*command != '%');
        }
    }
    fuzz_check(!quoted);
}

/* Schedule, then the tools in front of the customer's command. */
static void check_job(const char *line)
{
    const char *shell = strstr(line, "sh -c '");
    size_t blanks = *line == '@' ? 1 : 5, size = 0;
    cleanup_free char *schedule = NULL;
    char written[CRONTAB_SCHEDULE_SIZE];

    fuzz_check(shell && strlen(line) <= LINE_MAX_BYTES);
    while (blanks > 0) {
        size += strcspn(line + size, " ");
        fuzz_check(line[size] == ' ');
        size += --blanks > 0;
    }
    schedule = strndup(line, size);
    fuzz_check(!crontab_schedule_read(schedule, written) &&
               strcmp(schedule, written) == 0);
    fuzz_check(line + size < shell);
    check_command(shell + strlen("sh -c "));
}

static void check_mailto(const char *line)
{
    const char *address = line + strlen("MAILTO=\"");
    size_t size = strlen(address);

    fuzz_check(size > 0 && address[size - 1] == '"');
    fuzz_check(strcspn(address, "\"' \\;$`") == size - 1);
}

static size_t check_crontab(const struct change *change)
{
    struct fuzz_input content = {change->content, change->size};
    size_t jobs = 0, comments = 0;
    char *line;

    fuzz_check(change->size > 0 && change->content[change->size - 1] == '\n');
    fuzz_check(strlen(change->content) == change->size && change->mode == 0600);
    for (; (line = fuzz_modules_line(&content)); free(line)) {
        fuzz_check(fuzz_is_visible(line, strlen(line), false));
        if (line[0] == '#')
            comments++;
        else if (strncmp(line, "MAILTO=\"", 8) == 0)
            check_mailto(line);
        else if (line[0] != '\0')
            check_job(line), jobs++;
    }
    fuzz_check(jobs > 0 && comments == jobs + 1);
    return jobs;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"crons", "unix-users", "nodes", NULL};
    struct fuzz_input input = {(const char *) data, size};
    struct fuzz_modules modules;
    size_t i, jobs = 0, crons;
    bool planned;

    fuzz_modules_init(&modules, types, &input);
    crons = json_array_size(objects_of(modules.objects, "crons"));
    planned = fuzz_modules_plan(&modules);
    /* Only an operator can make it fail, never a customer. */
    fuzz_check(planned || json_object_size(modules.settings) > 0);
    if (planned) {
        for (i = 0; i < modules.plan->n_changes; i++)
            if (modules.plan->changes[i].kind == CHANGE_FILE)
                jobs += check_crontab(&modules.plan->changes[i]);
            else
                fuzz_check(modules.plan->changes[i].kind == CHANGE_ABSENT ||
                           modules.plan->changes[i].kind == CHANGE_DIRECTORY);
        fuzz_check(jobs <= crons);
    }
    fuzz_modules_done(&modules);
    return 0;
}
