/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINE_H
#define CCM_HOST_CONFINE_H

/*
 * The source of confined processes: a zygote that knows nothing that the runner
 * knows (zygote.c), and its answers.
 */

#include "base/error.h"
#include "config/config.h"
#include "host/zygote.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The default users of planners: outside of the ranges that distributions,
 * containers and directory services use. */
#define CONFINE_FIRST_UID 2100000000
#define CONFINE_UIDS 65536

struct confine;

/*
 * The program that zygotes are started with: this one, which runs zygote_serve
 * in its mode ZYGOTE_MODE. Without it, they are forked and know all that this
 * process knows; for tests.
 */
void confine_use_program(void);

/*
 * Starts a zygote; config (may be NULL) has the users of planners, and is not
 * kept. An error of the zygote is reported when it is first used. Sets *out,
 * new (freed with confine_free: then all its processes are ended). Returns 0 or
 * -errno.
 */
int confine_new(const struct config *config, struct confine **out,
                struct error *err);
void confine_free(struct confine *confine);

/* To poll for answers. */
int confine_fd(const struct confine *confine);

/* Asks for a process; request->id and uid are filled here. Returns 0 or
 * -errno. */
int confine_start(struct confine *confine, struct zygote_request *request,
                  const int *fds, struct error *err);
void confine_kill(struct confine *confine, uint64_t id);

/* Takes an available answer. Returns 1 with *answer, 0 if there is none, or
 * -EPIPE: the zygote is gone, and all its processes with it. */
int confine_take(struct confine *confine, struct zygote_answer *answer);

/*
 * The confinement of this system, for "describe" and for status:
 * {"user":"2100000000-2100065535" or null,"alone":bool,"seccomp":bool,
 * "landlock":N (ABI, 0: none),"missing":["text for people", ...]}. Returns new
 * (freed with json_decref).
 */
json_t *confine_json(struct confine *confine);

#endif
