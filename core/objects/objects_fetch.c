/* SPDX-License-Identifier: ISC */
/* Fetches the objects of a run from the source that ccm.conf names. */
#include "objects.h"

#include "request.h"
#include "source.h"

#include "base/clock.h"

#include <errno.h>

static int objects_fetch_from(const struct config *config,
                              struct objects *objects, struct error *err)
{
    struct source_limits limits = SOURCE_LIMITS;

    /* Planning needs the rest of the time. A runner that is killed could not
     * report what it was doing. */
    if (config->run_timeout_ms > 0)
        limits.deadline_ms = clock_ms() + config->run_timeout_ms / 4 * 3;

    switch (config->objects.kind) {
    case OBJECTS_DIRECTORY:
        return source_directory_fetch(config->objects.path, &limits, objects,
                                      err);
    case OBJECTS_HTTP:
        return source_http_fetch(&config->objects, &limits, objects, err);
    case OBJECTS_ETCD:
        return source_etcd_fetch(&config->store, &limits, objects, err);
    }
    return error_set(err, -EINVAL, "unknown kind of source");
}

void objects_prepare(const struct config *config)
{
    if (config->objects.kind != OBJECTS_DIRECTORY)
        request_prepare();
}

static int objects_seal_all(struct objects *objects, struct error *err)
{
    size_t i;
    int r;

    for (i = 0; i < objects->n_types; i++) {
        if (objects->types[i].array)
            continue;
        r = objects_seal(&objects->types[i], err);
        if (r < 0)
            return error_prefix(err, r, "%s", objects->types[i].name);
    }
    return 0;
}

int objects_fetch(const struct config *config, const char *const *types,
                  int64_t at_least, struct objects **out, struct error *err)
{
    struct objects *objects;
    int r = objects_new(types, &objects, err);

    if (r < 0)
        return error_prefix(err, r, "objects");
    objects->revision = at_least;
    r = objects_fetch_from(config, objects, err);
    if (r == 0)
        r = objects_seal_all(objects, err);
    if (r < 0) {
        objects_free(objects);
        return error_prefix(err, r, "objects");
    }
    *out = objects;
    return 0;
}
