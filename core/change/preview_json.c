/* SPDX-License-Identifier: ISC */
/* The preview for programs; its names are promised (engine.h, ccmctl(1)). */
#include "change/preview.h"

#include "base/json.h"
#include "base/util.h"
#include "change/preview_parts.h"

#include <sys/stat.h>

/* The space that is left for diffs. */
struct preview_room {
    size_t left;
    struct buf diff;
};

static void preview_set_mode(json_t *item, const struct delta *d)
{
    char text[8];

    snprintf(text, sizeof(text), "%04o", d->change->mode & 07777U);
    json_object_set_new(item, "mode", json_string(text));
    if (d->action != DELTA_UPDATE)
        return;
    snprintf(text, sizeof(text), "%04o", (unsigned) d->old_mode & 07777U);
    json_object_set_new(item, "old_mode", json_string(text));
}

static void preview_set_owner(json_t *item, const struct delta *d)
{
    cleanup_buf struct buf text = BUF_INIT;

    preview_new_owner(d, &text);
    json_object_set_new(item, "owner", json_text(buf_text(&text)));
    if (d->action != DELTA_UPDATE)
        return;
    buf_clear(&text);
    preview_old_owner(d, &text);
    json_object_set_new(item, "old_owner", json_text(buf_text(&text)));
}

static void preview_set_diff(json_t *item, const struct delta *d,
                             struct preview_room *room)
{
    enum preview_contents contents = preview_contents(d);
    bool after_empty = false;

    if (d->change->sensitive || contents == PREVIEW_SENSITIVE)
        json_object_set_new(item, "sensitive", json_true());
    if (contents != PREVIEW_SHOWN && contents != PREVIEW_SENSITIVE)
        json_object_set_new(item, "diff_omitted", json_true());
    buf_clear(&room->diff);
    preview_diff(d, &after_empty, &room->diff);
    if (room->diff.size > room->left) {
        json_object_set_new(item, "diff_omitted", json_true());
        return;
    }
    room->left -= room->diff.size;
    if (room->diff.size > 0)
        json_object_set_new(item, "diff", json_text(buf_text(&room->diff)));
}

static void preview_set_path(json_t *item, const struct delta *d,
                             struct preview_room *room)
{
    const struct change *c = d->change;

    json_object_set_new(item, "path", json_text(d->path));
    if (preview_has_mode(d))
        preview_set_mode(item, d);
    if (preview_has_owner(d))
        preview_set_owner(item, d);
    if (c->kind == CHANGE_SYMLINK)
        json_object_set_new(item, "target", json_text(c->target));
    if (S_ISLNK(d->old_mode) && d->old)
        json_object_set_new(item, "old_target", json_text(d->old));
    preview_set_diff(item, d, room);
}

static json_t *preview_argv(const char *const *argv)
{
    json_t *list = json_array();

    for (; argv && *argv; argv++)
        json_array_append_new(list, json_text(*argv));
    return list;
}

static json_t *preview_change(const struct delta *d, const struct plan *plan,
                              struct preview_room *room)
{
    const struct change *c = d->change;
    json_t *item = json_object();

    json_object_set_new(item, "configuration",
                        json_text(plan->configurations[c->configuration].name));
    json_object_set_new(item, "kind", json_string(preview_kind(d)));
    json_object_set_new(item, "action", json_string(preview_action(d)));
    if (c->object)
        json_object_set_new(item, "object", json_text(c->object));
    if (c->kind == CHANGE_COMMAND)
        json_object_set_new(item, "argv", preview_argv(c->list));
    else if (d->path)
        preview_set_path(item, d, room);
    else {
        json_object_set_new(item, "name", json_text(c->name));
        if (d->detail)
            json_object_set_new(item, "detail", json_text(d->detail));
    }
    return item;
}

static json_t *preview_services(const struct deltas *deltas)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < deltas->n_services; i++) {
        const struct delta_service *service = &deltas->services[i];
        json_t *item = json_object();

        json_object_set_new(item, "name", json_text(service->name));
        json_object_set_new(
            item, "action",
            json_string(service->restart ? "restart" : "reload"));
        json_object_set_new(item, "owed", json_boolean(!service->changed));
        json_array_append_new(list, item);
    }
    return list;
}

static void preview_set_size(json_t *object, const char *field, size_t n)
{
    json_object_set_new(object, field, json_integer((json_int_t) n));
}

static json_t *preview_summary(const struct deltas *deltas)
{
    struct preview_counts counts = preview_count(deltas);
    json_t *summary = json_object();

    preview_set_size(summary, "changes", deltas->n);
    preview_set_size(summary, "creates", counts.creates);
    preview_set_size(summary, "updates", counts.updates);
    preview_set_size(summary, "removals", counts.removals);
    preview_set_size(summary, "commands", counts.commands);
    preview_set_size(summary, "services", deltas->n_services);
    preview_set_size(summary, "owed", counts.owed);
    return summary;
}

json_t *preview_json_limited(const struct deltas *deltas,
                             const struct plan *plan, size_t diffs_max)
{
    struct preview_room room = {.left = diffs_max};
    json_t *changes = json_array(), *preview = json_object();
    size_t i;

    for (i = 0; i < deltas->n; i++)
        json_array_append_new(changes,
                              preview_change(&deltas->list[i], plan, &room));
    buf_done(&room.diff);
    json_object_set_new(preview, "changes", changes);
    json_object_set_new(preview, "services", preview_services(deltas));
    json_object_set_new(preview, "summary", preview_summary(deltas));
    return preview;
}

json_t *preview_json(const struct deltas *deltas, const struct plan *plan)
{
    return preview_json_limited(deltas, plan, SIZE_MAX);
}
