/* SPDX-License-Identifier: ISC */
/* The modes that only look: describe, objects, history; and recover. */
#include "host/mode_look.h"

#include "base/json.h"
#include "base/log.h"
#include "base/name.h"
#include "base/protocol.h"
#include "base/util.h"
#include "base/visible.h"
#include "change/engine.h"
#include "host/record.h"
#include "host/run.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>

/* The text may quote an API, an object or a module. */
int mode_fail(const char *what)
{
    cleanup_buf struct buf line = BUF_INIT;

    visible_put_line(&line, what);
    fprintf(stderr, "ccm-runner: %s\n", buf_text(&line));
    return CCM_EXIT_FAILED;
}

int mode_print(const json_t *value)
{
    cleanup_free char *line = json_line(value);

    if (puts(line) < 0 || fflush(stdout) != 0)
        return mode_fail("cannot write to standard output");
    return CCM_EXIT_DONE;
}

int mode_describe(struct config *config)
{
    __attribute__((cleanup(run_done))) struct run run;
    json_auto_t *document = NULL;
    struct error err;
    int status;

    run_init(&run, config);
    if (run_load(&run, &err) < 0) {
        document = json_pack("{s:o}", "error", json_text(err.text));
        mode_print(document);
        return mode_fail(err.text);
    }
    document = catalog_json(run.catalog);
    json_object_set_new(document, "confinement", confine_json(run.confine));
    status = mode_print(document);
    return status;
}

static int mode_object(const struct objects *objects, const char *type,
                       const char *id)
{
    const json_t *object;
    struct error err;
    char *end;
    long long number;

    errno = 0;
    number = strtoll(id, &end, 10);
    if (errno != 0 || end == id || *end != '\0') {
        error_set(&err, -EINVAL, "\"%s\" is not an id; expected a number", id);
        mode_fail(err.text);
        return CCM_EXIT_USAGE;
    }
    object = objects_find(objects, type, number);
    if (object)
        return mode_print(object);
    error_set(&err, -ENOENT, "there is no object %s/%s", type, id);
    return mode_fail(err.text);
}

int mode_objects(struct config *config, const char *type, const char *id)
{
    const char *types[] = {type, NULL};
    json_auto_t *list = NULL;
    struct objects *objects;
    struct error err;
    int status;

    if (!name_valid(type)) {
        error_set(&err, 0, "\"%.80s\" is not a valid object type: " NAME_RULE,
                  type);
        mode_fail(err.text);
        return CCM_EXIT_USAGE;
    }
    if (objects_fetch(config, types, 0, &objects, &err) < 0)
        return mode_fail(err.text);
    if (id) {
        status = mode_object(objects, type, id);
    } else {
        list = json_pack("{s:O}", "objects", objects_of(objects, type));
        status = mode_print(list);
    }
    objects_free(objects);
    return status;
}

int mode_history(struct config *config, const struct history_query *query)
{
    struct error err;

    if (history_show(config, query, stdout, &err) < 0)
        return mode_fail(err.text);
    if (fflush(stdout) != 0)
        return mode_fail("cannot write to standard output");
    return CCM_EXIT_DONE;
}

int mode_recover(struct config *config)
{
    struct engine *engine;
    const char *recovered;
    struct error err;
    int r;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (engine_open(config, ENGINE_APPLY, &engine, &err) < 0)
        return mode_fail(err.text);
    r = engine_recover(engine, &recovered, &err);
    engine_close(engine);
    if (!streq(recovered, "nothing"))
        record_recovered(config, recovered);
    if (r < 0)
        return mode_fail(err.text);
    puts(recovered);
    return CCM_EXIT_DONE;
}
