/* SPDX-License-Identifier: ISC */
/* Checks of single values of ccm.conf. */
#include "config_schema.h"

#include "base/alloc.h"
#include "base/name.h"
#include "base/path.h"
#include "base/util.h"

#include <errno.h>
#include <sys/un.h>

#define HOST_BYTES_MAX 253

int config_check_line(const char *value, struct error *err)
{
    if (value[0] == '\0')
        return error_set(err, -EINVAL, "is empty");
    if (path_has_control(value))
        return error_set(err, -EINVAL, "has a control character");
    return 0;
}

int config_check_path(const char *value, struct error *err)
{
    return path_check(value, err);
}

int config_check_socket(const char *value, struct error *err)
{
    const size_t most = sizeof(((struct sockaddr_un *) NULL)->sun_path) - 1;

    if (strlen(value) > most)
        return error_set(err, -EINVAL,
                         "is longer than a socket's path may be (%zu bytes)",
                         most);
    return path_check(value, err);
}

int config_check_prefix(const char *value, struct error *err)
{
    if (streq(value, "/"))
        return error_set(err, -EINVAL,
                         "would be all of etcd; write \"/ccm\" or the like");
    if (value[strspn(value, NAME_LETTERS NAME_DIGITS "._/-")] != '\0')
        return error_set(
            err, -EINVAL,
            "may contain only letters, digits, \".\", \"_\", \"-\", \"/\"");
    return path_check(value, err);
}

int config_check_url(const char *value, struct error *err)
{
    const char *host = after_prefix(value, "http://");
    const char *byte;
    size_t size;

    if (!host)
        host = after_prefix(value, "https://");
    if (!host)
        return error_set(err, -EINVAL,
                         "begins with neither http:// nor "
                         "https://");
    size = strcspn(host, "/");
    if (size == 0 || host[0] == ':')
        return error_set(err, -EINVAL, "has no host");
    if (memchr(host, '@', size))
        return error_set(
            err, -EINVAL,
            "must not contain a user or password; use the keys for them");
    for (byte = host; *byte; byte++)
        if ((unsigned char) *byte <= 0x20 || (unsigned char) *byte >= 0x7f ||
            strchr("\"<>\\^`{|}?#", *byte))
            return error_set(
                err, -EINVAL,
                "has a character that is not allowed in a base URL");
    return 0;
}

int config_check_unit(const char *value, struct error *err)
{
    if (value[0] == '-' || value[0] == '.' || value[0] == '\0' ||
        strlen(value) > HOST_BYTES_MAX ||
        value[strspn(value, NAME_LETTERS NAME_DIGITS ":_.@\\-")] != '\0')
        return error_set(err, -EINVAL, "is not a valid service name");
    return 0;
}
