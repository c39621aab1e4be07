/* SPDX-License-Identifier: ISC */
#ifndef CCM_LOOP_NOTIFY_H
#define CCM_LOOP_NOTIFY_H

#include <stdint.h>

/* Reports the state to the service manager, by the protocol of sd_notify(3):
 * state is "READY=1", "STOPPING=1", "STATUS=...". Does nothing when
 * NOTIFY_SOCKET is not set; failures are ignored. */
void notify_send(const char *state);

/* How often the service manager wants "WATCHDOG=1" from this process, as
 * sd_watchdog_enabled(3) says, in milliseconds: half of what WATCHDOG_USEC
 * allows, so that one may come late. 0: not at all. */
int64_t notify_watchdog_ms(void);

#endif
