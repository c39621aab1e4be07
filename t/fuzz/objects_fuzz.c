/* SPDX-License-Identifier: ISC */
/*
 * A page of objects, as a directory's file and the Cluster API have it: what
 * is accepted is sorted, each id is there once and is found.
 */
#include "fuzz.h"

#include "base/json.h"
#include "objects/source.h"

#define PAGE_BYTES_MAX (1024 * 1024)

static void check_sealed(const struct objects *objects)
{
    const json_t *array = objects_of(objects, "crons"), *one;
    int64_t before = INT64_MIN;
    size_t i;

    fuzz_check(json_is_array(array));
    json_array_foreach (array, i, one) {
        int64_t id = json_integer_or(one, "id", INT64_MIN);

        fuzz_check(json_is_object(one));
        fuzz_check(json_is_integer(json_object_get(one, "id")));
        fuzz_check(i == 0 || id > before);
        fuzz_check(objects_find(objects, "crons", id) == one);
        before = id;
    }
}

/* Two pages, as the API may send them. */
static int add_pages(struct objects *objects, struct fuzz_input *input,
                     struct error *err)
{
    int r = 0;

    while (r == 0 && input->left > 0) {
        size_t size;
        char *text = fuzz_cut(input, '\f', &size);
        json_t *page = NULL;

        r = objects_count_bytes(objects, size, err);
        if (r == 0)
            r = json_parse(text, size, PAGE_BYTES_MAX, &page, err);
        if (r == 0)
            r = objects_add_page(&objects->types[0], page, size, err);
        json_decref(page);
        free(text);
    }
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"crons", NULL};
    struct fuzz_input input = {(const char *) data, size};
    struct objects *objects;
    struct error err;
    int r;

    fuzz_error_init(&err);
    fuzz_check(objects_new(types, &objects, &err) == 0);
    r = add_pages(objects, &input, &err);
    if (r == 0)
        r = objects_seal(&objects->types[0], &err);
    if (r < 0)
        fuzz_check_error(&err);
    else
        check_sealed(objects);
    objects_free(objects);
    return 0;
}
