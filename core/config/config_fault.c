/* SPDX-License-Identifier: ISC */
/* Puts the place of an error in ccm.conf (file, line and key) before its
 * text. */
#include "config_schema.h"

#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>

/* "store.endpoints[1]" */
static void fault_where(const config_setting_t *setting, struct buf *where)
{
    const config_setting_t *parent = config_setting_parent(setting);

    if (config_setting_is_root(setting))
        return;
    fault_where(parent, where);
    if (!config_setting_name(setting))
        buf_printf(where, "[%d]", config_setting_index(setting));
    else
        buf_printf(where, "%s%s", where->size > 0 ? "." : "",
                   config_setting_name(setting));
}

int config_fault(const struct config_reader *reader,
                 const config_setting_t *setting, const char *format, ...)
{
    cleanup_buf struct buf where = BUF_INIT;
    char text[ERROR_TEXT_MAX];
    const char *file = NULL;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (!setting)
        return error_set(reader->err, -EINVAL, "%s: %s", reader->file, text);
    file = config_setting_source_file(setting);
    fault_where(setting, &where);
    return error_set(
        reader->err, -EINVAL, "%s:%u: %s: %s", file ? file : reader->file,
        config_setting_source_line(setting), buf_text(&where), text);
}
