/* SPDX-License-Identifier: ISC */
/* Turns deltas into operations: decides where and when each is staged. */
#include "change/transaction.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"
#include "change/owner.h"
#include "plan/plan_rules.h"

#include <errno.h>
#include <sys/random.h>

/* While building. */
struct builder {
    struct transaction *t;
    const struct transaction_input *in;
    uint32_t *op_of; /* by change: index of the op that makes a directory
                        anew, plus one */
    struct error *err;
};

void transaction_tell(struct transaction *t, const char *name, bool restart)
{
    size_t i;

    for (i = 0; i < t->n_told; i++)
        if (streq(t->told[i].name, name)) {
            t->told[i].restart |= restart;
            return;
        }
    xgrow(&t->told, &t->told_capacity, t->n_told, sizeof(*t->told));
    t->told[t->n_told++] = (struct told){xstrdup(name), restart};
}

void transaction_done(struct transaction *t)
{
    size_t i;

    for (i = 0; i < t->n; i++) {
        free(t->ops[i].path);
        free(t->ops[i].temporary);
        free(t->ops[i].name);
        free(t->ops[i].old);
    }
    for (i = 0; i < t->n_told; i++)
        free(t->told[i].name);
    for (i = 0; i < t->n_applied; i++)
        free(t->applied[i].name);
    free(t->ops);
    free(t->told);
    free(t->applied);
    *t = (struct transaction){0};
}

static int builder_token(struct builder *b)
{
    uint64_t random;

    if (getrandom(&random, sizeof(random), 0) != sizeof(random))
        return error_errno(b->err, -errno, "getrandom");
    snprintf(b->t->token, sizeof(b->t->token), "%016llx",
             (unsigned long long) random);
    return 0;
}

static char *builder_temporary(const struct builder *b, const char *stage,
                               const struct op *op)
{
    cleanup_free char *name = xasprintf("%s%s.%zu", PLAN_TEMPORARY, b->t->token,
                                        (size_t) (op - b->t->ops));

    return path_join(stage, name);
}

static char *path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == path ? xstrdup("/")
                         : xstrndup(path, (size_t) (slash - path));
}

/* The op of this run that creates the directory of path. */
static struct op *builder_maker(const struct builder *b, const char *path)
{
    cleanup_free char *folder = path_folder(path);
    const struct change *c = plan_find_path(b->in->plan, folder);
    uint32_t i = c ? b->op_of[c - b->in->plan->changes] : 0;

    return i ? &b->t->ops[i - 1] : NULL;
}

/* Is the owner unknown until an earlier step has been carried out? */
static int builder_is_late(const struct builder *b, const struct change *c)
{
    struct owner owner;
    int r;

    if (!tree_owners(b->in->tree))
        return 0;
    r = owner_resolve(b->in->plan, b->in->accounts, c, &owner, b->err);
    return r < 0 ? r : !owner.uid_known || !owner.gid_known;
}

/* Below a new directory: inside its staged copy, or beside it if one of the two
 * is late. */
static void builder_place_inside(const struct builder *b, struct op *op,
                                 const struct op *maker, const char *name)
{
    cleanup_free char *stage = NULL;

    op->path = path_join(maker->path, name);
    op->late |= maker->late;
    op->inside = !op->late;
    if (op->inside) {
        op->temporary = path_join(maker->temporary, name);
        return;
    }
    stage = path_folder(maker->temporary);
    /* The maker may be inside another one, which is gone by then. */
    while (strstr(stage, "/" PLAN_TEMPORARY)) {
        char *above = path_folder(stage);

        free(stage);
        stage = above;
    }
    op->temporary = builder_temporary(b, stage, op);
}

static int builder_place(const struct builder *b, struct op *op)
{
    const struct op *maker = builder_maker(b, op->delta->path);
    const char *name;
    struct tree_dir *dir;
    int r;

    if (maker) {
        builder_place_inside(b, op, maker, strrchr(op->delta->path, '/') + 1);
        return 0;
    }
    r = tree_parent(b->in->tree, op->delta->path, &dir, &name, b->err);
    if (r < 0)
        return r;
    op->path = path_join(dir->real, name);
    op->temporary = builder_temporary(b, dir->stage, op);
    return 0;
}

