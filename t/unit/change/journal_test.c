/* SPDX-License-Identifier: ISC */
/* What is written to the journal can be read again after a crash. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/journal.h"
#include "change/journal_record.h"

#include <errno.h>
#include <fcntl.h>

/* So many operations that each remember an old state of a mebibyte. */
static void a_change_that_could_not_be_read_back_is_not_begun(void **state)
{
    enum { OLD_BYTES = 1024 * 1024, OPS = JOURNAL_BEGIN_MAX / OLD_BYTES + 1 };
    cleanup_free char *old = xmalloc(OLD_BYTES + 1);
    cleanup_free struct op *ops = xcalloc(OPS, sizeof(*ops));
    struct transaction t = {.token = "token", .ops = ops, .n = OPS};
    char folder[] = "/tmp/ccm-journal-XXXXXX";
    struct journal journal;
    struct error err;
    int fd;
    size_t i;

    (void) state;
    memset(old, 'x', OLD_BYTES);
    old[OLD_BYTES] = '\0';
    for (i = 0; i < OPS; i++)
        ops[i] = (struct op){.path = (char *) "/p", .old = old};
    assert_non_null(mkdtemp(folder));
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(journal_begin(&journal, fd, &t, &err), -EFBIG);
    assert_non_null(strstr(err.text, "change less at a time"));
    close(fd);
    assert_int_equal(rmdir(folder), 0); /* it is empty */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_that_could_not_be_read_back_is_not_begun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
