/* SPDX-License-Identifier: ISC */
/*
 * What a foreign program prints, for the module exec: either all of it
 * becomes declarations that the runner takes, or it is said where in the
 * output the error is. The program is a pipe that is full already. In front
 * of the output, and a vertical tab, may stand objects.
 */
#include "modules.h"

#include <sys/wait.h>

/* It has ended well. */
static pid_t fuzz_waitpid(pid_t pid, int *status, int options)
{
    (void) options;
    *status = 0;
    return pid;
}

#define waitpid fuzz_waitpid
#include "host/program_run.c"
#undef waitpid

#include "base/json.h"

static void open_pipes(struct program_run *run, const char *output, size_t size)
{
    fuzz_check(pipe2(run->to, O_CLOEXEC | O_NONBLOCK) == 0);
    fuzz_check(pipe2(run->from, O_CLOEXEC | O_NONBLOCK) == 0);
    fuzz_check(write(run->from[1], output, size) == (ssize_t) size);
    close(run->from[1]);
    run->from[1] = -1;
}

/* Nothing is declared that the program has not said. */
static void check_changes(const struct plan *plan, const char *output,
                          size_t size)
{
    json_auto_t *document = NULL;
    const json_t *changes;
    size_t i;

    fuzz_check(json_parse(output, size, size, &document, NULL) == 0);
    changes = json_object_get(document, "changes");
    fuzz_check(plan->n_changes <= json_array_size(changes));
    for (i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        const json_t *said = json_array_get(changes, i);

        if (plan->n_changes < json_array_size(changes))
            return; /* some come from rejected objects */
        if (json_is_string(json_object_get(said, "mode")))
            fuzz_check(change->kind == CHANGE_KEEP ||
                       change->mode ==
                           strtoul(json_string_or(said, "mode", ""), NULL, 8));
        if (change->kind == CHANGE_FILE && json_object_get(said, "content"))
            fuzz_check(
                streq(change->content, json_string_or(said, "content", "")));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"crons", "unix-users", NULL};
    static struct module_file file = {.path = (char *) "/usr/bin/program"};
    static const struct program program = {.file = &file};
    struct program_run run = {.program = &program, .pid = 1};
    struct fuzz_input input = {(const char *) data, size};
    bool has_objects = size > 0 && memchr(data, '\v', size);
    size_t head_size = 0;
    cleanup_free char *head =
        has_objects ? fuzz_cut(&input, '\v', &head_size) : NULL;
    struct fuzz_input objects = {head ? head : "", head_size};
    struct fuzz_modules modules;

    if (input.left > 60000)
        return 0;
    open_pipes(&run, input.next, input.left);
    fuzz_modules_init(&modules, types, &objects);
    modules.input.has_program = true;
    modules.input.program = &run;
    if (fuzz_modules_plan(&modules))
        check_changes(modules.plan, input.next, input.left);
    else if (modules.result.error)
        fuzz_check(strstr(modules.result.error, "output") ||
                   memmem(data, size, "\"error\"", 7));
    fuzz_modules_done(&modules);
    program_run_close(&run);
    return 0;
}
