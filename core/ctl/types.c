/* SPDX-License-Identifier: ISC */
/* Where the commands get the types from, and how they use them. */
#include "ctl/types.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>

#define CATALOG_BYTES_MAX (64 * 1024 * 1024)

extern char **environ;

static int types_spawn(char *const *argv, int out, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    int r = posix_spawn_file_actions_init(&actions);

    if (r == 0)
        r = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (r == 0)
        r = posix_spawn(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -r;
}

/* What the program prints, up to the limit. Returns 0 or -errno. */
static int types_read(char *const *argv, struct buf *out)
{
    char bytes[8192];
    ssize_t n = 0;
    pid_t pid;
    int fds[2], status, r;

    if (pipe(fds) < 0)
        return -errno;
    r = types_spawn(argv, fds[1], &pid);
    close(fds[1]);
    while (r == 0 && out->size < CATALOG_BYTES_MAX &&
           (n = read(fds[0], bytes, sizeof(bytes))) > 0)
        buf_add(out, bytes, (size_t) n);
    close(fds[0]);
    while (r == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return r;
}

static int types_of(struct ctl *ctl, const json_t *document, json_t **list)
{
    const char *error = json_string_or(document, "error", NULL);
    json_t *types = json_object_get(document, "types");

    if (error)
        return ctl_fail(ctl, CCM_EXIT_FAILED, "%s", error);
    *list = types ? json_incref(types) : json_array();
    return CCM_EXIT_DONE;
}

int types_described(struct ctl *ctl, json_t **list)
{
    cleanup_free char *runner = NULL;
    cleanup_buf struct buf out = BUF_INIT;
    json_auto_t *document = NULL;
    const char *file;
    const char *argv[5] = {NULL};
    int n = 0, r = ctl_runner(ctl, &runner, &file);

    if (r != CCM_EXIT_DONE)
        return r;
    argv[n++] = runner;
    if (file) {
        argv[n++] = "-c";
        argv[n++] = file;
    }
    argv[n] = "describe";
    r = types_read((char *const *) argv, &out);
    if (r < 0)
        return ctl_fail(ctl, CCM_EXIT_FAILED, "%s: %s", runner, strerror(-r));
    if (json_parse(buf_text(&out), out.size, CATALOG_BYTES_MAX, &document,
                   &ctl->error) < 0) {
        error_prefix(&ctl->error, 0, "%s describe", runner);
        return CCM_EXIT_FAILED;
    }
    return types_of(ctl, document, list);
}

int types_asked(struct ctl *ctl, json_t **list)
{
    json_auto_t *document = NULL;
    int r = ctl_ask(ctl, "module.list", NULL, -1, &document);

    return r == CCM_EXIT_DONE ? types_of(ctl, document, list) : r;
}

int types_find(struct ctl *ctl, const json_t *list, const char *name,
               struct type **type)
{
    const json_t *one;
    size_t i;

    *type = NULL;
    json_array_foreach (list, i, one) {
        if (!streq(json_string_or(one, "name", ""), name))
            continue;
        return type_new(one, type, &ctl->error) < 0 ? CCM_EXIT_FAILED
                                                    : CCM_EXIT_DONE;
    }
    return CCM_EXIT_DONE;
}

int types_check_object(const struct type *type, const char *name,
                       const json_t *object, struct error *err)
{
    const json_t *id = json_object_get(object, "id");
    json_auto_t *copy = json_deep_copy(object);
    int r = 0;

    if (!json_is_object(object) || !json_is_integer(id))
        return error_set(err, -EINVAL,
                         "%s: expected an object with an integer \"id\"", name);
    if (!object_id_valid(json_integer_value(id)))
        r = error_set(err, -EINVAL,
                      "field \"id\" is not valid; expected 1 to "
                      "9007199254740991");
    if (r == 0 && type)
        r = type_check(type, copy, err);
    if (r < 0)
        error_prefix(err, r, "%s/%lld", name,
                     (long long) json_integer_value(id));
    return r;
}
