/* SPDX-License-Identifier: ISC */
/*
 * The lines of a stream, however it is cut into pieces: the same lines come
 * out as if it had come in one, none is longer than the limit, and nothing
 * follows a cancel. The functions are static, so the file itself is included.
 */
#include "loop/http.c"

#include "fuzz.h"

#define LINE_BYTES_MAX 40

struct lines {
    struct http_transfer *transfer;
    struct buf out;
    unsigned until_cancel; /* 0: never */
    bool over;
};

static void on_line(void *userdata, const char *line, size_t size)
{
    struct lines *lines = userdata;

    fuzz_check(!lines->over);
    fuzz_check(line[size] == '\0' && !memchr(line, '\n', size));
    buf_add(&lines->out, line, size);
    buf_putc(&lines->out, '\n');
    if (lines->until_cancel > 0 && --lines->until_cancel == 0) {
        lines->over = true;
        http_cancel(lines->transfer);
    }
}

static const struct http_ops stream_ops = {.line = on_line};

/* As curl hands them over: some pieces, then what http.c makes of them. */
static void feed(struct lines *lines, struct fuzz_input *input, size_t step)
{
    while (input->left > 0 && !lines->over) {
        size_t n = step < input->left ? step : input->left;
        /* A copy: http.c may not keep what curl gave. */
        char *piece = xmemdup(input->next, n);
        size_t taken = http_on_write(piece, 1, n, lines->transfer);

        free(piece);
        fuzz_check(taken == n || lines->transfer->too_long);
        if (lines->transfer->has_lines && n % 2)
            if (!http_hand_out(lines->transfer))
                return;
        if (taken < n)
            break;
        input->next += n;
        input->left -= n;
    }
    if (!lines->over && lines->transfer->has_lines)
        http_hand_out(lines->transfer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    size_t step = fuzz_byte(&input) % 16 + 1;
    struct http http = {0};
    struct lines lines = {.until_cancel = fuzz_byte(&input) % 4};
    struct fuzz_input whole = input;

    lines.transfer = xcalloc(1, sizeof(*lines.transfer));
    *lines.transfer = (struct http_transfer){.http = &http,
                                             .ops = &stream_ops,
                                             .userdata = &lines,
                                             .size_max = LINE_BYTES_MAX};
    http.transfers = lines.transfer;
    feed(&lines, &input, step);
    /* What came out is how what came in begins. */
    fuzz_check(lines.out.size <= whole.left);
    fuzz_check(lines.out.size == 0 ||
               memcmp(lines.out.data, whole.next, lines.out.size) == 0);
    if (!lines.over) {
        if (!lines.transfer->too_long)
            fuzz_check(!memchr(whole.next + lines.out.size, '\n',
                               whole.left - lines.out.size));
        http_unlink(lines.transfer);
        http_free(lines.transfer);
    }
    buf_done(&lines.out);
    return 0;
}
