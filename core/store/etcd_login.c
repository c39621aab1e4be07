/* SPDX-License-Identifier: ISC */
/* What a login of the etcd client asks, and the token that it brings. */
#include "etcd_internal.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "etcd/etcd_wire.h"

#include <errno.h>
#include <fcntl.h>

#define ETCD_PASSWORD_MAX 4096

<<<<<<< HEAD
=======
/* Calls that wait for the token: neither sent nor about to be. */
static bool etcd_waits(const struct etcd_call *call)
{
    return !call->transfer && !call->timer.armed && !call->is_login;
}

static void etcd_on_login(void *userdata, const json_t *answer, int r,
                          const struct error *answer_err)
{
    struct etcd *etcd = userdata;
    struct error err = *answer_err;
    struct etcd_call *call;

    if (r == 0)
        r = etcd_wire_decode_token(answer, &etcd->token, &err);
    /* Authentication is off: no token is needed. When it is switched on, a
     * request without one is refused, and that brings us here again. */
    if (r == -EOPNOTSUPP) {
        etcd->token = xstrdup("");
        r = 0;
    }
    /* A login is never what the caller asked for: a wrong password is all
     * that it can be sure of. */
    if (r == -EINVAL || r == -ENOENT)
        r = -EPERM;
    for (call = etcd->calls; call; call = call->next) {
        if (!etcd_waits(call))
            continue;
        if (r < 0)
            etcd_fail_later(call, r, &err);
        else
            timer_set(&call->timer, 0);
    }
}

>>>>>>> 664b670 (etcd: the dialect of 3.6, and authentication off and on)
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
    /* A login is never what the caller asked for: a wrong password is all
     * that it can be sure of. */
    return r == -EINVAL || r == -ENOENT ? -EPERM : r;
}

void etcd_forget_token(struct etcd *etcd)
{
    free(etcd->token);
    etcd->token = NULL;
}
