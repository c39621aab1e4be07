/* SPDX-License-Identifier: ISC */
/*
 * A mutator for targets whose input is JSON documents parted by form feeds,
 * newlines or vertical tabs. A fuzzer that only flips bytes finds little but
 * syntax errors: this one takes a document, and changes, moves or removes
 * values in it. Each third time the bytes are libFuzzer's own to change.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed);

#define SLOTS_MAX 1024

/* Where a value stands; key NULL: in an array. */
struct slot {
    json_t *parent;
    const char *key;
    size_t index;
};

struct mutation {
    struct slot slots[SLOTS_MAX];
    size_t n;
    unsigned random;
};

static unsigned pick(struct mutation *m, size_t below)
{
    m->random = m->random * 1103515245 + 12345;
    return below ? (m->random >> 8) % (unsigned) below : 0;
}

static void collect(struct mutation *m, json_t *value)
{
    const char *key;
    json_t *inner;
    size_t i;

    json_object_foreach (value, key, inner) {
        if (m->n < SLOTS_MAX)
            m->slots[m->n++] = (struct slot){value, key, 0};
        collect(m, inner);
    }
    json_array_foreach (value, i, inner) {
        if (m->n < SLOTS_MAX)
            m->slots[m->n++] = (struct slot){value, NULL, i};
        collect(m, inner);
    }
}

static json_t *slot_get(const struct slot *slot)
{
    return slot->key ? json_object_get(slot->parent, slot->key)
                     : json_array_get(slot->parent, slot->index);
}

/* Takes value. */
static void slot_set(const struct slot *slot, json_t *value)
{
    if (slot->key)
        json_object_set_new(slot->parent, slot->key, value);
    else
        json_array_set_new(slot->parent, slot->index, value);
}

static json_t *fresh(struct mutation *m)
{
    static const char *const values[] = {
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "2",
        "65536",
        "4294967295",
        "1e300",
        "9223372036854775807",
        "-9223372036854775808",
        "\"\"",
        "\"/\"",
        "\"..\"",
        "[]",
        "{}",
        "\"a\\nb\"",
        "\"%\"",
        "\"\\u001b[2J\"",
        "\"\\u0085\"",
        "\"'\"",
        "\"-\"",
        "\"/etc/passwd\"",
        "\"root\"",
        "\"a/b\"",
        "\"\\u202e\\ud83d\\ude00\"",
        "\"0000\"",
        "\":\"",
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""};

    return json_loads(values[pick(m, ARRAY_SIZE(values))], JSON_DECODE_ANY,
                      NULL);
}

/* A string with some of its bytes changed; it stays UTF-8. */
static json_t *bent(const char *text)
{
    uint8_t bytes[512];
    size_t size = strnlen(text, sizeof(bytes) / 2), i;

    memcpy(bytes, text, size);
    size = LLVMFuzzerMutate(bytes, size, sizeof(bytes) - 1);
    for (i = 0; i < size; i++)
        if (bytes[i] == '\0' || bytes[i] >= 0x80)
            bytes[i] = "\n\r\t '\"\\%:/.$;"[bytes[i] % 13];
    return json_stringn((const char *) bytes, size);
}

static void change_value(struct mutation *m, const struct slot *slot)
{
    const json_t *value = slot_get(slot);

    if (json_is_string(value) && pick(m, 3))
        slot_set(slot, bent(json_string_value(value)));
    else if (json_is_integer(value) && pick(m, 2))
        slot_set(slot, json_integer((json_int_t) pick(m, 70000)));
    else
        slot_set(slot, fresh(m));
}

static void change_document(struct mutation *m)
{
    const struct slot *slot = &m->slots[pick(m, m->n)];
    const struct slot *other = &m->slots[pick(m, m->n)];
    json_t *copy = json_deep_copy(slot_get(other));

    switch (pick(m, 6)) {
    case 0:
        slot_set(slot, copy);
        return;
    case 1:
        if (!slot->key)
            json_array_insert_new(slot->parent, slot->index, copy);
        else if (other->key)
            json_object_set_new(slot->parent, other->key, copy);
        else
            json_decref(copy);
        return;
    case 2:
        json_decref(copy);
        if (slot->key)
            json_object_del(slot->parent, slot->key);
        else
            json_array_remove(slot->parent, slot->index);
        return;
    default:
        json_decref(copy);
        change_value(m, slot);
    }
}

/* The document around a byte chosen by chance: what lies between separators
 * that are no part of it. */
static json_t *find_document(struct mutation *m, const char *text, size_t size,
                             size_t *begin, size_t *end)
{
    json_t *document = NULL;
    size_t at = pick(m, size);

    for (*begin = at; *begin > 0; (*begin)--)
        if (memchr("\f\v\n", text[*begin - 1], 3))
            break;
    for (*end = at; *end < size; (*end)++)
        if (memchr("\f\v\n", text[*end], 3))
            break;
    while (*begin < *end && text[*begin] != '{' && text[*begin] != '[')
        (*begin)++;
    if (*begin < *end)
        json_parse(text + *begin, *end - *begin, size, &document, NULL);
    return document;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed)
{
    struct mutation m = {.random = seed};
    cleanup_free char *line = NULL;
    json_auto_t *document = NULL;
    size_t begin, end, n;

    if (size > 0 && pick(&m, 3))
        document = find_document(&m, (char *) data, size, &begin, &end);
    if (document)
        collect(&m, document);
    if (m.n == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (n = pick(&m, 3) + 1; n > 0 && m.n > 0; n--) {
        change_document(&m);
        m.n = 0;
        collect(&m, document);
    }
    line = json_line(document);
    n = strlen(line);
    if (size - (end - begin) + n > max_size)
        return LLVMFuzzerMutate(data, size, max_size);
    memmove(data + begin + n, data + end, size - end);
    memcpy(data + begin, line, n);
    return size - (end - begin) + n;
}
