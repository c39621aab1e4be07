/* SPDX-License-Identifier: ISC */
/*
 * Declared changes as bytes. A record is six words (kind, flags, which strings
 * are there, mode, id, time limit), then the strings that are there in the
 * order of wire_strings, then the contents, then the lists. A missing string
 * has no bytes, so a file takes little more than its contents.
 */
#include "plan/wire.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <stddef.h>

enum {
    WIRE_SENSITIVE = 1 << 0,
    WIRE_ABSENT = 1 << 1,
    WIRE_ALWAYS = 1 << 2,
    WIRE_RESTART = 1 << 3,
    WIRE_ANY = 1 << 4,
    WIRE_RESET = 1 << 5,
    WIRE_FLAGS = (1 << 6) - 1,
};

/* The most entries a list may have. */
#define WIRE_LIST_MAX 4096

static const size_t wire_strings[] = {
    offsetof(struct change, path),      offsetof(struct change, name),
    offsetof(struct change, owner),     offsetof(struct change, group),
    offsetof(struct change, service),   offsetof(struct change, object),
    offsetof(struct change, target),    offsetof(struct change, home),
    offsetof(struct change, shell),     offsetof(struct change, comment),
    offsetof(struct change, password),  offsetof(struct change, user),
    offsetof(struct change, directory), offsetof(struct change, input),
};

static const size_t wire_lists[] = {offsetof(struct change, list),
                                    offsetof(struct change, probe),
                                    offsetof(struct change, env)};

#define WIRE_CONTENT (1U << ARRAY_SIZE(wire_strings))
#define WIRE_LIST(i) (WIRE_CONTENT << (1 + (i)))
#define WIRE_PRESENT (WIRE_LIST(ARRAY_SIZE(wire_lists)) - 1)

static const char **wire_string(struct change *change, size_t i)
{
    return (const char **) ((char *) change + wire_strings[i]);
}

static const char *const **wire_list(struct change *change, size_t i)
{
    return (const char *const **) ((char *) change + wire_lists[i]);
}

static void wire_put_u32(struct buf *buf, uint32_t word)
{
    buf_add(buf, &word, sizeof(word));
}

static void wire_put_bytes(struct buf *buf, const char *bytes, size_t size)
{
    wire_put_u32(buf, (uint32_t) size);
    buf_add(buf, bytes, size);
    buf_putc(buf, '\0');
}

static uint32_t wire_flags(const struct change *change)
{
    return (change->sensitive ? WIRE_SENSITIVE : 0U) |
           (change->absent ? WIRE_ABSENT : 0U) |
           (change->always ? WIRE_ALWAYS : 0U) |
           (change->restart ? WIRE_RESTART : 0U) |
           (change->any ? WIRE_ANY : 0U) | (change->reset ? WIRE_RESET : 0U);
}

static uint32_t wire_present(struct change *change)
{
    uint32_t present = 0;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(wire_strings); i++)
        if (*wire_string(change, i))
            present |= 1U << i;
    if (change->content)
        present |= WIRE_CONTENT;
    for (i = 0; i < ARRAY_SIZE(wire_lists); i++)
        if (*wire_list(change, i))
            present |= WIRE_LIST(i);
    return present;
}

static void wire_put_list(struct buf *buf, const char *const *list)
{
    size_t i, n = 0;

    while (list[n])
        n++;
    wire_put_u32(buf, (uint32_t) n);
    for (i = 0; i < n; i++)
        wire_put_bytes(buf, list[i], strlen(list[i]));
}

void wire_put(struct buf *buf, const struct change *change)
{
    struct change copy = *change;
    size_t i;

    wire_put_u32(buf, change->kind);
    wire_put_u32(buf, wire_flags(change));
    wire_put_u32(buf, wire_present(&copy));
    wire_put_u32(buf, change->mode);
    wire_put_u32(buf, change->id);
    wire_put_u32(buf, change->timeout_s);
    for (i = 0; i < ARRAY_SIZE(wire_strings); i++) {
        const char *text = *wire_string(&copy, i);

        if (text)
            wire_put_bytes(buf, text, strlen(text));
    }
    if (change->content)
        wire_put_bytes(buf, change->content, change->size);
    for (i = 0; i < ARRAY_SIZE(wire_lists); i++)
        if (*wire_list(&copy, i))
            wire_put_list(buf, *wire_list(&copy, i));
}

/* The bytes that are left to read. */
struct wire_reader {
    const char *next;
    size_t left;
};

