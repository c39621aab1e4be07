/* SPDX-License-Identifier: ISC */
/*
 * The preview for people:
 *
 *   # crontab: update /etc/cron.d/alice, mode 0600 -> 0644 (crons/17)
 *   --- a/etc/cron.d/alice
 *   +++ b/etc/cron.d/alice
 *   @@ -1 +1 @@
 *   ...
 *   # service cron: reload
 *   # 1 change: 1 update; 1 service
 *
 * Anybody may choose the names of files on the node. A name with a newline
 * could end its comment and begin a diff, so comments contain only visible
 * characters, on a terminal or not.
 */
#include "change/preview.h"

#include "base/alloc.h"

#include "base/util.h"
#include "base/visible.h"
#include "change/preview_parts.h"
#include "command/command.h"

#include <errno.h>
#include <sys/stat.h>

struct preview {
    FILE *out;
    bool colour;
    bool visible;
    bool after_empty;
    struct buf comment, diff, shown;
};

static int preview_write(struct preview *preview, const struct buf *text)
{
    if (text->size == 0 ||
        fwrite(text->data, 1, text->size, preview->out) == text->size)
        return 0;
    return errno ? -errno : -EIO;
}

static const char *preview_colour(char first)
{
    switch (first) {
    case '#':
        return "\033[1m";
    case '@':
        return "\033[36m";
    case '-':
        return "\033[31m";
    case '+':
        return "\033[32m";
    default:
        return NULL;
    }
}

static void preview_show_line(struct preview *preview, const char *line,
                              size_t size)
{
    const char *colour = preview->colour ? preview_colour(line[0]) : NULL;

    if (colour)
        buf_puts(&preview->shown, colour);
    visible_put(&preview->shown, line, size);
    if (colour)
        buf_puts(&preview->shown, "\033[0m");
}

/* Writes text and empties it. */
static int preview_flush(struct preview *preview, struct buf *text)
{
    const char *line = buf_text(text), *end = line + text->size;
    int r;

    if (!preview->visible) {
        r = preview_write(preview, text);
        buf_clear(text);
        return r;
    }
    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t) (end - line));
        const char *stop = newline ? newline : end;

        preview_show_line(preview, line, (size_t) (stop - line));
        buf_putc(&preview->shown, '\n');
        line = stop + 1;
    }
    r = preview_write(preview, &preview->shown);
    buf_clear(&preview->shown);
    buf_clear(text);
    return r;
}

/* ----------------------------------------------------------------- comments */

static void preview_put_attributes(const struct delta *d, struct buf *comment)
{
    if (preview_has_mode(d)) {
        buf_puts(comment, ", mode ");
        if (d->action == DELTA_UPDATE)
            buf_printf(comment, "%04o -> ", (unsigned) d->old_mode & 07777);
        buf_printf(comment, "%04o", d->change->mode);
    }
    if (preview_has_owner(d)) {
        buf_puts(comment, ", owner ");
        if (d->action == DELTA_UPDATE) {
            preview_old_owner(d, comment);
            buf_puts(comment, " -> ");
        }
        preview_new_owner(d, comment);
    }
}

static const char *preview_type(mode_t mode)
{
    if (S_ISDIR(mode))
        return "directory";
    if (S_ISLNK(mode))
        return "symlink";
    return S_ISREG(mode) ? "file" : "special file";
}

/* The text in place of contents. */
static void preview_put_contents(const struct delta *d, struct buf *comment)
{
    switch (preview_contents(d)) {
    case PREVIEW_SENSITIVE:
        buf_puts(comment, ", sensitive contents not shown");
        break;
    case PREVIEW_LARGE:
        buf_puts(comment, ", contents too large to show");
        break;
    case PREVIEW_STRANGE:
        buf_puts(comment, ", contents not shown");
        break;
    default:
        break;
    }
}

static void preview_put_links(const struct delta *d, struct buf *comment)
{
    bool was_link = S_ISLNK(d->old_mode) && d->old;

    if (d->change->kind == CHANGE_SYMLINK && d->action != DELTA_DELETE &&
        (d->content || d->action == DELTA_CREATE)) {
        buf_puts(comment, ", to ");
        visible_put_line(comment, d->change->target);
    }
    if (was_link && (d->content || d->action == DELTA_DELETE)) {
        buf_puts(comment, ", was a link to ");
        visible_put_line(comment, d->old);
    }
}

/* Is a file of another type in the way? */
static bool preview_replaces(const struct delta *d)
{
    switch (d->change->kind) {
    case CHANGE_FILE:
        return !S_ISREG(d->old_mode);
    case CHANGE_DIRECTORY:
        return !S_ISDIR(d->old_mode);
    case CHANGE_SYMLINK:
        return !S_ISLNK(d->old_mode);
    default:
        return false;
    }
}

