/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_API_CHECK_H
#define CCM_HOST_API_CHECK_H

/* Checks of declarations, made while the failing call is known. plan/plan.h
 * checks again what arrives in the runner. Each returns false after noting the
 * failure. */

#include "host/api.h"

/* A struct that a module has given, and ours that it is copied to. */
struct api_copy {
    const char *what; /* its name */
    void *ours;
    size_t size; /* of ours */
    const void *given;
    size_t given_size; /* as the module knows the struct */
};

/* Copies it: fields that the module does not know are zero; fields that we do
 * not know must be. */
bool api_copy(struct ccm_run *run, struct api_copy copy);

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
