/* SPDX-License-Identifier: ISC */
/*
 * Remembered answers of modules. Reloading a catalog is cheap except for the
 * processes that ask the modules, and a module with the same contents and
 * settings gives the same answer. So a runner that waits for its job asks in
 * advance. When the job arrives, everything else is read and checked again.
 */
#include "host/answers.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"

static char *answers_key(const struct describe_task *task)
{
    const struct declaration *declaration = task->declaration;
    json_auto_t *key =
        json_pack("{s:s, s:s?, s:O?, s:b}", "module", task->file->digest,
                  "name", declaration->name, "settings", declaration->settings,
                  "program", declaration->program != NULL);

    return json_line(key);
}

json_t *answers_of(const struct describe_task *tasks, size_t n)
{
    json_t *answers = json_object();
    size_t i;

    for (i = 0; i < n; i++) {
        cleanup_free char *key = answers_key(&tasks[i]);

        if (tasks[i].answer)
            json_object_set(answers, key, tasks[i].answer);
    }
    return answers;
}

bool answers_recall(const json_t *answers, struct describe_task *tasks,
                    size_t n)
{
    cleanup_free json_t **found = xcalloc(n, sizeof(json_t *));
    struct error err;
    size_t i;

    for (i = 0; i < n; i++) {
        cleanup_free char *key = NULL;

        if (tasks[i].file->digest[0] == '\0' &&
            module_digest(tasks[i].file, &err) < 0)
            return false;
        key = answers_key(&tasks[i]);
        found[i] = json_object_get(answers, key);
        if (!found[i])
            return false;
    }
    for (i = 0; i < n; i++)
        tasks[i].answer = json_incref(found[i]);
    return true;
}
