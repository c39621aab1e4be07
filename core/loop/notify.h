/* SPDX-License-Identifier: ISC */
#ifndef CCM_LOOP_NOTIFY_H
#define CCM_LOOP_NOTIFY_H

/* Reports the state to the service manager, by the protocol of sd_notify(3):
 * state is "READY=1", "STOPPING=1", "STATUS=...". Does nothing when
 * NOTIFY_SOCKET is not set; failures are ignored. */
void notify_send(const char *state);

#endif
