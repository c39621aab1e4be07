/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_SETTING_H
#define CCM_HOST_SETTING_H

#include "base/error.h"

#include <jansson.h>
#include <libconfig.h>

/*
 * A setting of libconfig as JSON: groups become objects, lists and arrays
 * arrays. Sets *out, new (freed with json_decref).
 * Returns 0, or -EINVAL with "LINE: what is wrong".
 */
int setting_json(const config_setting_t *setting, json_t **out,
                 struct error *err);

#endif
