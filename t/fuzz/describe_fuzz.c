/* SPDX-License-Identifier: ISC */
/*
 * What a planner reports about the modules of a batch, on a pipe that module
 * code can write to, too: an answer that is taken has a valid name, a version
 * and lists of valid names, and one that is not has somebody to blame. The
 * functions are static, so the file itself is included.
 */
#include "host/describe.c"

#include "fuzz.h"

#define TASKS 3

static void check_list(const json_t *list)
{
    const json_t *name;
    size_t i;

    fuzz_check(!list || json_is_null(list) || json_is_array(list));
    json_array_foreach (list, i, name)
        fuzz_check(json_is_string(name) && name_valid(json_string_value(name)));
}

static void check_answer(const json_t *answer)
{
    fuzz_check(name_valid(json_string_or(answer, "name", "")));
    fuzz_check(json_string_or(answer, "version", NULL));
    check_list(json_object_get(answer, "subscribes"));
    check_list(json_object_get(answer, "depends"));
    check_list(json_object_get(answer, "after"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct module_file file = {.path = (char *) "/m/a.so"};
    static struct declaration declaration = {.file = (char *) "a.conf"};
    static const struct config config = {.plan_timeout_ms = 1000};
    struct describe_task tasks[TASKS] = {0};
    struct describe describe = {.config = &config, .tasks = tasks, .n = TASKS};
    struct describe_worker worker = {.describe = &describe, .end = TASKS};
    bool more;
    size_t i;

    for (i = 0; i < TASKS; i++) {
        tasks[i].file = &file;
        tasks[i].declaration = &declaration;
    }
    buf_add(&worker.child.out, data, size);
    more = describe_take_all(&worker);
    for (i = 0; i < TASKS; i++) {
        fuzz_check((i < worker.at) == (tasks[i].answer != NULL));
        if (tasks[i].answer)
            check_answer(tasks[i].answer);
    }
    if (!more)
        fuzz_check(worker.at > worker.first || tasks[worker.at].error);
    buf_done(&worker.child.out);
    for (i = 0; i < TASKS; i++)
        describe_task_done(&tasks[i]);
    return 0;
}
