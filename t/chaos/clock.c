/* SPDX-License-Identifier: ISC */
/*
 * A wall clock that tests can set: preloaded (LD_PRELOAD), it adds the seconds
 * that stand in the file CCM_TEST_CLOCK names, as text. The other clocks stay
 * as they are. The file is mapped once, at start, so that processes without
 * the right to open anything follow its changes, too.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))
#define FILE_SIZE 32

static const volatile char *offset_text;

__attribute__((constructor)) static void clock_map(void)
{
    const char *path = getenv("CCM_TEST_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *at = MAP_FAILED;

    if (fd >= 0)
        at = mmap(NULL, FILE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    if (at != MAP_FAILED)
        offset_text = at;
}

static time_t clock_offset(void)
{
    char text[FILE_SIZE] = "";
    size_t i;

    for (i = 0; offset_text && i + 1 < FILE_SIZE; i++)
        text[i] = offset_text[i];
    return (time_t) strtoll(text, NULL, 10);
}

SHOWN int clock_gettime(clockid_t which, struct timespec *now)
{
    int r = (int) syscall(SYS_clock_gettime, which, now);

    if (r == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        now->tv_sec += clock_offset();
    return r;
}

SHOWN time_t time(time_t *out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

SHOWN int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec now;

    (void) zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}
