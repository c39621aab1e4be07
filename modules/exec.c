/* SPDX-License-Identifier: ISC */
/*
 * exec: modules in any language. The declaration names a program; the host
 * starts it and gives it objects, settings and node as JSON; its output is
 * JSON, too, and becomes declarations here. ccm-exec(5) is the format.
 *
 * The program's author must find its errors, so each error gives its place in
 * the output. Unknown fields are errors, because a misspelt "sensitive" that is
 * silently ignored shows a secret.
 */
#include "exec.h"

#include <string.h>

#define LOG_MAX 1000

/* The host starts the program if the declaration names one. */
static int check(struct ccm_run *run)
{
    size_t size;

    ccm_program(run, &size);
    return 0;
}

static void plan_reject(struct exec *exec)
{
    const json_t *object;
    const char *error;

    exec->kind = "rejection";
    object = exec_object(exec);
    error = exec_text(exec, "error");
    if (!exec->failed && (!object || !error))
        exec_fail(exec, NULL, "must have \"object\" and \"error\"");
    if (exec_known(exec))
        ccm_reject(exec->run, object, "%s", error);
}

/* Calls read for each element of an array of the document, up to a failure. */
static bool plan_each(struct exec *exec, const json_t *document,
                      const char *list, void (*read)(struct exec *exec))
{
    json_t *array = json_object_get(document, list);

    exec_place_begin(exec->text, &exec->place);
    exec_place_member(exec->text, list, &exec->place);
    exec->list = list;
    if (array && !json_is_array(array)) {
        ccm_fail(exec->run,
                 "the program's output, line %zu, column %zu (/%s): must be an "
                 "array",
                 exec->place.line, exec->place.column, list);
        exec->failed = true;
    }
    exec_place_first(exec->text, &exec->place);
    json_array_foreach (array, exec->index, exec->element) {
        if (exec->failed)
            break;
        exec->n_asked = 0;
        if (json_is_object(exec->element))
            read(exec);
        else
            exec_fail(exec, NULL, "must be an object");
        exec_place_next(exec->text, &exec->place);
    }
    ccm_context(exec->run, NULL);
    return !exec->failed;
}

static void plan_log(struct ccm_run *run, const json_t *document)
{
    const json_t *line;
    size_t i;

    json_array_foreach (json_object_get(document, "log"), i, line)
        if (i < LOG_MAX && json_is_string(line))
            ccm_log(run, "%s", json_string_value(line));
}

static int plan_known(struct ccm_run *run, const char *text,
                      const json_t *document)
{
    static const char *const known[] = {"version", "changes", "rejected", "log",
                                        "error"};
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *) document, name, value) {
        struct exec_place place;
        size_t i = 0;

        while (i < sizeof(known) / sizeof(known[0]) &&
               strcmp(known[i], name) != 0)
            i++;
        if (i < sizeof(known) / sizeof(known[0]))
            continue;
        exec_place_begin(text, &place);
        exec_place_member(text, name, &place);
        return ccm_fail(
            run,
            "the program's output, line %zu, column %zu (/%s): unknown field; "
            "expected version, changes, rejected, log or error",
            place.line, place.column, name);
    }
    return 0;
}

static int plan_document(struct ccm_run *run, const char *text,
                         const json_t *document)
{
    struct exec exec = {.run = run, .text = text};
    const json_t *error = json_object_get(document, "error");
    const json_t *version = json_object_get(document, "version");

    if (!json_is_object(document))
        return ccm_fail(run, "the program's output, line 1: must be an object");
    if (plan_known(run, text, document) < 0)
        return -1;
    plan_log(run, document);
    if (version && json_integer_value(version) != 1)
        return ccm_fail(run, "the program's output (/version): must be 1");
    if (error && !json_is_null(error))
        return ccm_fail(run, "%s",
                        json_is_string(error) ? json_string_value(error)
                                              : "the program says \"error\"");
    if (!plan_each(&exec, document, "changes", exec_change) ||
        !plan_each(&exec, document, "rejected", plan_reject))
        return -1;
    return 0;
}

static int plan(struct ccm_run *run)
{
    size_t size;
    const char *text = ccm_program(run, &size);
    json_error_t error;
    json_t *document;
    int r;

    /* An earlier error is kept, so a message about missing output is ignored
     * then. */
    document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!document && json_error_code(&error) == json_error_null_character)
        return ccm_fail(run,
                        "the program's output, line %d, column %d: a string "
                        "has a NUL byte: use content_base64 for contents that "
                        "are not text",
                        error.line, error.column);
    if (!document)
        return ccm_fail(run,
                        "the program's output, line %d, column %d: %s "
                        "(%zu bytes in all)",
                        error.line, error.column, error.text, size);
    r = plan_document(run, text, document);
    json_decref(document);
    return r;
}

CCM_MODULE(.name = "exec", .version = "1.0",
           .summary = "the declarations of a program", .check = check,
           .plan = plan);
