/* SPDX-License-Identifier: ISC */
/* The bench's module: declares count files of size bytes below directory. The
 * setting seed changes their contents, and so does that of an object. */
#include <ccm/module.h>

/* Lines of some 70 bytes, as configuration has them. */
static void files_fill(FILE *out, int64_t number, int64_t seed, int64_t size)
{
    int64_t written = 0;

    while (written < size)
        written +=
            fprintf(out,
                    "%lld * * * * customer /usr/bin/php "
                    "/home/customer/job.php --file %lld --seed %lld\n",
                    (long long) written, (long long) number, (long long) seed);
}

static int plan(struct ccm_run *run)
{
    const json_t *settings = ccm_settings(run);
    const char *directory = ccm_string(run, settings, "directory");
    int64_t count = ccm_integer(run, settings, "count");
    int64_t size = ccm_integer_or(run, settings, "size", 400);
    int64_t seed = ccm_integer_or(run, settings, "seed", 0);
    const json_t *thing;
    char path[4096];
    int64_t i;
    size_t j;

    json_array_foreach (ccm_objects(run, "things"), j, thing)
        seed += ccm_integer_or(run, thing, "seed", 0);
    for (i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/file-%lld", directory, (long long) i);
        files_fill(ccm_file(run, &(struct ccm_file){.path = path}), i, seed,
                   size - 60);
    }
    return 0;
}

CCM_MODULE(.name = "files", .version = "1", .plan = plan,
           .subscribes = CCM_LIST("things"));
