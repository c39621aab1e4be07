/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_CHANGE_CHANGE_SCENARIO_H
#define CCM_T_UNIT_CHANGE_CHANGE_SCENARIO_H

/* The fixed runs of the fault tests. */

#include "change_fixture.h"

struct scenario {
    const char *name;
    const struct change *changes;
    size_t n;
    bool refused;  /* the service cannot take the new state */
    bool no_flags; /* renameat2 takes none */
};

extern const struct scenario scenarios[];
extern const size_t n_scenarios;

const struct scenario *scenario_find(const char *name);

/* What is on the node before; the service "web" takes etc/web.conf when it is
 * reloaded: copies it to <dir>/running and adds a line to <dir>/reloads. */
void scenario_prepare(struct change_fixture *fixture);
/* The services, for a fixture that was prepared. */
void scenario_services(struct change_fixture *fixture,
                       const struct scenario *scenario);

/* What is below root, without what the account tools leave beside their
 * files. Returns new. */
char *scenario_picture(const struct change_fixture *fixture);
/* A file beside root; "" if there is none. Returns new. */
char *scenario_file(const struct change_fixture *fixture, const char *name);

#endif
