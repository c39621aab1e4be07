/* SPDX-License-Identifier: ISC */
/*
 * Writes one crontab for each unix user, from the crons of the cluster.
 *
 * The line of a job uses plain tools, so that it can be read and tried by hand:
 *
 *   schedule sleep "$(shuf -i 0-10 -n 1)"; flock -n -E 0 "$HOME/.cron-7.lock"
 *       timeout -k 10 600 sh -c 'the command'
 *
 * random_delay_max_seconds is the sleep; locking_enabled is flock, which ends
 * silently if the last run is still active; timeout_seconds is timeout.
 * memory_limit and cpu_limit have no such tool (they belong to the user's
 * slice), and error_count has none (cron mails whatever a job prints): both
 * stay without effect here.
 *
 * The command is a customer's free text. It is in single quotes, where a shell
 * expands nothing, and has no control characters, so it stays in its line. "%",
 * which cron would take for the end of the line, is written "\%"; to keep this
 * the only backslash that cron sees before a "%", each backslash of the command
 * is separated from the next character by leaving and entering the quotes
 * ("''"). So a command means here what it means in a shell.
 *
 * The spool also contains the crontabs of other people, above all root's. So
 * the only removal is, by name, the crontab of a unix user of the cluster
 * without jobs. Whoever removes a unix user must also remove the crontab; cron
 * does not run it meanwhile.
 *
 * A rejected cron is left out, whether it had a line before or not: its last
 * good version would have to be guessed from a file of many.
 */
#include "crontab_schedule.h"

#include <ccm/module.h>

#include <string.h>

#define COMMAND_MAX 998 /* bytes after the schedule; cron's limit */
#define JOBS_MAX 2400   /* of a user; cron ignores files of 10,000 lines */
#define SECONDS_MAX 604800
#define NAME_MAX_BYTES 32 /* of a unix user */

struct crontab {
    struct ccm_run *run;
    char path[256];    /* of a user's crontab, with %s for the name */
    const char *owner; /* NULL: the user */
    const char *group;
    bool nodes;    /* the type nodes is subscribed to */
    json_t *jobs;  /* {"<unix user id>": [that user's crons]} */
    json_t *names; /* the users' names so far, as an object */
};

/* --------------------------------------------------------------------- job */

/* A number of seconds; null, and 0, mean none. */
static int64_t job_seconds(struct ccm_run *run, const json_t *cron,
                           const char *field, int64_t fallback)
{
    const json_t *value = json_object_get(cron, field);
    int64_t seconds =
        json_is_null(value) ? 0 : ccm_integer_or(run, cron, field, fallback);

    if (seconds < 0 || seconds > SECONDS_MAX)
        ccm_reject(run, cron, "%s: %lld is out of range; expected 0 to %d",
                   field, (long long) seconds, SECONDS_MAX);
    return seconds;
}

/* The address for mail, which can neither leave its quotes nor be an option of
 * sendmail, or "" for none. */
static const char *job_mailto(struct ccm_run *run, const json_t *cron)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.@_+-";
    const char *mailto = ccm_string_or(run, cron, "email_address", "");
    const char *at = strchr(mailto, '@');

    if (!*mailto)
        return mailto;
    if (strlen(mailto) > 254 || strspn(mailto, allowed) != strlen(mailto) ||
        *mailto == '-' || !at || at == mailto || !at[1] || strchr(at + 1, '@'))
        ccm_reject(run, cron, "email_address is not a plain mail address");
    return mailto;
}

static void job_quote(FILE *out, const char *command)
{
    fputc('\'', out);
    for (; *command; command++)
        if (*command == '\'')
            fputs("'\\''", out);
        else if (*command == '%')
            fputs("\\%", out);
        else if (*command == '\\')
            fputs("\\''", out);
        else
            fputc(*command, out);
    fputc('\'', out);
}