static void preview_put_path(const struct delta *d, struct buf *comment)
{
    const char *type =
        d->action == DELTA_DELETE ? preview_type(d->old_mode) : preview_kind(d);

    if (!streq(type, "file"))
        buf_printf(comment, "%s ", type);
    visible_put_line(comment, d->path);
    if (d->old_mode != 0 && preview_replaces(d))
        buf_printf(comment, ", in place of a %s", preview_type(d->old_mode));
    preview_put_attributes(d, comment);
    preview_put_links(d, comment);
    preview_put_contents(d, comment);
}

static void preview_put_command(const struct change *c, struct buf *comment)
{
    cleanup_buf struct buf shown = BUF_INIT;

    command_show(&shown, c->list);
    visible_put_line(comment, buf_text(&shown));
    if (c->user) {
        buf_puts(comment, ", as user ");
        visible_put_line(comment, c->user);
    }
    if (c->directory) {
        buf_puts(comment, ", in ");
        visible_put_line(comment, c->directory);
    }
}

/* What a command's probe said that it would do, a line each. */
static void preview_put_probe(const char *detail, struct buf *comment)
{
    while (*detail) {
        size_t size = strcspn(detail, "\n");
        cleanup_free char *line = xstrndup(detail, size);

        buf_puts(comment, "#   ");
        visible_put_line(comment, line);
        buf_putc(comment, '\n');
        detail += size + (detail[size] == '\n');
    }
}

static void preview_put_comment(const struct delta *d, const struct plan *plan,
                                struct buf *comment)
{
    const struct change *c = d->change;

    buf_puts(comment, "# ");
    visible_put_line(comment, plan->configurations[c->configuration].name);
    buf_printf(comment, ": %s ", preview_action(d));
    if (c->kind == CHANGE_COMMAND)
        preview_put_command(c, comment);
    else if (d->path)
        preview_put_path(d, comment);
    else {
        buf_printf(comment, "%s ", preview_kind(d));
        visible_put_line(comment, c->name);
        if (d->detail) {
            buf_puts(comment, ": ");
            visible_put_line(comment, d->detail);
        }
    }
    if (c->object) {
        buf_puts(comment, " (");
        visible_put_line(comment, c->object);
        buf_putc(comment, ')');
    }
    buf_putc(comment, '\n');
    if (c->kind == CHANGE_COMMAND && d->detail)
        preview_put_probe(d->detail, comment);
}

/* ------------------------------------------------------------------ together
 */

static void preview_put_services(const struct deltas *deltas,
                                 struct buf *comment)
{
    size_t i;

    for (i = 0; i < deltas->n_services; i++) {
        const struct delta_service *service = &deltas->services[i];

        buf_puts(comment, "# service ");
        visible_put_line(comment, service->name);
        buf_printf(comment, ": %s%s\n", service->restart ? "restart" : "reload",
                   service->changed ? "" : " (owed from an earlier run)");
    }
}

static void preview_put_count(struct buf *comment, const char **separator,
                              size_t n, const char *what)
{
    if (n == 0)
        return;
    buf_printf(comment, "%s%zu %s%s", *separator, n, what, n == 1 ? "" : "s");
    *separator = ", ";
}

static void preview_put_summary(const struct deltas *deltas,
                                struct buf *comment)
{
    struct preview_counts counts = preview_count(deltas);
    const char *separator = "# ";

    if (deltas->n == 0 && deltas->n_services == 0) {
        buf_puts(comment, "# nothing to change\n");
        return;
    }
    preview_put_count(comment, &separator, deltas->n, "change");
    if (deltas->n > 0)
        separator = ": ";
    preview_put_count(comment, &separator, counts.creates, "create");
    preview_put_count(comment, &separator, counts.updates, "update");
    preview_put_count(comment, &separator, counts.removals, "removal");
    preview_put_count(comment, &separator, counts.commands, "command");
    if (deltas->n > 0)
        separator = "; ";
    preview_put_count(comment, &separator, deltas->n_services, "service");
    buf_putc(comment, '\n');
}

static int preview_all(struct preview *preview, const struct deltas *deltas,
                       const struct plan *plan)
{
    int r = 0;
    size_t i;

    for (i = 0; r == 0 && i < deltas->n; i++) {
        preview_put_comment(&deltas->list[i], plan, &preview->comment);
        r = preview_flush(preview, &preview->comment);
        preview_diff(&deltas->list[i], &preview->after_empty, &preview->diff);
        if (r == 0)
            r = preview_flush(preview, &preview->diff);
    }
    preview_put_services(deltas, &preview->comment);
    preview_put_summary(deltas, &preview->comment);
    if (r == 0)
        r = preview_flush(preview, &preview->comment);
    if (r == 0 && fflush(preview->out) != 0)
        r = errno ? -errno : -EIO;
    return r;
}

int preview_text(const struct deltas *deltas, const struct plan *plan,
                 FILE *out, bool colour, struct error *err)
{
    struct preview preview = {
        .out = out,
        .colour = colour,
        .visible = colour || (fileno(out) >= 0 && isatty(fileno(out))),
    };
    int r = preview_all(&preview, deltas, plan);

    buf_done(&preview.comment);
    buf_done(&preview.diff);
    buf_done(&preview.shown);
    return r < 0 ? error_errno(err, r, "writing the preview") : 0;
}
