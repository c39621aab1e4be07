/* SPDX-License-Identifier: ISC */
/* The list of the results of a comparison. */
#include "change/delta.h"

#include "base/alloc.h"
#include "base/util.h"

struct delta *deltas_add(struct deltas *deltas)
{
    struct delta *delta;

    xgrow(&deltas->list, &deltas->capacity, deltas->n, sizeof(*delta));
    delta = &deltas->list[deltas->n++];
    *delta = (struct delta){0};
    return delta;
}

void deltas_add_service(struct deltas *deltas, const char *name, bool restart,
                        bool changed)
{
    struct delta_service *service = deltas->services;
    size_t i;

    for (i = 0; i < deltas->n_services; i++, service++) {
        if (!streq(service->name, name))
            continue;
        service->restart |= restart;
        service->changed |= changed;
        return;
    }
    xgrow(&deltas->services, &deltas->services_capacity, deltas->n_services,
          sizeof(*service));
    deltas->services[deltas->n_services++] = (struct delta_service){
        .name = name, .restart = restart, .changed = changed};
}

void deltas_done(struct deltas *deltas)
{
    size_t i;

    for (i = 0; i < deltas->n; i++) {
        free(deltas->list[i].path);
        free(deltas->list[i].old);
        free(deltas->list[i].detail);
    }
    free(deltas->list);
    free(deltas->services);
    *deltas = (struct deltas){0};
}
