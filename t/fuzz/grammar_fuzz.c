/* SPDX-License-Identifier: ISC */
/* The grammars: what matches has no control character but the ones that are
 * allowed, keeps its bounds, and nothing is read behind its end. */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"
#include "ccm/grammar.h"
#include "types/grammar.h"

static const struct {
    const char *name;
    bool control, spaces;
} grammars[] = {
    {CCM_HOST, false, false},        {CCM_WILDCARD_HOST, false, false},
    {CCM_LOCAL_PART, false, false},  {CCM_EMAIL, false, false},
    {CCM_PATH, false, true},         {CCM_USER_NAME, false, false},
    {CCM_SCHEDULE, true, true},      {CCM_URL, false, false},
    {CCM_PEM, true, true},           {CCM_CRYPT, false, false},
    {CCM_IP, false, false},          {CCM_NETWORK, false, false},
    {CCM_PHP_VERSION, false, false}, {CCM_INI_NAME, false, false},
    {CCM_SSH_KEY, false, true},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_free char *text = xmalloc(size + 1);
    size_t i;

    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    for (i = 0; i < ARRAY_SIZE(grammars); i++) {
        if (!ccm_matches(grammars[i].name, text))
            continue;
        fuzz_check(*text != '\0');
        fuzz_check(grammars[i].control || !path_has_control(text));
        fuzz_check(grammars[i].spaces || !strchr(text, ' '));
    }
    if (ccm_matches(CCM_HOST, text))
        fuzz_check(ccm_matches(CCM_WILDCARD_HOST, text) && strlen(text) < 254);
    if (ccm_matches(CCM_SCHEDULE, text))
        fuzz_check(!strchr(text, '\n') && !strchr(text, '\r'));
    grammar_timestamp(text);
    return 0;
}
