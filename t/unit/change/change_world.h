/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_CHANGE_WORLD_H
#define CCM_T_CHANGE_WORLD_H

/* A node of its own for a test of core/change: a root, a state directory, a
 * configuration, and short ways to declare things. All asserts are abort():
 * the helpers are used outside cmocka, too. */

#include "base/buf.h"
#include "change/engine.h"
#include "config/config.h"
#include "plan/plan.h"

#include <sys/types.h>

struct world {
    char dir[64]; /* removed by world_done */
    char root[80];
    char state[80];
    struct config config;
};

/* Makes it below $TMPDIR, /dev/shm or /tmp, with etc/passwd and etc/group. */
void world_open(struct world *world);
/* The same for a directory that is there already (with its root). */
void world_use(struct world *world, const char *dir);
/* Frees what world_use made, and nothing on disk. */
void world_leave(struct world *world);
void world_done(struct world *world);
/* A world around each test of cmocka: *state is a struct world. */
int world_setup(void **state);
int world_teardown(void **state);

/* A service whose commands are shell text; NULL for none. */
void world_service(struct world *world, const char *name, const char *test,
                   const char *reload, const char *check);

/* Below root: path begins with "/". */
void world_write(const struct world *world, const char *path,
                 const char *content, mode_t mode);
void world_mkdir(const struct world *world, const char *path, mode_t mode);
/* "" if it is not there. Returns new. */
char *world_read(const struct world *world, const char *path);
bool world_exists(const struct world *world, const char *path);

/* All that is below dir, one line each: path, type, mode, owner, group,
 * contents (newlines as "$") or target. Returns new. */
char *world_picture(const char *dir);

/* Declarations, completed with what every planner fills in. */
#define FILE_(p, text, ...)                                                    \
    {                                                                          \
        .kind = CHANGE_FILE, .path = (p), .content = (text), __VA_ARGS__       \
    }
#define DIR_(p, m, ...)                                                        \
    {                                                                          \
        .kind = CHANGE_DIRECTORY, .path = (p), .mode = (m), __VA_ARGS__        \
    }
#define LINK_(p, t, ...)                                                       \
    {                                                                          \
        .kind = CHANGE_SYMLINK, .path = (p), .target = (t), __VA_ARGS__        \
    }
#define ABSENT_(p, ...)                                                        \
    {                                                                          \
        .kind = CHANGE_ABSENT, .path = (p), __VA_ARGS__                        \
    }
#define EXCLUSIVE_(p, t, ...)                                                  \
    {                                                                          \
        .kind = CHANGE_EXCLUSIVE, .path = (p), .target = (t), __VA_ARGS__      \
    }
#define COMMAND_(...)                                                          \
    {                                                                          \
        .kind = CHANGE_COMMAND,                                                \
        .list = (const char *const[]){__VA_ARGS__, NULL}, .timeout_s = 10      \
    }

/* The wire bytes of changes; owner and group become root where NULL, a
 * file's mode 0644 and its size the contents' length where 0. */
void world_wire(struct buf *out, const struct change *changes, size_t n);

/* A plan and the bytes it stands on. */
struct world_plan {
    struct plan *plan;
    struct buf bytes[4];
    size_t n;
};

/* Adds a configuration. Returns what plan_add does. */
int world_plan_add(struct world_plan *plan, const char *name,
                   const struct change *changes, size_t n, struct error *err);
void world_plan_done(struct world_plan *plan);

/* Compares and applies one configuration "conf". Returns the first failure;
 * summary and failure may be NULL. */
struct world_result {
    struct engine_summary summary;
    struct engine_failure failure;
    struct error err;
};
int world_apply(struct world *world, const struct change *changes, size_t n,
                struct world_result *result);
int world_compare(struct world *world, const struct change *changes, size_t n,
                  struct world_result *result);
/* Returns what was recovered. Aborts on an error. */
const char *world_recover(struct world *world);

#endif
