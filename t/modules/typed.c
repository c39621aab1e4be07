/* SPDX-License-Identifier: ISC */
/* A module that declares its types and its settings, and writes a file for
 * each job that the host lets through, without a check of its own. */
#include <ccm/grammar.h>
#include <ccm/module.h>

#ifndef MAX_COUNT
#define MAX_COUNT 9
#endif

static void plan_job(struct ccm_run *run, const json_t *job)
{
    const json_t *owner = ccm_reference(run, job, "owner_id", "owners");
    FILE *out;

    if (ccm_rejected(run, job))
        return;
    out = ccm_file(
        run, &(struct ccm_file){.path = ccm_path(run, "/etc/typed/%s",
                                                 ccm_string(run, job, "name")),
                                .object = job});
    fprintf(out, "%s of %s, %lld times, %s\n",
            ccm_escape(run, job, CCM_SHELL, ccm_string(run, job, "name")),
            ccm_string(run, owner, "user"),
            (long long) ccm_integer(run, job, "count"),
            ccm_string(run, ccm_settings(run), "word"));
}

static int plan(struct ccm_run *run)
{
    const json_t *job;
    size_t i;

    ccm_directory(run, &(struct ccm_directory){.path = "/etc/typed"});
    json_array_foreach (ccm_objects(run, "jobs"), i, job)
        plan_job(run, job);
    return 0;
}

static const struct ccm_type settings = {
    .size = sizeof(struct ccm_type),
    .row_size = sizeof(struct ccm_field),
    CCM_FIELDS({.name = "word", .kind = CCM_LINE, .initial = "\"hello\""},
               {.name = "directory",
                .kind = CCM_LINE,
                .flags = CCM_OPTIONAL,
                .grammar = CCM_PATH}),
};

CCM_MODULE(.name = "typed", .version = "1", .plan = plan,
           .subscribes = CCM_LIST("jobs", "owners"), .settings = &settings,
           .types = CCM_TYPES(
               CCM_TYPE(.name = "jobs", .summary = "What is done",
                        .unique = CCM_LIST("owner_id", "colour"),
                        CCM_FIELDS({.name = "name",
                                    .kind = CCM_NAME,
                                    .flags = CCM_UNIQUE,
                                    .max = 20,
                                    .summary = "what it is called",
                                    .example = "\"backup\""},
                                   {.name = "owner_id",
                                    .kind = CCM_INTEGER,
                                    .reference = "owners"},
                                   {.name = "count",
                                    .kind = CCM_INTEGER,
                                    .min = 1,
                                    .max = MAX_COUNT,
                                    .initial = "1"},
                                   {.name = "host",
                                    .kind = CCM_LINE,
                                    .flags = CCM_OPTIONAL | CCM_UNIQUE,
                                    .grammar = CCM_HOST},
                                   {.name = "colour",
                                    .kind = CCM_LINE,
                                    .flags = CCM_NULLABLE | CCM_OPTIONAL,
                                    .values = CCM_LIST("red", "green")},
                                   {.name = "password",
                                    .kind = CCM_SECRET,
                                    .flags = CCM_OPTIONAL,
                                    .grammar = CCM_CRYPT},
                                   {.name = "tags",
                                    .kind = CCM_ARRAY,
                                    .of = CCM_LINE,
                                    .flags = CCM_OPTIONAL,
                                    .max = 3})),
               CCM_TYPE(.name = "owners", .summary = "Who does it",
                        CCM_FIELDS({.name = "user",
                                    .kind = CCM_LINE,
                                    .flags = CCM_IMMUTABLE,
                                    .grammar = CCM_USER_NAME}))));
