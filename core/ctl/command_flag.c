/* SPDX-License-Identifier: ISC */
/* ccmctl flag show, set and clear. */
#include "ctl.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/util.h"
#include "ctl/text.h"

static int flag_print(struct ctl *ctl, const json_t *result)
{
    const json_t *flag = json_object_get(result, "flag");

    if (ctl->json)
        return ctl_print_json(ctl, result);
    if (json_is_object(flag))
        ctl_explain_flag(ctl->out, flag);
    else
        text_line(ctl->out, "no flag: nodes can change");
    return CCM_EXIT_DONE;
}

int command_flag_show(struct ctl *ctl)
{
    json_auto_t *result = NULL;
    int r = ctl_ask(ctl, "flag.show", NULL, -1, &result);

    return r == CCM_EXIT_DONE ? flag_print(ctl, result) : r;
}

int command_flag_set(struct ctl *ctl)
{
    cleanup_buf struct buf reason = BUF_INIT;
    json_auto_t *result = NULL;
    json_t *fields;
    int i, r;

    for (i = 0; i < ctl->n_words; i++)
        buf_printf(&reason, "%s%s", i > 0 ? " " : "", ctl->words[i]);
    fields = json_pack("{s:o}", "reason", json_text(buf_text(&reason)));
    r = ctl_ask(ctl, "flag.set", fields, -1, &result);
    return r == CCM_EXIT_DONE ? flag_print(ctl, result) : r;
}

int command_flag_clear(struct ctl *ctl)
{
    json_auto_t *result = NULL;
    json_t *fields = json_object();
    long long hold;
    int r;

    if (ctl->options.hold &&
        options_number(ctl->options.hold, "--hold", &hold, &ctl->error) < 0) {
        json_decref(fields);
        return CCM_EXIT_USAGE;
    }
    if (ctl->options.hold)
        json_object_set_new(fields, "hold", json_integer(hold));
    if (ctl->options.seen & OPTION_ALL)
        json_object_set_new(fields, "all", json_true());
    if (ctl->n_words > 0)
        json_object_set_new(fields, "node", json_text(ctl->words[0]));
    r = ctl_ask(ctl, "flag.clear", fields, -1, &result);
    return r == CCM_EXIT_DONE ? flag_print(ctl, result) : r;
}
