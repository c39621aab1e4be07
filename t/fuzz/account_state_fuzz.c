/* SPDX-License-Identifier: ISC */
/* An account's old state, from the journal: saved and read again it is the
 * same; what it says is shown without control characters. */
#include "fuzz.h"

#include "base/util.h"
#include "change/account_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct account_state state = {0}, again = {0};
    cleanup_free char *first = NULL, *second = NULL;
    cleanup_buf struct buf shown = BUF_INIT;
    struct error err;

    fuzz_error_init(&err);
    if (account_state_load((const char *) data, size, &state, &err) < 0) {
        fuzz_check_error(&err);
        fuzz_check(!state.memory && !state.groups);
        return 0;
    }
    first = account_state_save(&state);
    fuzz_check(account_state_load(first, strlen(first), &again, &err) == 0);
    second = account_state_save(&again);
    fuzz_check(streq(first, second));
    fuzz_check(json_is_object(state.memory));
    if (state.group && state.home && state.shell && state.comment)
        account_state_describe(&shown, ~0U, &again, &state);
    fuzz_check(fuzz_is_visible(buf_text(&shown), shown.size, true));
    account_state_done(&state);
    account_state_done(&again);
    return 0;
}
