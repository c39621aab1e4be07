/* SPDX-License-Identifier: ISC */
/* Keys and certificates, by their form: valid lines with valid base64. The
 * modules check the contents. */
#include "types/grammar.h"

#include "base/name.h"
#include "base/util.h"

#include <stdint.h>

#define BASE64 NAME_LETTERS NAME_DIGITS "+/"
#define LABEL "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "
#define PEM_LINE_MAX 76
#define SSH_BYTES_MAX 16384

/* Exactly size bytes of base64 with its padding. */
static bool base64_is(const char *text, size_t size)
{
    size_t letters = strspn(text, BASE64);

    if (size == 0 || size % 4 != 0 || letters + 2 < size)
        return false;
    for (; letters < size; letters++)
        if (text[letters] != '=')
            return false;
    return true;
}

/* The size of "-----<word> <label>-----\n" at text; sets *label. 0: no. */
static size_t pem_border(const char *text, const char *word, const char **label,
                         size_t *label_size)
{
    const char *at = after_prefix(text, "-----");

    at = at ? after_prefix(at, word) : NULL;
    if (!at)
        return 0;
    *label = at;
    *label_size = strspn(at, LABEL);
    at = *label_size > 0 ? after_prefix(at + *label_size, "-----") : NULL;
    if (!at || (*at != '\n' && *at != '\0'))
        return 0;
    return (size_t) (at - text) + (*at == '\n');
}

/* The size of the lines of base64 at text; 0: invalid. */
static size_t pem_body(const char *text)
{
    const char *at = text;
    size_t bytes = 0, size;

    for (; *at && *at != '-'; at += size + 1) {
        size = strcspn(at, "\n");
        if (at[size] == '\0' || !base64_is(at, size) || size > PEM_LINE_MAX)
            return 0;
        bytes += size;
        if (at[size - 1] == '=' && at[size + 1] != '-')
            return 0; /* padding is at the end only */
    }
    return bytes > 0 ? (size_t) (at - text) : 0;
}

bool grammar_pem(const char *text)
{
    const char *label, *other;
    size_t size, label_size, other_size, blocks = 0;

    for (;; blocks++) {
        text += strspn(text, "\n");
        if (*text == '\0')
            return blocks > 0;
        size = pem_border(text, "BEGIN ", &label, &label_size);
        if (size == 0 || text[size - 1] != '\n')
            return false;
        text += size;
        size = pem_body(text);
        if (size == 0)
            return false;
        text += size;
        size = pem_border(text, "END ", &other, &other_size);
        if (size == 0 || label_size != other_size ||
            memcmp(label, other, label_size) != 0)
            return false;
        text += size;
    }
}

static int base64_value(char letter)
{
    static const char letters[] = NAME_LETTERS NAME_DIGITS "+/";
    const char *at = strchr(letters, letter);
    ptrdiff_t n;

    if (letter == '\0' || letter == '=' || !at)
        return 0;
    n = at - letters;
    return (int) (n < 26 ? n + 26 : n < 52 ? n - 26 : n);
}

/* Decodes the first bytes of base64; out has size_max. */
static void base64_first(const char *text, unsigned char *out, size_t size_max)
{
    size_t n;

    for (n = 0; n < size_max; n++) {
        const char *at = text + n / 3 * 4 + n % 3;
        unsigned two = (unsigned) base64_value(at[0]) << 6 |
                       (unsigned) base64_value(at[1]);

        out[n] = (unsigned char) (two >> (4 - n % 3 * 2));
    }
}

bool grammar_ssh_key(const char *text)
{
    static const char *const types[] = {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    };
    unsigned char first[4 + 40];
    size_t type = strcspn(text, " "), size, i;
    const char *key = text + type + 1;

    for (i = 0; i < ARRAY_SIZE(types); i++)
        if (strlen(types[i]) == type && strncmp(text, types[i], type) == 0)
            break;
    if (i == ARRAY_SIZE(types) || text[type] != ' ' ||
        strlen(text) > SSH_BYTES_MAX)
        return false;
    size = strcspn(key, " ");
    if (!base64_is(key, size) || size / 4 * 3 < 4 + type + 4)
        return false;
    base64_first(key, first, 4 + type);
    if (first[0] || first[1] || first[2] || first[3] != type ||
        memcmp(first + 4, types[i], type) != 0)
        return false;
    return key[size] == '\0' ||
           (key[size + 1] &&
            key[size + 1 +
                strspn(key + size + 1, NAME_LETTERS NAME_DIGITS "@._ -")] ==
                '\0');
}
