/* SPDX-License-Identifier: ISC */
#include "loop/notify.h"

#include "base/util.h"
#include "unit/unit.h"

static void the_watchdog_wants_half_of_its_limit(void **state)
{
    static const struct {
        const char *limit_us;
        const char *pid; /* "": this process */
        const char *socket;
        int64_t want_ms;
    } cases[] = {
        {"60000000", NULL, "/run/x", 30000},
        {"60000000", "", "/run/x", 30000},
        {"60000000", "1", "/run/x", 0},
        {"60000000", NULL, NULL, 0},
        {"1", NULL, "/run/x", 1},
        {"0", NULL, "/run/x", 0},
        {"-5", NULL, "/run/x", 0},
        {"60s", NULL, "/run/x", 0},
        {"99999999999999999999", NULL, "/run/x", 0},
        {NULL, NULL, "/run/x", 0},
    };
    char own[16];
    size_t i;

    (void) state;
    snprintf(own, sizeof(own), "%d", (int) getpid());
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        unsetenv("WATCHDOG_USEC");
        unsetenv("WATCHDOG_PID");
        unsetenv("NOTIFY_SOCKET");
        if (cases[i].limit_us)
            setenv("WATCHDOG_USEC", cases[i].limit_us, 1);
        if (cases[i].pid)
            setenv("WATCHDOG_PID", cases[i].pid[0] ? cases[i].pid : own, 1);
        if (cases[i].socket)
            setenv("NOTIFY_SOCKET", cases[i].socket, 1);
        assert_int_equal(notify_watchdog_ms(), cases[i].want_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_watchdog_wants_half_of_its_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
