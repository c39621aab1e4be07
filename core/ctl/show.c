/* SPDX-License-Identifier: ISC */
/* Output that several commands share. */
#include "ctl.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/util.h"
#include "ctl/text.h"

int ctl_print_json(struct ctl *ctl, const json_t *document)
{
    /* Only ASCII on a terminal, because it may obey more than C0. */
    size_t flags = isatty(fileno(ctl->out)) ? JSON_INDENT(2) | JSON_ENSURE_ASCII
                                            : JSON_COMPACT;

    if (json_dumpf(document, ctl->out, flags | JSON_ENCODE_ANY) < 0)
        return ctl_fail(ctl, CCM_EXIT_FAILED, "standard output: %m");
    fputc('\n', ctl->out);
    return CCM_EXIT_DONE;
}

static void show_value(struct buf *text, const json_t *value)
{
    const json_t *entry;
    size_t i;

    if (json_is_string(value)) {
        buf_puts(text, json_string_value(value));
    } else if (json_is_array(value)) {
        json_array_foreach (value, i, entry) {
            buf_puts(text, i > 0 ? ", " : "");
            show_value(text, entry);
        }
    } else if (json_is_object(value)) {
        buf_puts(text, json_string_or(value, "name", ""));
        if (json_object_get(value, "digest"))
            buf_puts(text, json_string_or(value, "digest", ""));
    } else if (value && !json_is_null(value)) {
        cleanup_free char *plain = json_line(value);

        buf_puts(text, plain);
    }
}

char *ctl_text(const json_t *object, const char *field)
{
    cleanup_buf struct buf text = BUF_INIT;

    show_value(&text, json_object_get(object, field));
    return buf_take(&text);
}

json_t *ctl_words(const struct ctl *ctl)
{
    json_t *words;
    int i;

    if (ctl->n_words == 0)
        return json_null();
    words = json_array();
    for (i = 0; i < ctl->n_words; i++)
        json_array_append_new(words, json_text(ctl->words[i]));
    return words;
}

int64_t ctl_applied(const json_t *node)
{
    return json_integer_or(json_object_get(node, "applied"), "revision", -1);
}

static void show_who(FILE *out, const json_t *flag, const char *kind)
{
    const char *node = json_string_or(flag, "node", "");
    const char *configuration = json_string_or(flag, "configuration", NULL);
    const char *by = json_string_or(flag, "by", "");
    cleanup_free char *at = ctl_text(flag, "at");
    cleanup_free char *revision = ctl_text(flag, "revision");

    if (streq(kind, "operator"))
        text_line(out, "halted by %s%s%s", by[0] ? by : "an operator",
                  at[0] ? ", " : "", at);
    else if (streq(kind, "in-doubt"))
        text_line(out, "halted: %s is in doubt%s%s, %s", node,
                  by[0] ? ", says " : "", by, at);
    else
        text_line(out, "halted: %s failed%s%s%s%s, %s", node,
                  configuration ? " in " : "",
                  configuration ? configuration : "",
                  revision[0] ? " at revision " : "", revision, at);
}

/* Operators' holds, one on each line. Returns their number. */
static size_t show_holds(FILE *out, const json_t *flag)
{
    const json_t *holds = json_object_get(flag, "holds"), *hold;
    size_t i;

    json_array_foreach (holds, i, hold) {
        cleanup_free char *at = ctl_text(hold, "at");

        text_line(out, "  hold %lld, by %s, %s: %s",
                  (long long) json_integer_or(hold, "id", 0),
                  json_string_or(hold, "by", "an operator"), at,
                  json_string_or(hold, "error", ""));
    }
    return json_array_size(holds);
}

void ctl_explain_flag(FILE *out, const json_t *flag)
{
    size_t n = 0;

    const char *kind = json_string_or(flag, "kind", "");
    const char *node = json_string_or(flag, "node", "");

    show_who(out, flag, kind);
    if (!streq(kind, "operator"))
        text_block(out, "  ", json_string_or(flag, "error", ""));
    n = show_holds(out, flag);
    if (streq(kind, "operator") && n == 0)
        text_block(out, "  ", json_string_or(flag, "error", ""));
    if (streq(kind, "operator") && n > 1)
        text_line(out, "to lift one: ccmctl flag clear --hold ID; all of them: "
                       "ccmctl flag clear --all");
    else if (streq(kind, "operator"))
        text_line(out, "to lift it: ccmctl flag clear");
    else if (streq(kind, "in-doubt"))
        text_line(out,
                  "to lift it: start ccmd on %s, or, if that machine is dead: "
                  "ccmctl flag clear %s",
                  node, node);
    else if (streq(json_string_or(flag, "step", ""), "load") ||
             json_bool_or(flag, "machine", false))
        text_line(out,
                  "to lift it: repair that on %s, then run there: ccmctl "
                  "apply; or: ccmctl flag clear",
                  node);
    else
        text_line(out,
                  "to lift it: correct the objects and publish them (%s tries "
                  "first), or: ccmctl flag clear",
                  node);
}
