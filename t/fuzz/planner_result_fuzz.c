/* SPDX-License-Identifier: ISC */
/* The memory file that a planner leaves, written by who knows whom: what is
 * mapped of it lies within it. */
#include "fuzz.h"

#include "base/io.h"
#include "host/planner_result.h"
#include "objects/source.h"

#include <sys/stat.h>

static volatile unsigned sum;

static void read_all(const struct planner_result *result)
{
    size_t i;

    for (i = 0; i < result->wire_size; i++)
        sum += (unsigned char) result->wire[i];
}

/* One object. */
static const struct objects *things(void)
{
    static const char *const types[] = {"things", NULL};
    static struct objects *objects;
    json_auto_t *page = json_pack("[{s:i}]", "id", 1);

    if (objects)
        return objects;
    fuzz_check(objects_new(types, &objects, NULL) == 0);
    fuzz_check(objects_add_page(&objects->types[0], page, 0, NULL) == 0);
    fuzz_check(objects_seal(&objects->types[0], NULL) == 0);
    return objects;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"things", NULL};
    static const struct configuration configuration = {.subscribes =
                                                           (char **) types};
    struct planner_result result = {.configuration = &configuration,
                                    .fd = planner_result_open()};

    fuzz_check(result.fd >= 0);
    fuzz_check(io_write_all(result.fd, data, size) == 0);
    planner_result_read(&result, things());
    if (result.outcome == PLANNER_OK) {
        fuzz_check(result.wire_size < size && !result.error);
        fuzz_check(json_is_array(result.rejected) && result.log);
        read_all(&result);
    } else {
        fuzz_check(result.error && *result.error && !result.wire);
    }
    planner_result_done(&result);
    return 0;
}
