/* SPDX-License-Identifier: ISC */
/*
 * things: one file an object, and what the end-to-end tests want of it.
 *
 * settings.directory  where the files go (/etc/things)
 * settings.service    the service of the files
 * settings.command    a program that is run, with the node's name, when a
 *                     file has changed; tests hold a turn open with it
 * settings.hook       the same without the name, so that it is the same plan
 *                     on every node; CCM_ROOT tells them apart
 * settings.wait       planning lasts for as long as this file is there
 * An object with "broken": true fails the plan; one whose name is no name is
 * rejected.
 */
#include <ccm/module.h>

#include <time.h>
#include <unistd.h>

static const char *setting(struct ccm_run *run, const char *field,
                           const char *fallback)
{
    return ccm_string_or(run, ccm_settings(run), field, fallback);
}

static int plan_thing(struct ccm_run *run, const char *directory,
                      const json_t *thing)
{
    const char *name = ccm_name(run, thing, "name");
    const char *content = ccm_string_or(run, thing, "content", "");
    char path[4096];
    FILE *out;

    if (ccm_boolean_or(run, thing, "broken", false))
        return ccm_fail(run, "the thing %s is broken", name);
    if (ccm_rejected(run, thing))
        return 0;
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    out = ccm_file(run,
                   &(struct ccm_file){.path = path,
                                      .service = setting(run, "service", NULL),
                                      .object = thing});
    fprintf(out, "%s\n", content);
    return 0;
}

static void wait_while(const char *file)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

    while (file && access(file, F_OK) == 0)
        nanosleep(&pause, NULL);
}

static int plan(struct ccm_run *run)
{
    const char *directory = setting(run, "directory", "/etc/things");
    const char *command = setting(run, "command", NULL);
    const char *hook = setting(run, "hook", NULL);
    const json_t *thing;
    size_t i;

    wait_while(setting(run, "wait", NULL));
    ccm_directory(run, &(struct ccm_directory){.path = directory});
    ccm_exclusive(run, &(struct ccm_exclusive){.path = directory});
    json_array_foreach (ccm_objects(run, "things"), i, thing) {
        if (plan_thing(run, directory, thing) < 0)
            return -1;
    }
    if (command)
        ccm_command(run, &(struct ccm_command){
                             .argv = CCM_LIST(command, ccm_node(run))});
    if (hook)
        ccm_command(run, &(struct ccm_command){.argv = CCM_LIST(hook)});
    return 0;
}

CCM_MODULE(.name = "things", .version = "1.0",
           .summary = "one file an object, for the tests",
           .subscribes = CCM_LIST("things"), .plan = plan);
