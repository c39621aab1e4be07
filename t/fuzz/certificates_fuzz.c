/* SPDX-License-Identifier: ISC */
/*
 * PEM files from any certificates: settings and certificates, parted by form
 * feeds. Two files an object that is not rejected, each of whole PEM blocks
 * of its kind and nothing else.
 */
#include "modules.h"

#include "base/util.h"
#include "objects/source.h"

struct count {
    size_t certificates, keys, kept;
};

/* Between BEGIN and END, which are of that kind, stands base64. */
static size_t check_blocks(const struct change *change, const char *kind)
{
    struct fuzz_input content = {change->content, change->size};
    bool inside = false;
    size_t blocks = 0;
    char *line;

    fuzz_check(strlen(change->content) == change->size);
    for (; (line = fuzz_modules_line(&content)); free(line)) {
        if (strncmp(line, "-----", 5) != 0) {
            fuzz_check(inside && *line && strlen(line) <= 64);
            continue;
        }
        fuzz_check(
            strncmp(line + 5, inside ? "END " : "BEGIN ", inside ? 4 : 6) == 0);
        fuzz_check(strstr(line, kind) != NULL);
        blocks += inside;
        inside = !inside;
    }
    fuzz_check(!inside);
    return blocks;
}

static void check_change(const struct change *change, struct count *count)
{
    if (change->kind == CHANGE_KEEP) {
        count->kept++;
    } else if (change->kind == CHANGE_FILE && change->sensitive) {
        fuzz_check(change->mode == 0600 && change->object);
        fuzz_check(check_blocks(change, "PRIVATE KEY-----") == 1);
        count->keys++;
    } else if (change->kind == CHANGE_FILE) {
        fuzz_check(check_blocks(change, "CERTIFICATE-----") >= 1);
        count->certificates++;
    } else {
        fuzz_check(change->kind == CHANGE_DIRECTORY ||
                   change->kind == CHANGE_EXCLUSIVE ||
                   change->kind == CHANGE_SERVICE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"certificates", NULL};
    struct fuzz_input input = {(const char *) data, size};
    struct fuzz_modules modules;
    struct count count = {0};
    size_t i, bad;

    fuzz_modules_init(&modules, types, &input);
    if (fuzz_modules_plan(&modules)) {
        for (i = 0; i < modules.plan->n_changes; i++)
            check_change(&modules.plan->changes[i], &count);
        bad = json_array_size(modules.result.rejected);
        fuzz_check(count.certificates == count.keys);
        fuzz_check(count.keys + bad ==
                   json_array_size(modules.objects->types[0].array));
        fuzz_check(count.kept == 2 * bad);
    } else {
        fuzz_check(json_object_size(modules.settings) > 0);
    }
    fuzz_modules_done(&modules);
    return 0;
}
