/* SPDX-License-Identifier: ISC */
/* Accounts in a private root, changed by the system's own tools. */
#include "unit/unit.h"

#include "unit/scratch.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "change/account.h"

#include <errno.h>
#include <fcntl.h>

#define HASH "$6$salt$0123456789abcdef"

static const struct change alice = {.kind = CHANGE_USER,
                                    .name = "alice",
                                    .id = 2000,
                                    .home = "/home/alice",
                                    .shell = "/bin/bash",
                                    .comment = "Alice A",
                                    .password = HASH,
                                    .list = (const char *const[]){"www", NULL}};
static const struct change no_alice = {
    .kind = CHANGE_USER, .name = "alice", .absent = true};
static const struct change www = {
    .kind = CHANGE_GROUP, .name = "www", .id = 3000};
static const struct change no_www = {
    .kind = CHANGE_GROUP, .name = "www", .absent = true};

/* A root with two accounts that must never change. */
static char *new_root(void)
{
    char *root = scratch_new();

    scratch_puts(root, "etc/passwd",
                 "root:x:0:0:root:/root:/bin/bash\n"
                 "bob:x:1500:1500:Bob:/home/bob:/bin/sh\n");
    scratch_puts(root, "etc/group", "root:x:0:\nbob:x:1500:\nmail:x:8:bob\n");
    scratch_puts(root, "etc/shadow",
                 "root:*:19000:0:99999:7:::\n"
                 "bob:$6$bob$hash:19000:0:99999:7:::\n");
    scratch_puts(root, "etc/gshadow", "root:*::\nbob:!::\nmail:!::bob\n");
    return root;
}

static struct accounts *open_root(const char *root)
{
    cleanup_close int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct accounts *accounts;

    assert_int_equal(accounts_open(fd, &accounts, NULL), 0);
    return accounts;
}

static void delta_done(struct delta *d)
{
    free(d->old);
    free(d->detail);
    *d = (struct delta){0};
}

static int compare(const char *root, const struct change *c, struct delta *d)
{
    struct accounts *accounts = open_root(root);
    struct error err = {""};
    int r = account_compare(accounts, c, d, &err);

    if (r < 0)
        print_message("# %s\n", err.text);
    accounts_free(accounts);
    return r;
}

static void apply(const char *root, struct delta *d)
{
    struct error err = {""};

    if (account_apply(root, d, &err) < 0)
        fail_msg("%s", err.text);
}

static void undo(const char *root, struct delta *d)
{
    struct error err = {""};

    if (account_undo(root, d, &err) < 0)
        fail_msg("%s", err.text);
}

/* All that is known of the accounts; the shadow's dates are not. */
static char *picture(const char *root)
{
    struct accounts *accounts = open_root(root);
    cleanup_buf struct buf out = BUF_INIT;
    static const char *const names[] = {"root", "bob",  "alice",
                                        "www",  "mail", "carol"};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(names); i++) {
        const struct accounts_user *u = accounts_user(accounts, names[i]);
        const struct accounts_group *g = accounts_group(accounts, names[i]);

        if (u)
            buf_printf(&out, "u %s %s %u %u %s %s %s\n", u->name, u->password,
                       u->uid, u->gid, u->comment, u->home, u->shell);
        if (g)
            buf_printf(&out, "g %s %u %s\n", g->name, g->gid, g->members);
    }
    accounts_free(accounts);
    return buf_take(&out);
}

/* Applies, checks that nothing differs then, undoes, applies again. */
static void there_and_back(const char *root, const struct change *c,
                           enum delta_action action)
{
    cleanup_free char *before = picture(root), *after = NULL, *again = NULL;
    struct delta d = {0}, none = {0};

    assert_int_equal(compare(root, c, &d), 1);
    assert_int_equal(d.action, action);
    assert_ptr_equal(d.change, c);
    if (d.detail)
        assert_null(strstr(d.detail, "$6$"));
    undo(root, &d); /* harmless before anything was done */
    after = picture(root);
    assert_string_equal(before, after);
    apply(root, &d);
    assert_int_equal(compare(root, c, &none), 0);
    apply(root, &d); /* harmless when all was done */
    undo(root, &d);
    again = picture(root);
    assert_string_equal(before, again);
    apply(root, &d);
    delta_done(&d);
}

