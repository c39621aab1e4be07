/* SPDX-License-Identifier: ISC */
/* Host names and addresses. */
#include "types/grammar.h"

#include "base/name.h"
#include "base/util.h"

#include <arpa/inet.h>

#define LABEL_BYTES_MAX 63

bool grammar_host(const char *text)
{
    const char *label = text;
    size_t labels = 0, size;

    if (strlen(text) > GRAMMAR_HOST_BYTES_MAX ||
        text[strspn(text, NAME_LETTERS NAME_DIGITS "-.")] != '\0')
        return false;
    for (;; label += size + 1) {
        size = strcspn(label, ".");
        labels++;
        if (size == 0 || size > LABEL_BYTES_MAX || label[0] == '-' ||
            label[size - 1] == '-')
            return false;
        if (label[size] == '\0')
            return labels > 1 && label[strspn(label, NAME_DIGITS)] != '\0';
    }
}

bool grammar_ip(const char *text)
{
    struct in6_addr address;

    return inet_pton(AF_INET, text, &address) == 1 ||
           inet_pton(AF_INET6, text, &address) == 1;
}
