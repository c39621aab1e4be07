/* SPDX-License-Identifier: ISC */
/*
 * The grammars by name. Each checks the whole text, because hosting panels were
 * broken into through patterns without an end anchor.
 */
#include "types/grammar.h"

#include "base/name.h"
#include "base/path.h"
#include "base/util.h"
#include "ccm/grammar.h"

#include <arpa/inet.h>

#define LOCAL_BYTES_MAX 64
#define USER_BYTES_MAX 32
#define INI_BYTES_MAX 100
#define CRYPT_BYTES_MIN 8
#define CRYPT_BYTES_MAX 512
#define LOWER "abcdefghijklmnopqrstuvwxyz"

static bool all_of(const char *text, const char *letters)
{
    return text[strspn(text, letters)] == '\0';
}

static bool grammar_wildcard_host(const char *text)
{
    const char *rest = after_prefix(text, "*.");

    return grammar_host(rest ? rest : text) &&
           strlen(text) <= GRAMMAR_HOST_BYTES_MAX;
}

static bool grammar_local(const char *text, size_t size)
{
    static const char letters[] = NAME_LETTERS NAME_DIGITS "._+=-";

    return size > 0 && size <= LOCAL_BYTES_MAX &&
           strspn(text, letters) >= size && text[0] != '-' && text[0] != '.' &&
           text[size - 1] != '.' && !memmem(text, size, "..", 2);
}

static bool grammar_local_part(const char *text)
{
    return grammar_local(text, strlen(text));
}

static bool grammar_email(const char *text)
{
    const char *at = strchr(text, '@');

    return at && grammar_local(text, (size_t) (at - text)) &&
           grammar_host(at + 1);
}

static bool grammar_path(const char *text)
{
    return path_check(text, NULL) == 0;
}

static bool grammar_user_name(const char *text)
{
    return text[0] && strchr(LOWER "_", text[0]) &&
           strlen(text) <= USER_BYTES_MAX &&
           all_of(text, LOWER NAME_DIGITS "_-");
}

static bool grammar_crypt(const char *text)
{
    static const char letters[] = NAME_LETTERS NAME_DIGITS "./$,=-_";
    size_t size;

    if (streq(text, "!") || streq(text, "*"))
        return true;
    if (text[0] == '!')
        text++;
    size = strlen(text);
    return size >= CRYPT_BYTES_MIN && size <= CRYPT_BYTES_MAX &&
           text[0] == '$' && text[1] != '$' && strchr(text + 1, '$') &&
           all_of(text, letters);
}

/* Are all bits after the first prefix bits of the address 0? */
static bool grammar_is_aligned(const unsigned char *address, size_t bytes,
                               size_t prefix)
{
    size_t bit;

    for (bit = prefix; bit < bytes * 8; bit++)
        if (address[bit / 8] & 0x80u >> bit % 8)
            return false;
    return true;
}

static bool grammar_network(const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];
    char copy[INET6_ADDRSTRLEN] = "";
    const char *slash = strchr(text, '/');
    size_t size = slash ? (size_t) (slash - text) : 0, bytes = 0, prefix;

    if (size == 0 || size >= sizeof(copy) || slash[1] == '\0' ||
        strlen(slash) > 4 || !all_of(slash + 1, NAME_DIGITS) ||
        (slash[1] == '0' && slash[2]))
        return false;
    memcpy(copy, text, size);
    if (inet_pton(AF_INET, copy, address) == 1)
        bytes = 4;
    else if (inet_pton(AF_INET6, copy, address) == 1)
        bytes = 16;
    prefix = strtoul(slash + 1, NULL, 10);
    return bytes > 0 && prefix <= bytes * 8 &&
           grammar_is_aligned(address, bytes, prefix);
}

static bool grammar_php_version(const char *text)
{
    return text[0] >= '1' && text[0] <= '9' && text[1] == '.' &&
           text[2] >= '0' && text[2] <= '9' &&
           (text[3] == '\0' ||
            (text[2] != '0' && text[3] >= '0' && text[3] <= '9' && !text[4]));
}

static bool grammar_ini_name(const char *text)
{
    return text[0] && strchr(LOWER, text[0]) && strlen(text) <= INI_BYTES_MAX &&
           all_of(text, LOWER NAME_DIGITS "_.");
}

static const struct grammar {
    const char *name;
    bool (*matches)(const char *text);
    const char *expects, *example;
    bool folds;
} grammars[] = {
    {CCM_HOST, grammar_host, "a host name", "www.example.org", true},
    {CCM_WILDCARD_HOST, grammar_wildcard_host,
     "a host name, or \"*.\" and a host name", "*.example.org", true},
    {CCM_LOCAL_PART, grammar_local_part,
     "the part of an e-mail address before the @", "info", true},
    {CCM_EMAIL, grammar_email, "an e-mail address", "info@example.org", true},
    {CCM_PATH, grammar_path, "an absolute path", "/home/example", false},
    {CCM_USER_NAME, grammar_user_name,
     "the name of a user: a to z, digits, \"_\" and \"-\"", "example", false},
    {CCM_SCHEDULE, grammar_schedule, "a schedule of cron", "*/5 * * * *",
     false},
    {CCM_URL, grammar_url, "a URL that begins with http:// or https://",
     "https://www.example.org/", false},
    {CCM_PEM, grammar_pem, "PEM blocks",
     "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", false},
    {CCM_CRYPT, grammar_crypt, "a password hash as in crypt(5)",
     "$6$saltsalt$"
     "qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc."
     "eoxqOmSuNp2xS0ktL3nh/",
     false},
    {CCM_IP, grammar_ip, "an IP address", "192.0.2.1", false},
    {CCM_NETWORK, grammar_network, "an IP network", "192.0.2.0/24", false},
    {CCM_PHP_VERSION, grammar_php_version, "a version of PHP, such as \"8.2\"",
     "8.2", false},
    {CCM_INI_NAME, grammar_ini_name, "the name of a setting of PHP",
     "memory_limit", false},
    {CCM_SSH_KEY, grammar_ssh_key, "a public key of SSH without options",
     "ssh-ed25519 "
     "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAA example",
     false},
};

static const struct grammar *grammar_find(const char *name)
{
    size_t i;

    for (i = 0; name && i < ARRAY_SIZE(grammars); i++)
        if (streq(grammars[i].name, name))
            return &grammars[i];
    return NULL;
}

bool ccm_matches(const char *grammar, const char *text)
{
    const struct grammar *found = grammar_find(grammar);

    return found && text && found->matches(text);
}

const char *ccm_expects(const char *grammar)
{
    const struct grammar *found = grammar_find(grammar);

    return found ? found->expects : NULL;
}

const char *grammar_example(const char *grammar)
{
    const struct grammar *found = grammar_find(grammar);

    return found ? found->example : NULL;
}

bool grammar_folds(const char *grammar)
{
    const struct grammar *found = grammar_find(grammar);

    return found && found->folds;
}
