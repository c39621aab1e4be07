/* SPDX-License-Identifier: ISC */
/*
 * One crontab for each unix user, from the crons of the cluster.
 * A job's line is made of plain tools, so that people can read and try it:
 *
 *   schedule sleep "$(shuf -i 0-10 -n 1)"; flock -n -E 0 -o
 *       /var/spool/ccm-crontab/alice/7 timeout -k 10 600 sh -c 'the command'
 *
 * random_delay_max_seconds is the sleep; locking_enabled is flock, which ends
 * silently if the last run is still there; timeout_seconds is timeout. The lock
 * is in a directory that is made here, since a home may be closed to its user,
 * and -o keeps background children from holding it. memory_limit and cpu_limit
 * have no such tool (they belong to the user's slice), and error_count has none
 * (cron mails whatever a job prints): they have no effect here.
 *
 * The command is a customer's free text. It stands in single quotes, where a
 * shell finds nothing to do, and without control characters, so it stays in
 * its line. "%", which cron would take for the end of the line, is written
 * "\%"; so that this is sure to be cron's only backslash, every backslash of
 * the command is cut off from what follows it by leaving and entering the
 * quotes ("''"). So a command means here what it means in a shell.
 *
 * The spool also holds others' crontabs: only what was made here is removed.
 */
#include "crontab_schedule.h"

#include <ccm/module.h>

#include <string.h>

#define MAILTO_SIZE 1000
#define COMMAND_MAX 998 /* bytes after the schedule; cron's limit */
#define JOBS_MAX 2400   /* of a user; cron ignores files of 10,000 lines */
#define SECONDS_MAX 604800
#define NAME_MAX_BYTES 32

struct crontab {
    struct ccm_run *run;
    char path[256];     /* of a user's crontab, with %s for the name */
    const char *folder; /* of all locks */
    char locks[256];    /* of a user's locks, with %s, too */
    bool locked;        /* the folder has been declared */
    const char *owner;  /* NULL: the user */
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

/* Can it neither leave its quotes nor be an option of sendmail? */
static bool job_is_address(const char *text, size_t size)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.@_+-";
    const char *at = memchr(text, '@', size);

    return size > 0 && size <= 254 && strspn(text, allowed) >= size &&
           *text != '-' && at && at > text && at + 1 < text + size &&
           !memchr(at + 1, '@', size - (size_t) (at + 1 - text));
}

/* Where the mail goes, "" for nowhere: the plain ones of a list of addresses.
 * One that cron's mail would not reach is left out, and the job runs. */
