/* SPDX-License-Identifier: ISC */
/*
 * Objects out of a range answer: each that is accepted stands under a key
 * that was asked for and that its id ends. The functions are static, so the
 * file itself is included.
 */
#include "objects/source_etcd.c"

#include "fuzz.h"

#define PREFIX "/ccm/objects/crons/"

static void check_objects(const struct objects *objects,
                          const struct etcd_wire_range_answer *page)
{
    size_t i;

    fuzz_check(objects->types[0].n_entries == page->n);
    for (i = 0; i < page->n; i++) {
        cleanup_free char *key = xasprintf(
            PREFIX "%lld", (long long) objects->types[0].entries[i].id);

        fuzz_check(page->kvs[i].key_size == strlen(key));
        fuzz_check(streq(page->kvs[i].key, key));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"crons", NULL};
    struct etcd_wire_range_answer page = {0};
    struct etcd_source source = {0};
    json_auto_t *answer = NULL;
    struct error err;

    fuzz_error_init(&err);
    if (json_parse((const char *) data, size, size, &answer, &err) < 0 ||
        etcd_wire_decode_range(answer, &page, &err) < 0)
        return 0;
    fuzz_check(objects_new(types, &source.objects, &err) == 0);
    if (etcd_fix_revision(&source, page.revision, &err) == 0)
        fuzz_check(source.revision > 0);
    if (etcd_add_page(&source, &source.objects->types[0], PREFIX, &page,
                      &err) == 0) {
        check_objects(source.objects, &page);
    } else {
        fuzz_check_error(&err);
        fuzz_check(fuzz_is_visible(err.text, strcspn(err.text, "("), false));
    }
    etcd_wire_range_done(&page);
    objects_free(source.objects);
    return 0;
}