static void users_and_groups_come_change_and_go(void **state)
{
    struct change other = alice, moved = www;
    cleanup_free char *before = NULL, *after = NULL, *text = NULL;
    char *root;

    (void) state;
    if (geteuid() != 0)
        skip();
    root = new_root();
    before = picture(root);
    there_and_back(root, &www, DELTA_CREATE);
    there_and_back(root, &alice, DELTA_CREATE);
    text = picture(root);
    assert_non_null(strstr(text, "u alice " HASH " 2000 2000 Alice A "
                                 "/home/alice /bin/bash\n"
                                 "g alice 2000 \n"
                                 "g www 3000 alice\n"));
    other.id = 2001;
    other.shell = NULL;
    other.comment = NULL;
    other.home = "/srv/alice";
    other.password = "!" HASH;
    other.group = "bob";
    other.list = (const char *const[]){NULL};
    there_and_back(root, &other, DELTA_UPDATE);
    there_and_back(root, &alice, DELTA_UPDATE);
    moved.id = 3001;
    there_and_back(root, &moved, DELTA_UPDATE);
    there_and_back(root, &no_alice, DELTA_DELETE);
    there_and_back(root, &no_www, DELTA_DELETE);
    after = picture(root);
    assert_string_equal(before, after);
    scratch_free(root);
}

static void homes_are_neither_made_nor_removed(void **state)
{
    struct delta d = {0};
    cleanup_free char *home = NULL, *kept = NULL;
    char *root;

    (void) state;
    if (geteuid() != 0)
        skip();
    root = new_root();
    there_and_back(root, &www, DELTA_CREATE);
    there_and_back(root, &alice, DELTA_CREATE);
    home = scratch_path(root, "home/alice");
    assert_int_equal(access(home, F_OK), -1);
    scratch_puts(root, "home/alice/mail", "precious");
    assert_int_equal(compare(root, &no_alice, &d), 1);
    apply(root, &d);
    delta_done(&d);
    kept = scratch_read(root, "home/alice/mail", NULL);
    assert_string_equal(kept, "precious");
    scratch_free(root);
}

static void a_named_group_stays_when_the_user_goes(void **state)
{
    struct change carol = {
        .kind = CHANGE_USER, .name = "carol", .id = 2100, .group = "carol"};
    struct change no_carol = {
        .kind = CHANGE_USER, .name = "carol", .group = "carol", .absent = true};
    struct change group = {.kind = CHANGE_GROUP, .name = "carol", .id = 2200};
    cleanup_free char *text = NULL;
    char *root;

    (void) state;
    if (geteuid() != 0)
        skip();
    root = new_root();
    scratch_puts(root, "etc/login.defs", "USERGROUPS_ENAB yes\n");
    there_and_back(root, &group, DELTA_CREATE);
    there_and_back(root, &carol, DELTA_CREATE);
    there_and_back(root, &no_carol, DELTA_DELETE);
    text = picture(root);
    assert_non_null(strstr(text, "g carol 2200 \n"));
    scratch_free(root);
}

/* Else the manual's own example would reset every customer's shell. */
static void what_is_not_declared_is_left_alone(void **state)
{
    struct change bob = {.kind = CHANGE_USER, .name = "bob", .id = 1500};
    struct change fresh = {.kind = CHANGE_USER, .name = "carol", .id = 1700};
    struct delta d = {0};
    char *root = new_root();

    (void) state;
    assert_int_equal(compare(root, &bob, &d), 0);
    bob.reset = true;
    assert_int_equal(compare(root, &bob, &d), 1);
    assert_string_equal(d.detail, "home /home/bob -> /, shell /bin/sh -> "
                                  "/usr/sbin/nologin, comment Bob -> none");
    delta_done(&d);
    assert_int_equal(compare(root, &fresh, &d), 1);
    assert_string_equal(d.detail, "id 1700, group carol, home /, shell "
                                  "/usr/sbin/nologin");
    delta_done(&d);
    if (geteuid() == 0)
        there_and_back(root, &fresh, DELTA_CREATE);
    scratch_free(root);
}

static void details_say_what_differs_but_no_password(void **state)
{
    struct change bob = {.kind = CHANGE_USER,
                         .name = "bob",
                         .id = 1500,
                         .home = "/home/bob",
                         .shell = "/bin/bash",
                         .comment = "",
                         .password = HASH,
                         .list = (const char *const[]){"mail", "www", NULL}};
    struct change same = {.kind = CHANGE_USER,
                          .name = "bob",
                          .id = 1500,
                          .home = "/home/bob",
                          .shell = "/bin/sh",
                          .comment = "Bob",
                          .password = "$6$bob$hash",
                          .list = (const char *const[]){"mail", NULL}};
    struct delta d = {0};
    char *root = new_root();

    (void) state;
    assert_int_equal(compare(root, &same, &d), 0);
    assert_null(d.old);
    assert_int_equal(compare(root, &bob, &d), 1);
    assert_string_equal(d.detail,
                        "groups mail -> mail,www, shell /bin/sh -> /bin/bash, "
                        "comment Bob -> none, password");
    delta_done(&d);
    assert_int_equal(compare(root, &alice, &d), 1);
    assert_string_equal(d.detail,
                        "id 2000, group alice, groups www, home /home/alice, "
                        "shell /bin/bash, comment Alice A, password");
    delta_done(&d);
    scratch_free(root);
}