static int wire_get_u32(struct wire_reader *reader, uint32_t *out)
{
    if (reader->left < sizeof(*out))
        return -EPROTO;
    memcpy(out, reader->next, sizeof(*out));
    reader->next += sizeof(*out);
    reader->left -= sizeof(*out);
    return 0;
}

static int wire_get_bytes(struct wire_reader *reader, const char **out,
                          size_t *size)
{
    uint32_t length;

    if (wire_get_u32(reader, &length) < 0 || reader->left <= length ||
        reader->next[length] != '\0')
        return -EPROTO;
    *out = reader->next;
    *size = length;
    reader->next += (size_t) length + 1;
    reader->left -= (size_t) length + 1;
    return 0;
}

/* A string without a NUL. */
static int wire_get_text(struct wire_reader *reader, const char **out)
{
    size_t size;

    if (wire_get_bytes(reader, out, &size) < 0 || strlen(*out) != size)
        return -EPROTO;
    return 0;
}

/* Appends a list and its NULL to the *n texts of *memory. */
static int wire_get_list(struct wire_reader *reader, const char ***memory,
                         size_t *n)
{
    uint32_t more, i;

    if (wire_get_u32(reader, &more) < 0 || more > WIRE_LIST_MAX)
        return -EPROTO;
    *memory = xrealloc(*memory, (*n + more + 1) * sizeof(**memory));
    for (i = 0; i < more; i++)
        if (wire_get_text(reader, &(*memory)[(*n)++]) < 0)
            return -EPROTO;
    (*memory)[(*n)++] = NULL;
    return 0;
}

/* All lists, which share one piece of memory. */
static int wire_get_lists(struct wire_reader *reader, struct change *change,
                          uint32_t present, const char ***out)
{
    cleanup_free const char **memory = NULL;
    size_t at[ARRAY_SIZE(wire_lists)], n = 0, i;

    for (i = 0; i < ARRAY_SIZE(wire_lists); i++) {
        at[i] = n;
        if ((present & WIRE_LIST(i)) && wire_get_list(reader, &memory, &n) < 0)
            return -EPROTO;
    }
    for (i = 0; i < ARRAY_SIZE(wire_lists); i++)
        if (present & WIRE_LIST(i))
            *wire_list(change, i) = memory + at[i];
    *out = STEAL(memory);
    return 0;
}

static int wire_get_words(struct wire_reader *reader, struct change *change,
                          uint32_t *present)
{
    uint32_t kind, flags;

    if (wire_get_u32(reader, &kind) < 0 || wire_get_u32(reader, &flags) < 0 ||
        wire_get_u32(reader, present) < 0 ||
        wire_get_u32(reader, &change->mode) < 0 ||
        wire_get_u32(reader, &change->id) < 0 ||
        wire_get_u32(reader, &change->timeout_s) < 0)
        return -EPROTO;
    if (kind < CHANGE_FILE || kind > CHANGE_TEST ||
        (flags & ~(uint32_t) WIRE_FLAGS) || (*present & ~WIRE_PRESENT))
        return -EPROTO;
    change->kind = (enum change_kind) kind;
    change->sensitive = flags & WIRE_SENSITIVE;
    change->absent = flags & WIRE_ABSENT;
    change->always = flags & WIRE_ALWAYS;
    change->restart = flags & WIRE_RESTART;
    change->any = flags & WIRE_ANY;
    change->reset = flags & WIRE_RESET;
    return 0;
}

static int wire_get_strings(struct wire_reader *reader, struct change *change,
                            uint32_t present)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(wire_strings); i++)
        if ((present & (1U << i)) &&
            wire_get_text(reader, wire_string(change, i)) < 0)
            return -EPROTO;
    if ((present & WIRE_CONTENT) &&
        wire_get_bytes(reader, &change->content, &change->size) < 0)
        return -EPROTO;
    return 0;
}

int wire_get(const char *bytes, size_t size, size_t *offset,
             struct change *change, const char ***list_memory,
             struct error *err)
{
    struct wire_reader reader = {bytes + *offset, size - *offset};
    struct change got = {0};
    const char **list = NULL;
    uint32_t present;

    if (wire_get_words(&reader, &got, &present) < 0 ||
        wire_get_strings(&reader, &got, present) < 0 ||
        wire_get_lists(&reader, &got, present, &list) < 0)
        return error_set(err, -EPROTO,
                         "the declared changes are corrupt at byte %zu",
                         *offset);
    *offset = size - reader.left;
    *change = got;
    *list_memory = list;
    return 0;
}
