/* SPDX-License-Identifier: ISC */
/* The files in state_dir. */
#include "change/state.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"
#include "change/fault.h"
#include "plan/plan_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define STATE_FILE_MAX (16 * 1024 * 1024)
#define STATE_LOCK_PAUSE_NS 20000000

static const char *const applied_name = "applied.json";
static const char *const owed_name = "owed.json";

int state_open(const char *state_dir, bool create, struct error *err)
{
    int fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r;

    if (fd < 0 && errno == ENOENT && create) {
        r = io_make_dirs(state_dir, err);
        if (r < 0)
            return error_prefix(err, r, "state_dir");
        fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 && fchmod(fd, 0700) < 0) {
            r = -errno;
            close(fd);
            return error_errno(err, r, "state_dir %s", state_dir);
        }
    }
    return fd < 0 ? error_errno(err, -errno, "state_dir %s", state_dir) : fd;
}

int state_lock(int state_fd, int wait_ms, struct error *err)
{
    const struct timespec pause = {.tv_nsec = STATE_LOCK_PAUSE_NS};
    cleanup_close int fd =
        openat(state_fd, "run.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int64_t end = clock_ms() + wait_ms;

    if (fd < 0)
        return error_errno(err, -errno, "run.lock in state_dir");
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_errno(err, -errno, "run.lock in state_dir");
        if (clock_ms() >= end)
            return error_set(err, -EBUSY,
                             "another run is under way here (run.lock in "
                             "state_dir is locked)");
        nanosleep(&pause, NULL);
    }
    return steal_fd(&fd);
}

static json_t *state_read(int state_fd, const char *name)
{
    cleanup_free char *text = NULL;
    json_t *value = NULL;
    size_t size;

    if (state_fd >= 0 &&
        io_read_file(state_fd, name, STATE_FILE_MAX, &text, &size, NULL) == 0 &&
        json_parse(text, size, STATE_FILE_MAX, &value, NULL) == 0 &&
        json_is_object(value))
        return value;
    json_decref(value);
    return json_object();
}

json_t *state_applied(int state_fd)
{
    return state_read(state_fd, applied_name);
}

/* The names become arguments of the service manager, so invalid names are
 * refused. */
json_t *state_owed(int state_fd)
{
    json_t *owed = state_read(state_fd, owed_name), *restart;
    const char *name;
    void *next;

    json_object_foreach_safe(
        owed, next, name, restart) if (plan_rules_check_service(name, NULL) < 0)
        json_object_del(owed, name);
    return owed;
}

typedef int (*state_replace_fn)(int dir_fd, const char *path, unsigned mode,
                                const void *bytes, size_t size,
                                struct error *err);

static int state_write(int state_fd, const char *name, const json_t *value,
                       state_replace_fn replace, struct error *err)
{
    json_auto_t *before = state_read(state_fd, name);
    cleanup_free char *text = NULL;
    int r;

    if (json_equal(before, value))
        return 0;
    r = FAULT("state-write");
    if (r < 0)
        return error_errno(err, r, "%s in state_dir", name);
    text = json_line(value);
    r = replace(state_fd, name, 0600, text, strlen(text), err);
    return r < 0 ? error_prefix(err, r, "state_dir") : 0;
}

/* Not durable at once: after a power cut a full run corrects it. */
int state_set_applied(int state_fd, const json_t *applied, struct error *err)
{
    return state_write(state_fd, applied_name, applied, io_replace_file_soon,
                       err);
}

int state_set_owed(int state_fd, const json_t *owed, struct error *err)
{
    int r;

    if (json_object_size(owed) > 0)
        return state_write(state_fd, owed_name, owed, io_replace_file, err);
    r = FAULT("state-remove");
    if (r == 0 && unlinkat(state_fd, owed_name, 0) < 0 && errno != ENOENT)
        r = -errno;
    return r < 0 ? error_errno(err, r, "%s in state_dir", owed_name) : 0;
}
