/* SPDX-License-Identifier: ISC */
/* A file of modules.d: what is accepted is a whole declaration. */
#include "fuzz.h"

#include "base/name.h"
#include "base/util.h"
#include "host/declaration.h"

static void check_names(char *const *names)
{
    for (; names && *names; names++)
        fuzz_check(name_valid(*names));
}

static void check_declaration(const struct declaration *declaration)
{
    fuzz_check(declaration->module && *declaration->module);
    fuzz_check(!declaration->name || name_valid(declaration->name));
    fuzz_check(json_is_object(declaration->settings));
    check_names(declaration->subscribes);
    check_names(declaration->depends);
    check_names(declaration->after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    cleanup_free char *text = fuzz_cut(&input, '\0', NULL);
    struct declaration declaration = {0}, untouched = {0};
    struct error err;

    fuzz_error_init(&err);
    if (declaration_parse("a.conf", text, &declaration, &err) == 0) {
        check_declaration(&declaration);
        declaration_done(&declaration);
    } else {
        fuzz_check_error(&err);
    }
    fuzz_check(memcmp(&declaration, &untouched, sizeof(untouched)) == 0);
    return 0;
}
