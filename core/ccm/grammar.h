/* SPDX-License-Identifier: ISC */
#ifndef CCM_GRAMMAR_H
#define CCM_GRAMMAR_H

/*
 * The grammars of texts that configuration files are made of, by name. The
 * tables of declared types name them (struct ccm_field), and modules can ask
 * for them. A text matches as a whole or not at all. None of them takes a
 * control character, but for the line breaks of CCM_PEM and the tabs of
 * CCM_SCHEDULE. All of it is ASCII, but for CCM_PATH: names of hosts in other
 * scripts arrive encoded (xn--).
 */

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A host name: labels of letters, digits and "-" (none at either end of a
 * label) of 1 to 63 bytes, at least two of them, with dots between; at most
 * 253 bytes; the last label is not all digits. No trailing dot. */
#define CCM_HOST "host"
/* The same, or "*." before it. */
#define CCM_WILDCARD_HOST "wildcard-host"
/* The part of an e-mail address before the "@": letters, digits and "._+=-", 1
 * to 64 bytes; does not begin with "-" or ".", no ".." and no "." at the end.
 * */
#define CCM_LOCAL_PART "local-part"
/* CCM_LOCAL_PART "@" CCM_HOST. */
#define CCM_EMAIL "email"
/* An absolute path: at most 4000 bytes, no component of more than 255, none
 * that is empty, "." or "..", no slash at the end, except "/" itself. */
#define CCM_PATH "path"
/* A user's or group's name: [a-z_][a-z0-9_-]*, at most 32 bytes. */
#define CCM_USER_NAME "user-name"
/* A schedule of cron(8): five fields separated by blanks or tabs, each a list
 * of "*" and N-M, with or without /STEP (1 to 99), and N; months and days of
 * the week also by their three letters; or @hourly, @daily, @midnight, @weekly,
 * @monthly, @yearly, @annually, @reboot. */
#define CCM_SCHEDULE "schedule"
/* http:// or https://, a CCM_HOST or IP address (IPv6 in brackets), optionally
 * a port, path, query and fragment with the characters of RFC 3986; no user. At
 * most 2000 bytes. */
#define CCM_URL "url"
/* One or more PEM blocks ("-----BEGIN X-----", base64, "-----END X-----") of
 * complete lines; nothing but blank lines between them. */
#define CCM_PEM "pem"
/* A password hash as crypt(5) writes it: $id$..., of 8 to 512 bytes; a "!" in
 * front locks it; "!" and "*" alone mean no password. */
#define CCM_CRYPT "crypt"
/* An IPv4 or IPv6 address, without zone. */
#define CCM_IP "ip"
/* CCM_IP "/" length of the prefix, with no bits set after the prefix. */
#define CCM_NETWORK "network"
/* MAJOR.MINOR of PHP: "8.2". */
#define CCM_PHP_VERSION "php-version"
/* The name of a php.ini setting: [a-z][a-z0-9_.]*, at most 100 bytes. */
#define CCM_INI_NAME "ini-name"
/* One line of authorized_keys(5) without options: type, base64 that repeats the
 * type and decodes, optionally a comment of letters, digits and "@._ -". */
#define CCM_SSH_KEY "ssh-key"

/* Does all of text match that grammar? NULL does not, and nothing matches an
 * unknown grammar. */
bool ccm_matches(const char *grammar, const char *text);

/* What the grammar expects, for messages: "a host name". Returns borrowed
 * (valid for ever), or NULL if this ccm does not know the grammar. */
const char *ccm_expects(const char *grammar);

#ifdef __cplusplus
}
#endif

#endif
