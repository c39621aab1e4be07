/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_API_CHECK_H
#define CCM_HOST_API_CHECK_H

/* Checks of declarations, made while the failing call is known. plan/plan.h
 * checks again what arrives in the runner. Each returns false after noting the
 * failure. */

#include "host/api.h"

/*
 * Copies a struct of a module, whose own size is given_size, into ours of
 * size bytes: fields that it does not have are zero; fields that we do not
 * have must be.
 */
bool api_copy_struct(struct ccm_run *run, const char *what, void *ours,
                     const void *given, const size_t sizes[2]);
#define api_copy(run, what, ours, size, given, given_size)                     \
    api_copy_struct(run, what, ours, given, (const size_t[]){size, given_size})

bool api_check_path(struct ccm_run *run, const char *what, const char *path);
bool api_check_mode(struct ccm_run *run, const char *path, unsigned mode);
/* A user or group: a name or a number; NULL is allowed. */
bool api_check_account(struct ccm_run *run, const char *of, const char *name);
bool api_check_owner(struct ccm_run *run, const char *path, const char *owner,
                     const char *group);
bool api_check_service(struct ccm_run *run, const char *of,
                       const char *service);
/* Text without control characters; NULL is allowed. */
bool api_check_text(struct ccm_run *run, const char *of, const char *field,
                    const char *text);

void api_fill_owner(struct ccm_run *run, struct change *change,
                    const char *owner, const char *group);

/* Copies a NULL-terminated list into the run's memory; NULL stays NULL. */
const char *const *api_copy_list(struct ccm_run *run, const char *const *list);

#endif