static const struct change bad[] = {
    {.kind = CHANGE_USER, .name = ""},
    {.kind = CHANGE_USER, .name = "-rf"},
    {.kind = CHANGE_USER, .name = "a:b"},
    {.kind = CHANGE_GROUP, .name = "a,b"},
    {.kind = CHANGE_GROUP, .name = "a\nb"},
    {.kind = CHANGE_USER, .name = "a23456789012345678901234567890123"},
    {.kind = CHANGE_USER, .name = "a", .id = UINT32_MAX},
    {.kind = CHANGE_USER, .name = "a", .home = "home"},
    {.kind = CHANGE_USER, .name = "a", .home = "/a:/b"},
    {.kind = CHANGE_USER, .name = "a", .shell = "/a\nroot2::0:0::/:/bin/sh"},
    {.kind = CHANGE_USER, .name = "a", .comment = "x:y"},
    {.kind = CHANGE_USER, .name = "a", .password = "x\nroot:y"},
    {.kind = CHANGE_USER, .name = "a", .password = ""},
    {.kind = CHANGE_USER, .name = "a", .group = "-x"},
    {.kind = CHANGE_USER,
     .name = "a",
     .list = (const char *const[]){"ok", "a,b", NULL}},
    {.kind = CHANGE_USER, .name = "root", .absent = true},
    {.kind = CHANGE_GROUP, .name = "root", .id = 5},
};

static void refuses_what_cannot_be_an_account(void **state)
{
    char *root = new_root();
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        struct delta d = {0};

        assert_int_equal(compare(root, &bad[i], &d), -EINVAL);
        assert_null(d.old);
        assert_null(d.detail);
    }
    scratch_free(root);
}

static void skips_lines_that_are_not_in_order(void **state)
{
    char *root = scratch_new();
    struct accounts *accounts;
    uid_t uid;
    gid_t gid;

    (void) state;
    scratch_puts(root, "etc/passwd",
                 "\n:x:1:1::/:\nshort:x:1\nword:x:one:1::/:/bin/sh\n"
                 "big:x:4294967295:1::/:/bin/sh\n+nis::::::\n#c:x:9:9::/:\n"
                 "good:x:7:8:a:b:c:d\ngood:x:9:9::/:\nlast:x:10:10::/:/s");
    accounts = open_root(root);
    assert_null(accounts_user(accounts, "short"));
    assert_null(accounts_user(accounts, "word"));
    assert_null(accounts_user(accounts, "big"));
    assert_null(accounts_user(accounts, "+nis"));
    assert_int_equal(accounts_user(accounts, "good")->uid, 7);
    assert_string_equal(accounts_user(accounts, "last")->shell, "/s");
    assert_int_equal(accounts_uid(accounts, "good", &uid, NULL), 0);
    assert_int_equal(uid, 7);
    assert_int_equal(accounts_uid(accounts, "12", &uid, NULL), 0);
    assert_int_equal(uid, 12);
    assert_int_equal(accounts_uid(accounts, "nobody", &uid, NULL), -ENOENT);
    assert_int_equal(uid, 12);
    assert_int_equal(accounts_gid(accounts, "root", &gid, NULL), 0);
    assert_int_equal(gid, 0);
    accounts_free(accounts);
    scratch_free(root);
}

static void a_symlink_does_not_lead_out_of_the_root(void **state)
{
    char *root = scratch_new();
    cleanup_free char *link = NULL;
    struct accounts *accounts;

    (void) state;
    scratch_puts(root, "etc/group", "");
    link = scratch_path(root, "etc/passwd");
    assert_int_equal(symlink("/etc/passwd", link), 0);
    /* Below root it points to itself. */
    {
        cleanup_close int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

        assert_int_equal(accounts_open(fd, &accounts, NULL), -ELOOP);
    }
    scratch_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_and_groups_come_change_and_go),
        cmocka_unit_test(homes_are_neither_made_nor_removed),
        cmocka_unit_test(what_is_not_declared_is_left_alone),
        cmocka_unit_test(a_named_group_stays_when_the_user_goes),
        cmocka_unit_test(details_say_what_differs_but_no_password),
        cmocka_unit_test(refuses_what_cannot_be_an_account),
        cmocka_unit_test(skips_lines_that_are_not_in_order),
        cmocka_unit_test(a_symlink_does_not_lead_out_of_the_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
