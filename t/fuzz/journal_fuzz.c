/* SPDX-License-Identifier: ISC */
/*
 * The journal that a crash left behind. No fuzzer guesses a digest, so the
 * input is a row of records (type, size in two bytes, contents) that are given
 * theirs; with an odd first byte it is the file as it is.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/util.h"
#include "change/journal.h"
#include "change/journal_record.h"

#include <fcntl.h>
#include <xxhash.h>

static void put_record(struct buf *out, struct fuzz_input *input)
{
    struct journal_head head = {.type = JOURNAL_BEGIN + fuzz_byte(input) % 7};
    size_t size = fuzz_byte(input);

    size = size << 8 | fuzz_byte(input);
    if (size > input->left)
        size = input->left;
    head.size = (uint32_t) size;
    head.digest = XXH3_64bits_withSeed(input->next, size, head.type);
    buf_add(out, &head, sizeof(head));
    buf_add(out, input->next, size);
    input->next += size;
    input->left -= size;
}

/* What was read is written, read and written: twice the same bytes. */
static void check_op(const struct op *op)
{
    cleanup_buf struct buf first = BUF_INIT, second = BUF_INIT;
    struct transaction t = {.n = 1};
    struct record_reader reader;

    fuzz_check(op->kind >= OP_PUT && op->kind <= OP_COMMAND);
    if (op->kind == OP_PUT || op->kind == OP_REMOVE)
        fuzz_check(op->path[0] == '/' && op->temporary[0] == '/');
    record_put_op(&first, op);
    t.ops = calloc(1, sizeof(*t.ops));
    reader = (struct record_reader){first.data, first.size};
    fuzz_check(record_get_op(&reader, &t.ops[0]) == 0 && reader.left == 0);
    record_put_op(&second, &t.ops[0]);
    fuzz_check(first.size == second.size &&
               memcmp(first.data, second.data, first.size) == 0);
    transaction_done(&t);
}

static void check_transaction(const struct transaction *t)
{
    size_t i;

    fuzz_check(t->ops && strnlen(t->token, sizeof(t->token)) < 17);
    for (i = 0; i < t->n; i++)
        check_op(&t->ops[i]);
    for (i = 0; i < t->n_told; i++)
        fuzz_check(t->told[i].name != NULL);
    for (i = 0; i < t->n_applied; i++)
        fuzz_check(t->applied[i].name != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    bool raw = fuzz_byte(&input) % 2;
    cleanup_buf struct buf bytes = BUF_INIT;
    cleanup_close int fd = -1;
    struct transaction t = {0};
    struct error err;
    int r;

    if (raw)
        buf_add(&bytes, input.next, input.left);
    while (!raw && input.left > 0)
        put_record(&bytes, &input);
    fuzz_write(JOURNAL_NAME, buf_text(&bytes), bytes.size);
    fd = open(fuzz_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fuzz_error_init(&err);
    r = journal_load(fd, &t, &err);
    if (r < 0)
        fuzz_check_error(&err);
    if (r == 0)
        check_transaction(&t);
    transaction_done(&t);
    return 0;
}
