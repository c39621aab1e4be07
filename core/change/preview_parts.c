/* SPDX-License-Identifier: ISC */
/*
 * The part of a change that may be shown, and its diff. This is the one place
 * that decides about secrets, for the text, the JSON and the history.
 */
#include "change/preview_parts.h"

#include "base/path.h"
#include "base/util.h"
#include "change/diff.h"

#include <sys/stat.h>

struct preview_counts preview_count(const struct deltas *deltas)
{
    struct preview_counts counts = {0};
    size_t i;

    for (i = 0; i < deltas->n; i++) {
        enum delta_action action = deltas->list[i].action;

        counts.creates += action == DELTA_CREATE;
        counts.updates += action == DELTA_UPDATE;
        counts.removals += action == DELTA_DELETE;
        counts.commands += action == DELTA_RUN;
    }
    for (i = 0; i < deltas->n_services; i++)
        counts.owed += !deltas->services[i].changed;
    return counts;
}

const char *preview_kind(const struct delta *delta)
{
    switch (delta->change->kind) {
    case CHANGE_FILE:
        return "file";
    case CHANGE_DIRECTORY:
        return "directory";
    case CHANGE_SYMLINK:
        return "symlink";
    case CHANGE_ABSENT:
        return "absent";
    case CHANGE_EXCLUSIVE:
        return "exclusive";
    case CHANGE_KEEP:
        return "keep";
    case CHANGE_GROUP:
        return "group";
    case CHANGE_USER:
        return "user";
    case CHANGE_COMMAND:
        return "command";
    case CHANGE_SERVICE:
        return "service";
    case CHANGE_MEMBER:
        return "member";
    case CHANGE_TEST:
        return "test";
    }
    return "?";
}

const char *preview_action(const struct delta *delta)
{
    static const char *const names[] = {
        [DELTA_CREATE] = "create",
        [DELTA_UPDATE] = "update",
        [DELTA_DELETE] = "delete",
        [DELTA_RUN] = "run",
    };

    return names[delta->action];
}

static bool preview_is_file(const struct delta *delta)
{
    return delta->path && delta->change->kind == CHANGE_FILE &&
           delta->action != DELTA_DELETE;
}

static bool preview_is_removed_file(const struct delta *delta)
{
    return delta->path && delta->action == DELTA_DELETE &&
           S_ISREG(delta->old_mode);
}

/* Do the contents change? */
static bool preview_has_contents(const struct delta *delta)
{
    if (preview_is_file(delta))
        return delta->content || delta->action == DELTA_CREATE;
    return preview_is_removed_file(delta);
}

enum preview_contents preview_contents(const struct delta *delta)
{
    if (!preview_has_contents(delta))
        return PREVIEW_SHOWN;
    if (delta->change->sensitive)
        return PREVIEW_SENSITIVE;
    if (preview_is_removed_file(delta) && !(delta->old_mode & S_IROTH))
        return PREVIEW_SENSITIVE;
    if (delta->old_large || delta->change->size > DELTA_SHOW_MAX)
        return PREVIEW_LARGE;
    if (path_has_control(delta->path) ||
        (delta->old_mode != 0 && (!S_ISREG(delta->old_mode) || !delta->old)))
        return PREVIEW_STRANGE;
    return PREVIEW_SHOWN;
}

static void preview_put_quoted(struct buf *out, char side, const char *path)
{
    buf_printf(out, " \"%c", side);
    for (; *path; path++) {
        if (*path == '"' || *path == '\\')
            buf_putc(out, '\\');
        buf_putc(out, *path);
    }
    buf_putc(out, '"');
}

static void preview_put_git(const struct delta *delta, struct buf *out)
{
    buf_puts(out, "diff --git");
    preview_put_quoted(out, 'a', delta->path);
    preview_put_quoted(out, 'b', delta->path);
    buf_putc(out, '\n');
}

static void preview_put_empty(const struct delta *delta, struct buf *out)
{
    bool comes = delta->action != DELTA_DELETE;

    preview_put_git(delta, out);
    buf_printf(out, "%s file mode 100644\n", comes ? "new" : "deleted");
    buf_puts(out,
             comes ? "index 0000000..e69de29\n" : "index e69de29..0000000\n");
}

void preview_diff(const struct delta *delta, bool *after_empty, struct buf *out)
{
    cleanup_buf struct buf a = BUF_INIT, b = BUF_INIT;
    struct diff_side old_side = {0}, new_side = {0};
    bool empty;
    int outcome;

    if (!preview_has_contents(delta) ||
        preview_contents(delta) != PREVIEW_SHOWN)
        return;
    buf_printf(&a, "a%s", delta->path);
    buf_printf(&b, "b%s", delta->path);
    if (delta->old_mode != 0)
        old_side =
            (struct diff_side){buf_text(&a), delta->old, delta->old_size};
    if (delta->action != DELTA_DELETE)
        new_side = (struct diff_side){
            buf_text(&b), delta->change->content ? delta->change->content : "",
            delta->change->size};
    empty = old_side.size == 0 && new_side.size == 0;
    if (*after_empty && !empty)
        preview_put_git(delta, out);
    outcome = diff_unified(out, &old_side, &new_side);
    if (empty && (!old_side.data || !new_side.data))
        preview_put_empty(delta, out);
    *after_empty = empty || (*after_empty && outcome == DIFF_BINARY);
}

static bool preview_is_made(const struct delta *delta)
{
    enum change_kind kind = delta->change->kind;

    return delta->path && delta->action != DELTA_DELETE &&
           (kind == CHANGE_FILE || kind == CHANGE_DIRECTORY ||
            kind == CHANGE_SYMLINK);
}

bool preview_has_mode(const struct delta *delta)
{
    return preview_is_made(delta) && delta->change->kind != CHANGE_SYMLINK &&
           (delta->mode || delta->action == DELTA_CREATE);
}

bool preview_has_owner(const struct delta *delta)
{
    return preview_is_made(delta) &&
           (delta->owner || delta->action == DELTA_CREATE);
}

void preview_new_owner(const struct delta *delta, struct buf *out)
{
    const struct change *c = delta->change;

    buf_printf(out, "%s:%s", c->owner ? c->owner : "root",
               c->group ? c->group : "root");
}

void preview_old_owner(const struct delta *delta, struct buf *out)
{
    buf_printf(out, "%u:%u", (unsigned) delta->old_uid,
               (unsigned) delta->old_gid);
}
