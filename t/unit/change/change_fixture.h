/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_CHANGE_CHANGE_FIXTURE_H
#define CCM_T_UNIT_CHANGE_CHANGE_FIXTURE_H

/* A node of its own for a test of core/change: a root, a state directory, a
 * configuration, and short ways to declare things. All asserts are abort():
 * the helpers are used outside cmocka, too. */

#include "base/buf.h"
#include "change/engine.h"
#include "config/config.h"
#include "plan/plan.h"

#include <sys/types.h>

struct change_fixture {
    char dir[64]; /* removed by fixture_done */
    char root[80];
    char state[80];
    struct config config;
};

/* Makes it below $TMPDIR, /dev/shm or /tmp, with etc/passwd and etc/group. */
void fixture_open(struct change_fixture *fixture);
/* The same for a directory that is there already (with its root). */
void fixture_use(struct change_fixture *fixture, const char *dir);
/* Frees what fixture_use made, and nothing on disk. */
void fixture_leave(struct change_fixture *fixture);
void fixture_done(struct change_fixture *fixture);
/* A fixture around each test of cmocka: *state is a struct change_fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* A service whose commands are shell text; NULL for none. */
void fixture_service(struct change_fixture *fixture, const char *name,
                     const char *test, const char *reload, const char *check);

/* Below root: path begins with "/". */
void fixture_write(const struct change_fixture *fixture, const char *path,
                   const char *content, mode_t mode);
void fixture_mkdir(const struct change_fixture *fixture, const char *path,
                   mode_t mode);
/* "" if it is not there. Returns new. */
char *fixture_read(const struct change_fixture *fixture, const char *path);
bool fixture_exists(const struct change_fixture *fixture, const char *path);

/* All that is below dir, one line each: path, type, mode, owner, group,
 * contents (newlines as "$") or target. Returns new. */
char *fixture_picture(const char *dir);

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
void fixture_wire(struct buf *out, const struct change *changes, size_t n);

/* A plan and the bytes it stands on. */
struct fixture_plan {
    struct plan *plan;
    struct buf bytes[4];
    size_t n;
};

/* Adds a configuration. Returns what plan_add does. */
int fixture_plan_add(struct fixture_plan *plan, const char *name,
                     const struct change *changes, size_t n, struct error *err);
void fixture_plan_done(struct fixture_plan *plan);

/* Compares and applies one configuration "conf". Returns the first failure;
 * summary and failure may be NULL. */
struct fixture_result {
    struct engine_summary summary;
    struct engine_failure failure;
    struct error err;
};
int fixture_apply(struct change_fixture *fixture, const struct change *changes,
                  size_t n, struct fixture_result *result);
int fixture_compare(struct change_fixture *fixture,
                    const struct change *changes, size_t n,
                    struct fixture_result *result);
/* Returns what was recovered. Aborts on an error. */
const char *fixture_recover(struct change_fixture *fixture);

#endif
