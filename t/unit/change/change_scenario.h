/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_CHANGE_SCENARIO_H
#define CCM_T_CHANGE_SCENARIO_H

/* The fixed runs of the fault tests. */

#include "change_world.h"

struct scenario {
    const char *name;
    const struct change *changes;
    size_t n;
    bool refused; /* the service cannot take the new state */
};

extern const struct scenario scenarios[];
extern const size_t n_scenarios;

const struct scenario *scenario_find(const char *name);

/* What is on the node before; the service "web" takes etc/web.conf when it is
 * reloaded: copies it to <dir>/running and adds a line to <dir>/reloads. */
void scenario_prepare(struct world *world);
/* The services, for a world that was prepared. */
void scenario_services(struct world *world, const struct scenario *scenario);

/* What is below root, without what the account tools leave beside their
 * files. Returns new. */
char *scenario_picture(const struct world *world);
/* A file beside root; "" if there is none. Returns new. */
char *scenario_file(const struct world *world, const char *name);

#endif
