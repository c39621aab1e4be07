/* SPDX-License-Identifier: ISC */
/* After a crash. */
#include "change/recover.h"

#include "base/util.h"
#include "change/fault.h"
#include "change/rollback.h"

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
