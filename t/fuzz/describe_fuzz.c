/* SPDX-License-Identifier: ISC */
/*
 * What a confined process reports about its module, on a pipe that module code
 * can write to, too: an answer that is taken has a valid name, a version and
 * lists of valid names, and one that is not has somebody to blame. The
 * functions are static, so the file itself is included.
 */
#include "host/describe.c"

#include "fuzz.h"

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
    struct describe_task task = {.file = &file, .declaration = &declaration};
    struct describe_worker worker = {.task = &task,
                                     .child = {.end = CONFINED_DONE}};

    buf_add(&worker.child.out, data, size);
    describe_finish(&worker);
    fuzz_check(!worker.task && (task.answer != NULL) == !task.error);
    if (task.answer)
        check_answer(task.answer);
    describe_task_done(&task);
    return 0;
}
