/* SPDX-License-Identifier: ISC */
/* Encodes and decodes the parts of the journal's records. */
#include "change/journal_record.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

void record_put_number(struct buf *buf, uint64_t number)
{
    buf_add(buf, &number, sizeof(number));
}

void record_put_text(struct buf *buf, const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;

    record_put_number(buf, size);
    buf_add(buf, text, size);
}

void record_put_op(struct buf *buf, const struct op *op)
{
    record_put_number(buf, op->kind);
    record_put_number(buf, (op->late ? 1U : 0U) | (op->inside ? 2U : 0U) |
                               (op->folder ? 4U : 0U) |
                               (op->existed ? 8U : 0U));
    record_put_text(buf, op->path);
    record_put_text(buf, op->temporary);
    record_put_number(buf, op->inode);
    record_put_number(buf, op->mode);
    record_put_number(buf, op->uid);
    record_put_number(buf, op->gid);
    record_put_number(buf, op->action);
    record_put_number(buf, op->account);
    record_put_text(buf, op->name);
    record_put_text(buf, op->old);
}

int record_get_number(struct record_reader *reader, uint64_t *out)
{
    if (reader->left < sizeof(*out))
        return -EPROTO;
    memcpy(out, reader->next, sizeof(*out));
    reader->next += sizeof(*out);
    reader->left -= sizeof(*out);
    return 0;
}

int record_get_text(struct record_reader *reader, char **out)
{
    uint64_t size;

    if (record_get_number(reader, &size) < 0 || size > reader->left)
        return -EPROTO;
    if (size > 0 && strnlen(reader->next, size) != size - 1)
        return -EPROTO;
    *out = size > 0 ? xstrdup(reader->next) : NULL;
    reader->next += size;
    reader->left -= size;
    return 0;
}

static int record_get_paths(struct record_reader *reader, struct op *op)
{
    bool has_path, has_temporary;

    if (record_get_text(reader, &op->path) < 0 ||
        record_get_text(reader, &op->temporary) < 0)
        return -EPROTO;
    has_path = op->path && op->path[0] == '/';
    has_temporary = op->temporary && op->temporary[0] == '/';
    if (op->kind == OP_PUT || op->kind == OP_REMOVE)
        return has_path && has_temporary ? 0 : -EPROTO;
    return op->kind == OP_ATTRIBUTES && !has_path ? -EPROTO : 0;
}

int record_get_op(struct record_reader *reader, struct op *op)
{
    uint64_t kind, flags, mode, uid, gid, action, account;

    if (record_get_number(reader, &kind) < 0 || kind < OP_PUT ||
        kind > OP_COMMAND || record_get_number(reader, &flags) < 0)
        return -EPROTO;
    op->kind = (enum op_kind) kind;
    op->late = flags & 1;
    op->inside = flags & 2;
    op->folder = flags & 4;
    op->existed = flags & 8;
    if (record_get_paths(reader, op) < 0 ||
        record_get_number(reader, &op->inode) < 0 ||
        record_get_number(reader, &mode) < 0 ||
        record_get_number(reader, &uid) < 0 ||
        record_get_number(reader, &gid) < 0 ||
        record_get_number(reader, &action) < 0 ||
        record_get_number(reader, &account) < 0 ||
        record_get_text(reader, &op->name) < 0 ||
        record_get_text(reader, &op->old) < 0)
        return -EPROTO;
    op->mode = (mode_t) mode;
    op->uid = (uid_t) uid;
    op->gid = (gid_t) gid;
    op->action = (enum delta_action) action;
    op->account = (enum change_kind) account;
    return 0;
}
