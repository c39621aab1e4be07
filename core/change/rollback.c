/* SPDX-License-Identifier: ISC */
/* The two ends of a transaction: rollback, and dropping the old state. */
#include "change/rollback.h"

#include "base/util.h"
#include "change/fault.h"
#include "change/owed.h"
#include "change/service.h"
#include "change/state.h"
#include "change/undo.h"

#include <errno.h>
#include <sys/stat.h>

static int rollback_ops(struct work *work, struct error *err)
{
    size_t i;
    int r = 0;

    tree_forget(work->tree);
    for (i = work->t.n; i-- > 0;) {
        struct error why;
        int failed = undo_op(work, &work->t.ops[i], &why);

        if (failed < 0 && r == 0)
            r = error_set(err, failed, "%s", why.text);
        work->incomplete = r < 0;
    }
    accounts_free(STEAL(work->accounts));
    return r;
}

/* Reloads again the services that had been reloaded. */
static int rollback_services(struct work *work, struct error *err)
{
    json_auto_t *owed = state_owed(work->state_fd);
    size_t i;

    for (i = 0; i < work->t.n_told; i++) {
        const struct told *told = &work->t.told[i];
        const struct config_service *service =
            config_service(work->config, told->name);
        struct error why;
        int r = FAULT("undo-tell");

        if (r == 0)
            r = service_tell(service, told->restart, &why);
        else
            error_errno(&why, r, "service %s", told->name);
        if (r == 0) {
            json_object_del(owed, told->name);
            continue;
        }
        owed_add(owed, told->name, told->restart, why.text);
        buf_printf(&work->notes, "; still owed: %s", why.text);
    }
    return state_set_owed(work->state_fd, owed, err);
}

int rollback_all(struct work *work, struct error *err)
{
    int r;

    work_progress(work, "rollback", NULL, NULL);
    r = rollback_ops(work, err);
    if (r == 0)
        r = work_sync(work, err);
    if (r == 0)
        r = rollback_services(work, err);
    if (r == 0)
        r = journal_remove(&work->journal, err);
    return r;
}

static int finish_state(struct work *work, struct error *err)
{
    json_auto_t *applied = state_applied(work->state_fd);
    json_auto_t *owed = state_owed(work->state_fd);
    size_t i;
    int r;

    for (i = 0; i < work->t.n_applied; i++)
        json_object_set_new(applied, work->t.applied[i].name,
                            json_string(work->t.applied[i].digest));
    for (i = 0; i < work->t.n_told; i++)
        json_object_del(owed, work->t.told[i].name);
    r = state_set_applied(work->state_fd, applied, err);
    return r < 0 ? r : state_set_owed(work->state_fd, owed, err);
}

/* The removal of the journal must not become durable before that of the items
 * it names. Its own file system keeps the order; others are synced. */
static int finish_sync(struct work *work, struct error *err)
{
    struct stat st;
    size_t i;

    if (fstat(work->state_fd, &st) < 0)
        return error_errno(err, -errno, "state_dir");
    for (i = 0; i < work->n_syncs; i++)
        if (work->syncs[i].device != st.st_dev && syncfs(work->syncs[i].fd) < 0)
            return error_errno(err, -errno, "making it durable");
    return 0;
}

int rollback_finish(struct work *work, struct error *err)
{
    size_t i;
    int r = finish_state(work, err);

    for (i = work->t.n; r == 0 && i-- > 0;)
        r = undo_drop(work, &work->t.ops[i], err);
    if (r == 0)
        r = finish_sync(work, err);
    return r < 0 ? r : journal_remove(&work->journal, err);
}
