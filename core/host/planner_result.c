/* SPDX-License-Identifier: ISC */
/*
 * Handing over. The runner seals the file before it looks at it, so that
 * nobody can change what has been checked; and every number in it is checked
 * against the file's size, because module code ran where it was written.
 *
 * The planner has sealed it against writing before, if all went well: to do
 * that on another processor than the one it was written on, the kernel has to
 * interrupt all of them.
 */
#include "host/planner_result.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define HEAD_MAGIC 0x6e616c702d6d6363u /* "ccm-plan" */
#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)
#define NOTES_BYTES_MAX (64 * 1024 * 1024)

struct planner_head {
    uint64_t magic;
    uint64_t wire_size;
    uint64_t notes_size;
    uint64_t ok;
};

int planner_result_open(void)
{
    int fd = memfd_create("ccm-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    return fd < 0 ? -errno : fd;
}

static int planner_result_notes(int fd, struct ccm_run *run, const char *error,
                                uint64_t *size)
{
    json_auto_t *notes =
        json_pack("{s:O, s:o, s:o}", "rejected", run->reasons, "log",
                  json_text(buf_text(&run->log)), "error",
                  error ? json_text(error) : json_null());
    cleanup_free char *text = json_line(notes);

    *size = strlen(text);
    return io_write_all(fd, text, *size);
}

int planner_result_write(int fd, struct ccm_run *run, const char *error)
{
    struct planner_head head = {.magic = HEAD_MAGIC, .ok = error == NULL};
    int r = 0;

    if (lseek(fd, sizeof(head), SEEK_SET) < 0)
        return -errno;
    if (!error)
        r = api_encode(run, fd, &head.wire_size);
    if (r == 0)
        r = planner_result_notes(fd, run, error, &head.notes_size);
    if (r == 0 && pwrite(fd, &head, sizeof(head), 0) != sizeof(head))
        r = -EIO;
    if (r == 0)
        fcntl(fd, F_ADD_SEALS, SEALS);
    return r;
}

static int planner_result_head(int fd, struct planner_head *head,
                               struct error *err)
{
    struct stat st;
    uint64_t size;

    if (fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0)
        return error_errno(err, -errno, "its result cannot be sealed");
    if (fstat(fd, &st) < 0)
        return error_errno(err, -errno, "its result");
    size = (uint64_t) st.st_size;
    if (pread(fd, head, sizeof(*head), 0) != sizeof(*head) ||
        head->magic != HEAD_MAGIC)
        return error_set(err, -EPROTO,
                         "called exit() before the end of plan()");
    if (head->notes_size > NOTES_BYTES_MAX || head->wire_size > size ||
        sizeof(*head) + head->wire_size + head->notes_size != size)
        return error_set(err, -EPROTO,
                         "its result is malformed: %llu bytes, "
                         "of which %llu and %llu are announced",
                         (unsigned long long) size,
                         (unsigned long long) head->wire_size,
                         (unsigned long long) head->notes_size);
    return 0;
}

static int planner_result_take_notes(struct planner_result *result,
                                     const struct planner_head *head,
                                     struct error *err)
{
    off_t offset = (off_t) (sizeof(*head) + head->wire_size);
    cleanup_free char *text = xmalloc(head->notes_size + 1);
    json_auto_t *notes = NULL;
    const json_t *rejected;
    const char *error;
    int r;

    if (pread(result->fd, text, head->notes_size, offset) !=
        (ssize_t) head->notes_size)
        return error_set(err, -EPROTO, "its result cannot be read");
    r = json_parse(text, head->notes_size, NOTES_BYTES_MAX, &notes, err);
    if (r == 0)
        r = json_get_array(notes, "rejected", &rejected, err);
    if (r < 0)
        return error_prefix(err, r, "its result is malformed");
    result->rejected = json_incref((json_t *) rejected);
    result->log = xstrdup(json_string_or(notes, "log", ""));
    if (head->ok)
        return 0;
    error = json_string_or(notes, "error", "");
    return error_set(err, -EINVAL, "%s", *error ? error : "failed");
}

void planner_result_read(struct planner_result *result)
{
    struct planner_head head;
    struct error err;
    int r = planner_result_head(result->fd, &head, &err);

    if (r == 0)
        r = planner_result_take_notes(result, &head, &err);
    result->wire_size = r == 0 ? head.wire_size : 0;
    if (r == 0)
        return;
    result->outcome = r == -EINVAL ? PLANNER_FAILED : PLANNER_BAD;
    result->error = xstrdup(err.text);
}

void planner_result_map(struct planner_result *result)
{
    size_t size = sizeof(struct planner_head) + result->wire_size;
    void *mapping;

    if (result->outcome != PLANNER_OK)
        return;
    mapping = mmap(NULL, size, PROT_READ, MAP_PRIVATE, result->fd, 0);
    if (mapping == MAP_FAILED) {
        result->outcome = PLANNER_BAD;
        result->error =
            xasprintf("its result cannot be mapped: %s", strerror(errno));
        return;
    }
    result->mapping = mapping;
    result->mapping_size = size;
    result->wire = (const char *) mapping + sizeof(struct planner_head);
}

void planner_result_done(struct planner_result *result)
{
    if (result->mapping)
        munmap(result->mapping, result->mapping_size);
    if (result->fd >= 0)
        close(result->fd);
    free(result->error);
    free(result->log);
    json_decref(result->rejected);
    *result = (struct planner_result){.fd = -1};
}