/* The text after the schedule. Returns new (freed with free). */
static char *job_command(struct ccm_run *run, const json_t *cron)
{
    const char *command = ccm_line(run, cron, "command");
    int64_t delay = job_seconds(run, cron, "random_delay_max_seconds", 10);
    int64_t timeout = job_seconds(run, cron, "timeout_seconds", 600);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out) {
        ccm_fail(run, "out of memory");
        return NULL;
    }
    if (strspn(command, " ") == strlen(command))
        ccm_reject(run, cron, "command is empty");
    if (delay > 0)
        fprintf(out, "sleep \"$(shuf -i 0-%lld -n 1)\"; ", (long long) delay);
    if (ccm_boolean_or(run, cron, "locking_enabled", true))
        fprintf(out, "flock -n -E 0 \"$HOME/.cron-%lld.lock\" ",
                (long long) ccm_integer(run, cron, "id"));
    if (timeout > 0)
        fprintf(out, "timeout -k 10 %lld ", (long long) timeout);
    fputs("sh -c ", out);
    job_quote(out, command);
    fclose(out);
    if (size > COMMAND_MAX)
        ccm_reject(run, cron,
                   "its line has %zu bytes, but cron reads only %d; put the "
                   "command into a script",
                   size, COMMAND_MAX);
    return text;
}

/* Writes a job's lines, or nothing if the cron is rejected. *mailto is the
 * current MAILTO of the file. */
static void job_write(struct ccm_run *run, const json_t *cron, FILE *file,
                      const char **mailto)
{
    const char *name = ccm_line(run, cron, "name");
    const char *schedule = ccm_line(run, cron, "schedule");
    const char *address = job_mailto(run, cron);
    const char *bad = crontab_schedule_check(schedule);
    char *command = job_command(run, cron);

    if (bad)
        ccm_reject(run, cron, "schedule \"%.100s\": %s", schedule, bad);
    if (!ccm_rejected(run, cron)) {
        fprintf(file, "\n# %lld: %s\n",
                (long long) ccm_integer(run, cron, "id"), name);
        if (!*mailto || strcmp(*mailto, address) != 0)
            fprintf(file, "MAILTO=\"%s\"\n", address);
        *mailto = address;
        fprintf(file, "%s %s\n", schedule, command);
    }
    free(command);
}

/* ------------------------------------------------------------------- plan */

/* Is the cron for this node? A cron without node_id is for every node. */
static bool crontab_is_here(const struct crontab *c, const json_t *cron)
{
    const json_t *node;

    if (ccm_integer_or(c->run, cron, "node_id", 0) == 0)
        return true;
    if (!c->nodes) {
        ccm_reject(c->run, cron,
                   "it has a node_id, but this configuration does not "
                   "subscribe to nodes: see modules.d/crontab.conf");
        return false;
    }
    node = ccm_reference(c->run, cron, "node_id", "nodes");
    return !ccm_rejected(c->run, cron) &&
           strcmp(ccm_line(c->run, node, "hostname"), ccm_node(c->run)) == 0;
}

/* Sorts the active crons of this node by user. They come ordered by id. */
static void crontab_sort(struct crontab *c)
{
    const json_t *cron;
    json_t *jobs;
    char key[24];
    size_t i;

    json_array_foreach (ccm_objects(c->run, "crons"), i, cron) {
        if (!ccm_boolean_or(c->run, cron, "is_active", true) ||
            !crontab_is_here(c, cron))
            continue;
        ccm_reference(c->run, cron, "unix_user_id", "unix-users");
        if (ccm_rejected(c->run, cron))
            continue;
        snprintf(key, sizeof(key), "%lld",
                 (long long) ccm_integer(c->run, cron, "unix_user_id"));
        jobs = json_object_get(c->jobs, key);
        if (!jobs)
            json_object_set_new(c->jobs, key, jobs = json_array());
        if (json_array_size(jobs) >= JOBS_MAX)
            ccm_reject(c->run, cron, "its user already has %d crons", JOBS_MAX);
        else
            json_array_append(jobs, (json_t *) cron);
    }
}

