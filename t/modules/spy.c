/* SPDX-License-Identifier: ISC */
/*
 * A module that looks for what it was not given. By its setting "act":
 *
 *   memory  looks through all memory that it can read for the text of which
 *           the settings "head" and "tail" are two halves, objects of "type"
 *           included, and logs how often it has found it
 *   look    declares a file of all that it can see of its surroundings, which
 *           must be the same in a preview and in a run
 */
#include <ccm/module.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANGES_MAX 4096

static struct range {
    unsigned long from, to;
} ranges[RANGES_MAX];

/* A line is "FROM-TO MODE ...". The kernel's own pages cannot all be read. */
static int read_ranges(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1024], *next;
    int n = 0;

    while (maps && n < RANGES_MAX && fgets(line, sizeof(line), maps)) {
        ranges[n].from = strtoul(line, &next, 16);
        ranges[n].to = strtoul(next + 1, &next, 16);
        if (next[1] == 'r' && !strstr(line, "[v"))
            n++;
    }
    if (maps)
        fclose(maps);
    return n;
}

/* Pages behind the end of a file cannot be read either: the kernel says so
 * when it is to write them. */
static int readable(const char *page)
{
    static int null[2] = {-1, -1};
    char byte;

    if (null[0] < 0 && pipe(null) < 0)
        return 0;
    return write(null[1], page, 1) == 1 && read(null[0], &byte, 1) == 1;
}

static int count(const char *from, const char *to, const char *head,
                 const char *tail)
{
    size_t size = strlen(head);
    int n = 0;

    while (from < to &&
           (from = memmem(from, (size_t) (to - from), head, size))) {
        from += size;
        if ((size_t) (to - from) >= strlen(tail) &&
            memcmp(from, tail, strlen(tail)) == 0)
            n++;
    }
    return n;
}

static int search(struct ccm_run *run)
{
    const char *head = ccm_string(run, ccm_settings(run), "head");
    const char *tail = ccm_string(run, ccm_settings(run), "tail");
    int n, found = 0, i;

    ccm_objects(run, ccm_string(run, ccm_settings(run), "type"));
    n = read_ranges();

    for (i = 0; i < n; i++) {
        const char *page = (const char *) ranges[i].from;

        if (readable(page))
            found += count(page, (const char *) ranges[i].to, head, tail);
    }
    ccm_log(run, "found it %d times in %d ranges", found, n);
    return 0;
}

static void look_at(FILE *out, const char *path)
{
    FILE *file = fopen(path, "r");
    char bytes[4096];
    size_t size = file ? fread(bytes, 1, sizeof(bytes), file) : 0, i;

    fprintf(out, "%s:", path);
    for (i = 0; i < size; i++)
        fprintf(out, " %02x", (unsigned char) bytes[i]);
    fputs("\n", out);
    if (file)
        fclose(file);
}

/* Names of what is below, of those that begin with a digit or all. */
static void look_below(FILE *out, const char *path, int digits)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    int n = 0;

    while (dir && (entry = readdir(dir)))
        n += !digits || (entry->d_name[0] > '0' && entry->d_name[0] <= '9');
    fprintf(out, "%s: %d entries\n", path, n);
    if (dir)
        closedir(dir);
}

static int look(struct ccm_run *run)
{
    FILE *out = ccm_file(run, &(struct ccm_file){.path = "/seen"});
    struct stat st;
    char path[64];
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/cmdline", (int) getppid());
    fprintf(out, "parent %d\n", (int) getppid());
    look_at(out, path);
    look_at(out, "/proc/self/cmdline");
    look_at(out, "/proc/self/environ");
    look_at(out, "/proc/self/comm");
    look_at(out, "/proc/locks");
    look_below(out, "/proc", 1);
    look_below(out, "/proc/self/fd", 0);
    for (fd = 0; fd < 64; fd++)
        if (fstat(fd, &st) == 0)
            fprintf(out, "%d is %o\n", fd, (unsigned) st.st_mode);
    return 0;
}

static int plan(struct ccm_run *run)
{
    const char *act = ccm_string(run, ccm_settings(run), "act");

    return strcmp(act, "memory") == 0 ? search(run) : look(run);
}

CCM_MODULE(.name = "spy", .version = "1", .plan = plan);
