/* SPDX-License-Identifier: ISC */
/* A record of the history: read, listed and shown. What a terminal gets holds
 * no control character, whatever an object or a module has said. */
#include "fuzz.h"

#include "base/util.h"
#include "change/history.h"
#include "change/history_text.h"

#define ID "20261122T030405.678Z-4711"

static void check_shown(const json_t *records, const json_t *record)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (records)
        history_text_list(records, out);
    if (record)
        history_text_record(record, true, out);
    fclose(out);
    fuzz_check(fuzz_is_visible(text, size, true));
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config = {.state_dir = (char *) fuzz_directory()};
    json_t *records = NULL, *record = NULL;
    struct error err;

    fuzz_write("history/" ID ".json", data, size);
    fuzz_error_init(&err);
    if (history_get(&config, ID, &record, &err) < 0) {
        fuzz_check(!record);
        fuzz_check_error(&err);
    }
    fuzz_check(history_list(&config, 0, &records, &err) == 0);
    fuzz_check(json_array_size(records) == 1);
    check_shown(records, record);
    json_decref(records);
    json_decref(record);
    return 0;
}