/* A name that no system account has and that cron looks at. */
static const char *crontab_user_name(struct crontab *c, const json_t *user)
{
    const char *name = ccm_name(c->run, user, "username");

    if (strcmp(name, "root") == 0 ||
        ccm_integer_or(c->run, user, "unix_id", 1) == 0)
        ccm_reject(c->run, user,
                   "root's crontab does not belong to the cluster");
    if (strlen(name) > NAME_MAX_BYTES ||
        !strchr("abcdefghijklmnopqrstuvwxyz_", *name) ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != strlen(name))
        ccm_reject(c->run, user, "username is not a valid name of a unix user");
    if (json_object_get(c->names, name))
        ccm_reject(c->run, user, "another unix user has this username");
    return name;
}

/* All jobs of a user, as text; "" if none is left. Returns new (freed with
 * free). */
static char *crontab_text(struct crontab *c, const json_t *jobs)
{
    const char *mailto = NULL;
    const json_t *cron;
    char *text = NULL;
    size_t size, i;
    FILE *file = open_memstream(&text, &size);

    if (!file) {
        ccm_fail(c->run, "out of memory");
        return NULL;
    }
    json_array_foreach (jobs, i, cron) {
        job_write(c->run, cron, file, &mailto);
    }
    fclose(file);
    return text;
}

/* Declares the crontab of a user, or its absence. */
static void crontab_user(struct crontab *c, const json_t *user)
{
    const char *name = crontab_user_name(c, user), *path;
    char key[24], *jobs;
    FILE *file;

    if (ccm_rejected(c->run, user))
        return;
    json_object_set_new(c->names, name, json_true());
    path = ccm_path(c->run, c->path, name);
    snprintf(key, sizeof(key), "%lld",
             (long long) ccm_integer(c->run, user, "id"));
    jobs = crontab_text(c, json_object_get(c->jobs, key));
    if (jobs && *jobs) {
        file = ccm_file(c->run,
                        &(struct ccm_file){.path = path,
                                           .mode = 0600,
                                           .owner = c->owner ? c->owner : name,
                                           .group = c->group});
        fprintf(file,
                "# Made by ccm (%s) from the cluster's crons. Do not edit: the "
                "next run restores it.\n%s",
                ccm_configuration(c->run), jobs);
    } else if (jobs) {
        ccm_absent(c->run, &(struct ccm_absent){.path = path, .object = user});
    }
    free(jobs);
}

/* Reads the settings. Returns 0 or -1. */
static int crontab_settings(struct crontab *c, struct ccm_run *run)
{
    const json_t *settings = ccm_settings(run);
    const char *spool =
        ccm_string_or(run, settings, "spool", "/var/spool/cron/crontabs");

    *c = (struct crontab){.run = run};
    c->owner = ccm_string_or(run, settings, "owner", NULL);
    c->group = ccm_string_or(run, settings, "group", "crontab");
    c->nodes = ccm_boolean_or(run, settings, "nodes", false);
    if (*spool != '/' || strchr(spool, '%') || strlen(spool) > 200)
        return ccm_fail(run, "setting spool: expected an absolute path");
    snprintf(c->path, sizeof(c->path), "%s/%%s", spool);
    return 0;
}

static int crontab_check(struct ccm_run *run)
{
    struct crontab c;

    return crontab_settings(&c, run);
}

static int crontab_plan(struct ccm_run *run)
{
    struct crontab c;
    const json_t *user;
    size_t i;

    if (crontab_settings(&c, run) < 0)
        return -1;
    c.jobs = json_object();
    c.names = json_object();
    crontab_sort(&c);
    json_array_foreach (ccm_objects(run, "unix-users"), i, user) {
        crontab_user(&c, user);
    }
    json_decref(c.jobs);
    json_decref(c.names);
    return 0;
}

CCM_MODULE(.name = "crontab", .version = "1.0",
           .summary = "user crontabs from the crons of the cluster",
           .subscribes = CCM_LIST("crons", "unix-users"),
           .after = CCM_LIST("unix-users"), .check = crontab_check,
           .plan = crontab_plan);
