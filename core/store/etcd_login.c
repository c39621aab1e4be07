/* SPDX-License-Identifier: ISC */
/* The login of the etcd client, and the token that it returns. */
#include "etcd_internal.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "etcd/etcd_wire.h"

#include <errno.h>
#include <fcntl.h>

#define ETCD_PASSWORD_MAX 4096

static int etcd_read_password(const struct etcd *etcd, char **out,
                              struct error *err)
{
    int r = io_read_file(AT_FDCWD, etcd->password_file, ETCD_PASSWORD_MAX, out,
                         NULL, err);

    if (r < 0)
        return error_prefix(err, r, "password_file");
    (*out)[strcspn(*out, "\r\n")] = '\0';
    return 0;
}

/* The file is read each time, so that a new password needs no restart. */
int etcd_login_ask(const struct etcd *etcd, struct buf *body, struct error *err)
{
    cleanup_free char *password = NULL;

    if (etcd_read_password(etcd, &password, err) < 0)
        return -EPERM;
    etcd_wire_authenticate_request(body, etcd->user, password);
    explicit_bzero(password, strlen(password));
    return 0;
}

int etcd_login_take(struct etcd *etcd, const json_t *answer, int r,
                    struct error *err)
{
    if (r == 0)
        r = etcd_wire_decode_token(answer, &etcd->token, err);
    /* Authentication is off: no token is needed. When authentication is
     * switched on, a request without a token is refused, which leads here
     * again. */
    if (r == -EOPNOTSUPP) {
        etcd->token = xstrdup("");
        return 0;
    }
    /* The caller did not ask for a login, so only a wrong password is
     * certain. */
    return r == -EINVAL || r == -ENOENT ? -EPERM : r;
}

void etcd_forget_token(struct etcd *etcd)
{
    free(etcd->token);
    etcd->token = NULL;
}
