/* SPDX-License-Identifier: ISC */
/* The preview as text: to the byte, that patch applies it, and what it must
 * not show. */
#include "unit/unit.h"

#include "preview_sample.h"
#include "unit/scratch.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "change/preview.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char golden[] =
    "# crontab: update /etc/cron.d/alice (crons/17)\n"
    "--- a/etc/cron.d/alice\n"
    "+++ b/etc/cron.d/alice\n"
    "@@ -1,3 +1,3 @@\n"
    " 1\n"
    "-2\n"
    "-3\n"
    "+b\n"
    "+3\n"
    "\\ No newline at end of file\n"
    "# crontab: create /etc/a name, mode 0644, owner root:root\n"
    "--- /dev/null\n"
    "+++ b/etc/a name\t\n"
    "@@ -0,0 +1 @@\n"
    "+new\n"
    "# crontab: create /etc/e \"m\\pty, mode 0644, owner root:root\n"
    "diff --git \"a/etc/e \\\"m\\\\pty\" \"b/etc/e \\\"m\\\\pty\"\n"
    "new file mode 100644\n"
    "index 0000000..e69de29\n"
    "# crontab: update /etc/modes, mode 0600 -> 0644, "
    "owner 1000:1001 -> root:root\n"
    "# crontab: update /etc/secret, sensitive contents not shown\n"
    "# web: delete /etc/cron.d/old\n"
    "diff --git \"a/etc/cron.d/old\" \"b/etc/cron.d/old\"\n"
    "--- a/etc/cron.d/old\n"
    "+++ /dev/null\n"
    "@@ -1 +0,0 @@\n"
    "-old\n"
    "# web: delete /etc/cron.d/old empty\n"
    "diff --git \"a/etc/cron.d/old empty\" \"b/etc/cron.d/old empty\"\n"
    "deleted file mode 100644\n"
    "index e69de29..0000000\n"
    "# web: delete /etc/cron.d/key, sensitive contents not shown\n"
    "# crontab: create directory /srv/x, mode 0750, owner alice:www\n"
    "# crontab: update symlink /etc/link, to /new, was a link to /old\n"
    "# crontab: update user alice: shell a -> b\n"
    "# crontab: run /usr/bin/tool 'a b', as user alice (crons/18)\n"
    "# service cron: reload\n"
    "# service nginx: restart (owed from an earlier run)\n"
    "# 12 changes: 3 creates, 5 updates, 3 removals, 1 command; 2 services\n";

static char *text_of(const struct deltas *deltas, bool colour)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_int_equal(preview_text(deltas, &sample_plan, out, colour, NULL), 0);
    fclose(out);
    return text;
}

static void writes_exactly_this(void **state)
{
    struct deltas deltas = {0};
    cleanup_free char *text = NULL;

    (void) state;
    sample_fill(&deltas);
    text = text_of(&deltas, false);
    assert_string_equal(text, golden);
    deltas_done(&deltas);
}

static void check_file(const char *root, const char *name, const char *text)
{
    cleanup_free char *got = scratch_read(root, name, NULL);

    if (!text)
        assert_null(got);
    else {
        assert_non_null(got);
        assert_string_equal(got, text);
    }
}

