/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_SERVICE_H
#define CCM_CHANGE_SERVICE_H

/*
 * The commands of a service, from services in ccm.conf: test its files, reload
 * or restart it, check its health. Each returns 0, or -errno of command_run
 * with "service NAME: test: ..." in err.
 */

#include "base/error.h"
#include "config/config.h"

#include <stdbool.h>

/* Tests the complete set of files. Without a test command: 0. */
int service_test(const struct config_service *service, struct error *err);

/* Reloads or restarts it. */
int service_tell(const struct config_service *service, bool restart,
                 struct error *err);

/*
 * Checks its health, again after growing pauses until it is healthy or the
 * service's time limit is over; then the last result counts. Without a check
 * command: 0.
 */
int service_check(const struct config_service *service, struct error *err);

#endif