static int builder_put(const struct builder *b, struct op *op)
{
    const struct change *c = op->delta->change;
    int r = builder_is_late(b, c);

    if (r < 0)
        return r;
    op->kind = OP_PUT;
    op->late = r;
    op->folder = c->kind == CHANGE_DIRECTORY;
    op->existed = op->delta->action == DELTA_UPDATE;
    r = builder_place(b, op);
    if (r == 0 && op->folder)
        b->op_of[c - b->in->plan->changes] = (uint32_t) (op - b->t->ops) + 1;
    return r;
}

static int builder_attributes(const struct builder *b, struct op *op)
{
    struct tree_dir *dir;
    struct stat st;
    int r = tree_dir(b->in->tree, op->delta->path, &dir, b->err);

    if (r == 0 && fstat(dir->fd, &st) < 0)
        r = error_errno(b->err, -errno, "%s", op->delta->path);
    if (r < 0)
        return r;
    op->kind = OP_ATTRIBUTES;
    op->path = xstrdup(dir->real);
    op->inode = st.st_ino;
    op->mode = st.st_mode & 07777;
    op->uid = st.st_uid;
    op->gid = st.st_gid;
    return 0;
}

/* An item removed from a directory must not wait inside it if the directory
 * itself is removed. */
static void builder_move_out(const struct builder *b, const struct op *folder)
{
    struct op *op;

    for (op = b->t->ops; op < folder; op++) {
        const char *rest = op->temporary && !op->inside
                               ? after_prefix(op->temporary, folder->path)
                               : NULL;
        cleanup_free char *stage = NULL;

        if (!rest || *rest != '/' || strchr(rest + 1, '/'))
            continue;
        stage = path_folder(folder->temporary);
        free(op->temporary);
        op->temporary = builder_temporary(b, stage, op);
    }
}

static int builder_remove(const struct builder *b, struct op *op)
{
    int r;

    op->kind = OP_REMOVE;
    op->folder = S_ISDIR(op->delta->old_mode);
    r = builder_place(b, op);
    if (r == 0 && op->folder)
        builder_move_out(b, op);
    return r;
}

static void builder_account(struct op *op)
{
    const struct delta *d = op->delta;

    op->kind = OP_ACCOUNT;
    op->action = d->action;
    /* A member is undone as the user with the groups that he had. */
    op->account =
        d->change->kind == CHANGE_MEMBER ? CHANGE_USER : d->change->kind;
    op->name = xstrdup(d->change->name);
    op->old = d->old ? xstrdup(d->old) : NULL;
}

static int builder_op(const struct builder *b, struct op *op)
{
    const struct delta *d = op->delta;

    switch (d->change->kind) {
    case CHANGE_GROUP:
    case CHANGE_USER:
    case CHANGE_MEMBER:
        builder_account(op);
        return 0;
    case CHANGE_COMMAND:
        op->kind = OP_COMMAND;
        op->name = xstrdup(d->change->list[0]);
        return 0;
    case CHANGE_DIRECTORY:
        if (d->action == DELTA_UPDATE && S_ISDIR(d->old_mode))
            return builder_attributes(b, op);
        return builder_put(b, op);
    case CHANGE_FILE:
    case CHANGE_SYMLINK:
        return builder_put(b, op);
    case CHANGE_ABSENT:
    case CHANGE_EXCLUSIVE:
    case CHANGE_KEEP:
    case CHANGE_SERVICE:
    case CHANGE_TEST:
        break;
    }
    return builder_remove(b, op);
}

int transaction_build(struct transaction *t,
                      const struct transaction_input *input,
                      const struct delta **blame, struct error *err)
{
    const struct deltas *deltas = input->deltas;
    cleanup_free uint32_t *op_of =
        xcalloc(input->plan->n_changes + 1, sizeof(*op_of));
    struct builder b = {.t = t, .in = input, .op_of = op_of, .err = err};
    int r = builder_token(&b);
    size_t i;

    t->ops = xcalloc(deltas->n + 1, sizeof(*t->ops));
    for (i = 0; r == 0 && i < deltas->n; i++) {
        struct op *op = &t->ops[t->n++];

        op->delta = *blame = &deltas->list[i];
        r = builder_op(&b, op);
    }
    return r;
}
