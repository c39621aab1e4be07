/* SPDX-License-Identifier: ISC */
/*
 * A main for a fuzz target, so that every compiler builds it and every
 * make check runs what fuzzing has once found: it hands each file of
 * t/fuzz/corpus/NAME (or each that is named) to the target, and reports one
 * TAP test. An input that does not hold ends the process after its name.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <dirent.h>
#include <fcntl.h>

#define INPUT_BYTES_MAX (16 * 1024 * 1024)

static bool replay_file(const char *path)
{
    cleanup_free char *bytes = NULL, *exact = NULL;
    struct error err;
    size_t size;

    if (io_read_file(AT_FDCWD, path, INPUT_BYTES_MAX, &bytes, &size, &err)) {
        printf("# %s\n", err.text);
        return false;
    }
    /* Exactly as large, so that the first byte behind it is found out. */
    exact = xmemdup(bytes, size);
    fprintf(stderr, "# %s\n", path);
    LLVMFuzzerTestOneInput((const uint8_t *) exact, size);
    return true;
}

static char *replay_corpus(const char *program)
{
    const char *srcdir = getenv("srcdir"), *slash = strrchr(program, '/');
    cleanup_free char *name = xstrdup(slash ? slash + 1 : program);
    char *suffix = strstr(name, "_fuzz");

    if (suffix)
        *suffix = '\0';
    return xasprintf("%s/t/fuzz/corpus/%s", srcdir ? srcdir : ".", name);
}

static int replay_is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Returns how many inputs there were, or -1. */
static int replay_folder(const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, replay_is_input, alphasort), i;
    bool ok = n > 0;

    for (i = 0; i < n; i++) {
        cleanup_free char *path =
            xasprintf("%s/%s", folder, entries[i]->d_name);

        ok &= replay_file(path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return ok ? n : -1;
}

int main(int argc, char **argv)
{
    cleanup_free char *folder = replay_corpus(argv[0]);
    int i, n = argc - 1;

    for (i = 1; i < argc; i++)
        if (!replay_file(argv[i]))
            n = -1;
    if (argc == 1)
        n = replay_folder(folder);
    printf("%sok 1 - every input of %s holds (%d)\n1..1\n", n > 0 ? "" : "not ",
           strrchr(folder, '/') + 1, n);
    return n > 0 ? 0 : 1;
}
