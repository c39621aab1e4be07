/* SPDX-License-Identifier: ISC */
/* After a crash. */
#include "change/recover.h"

#include "base/util.h"
#include "change/fault.h"
#include "change/rollback.h"
#include "change/service.h"
#include "change/state.h"

#include <errno.h>

static int recover_transaction(struct work *work, const char **recovered,
                               struct error *err)
{
    bool done = work->t.done;
    int r = tree_open(work->config->root, &work->tree, err);

    if (r < 0)
        return r;
    r = done ? rollback_finish(work, err) : rollback_all(work, err);
    tree_close(work->tree);
    if (r == 0)
        *recovered = done ? "finished" : "rolled back";
    return r;
}

int recover_journal(struct config *config, int state_fd, const char **recovered,
                    struct error *err)
{
    struct work work = {.config = config,
                        .state_fd = state_fd,
                        .journal = {.state_fd = state_fd, .fd = -1}};
    int r = FAULT("recover-load");

    *recovered = "nothing";
    r = r < 0 ? error_errno(err, r, "reading the journal")
              : journal_load(state_fd, &work.t, err);
    if (r == 0)
        r = recover_transaction(&work, recovered, err);
    else if (r > 0)
        r = journal_remove(&work.journal, err);
    work_done(&work);
    if (r == -ENOSPC || r == -EDQUOT)
        error_prefix(err, r, "free some space in %s, then start ccmd again",
                     config->state_dir);
    return r < 0 ? error_prefix(err, r, "recovering") : 0;
}

int recover_owed(struct config *config, int state_fd, struct error *err)
{
    json_auto_t *owed = state_owed(state_fd);
    json_auto_t *left = json_deep_copy(owed);
    const char *name;
    json_t *restart;
    int first = 0, r;

    json_object_foreach (owed, name, restart) {
        struct error why;

        r = FAULT("owed-tell");
        if (r < 0)
            error_errno(&why, r, "service %s", name);
        else
            r = service_tell(config_service(config, name),
                             json_is_true(restart), &why);
        if (r == 0)
            json_object_del(left, name);
        else if (first == 0)
            first = error_set(err, r, "%s", why.text);
    }
    r = state_set_owed(state_fd, left, first == 0 ? err : NULL);
    return first < 0 ? first : r;
}
