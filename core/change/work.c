/* SPDX-License-Identifier: ISC */
/* Shared by the steps of a transaction. */
#include "change/work.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/fault.h"

#include <errno.h>

void work_done(struct work *work)
{
    size_t i;

    for (i = 0; i < work->n_syncs; i++)
        close(work->syncs[i].fd);
    free(work->syncs);
    free(work->tests);
    accounts_free(work->accounts);
    journal_close(&work->journal);
    transaction_done(&work->t);
    buf_done(&work->notes);
}

void work_progress(const struct work *work, const char *step,
                   const char *configuration, const char *detail)
{
    if (work->progress)
        work->progress(work->userdata, step, configuration, detail);
}

int work_accounts(struct work *work, const struct accounts **out,
                  struct error *err)
{
    int r = 0;

    if (!work->accounts)
        r = accounts_open(tree_root(work->tree), &work->accounts, err);
    *out = work->accounts;
    return r;
}

int work_touch(struct work *work, const struct tree_dir *dir, dev_t device)
{
    size_t i;
    int fd;

    for (i = 0; i < work->n_syncs; i++)
        if (work->syncs[i].device == device)
            return 0;
    fd = tree_open_dir(dir, ".");
    if (fd < 0)
        return fd;
    xgrow(&work->syncs, &work->syncs_capacity, work->n_syncs,
          sizeof(*work->syncs));
    work->syncs[work->n_syncs++] = (struct sync){device, fd};
    return 0;
}

int work_sync(struct work *work, struct error *err)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < work->n_syncs; i++) {
        r = FAULT("sync");
        if (r == 0 && syncfs(work->syncs[i].fd) < 0)
            r = -errno;
    }
    return r < 0 ? error_errno(err, r, "making it durable") : 0;
}
