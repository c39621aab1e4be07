/* SPDX-License-Identifier: ISC */
/* The services affected by the differences, and how they take them. */
#include "change/compare_internal.h"

#include "base/alloc.h"
#include "base/util.h"

void compare_index_services(struct compare *cmp)
{
    const struct plan *plan = cmp->plan;
    size_t i, capacity = 0;

    for (i = 0; i < plan->n_changes; i++) {
        if (plan->changes[i].kind != CHANGE_SERVICE)
            continue;
        xgrow(&cmp->services, &capacity, cmp->n_services,
              sizeof(*cmp->services));
        cmp->services[cmp->n_services++] = &plan->changes[i];
    }
}

/* The same configuration determines how a service is reloaded. */
void compare_service(struct compare *cmp, const struct change *c)
{
    bool restart = false;
    size_t i;

    for (i = 0; i < cmp->n_services; i++)
        if (cmp->services[i]->configuration == c->configuration &&
            streq(cmp->services[i]->name, c->service))
            restart |= cmp->services[i]->restart;
    deltas_add_service(cmp->out, c->service, restart, true);
}

void compare_any_services(struct compare *cmp)
{
    size_t i;

    for (i = 0; i < cmp->n_services; i++) {
        const struct change *c = cmp->services[i];

        if (c->any && cmp->changed[c->configuration])
            deltas_add_service(cmp->out, c->name, c->restart, true);
    }
}

void compare_done(struct compare *cmp)
{
    free(cmp->fresh);
    free(cmp->changed);
    free(cmp->buffer.bytes);
    compare_ahead_done(cmp);
    free(cmp->services);
    table_done(&cmp->removed);
}