static void job_mailto(struct ccm_run *run, const json_t *cron,
                       char mailto[MAILTO_SIZE])
{
    const char *at = ccm_string_or(run, cron, "email_address", "");
    size_t used = 0;

    mailto[0] = '\0';
    for (at += strspn(at, " ,"); *at; at += strspn(at, " ,")) {
        size_t size = strcspn(at, " ,");

        if (job_is_address(at, size) && used + size + 2 <= MAILTO_SIZE)
            used +=
                (size_t) snprintf(mailto + used, MAILTO_SIZE - used, "%s%.*s",
                                  used > 0 ? "," : "", (int) size, at);
        else
            ccm_log(run,
                    "crons/%lld: email_address: one of the addresses is not a "
                    "plain mail address; the job runs, but mails nothing there",
                    (long long) ccm_integer(run, cron, "id"));
        at += size;
    }
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

/* What follows the schedule. Returns new (freed with free). */
static char *job_command(struct ccm_run *run, const json_t *cron,
                         const char *locks)
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
        fprintf(out, "flock -n -E 0 -o %s/%lld ", locks,
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

/* A user's crontab in the making. */
struct job_file {
    FILE *file;
    const char *locks; /* the directory of the user's locks */
    bool mailed;       /* the file has said where mail goes: */
    char mailto[MAILTO_SIZE];
    bool locked; /* one of its jobs has a lock */
};

/* Writes a job's lines, or nothing if the cron is rejected. */
static void job_write(struct ccm_run *run, const json_t *cron,
                      struct job_file *out)
{
    const char *name = ccm_line(run, cron, "name");
    const char *given = ccm_string(run, cron, "schedule");
    char schedule[CRONTAB_SCHEDULE_SIZE], mailto[MAILTO_SIZE];
    const char *bad = crontab_schedule_read(given, schedule);
    char *command = job_command(run, cron, out->locks);

    job_mailto(run, cron, mailto);
    if (bad)
        ccm_reject(run, cron, "schedule \"%.100s\": %s", given, bad);
    if (!ccm_rejected(run, cron)) {
        fprintf(out->file, "\n# %lld: %s\n",
                (long long) ccm_integer(run, cron, "id"), name);
        if (!out->mailed || strcmp(out->mailto, mailto) != 0)
            fprintf(out->file, "MAILTO=\"%s\"\n", mailto);
        out->mailed = true;
        memcpy(out->mailto, mailto, sizeof(mailto));
        out->locked |= ccm_boolean_or(run, cron, "locking_enabled", true);
        fprintf(out->file, "%s %s\n", schedule, command);
    }
    free(command);
}

/* ------------------------------------------------------------------- plan */

/* Is the cron for this node? One without node_id is for every node. */
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

/* All jobs of a user, as text; "" if none is left. Sets *locked. Returns new
 * (freed with free). */
static char *crontab_text(struct crontab *c, const json_t *jobs,
                          const char *locks, bool *locked)
{
    struct job_file out = {.locks = locks};
    const json_t *cron;
    char *text = NULL;
    size_t size, i;

    out.file = open_memstream(&text, &size);
    if (!out.file) {
        ccm_fail(c->run, "out of memory");
        return NULL;
    }
    json_array_foreach (jobs, i, cron) {
        job_write(c->run, cron, &out);
    }
    fclose(out.file);
    *locked = out.locked;
    return text;
}

/* A place for locks that the user can always take, whatever his home is. */
static void crontab_locks(struct crontab *c, const json_t *user,
                          const char *path)
{
    int64_t id = ccm_integer_or(c->run, user, "unix_id", 0);
    char number[24];

    snprintf(number, sizeof(number), "%lld", (long long) id);
    if (!c->locked)
        ccm_directory(c->run, &(struct ccm_directory){.path = c->folder});
    c->locked = true;
    ccm_directory(
        c->run,
        &(struct ccm_directory){
            .path = path,
            .mode = 0700,
            .owner = id > 0 ? number : ccm_name(c->run, user, "username"),
            .object = user});
}

static void crontab_file(struct crontab *c, const char *path, const char *name,
                         const char *jobs)
{
    FILE *file =
        ccm_file(c->run, &(struct ccm_file){.path = path,
                                            .mode = 0600,
                                            .owner = c->owner ? c->owner : name,
                                            .group = c->group});

    fprintf(file,
            "# Made by ccm (%s) from the cluster's crons. Do not edit: the "
            "next run restores it.\n%s",
            ccm_configuration(c->run), jobs);
}

/* Declares the crontab of a user, or its absence. */
static void crontab_user(struct crontab *c, const json_t *user)
{
    const char *name = crontab_user_name(c, user), *path, *locks;
    char key[24], *jobs;
    bool locked = false;

    if (ccm_rejected(c->run, user))
        return;
    json_object_set_new(c->names, name, json_true());
    path = ccm_path(c->run, c->path, name);
    locks = ccm_path(c->run, c->locks, name);
    snprintf(key, sizeof(key), "%lld",
             (long long) ccm_integer(c->run, user, "id"));
    jobs = crontab_text(c, json_object_get(c->jobs, key), locks, &locked);
    if (locked)
        crontab_locks(c, user, locks);
    if (jobs && *jobs)
        crontab_file(c, path, name, jobs);
    else if (jobs)
        ccm_absent(c->run, &(struct ccm_absent){.path = path, .object = user});
    free(jobs);
}

/* Can it begin a format, and be in a line of a crontab? */
static bool crontab_is_folder(const char *path)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._/-";

    return *path == '/' && strlen(path) <= 200 &&
           strspn(path, allowed) == strlen(path);
}

/* Reads the settings. Returns 0 or -1. */
static int crontab_settings(struct crontab *c, struct ccm_run *run)
{
    const json_t *settings = ccm_settings(run);
    const char *spool =
        ccm_string_or(run, settings, "spool", "/var/spool/cron/crontabs");
    const char *locks =
        ccm_string_or(run, settings, "locks", "/var/spool/ccm-crontab");

    *c = (struct crontab){.run = run};
    c->owner = ccm_string_or(run, settings, "owner", NULL);
    c->group = ccm_string_or(run, settings, "group", "crontab");
    c->nodes = ccm_boolean_or(run, settings, "nodes", false);
    if (*spool != '/' || strchr(spool, '%') || strlen(spool) > 200)
        return ccm_fail(run, "setting spool: expected an absolute path");
    if (!crontab_is_folder(locks))
        return ccm_fail(run, "setting locks: expected a plain absolute path");
    snprintf(c->path, sizeof(c->path), "%s/%%s", spool);
    snprintf(c->locks, sizeof(c->locks), "%s/%%s", locks);
    c->folder = locks;
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
