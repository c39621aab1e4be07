/* SPDX-License-Identifier: ISC */
/*
 * Declared files and their streams. A module may declare ten thousand files and
 * close none, so they share one buffer: the stream that was opened last has it,
 * because it is the one that is written to. A stream that the module returns to
 * has none (stdio then passes the text of each call on at once).
 */
#include "host/api.h"
#include "host/api_check.h"

#include "base/util.h"

#include <errno.h>
#include <stdio_ext.h>

static ssize_t api_write(void *cookie, const char *bytes, size_t size)
{
    struct api_content *content = cookie;
    struct ccm_run *run = content->run;

    if (run->content_bytes + size > API_CONTENT_MAX) {
        api_fail(run, "declares more than %d bytes in its files",
                 API_CONTENT_MAX);
        errno = EFBIG;
        return 0;
    }
    run->content_bytes += size;
    buf_add(&content->bytes, bytes, size);
    return (ssize_t) size;
}

static ssize_t api_write_nowhere(void *cookie, const char *bytes, size_t size)
{
    (void) cookie;
    (void) bytes;
    return (ssize_t) size;
}

/* After the last bytes were written. */
static int api_close(void *cookie)
{
    struct api_content *content = cookie;

    if (content->run->buffered == content)
        content->run->buffered = NULL;
    return 0;
}

void api_end_stream(struct ccm_run *run)
{
    struct api_content *content = run->buffered;

    if (!content)
        return;
    run->buffered = NULL;
    fflush(content->stream);
    setvbuf(content->stream, NULL, _IONBF, 0);
}

static FILE *api_open_nowhere(void)
{
    cookie_io_functions_t functions = {.write = api_write_nowhere};
    FILE *stream = fopencookie(NULL, "w", functions);

    if (!stream)
        _exit(70); /* out of memory, as in base/alloc.c */
    setvbuf(stream, NULL, _IONBF, 0);
    return stream;
}

static FILE *api_open_stream(struct api_content *content)
{
    cookie_io_functions_t functions = {.write = api_write, .close = api_close};
    struct ccm_run *run = content->run;

    content->stream = fopencookie(content, "w", functions);
    if (!content->stream)
        _exit(70);
    /* plan() has no threads: a lock a call took a tenth of a planner's time */
    __fsetlocking(content->stream, FSETLOCKING_BYCALLER);
    api_end_stream(run);
    if (!run->buffer)
        run->buffer = arena_alloc(&run->arena, API_BUFFER_SIZE);
    setvbuf(content->stream, run->buffer, _IOFBF, API_BUFFER_SIZE);
    run->buffered = content;
    return content->stream;
}

static struct api_content *api_declare_file(struct ccm_run *run,
                                            const struct ccm_file *file)
{
    struct api_item *item;
    API_ABOUT(run, file->object);

    if (!api_check_path(run, "file", file->path) ||
        !api_check_mode(run, file->path, file->mode) ||
        !api_check_owner(run, file->path, file->owner, file->group) ||
        !api_check_service(run, file->path, file->service))
        return NULL;
    if (run->n_files >= API_FILES_MAX) {
        api_fail(run, "declares more than %d files", API_FILES_MAX);
        return NULL;
    }
    item = api_add(run, CHANGE_FILE);
    if (!item)
        return NULL;
    run->n_files++;
    item->change.path = arena_strdup(&run->arena, file->path);
    item->change.mode = file->mode ? file->mode : 0644;
    item->change.sensitive = file->sensitive;
    api_fill_owner(run, &item->change, file->owner, file->group);
    item->change.service = arena_strdup(&run->arena, file->service);
    api_finish_item(run, item, file->object);
    item->content = arena_alloc(&run->arena, sizeof(*item->content));
    *item->content = (struct api_content){.run = run};
    return item->content;
}

FILE *ccm_file_sized(struct ccm_run *run, const struct ccm_file *given,
                     size_t size)
{
    struct api_content *content = NULL;
    struct ccm_file file;

    if (api_copy(run, (struct api_copy){.what = "ccm_file",
                                        .ours = &file,
                                        .size = sizeof(file),
                                        .given = given,
                                        .given_size = size}))
        content = api_declare_file(run, &file);
    return content ? api_open_stream(content) : api_open_nowhere();
}
