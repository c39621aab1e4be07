/* SPDX-License-Identifier: ISC */
/* Declarations that have a path, and services. */
#include "host/api_check.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "plan/plan_rules.h"

struct api_item *api_add(struct ccm_run *run, enum change_kind kind)
{
    struct api_item *item;

    if (run->n_items >= API_CHANGES_MAX) {
        api_fail(run, "declares more than %d changes", API_CHANGES_MAX);
        return NULL;
    }
    xgrow(&run->items, &run->items_capacity, run->n_items, sizeof(*item));
    item = &run->items[run->n_items++];
    *item = (struct api_item){.change = {.kind = kind}};
    return item;
}

/* Whatever the runner would refuse is refused here, where the call is known.
 * The contents of a file follow later. */
static void api_check_item(struct ccm_run *run, const struct api_item *item)
{
    struct change change = item->change;
    struct error why;

    if (change.kind == CHANGE_FILE)
        change.content = "";
    if (plan_rules_check(&change, &why) < 0)
        api_fail(run, "%s %.200s: %s", plan_kind_name(change.kind),
                 change.path   ? change.path
                 : change.name ? change.name
                               : change.list[0],
                 why.text);
}

void api_finish_item(struct ccm_run *run, struct api_item *item,
                     const json_t *object)
{
    const char *type;
    char text[128];

    api_check_item(run, item);
    if (!object)
        return;
    item->object = api_owner(run, object, &type);
    if (!item->object) {
        api_fail(run, "%.200s: .object is not an object of this run",
                 item->change.path ? item->change.path : "a declaration");
        return;
    }
    snprintf(
        text, sizeof(text), "%s/%lld", type,
        (long long) json_integer_value(json_object_get(item->object, "id")));
    item->change.object = arena_strdup(&run->arena, text);
}

/* The fields that all kinds with a path share. */
static struct api_item *api_add_path(struct ccm_run *run, enum change_kind kind,
                                     const char *path, const char *service)
{
    struct api_item *item;

    if (!api_check_service(run, path, service))
        return NULL;
    item = api_add(run, kind);
    if (!item)
        return NULL;
    item->change.path = arena_strdup(&run->arena, path);
    item->change.service = arena_strdup(&run->arena, service);
    return item;
}

int ccm_directory_sized(struct ccm_run *run, const struct ccm_directory *given,
                        size_t size)
{
    struct ccm_directory dir;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_directory",
                                         .ours = &dir,
                                         .size = sizeof(dir),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    API_ABOUT(run, dir.object);
    if (!api_check_path(run, "directory", dir.path) ||
        !api_check_mode(run, dir.path, dir.mode) ||
        !api_check_owner(run, dir.path, dir.owner, dir.group))
        return -1;
    item = api_add_path(run, CHANGE_DIRECTORY, dir.path, dir.service);
    if (!item)
        return -1;
    item->change.mode = dir.mode ? dir.mode : 0755;
    api_fill_owner(run, &item->change, dir.owner, dir.group);
    api_finish_item(run, item, dir.object);
    return run->failed ? -1 : 0;
}

int ccm_symlink_sized(struct ccm_run *run, const struct ccm_symlink *given,
                      size_t size)
{
    struct ccm_symlink link;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_symlink",
                                         .ours = &link,
                                         .size = sizeof(link),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    API_ABOUT(run, link.object);
    if (!api_check_path(run, "symlink", link.path) ||
        !api_check_text(run, link.path, "target", link.target) ||
        !api_check_owner(run, link.path, link.owner, link.group))
        return -1;
    if (!link.target || link.target[0] == '\0' || strlen(link.target) >= 4096) {
        api_fail(run, "%s: expected a target of 1 to 4095 bytes", link.path);
        return -1;
    }
    item = api_add_path(run, CHANGE_SYMLINK, link.path, link.service);
    if (!item)
        return -1;
    item->change.target = arena_strdup(&run->arena, link.target);
    api_fill_owner(run, &item->change, link.owner, link.group);
    api_finish_item(run, item, link.object);
    return run->failed ? -1 : 0;
}

int ccm_absent_sized(struct ccm_run *run, const struct ccm_absent *given,
                     size_t size)
{
    struct ccm_absent absent;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_absent",
                                         .ours = &absent,
                                         .size = sizeof(absent),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    API_ABOUT(run, absent.object);
    if (!api_check_path(run, "absence of", absent.path))
        return -1;
    item = api_add_path(run, CHANGE_ABSENT, absent.path, absent.service);
    if (!item)
        return -1;
    api_finish_item(run, item, absent.object);
    return run->failed ? -1 : 0;
}

int ccm_exclusive_sized(struct ccm_run *run, const struct ccm_exclusive *given,
                        size_t size)
{
    struct ccm_exclusive exclusive;
    const char *pattern;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_exclusive",
                                         .ours = &exclusive,
                                         .size = sizeof(exclusive),
                                         .given = given,
                                         .given_size = size}) ||
        !api_check_path(run, "exclusive directory", exclusive.path) ||
        !api_check_text(run, exclusive.path, "pattern", exclusive.pattern))
        return -1;
    pattern = exclusive.pattern ? exclusive.pattern : "*";
    if (pattern[0] == '\0' || strchr(pattern, '/')) {
        api_fail(run, "%s: the pattern \"%.80s\" matches no name",
                 exclusive.path, pattern);
        return -1;
    }
    item =
        api_add_path(run, CHANGE_EXCLUSIVE, exclusive.path, exclusive.service);
    if (!item)
        return -1;
    item->change.target = arena_strdup(&run->arena, pattern);
    api_finish_item(run, item, NULL);
    return run->failed ? -1 : 0;
}

int ccm_service_sized(struct ccm_run *run, const struct ccm_service *given,
                      size_t size)
{
    struct ccm_service service;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_service",
                                         .ours = &service,
                                         .size = sizeof(service),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    if (!service.name) {
        api_fail(run, "declares a service without a name");
        return -1;
    }
    if (!api_check_service(run, "ccm_service", service.name))
        return -1;
    if (service.action != CCM_RELOAD && service.action != CCM_RESTART) {
        api_fail(run, "service %s: action %d is unknown", service.name,
                 (int) service.action);
        return -1;
    }
    item = api_add(run, CHANGE_SERVICE);
    if (!item)
        return -1;
    item->change.name = arena_strdup(&run->arena, service.name);
    item->change.restart = service.action == CCM_RESTART;
    item->change.any = service.any;
    return 0;
}
