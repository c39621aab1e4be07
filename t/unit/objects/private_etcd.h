/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_OBJECTS_PRIVATE_ETCD_H
#define CCM_T_UNIT_OBJECTS_PRIVATE_ETCD_H

/* An etcd of a test's own: free ports, its own folder, gone with the test. */

#include <sys/types.h>

struct private_etcd {
    pid_t pid;
    char dir[64]; /* for the test's files, too */
    char url[64]; /* http://127.0.0.1:PORT */
};

extern struct private_etcd etcd;

/* Starts it and waits until it answers. Returns 0 or -1. */
int etcd_start(void);
/* Ends it and removes its folder. Returns 0 or -1. */
int etcd_stop(void);

/* Posts to the gateway; anything but 200 ends the test. */
void etcd_post(const char *path, const char *body);

#endif
