/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_FAULT_H
#define CCM_CHANGE_FAULT_H

/*
 * Fault points, for the tests: FAULT("name") precedes an important system call
 * and is 0, or the -errno with which that call pretends to fail:
 *
 *     int r = FAULT("commit-exchange");
 *
 *     if (r == 0 && renameat2(...) < 0)
 *         r = -errno;
 *
 * It is a plain 0 unless built with CCM_FAULTS. Then the environment decides:
 * CCM_FAULT="name:n:what" makes the n-th passage (from 1) of that point end the
 * process with SIGKILL (what is "kill"), or fail (ENOSPC, EIO, EACCES).
 * CCM_FAULT_LIST names a file to which each passage is appended, a line
 * "name:n" each.
 */
#ifdef CCM_FAULTS
int fault_hit(const char *name);
#define FAULT(name) fault_hit(name)
#else
#define FAULT(name) 0
#endif

#endif