static int patch(const char *root)
{
    cleanup_free char *line =
        xasprintf("cd '%s' && patch -p1 --fuzz=0 <preview >log 2>&1", root);
    int status = system(line);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void patch_applies_the_whole(void **state)
{
    char *root = scratch_new();

    (void) state;
    scratch_puts(root, "preview", golden);
    scratch_puts(root, "etc/cron.d/alice", "1\n2\n3\n");
    scratch_puts(root, "etc/cron.d/old", "old\n");
    scratch_puts(root, "etc/cron.d/old empty", "");
    assert_int_equal(patch(root), 0);
    check_file(root, "etc/cron.d/alice", "1\nb\n3");
    check_file(root, "etc/a name", "new\n");
    check_file(root, "etc/e \"m\\pty", "");
    check_file(root, "etc/cron.d/old", NULL);
    check_file(root, "etc/cron.d/old empty", NULL);
    scratch_free(root);
}

/* Whatever stands behind an empty file's header, patch must not take it for
 * a part of that. */
static void patch_keeps_empty_files_apart(void **state)
{
    static const struct change files[] = {
        {FILE_AS("/e1", "")},        {FILE_AS("/e2", "")},
        {FILE_AS("/binary", "b")},   {FILE_AS("/e3", "")},
        {FILE_AS("/new", "n\n")},    {FILE_AS("/e4", "")},
        {FILE_AS("/changed", "2\n")}};
    struct deltas deltas = {0};
    char *root = scratch_new();
    cleanup_free char *text = NULL;
    struct delta *d;

    (void) state;
    sample_add(&deltas, &files[0], DELTA_CREATE);
    sample_add(&deltas, &files[1], DELTA_CREATE);
    d = sample_add(&deltas, &files[2], DELTA_UPDATE);
    sample_set_old(d, S_IFREG | 0644, "12");
    d->old[0] = '\0';
    sample_add(&deltas, &files[3], DELTA_CREATE);
    sample_add(&deltas, &files[4], DELTA_CREATE);
    sample_add(&deltas, &files[5], DELTA_CREATE);
    sample_set_old(sample_add(&deltas, &files[6], DELTA_UPDATE), S_IFREG | 0644,
                   "1\n");
    text = text_of(&deltas, false);
    scratch_puts(root, "preview", text);
    scratch_puts(root, "changed", "1\n");
    assert_int_equal(patch(root), 0);
    check_file(root, "e1", "");
    check_file(root, "e2", "");
    check_file(root, "e3", "");
    check_file(root, "e4", "");
    check_file(root, "new", "n\n");
    check_file(root, "changed", "2\n");
    deltas_done(&deltas);
    scratch_free(root);
}

static void nothing_to_do_is_said(void **state)
{
    struct deltas deltas = {0};
    cleanup_free char *text = text_of(&deltas, false);

    (void) state;
    assert_string_equal(text, "# nothing to change\n");
}

/* A name on disk is anybody's choice. */
static void a_name_cannot_begin_a_diff(void **state)
{
    struct deltas deltas = {0};
    cleanup_free char *text = NULL;

    (void) state;
    sample_add_removed(&deltas,
                       "/etc/cron.d/x\n--- a/etc/passwd\n+++ b/etc/passwd\n"
                       "@@ -1 +1 @@\n-root\n+toor",
                       S_IFREG | 0644, "x\n");
    text = text_of(&deltas, false);
    assert_null(strstr(text, "\n---"));
    assert_null(strstr(text, "\n+++"));
    assert_non_null(strstr(text, "x\\n--- a/etc/passwd\\n+++"));
    deltas_done(&deltas);
}

static void a_terminal_sees_no_control_characters(void **state)
{
    static const struct change evil = {
        FILE_AS("/etc/evil", "\033[2Jx\r\x07\xc2\x9b\xe2\x80\xae\xff\tgr"
                             "\xc3\xbc\xc3\x9f\n")};
    struct deltas deltas = {0};
    cleanup_free char *plain = NULL, *shown = NULL;

    (void) state;
    sample_add(&deltas, &evil, DELTA_CREATE);
    plain = text_of(&deltas, false);
    assert_non_null(strstr(plain, "+\033[2Jx\r"));
    shown = text_of(&deltas, true);
    assert_non_null(
        strstr(shown, "\033[32m+\\x1b[2Jx\\x0d\\x07\\xc2\\x9b\\xe2\\x80\\xae"
                      "\\xff\tgr\xc3\xbc\xc3\x9f\033[0m\n"));
    deltas_done(&deltas);
}

static void large_and_strange_contents_are_named(void **state)
{
    struct deltas deltas = {0};
    struct delta *d = sample_add(&deltas, &sample_updated, DELTA_UPDATE);
    cleanup_free char *text = NULL;

    (void) state;
    sample_set_old(d, S_IFREG | 0644, NULL);
    d->old_large = true;
    sample_set_old(sample_add(&deltas, &sample_created, DELTA_UPDATE),
                   S_IFLNK | 0777, "/etc/x");
    text = text_of(&deltas, false);
    assert_string_equal(
        text,
        "# crontab: update /etc/cron.d/alice, contents too large to show "
        "(crons/17)\n"
        "# crontab: update /etc/a name, in place of a symlink, was a link to "
        "/etc/x, contents not shown\n"
        "# 2 changes: 2 updates\n");
    deltas_done(&deltas);
}

static void a_full_disk_is_an_error(void **state)
{
    struct deltas deltas = {0};
    cleanup_file FILE *out = fopen("/dev/full", "we");
    struct error err;

    (void) state;
    sample_fill(&deltas);
    assert_non_null(out);
    assert_int_equal(preview_text(&deltas, &sample_plan, out, false, &err),
                     -ENOSPC);
    deltas_done(&deltas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_exactly_this),
        cmocka_unit_test(patch_applies_the_whole),
        cmocka_unit_test(patch_keeps_empty_files_apart),
        cmocka_unit_test(nothing_to_do_is_said),
        cmocka_unit_test(a_name_cannot_begin_a_diff),
        cmocka_unit_test(a_terminal_sees_no_control_characters),
        cmocka_unit_test(large_and_strange_contents_are_named),
        cmocka_unit_test(a_full_disk_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
