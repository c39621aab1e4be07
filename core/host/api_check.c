/* SPDX-License-Identifier: ISC */
/* Checks of declarations. */
#include "host/api_check.h"

#include "base/path.h"
#include "base/util.h"
#include "host/names.h"
#include "plan/plan_rules.h"

#define MODE_MAX 07777
#define ACCOUNT_BYTES_MAX 32
#define SERVICE_BYTES_MAX 255
#define TEXT_BYTES_MAX (64 * 1024)

bool api_copy(struct ccm_run *run, struct api_copy copy)
{
    size_t known = copy.size < copy.given_size ? copy.size : copy.given_size, i;

    if (!copy.given || copy.given_size < sizeof(void *) ||
        copy.given_size > 4096) {
        api_fail(run, "%s received %s of %zu bytes", copy.what,
                 copy.given ? "a struct" : "NULL instead of a struct",
                 copy.given_size);
        return false;
    }
    memset(copy.ours, 0, copy.size);
    memcpy(copy.ours, copy.given, known);
    for (i = known; i < copy.given_size; i++) {
        if (((const char *) copy.given)[i] == 0)
            continue;
        api_fail(run,
                 "%s uses a field that this ccm does not know: the module was "
                 "built for a newer ccm",
                 copy.what);
        return false;
    }
    return true;
}

bool api_check_path(struct ccm_run *run, const char *what, const char *path)
{
    struct error why;

    if (!path) {
        api_fail(run, "declares a %s without a path", what);
        return false;
    }
    if (path_check(path, &why) == 0) {
        if (streq(path, "/"))
            error_set(&why, 0, "is the root itself");
        else if (strstr(path, "/" PLAN_TEMPORARY))
            error_set(
                &why, 0,
                "has a name that begins with \"%s\", which is reserved for ccm",
                PLAN_TEMPORARY);
        else
            return true;
    }
    api_fail(run, "declares the %s \"%.200s\", which %s", what, path, why.text);
    return false;
}

bool api_check_mode(struct ccm_run *run, const char *path, unsigned mode)
{
    if (mode <= MODE_MAX)
        return true;
    api_fail(run, "%s: mode 0%o is not between 0001 and 07777", path, mode);
    return false;
}

bool api_check_account(struct ccm_run *run, const char *of, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t size = name ? strspn(name, letters) : 0;

    if (!name)
        return true;
    if (size > 0 && size <= ACCOUNT_BYTES_MAX && name[0] != '-' &&
        (name[size] == '\0' || streq(name + size, "$")))
        return true;
    api_fail(run, "%s: \"%.80s\" is not the name or number of a user or group",
             of, name);
    return false;
}

bool api_check_owner(struct ccm_run *run, const char *path, const char *owner,
                     const char *group)
{
    return api_check_account(run, path, owner) &&
           api_check_account(run, path, group);
}

bool api_check_service(struct ccm_run *run, const char *of, const char *service)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "._-@:\\";
    size_t size = service ? strspn(service, letters) : 0;

    if (!service || (size > 0 && size <= SERVICE_BYTES_MAX &&
                     service[size] == '\0' && service[0] != '-'))
        return true;
    api_fail(run, "%s: \"%.80s\" is not the name of a service", of, service);
    return false;
}

bool api_check_text(struct ccm_run *run, const char *of, const char *field,
                    const char *text)
{
    if (!text)
        return true;
    if (!path_has_control(text) && strlen(text) <= TEXT_BYTES_MAX)
        return true;
    api_fail(run, "%.200s: %s has a control character or more than %d bytes",
             of, field, TEXT_BYTES_MAX);
    return false;
}

void api_fill_owner(struct ccm_run *run, struct change *change,
                    const char *owner, const char *group)
{
    change->owner = owner ? arena_strdup(&run->arena, owner) : "root";
    change->group = group ? arena_strdup(&run->arena, group) : "root";
}

const char *const *api_copy_list(struct ccm_run *run, const char *const *list)
{
    size_t i, n = names_count(list);
    const char **copy;

    if (!list)
        return NULL;
    copy = arena_alloc(&run->arena, (n + 1) * sizeof(*copy));
    for (i = 0; i < n; i++)
        copy[i] = arena_strdup(&run->arena, list[i]);
    copy[n] = NULL;
    return copy;
}
