/* SPDX-License-Identifier: ISC */
/* Escapes, as modules call them. */
#include "host/api.h"

#include "base/json.h"
#include "base/util.h"
#include "types/escape.h"

#include <errno.h>

const char *ccm_escape(struct ccm_run *run, const json_t *object,
                       enum ccm_syntax syntax, const char *text)
{
    cleanup_buf struct buf out = BUF_INIT;
    struct error why;
    int r = text ? escape_put(&out, syntax, text, &why)
                 : error_set(&why, -EINVAL, "is NULL");

    if (r == 0)
        return arena_strdup(&run->arena, buf_text(&out));
    if (object == run->empty_object)
        return ""; /* replaces a value that was refused before */
    if (object)
        ccm_reject(run, object, "a text %s: \"%.80s\"", why.text,
                   text ? text : "");
    else
        api_fail(run, "ccm_escape: the text %s: \"%.80s\"", why.text,
                 text ? text : "");
    return "";
}
