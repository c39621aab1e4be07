/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_SERVICE_H
#define CCM_CHANGE_SERVICE_H

/*
 * What can be asked of a service: is the configuration on disk valid, take it,
 * are you well. The commands come from services in ccm.conf.
 * Each returns 0, or -errno of command_run with "service NAME: test: ..." in
 * err.
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
 * Is it healthy? With patience: asked again after growing pauses until it is,
 * or until the service's time limit is over; then the last answer counts.
 * Without a check command: 0.
 */
int service_check(const struct config_service *service, struct error *err);

#endif
