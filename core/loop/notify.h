/* SPDX-License-Identifier: ISC */
#ifndef CCM_LOOP_NOTIFY_H
#define CCM_LOOP_NOTIFY_H

/* Tells the service manager how it goes, by the protocol of sd_notify(3):
 * state is "READY=1", "STOPPING=1", "STATUS=...". Does nothing when
 * NOTIFY_SOCKET is not set; a failure is of no consequence. */
void notify_send(const char *state);

#endif
