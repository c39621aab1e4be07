/* SPDX-License-Identifier: ISC */
/* The input of a planner: written by the runner, read by the planner before it
 * runs any code of a module. */
#include "host/brief.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define WRITE_BYTES (256 * 1024)
#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
#define FLAGS (JSON_COMPACT | JSON_ENCODE_ANY)

enum { ERROR_AT, DOCUMENT_AT, OUT_AT, MODULE_AT, FIXED };

/* Receives the text of a document piece by piece. */
struct brief_writer {
    int fd;
    struct buf text;
    uint64_t size;
};

static int brief_flush(struct brief_writer *writer)
{
    int r =
        io_write_all(writer->fd, buf_text(&writer->text), writer->text.size);

    writer->size += writer->text.size;
    buf_clear(&writer->text);
    return r;
}

static int brief_take(const char *bytes, size_t size, void *userdata)
{
    struct brief_writer *writer = userdata;

    buf_add(&writer->text, bytes, size);
    return writer->text.size >= WRITE_BYTES ? brief_flush(writer) : 0;
}

int brief_write(const json_t *value, uint64_t *size)
{
    cleanup_close int fd =
        memfd_create("ccm-brief", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    struct brief_writer writer = {.fd = fd};
    int r = fd < 0 ? -errno : 0;

    if (r == 0 && json_dump_callback(value, brief_take, &writer, FLAGS) < 0)
        r = -EIO;
    if (r == 0)
        r = brief_flush(&writer);
    buf_done(&writer.text);
    if (r == 0 && fcntl(fd, F_ADD_SEALS, SEALS) < 0)
        r = -errno;
    if (r == 0 && size)
        *size = writer.size;
    return r < 0 ? r : steal_fd(&fd);
}

void brief_add(struct brief *brief, int fd)
{
    xgrow(&brief->fds, &brief->capacity, brief->n, sizeof(*brief->fds));
    brief->fds[brief->n++] = fd;
}

static json_t *brief_program(struct brief *brief, const struct program_run *run)
{
    const struct program *program = run ? run->program : NULL;

    if (!program)
        return json_null();
    brief_add(brief, run->to[0]);
    brief_add(brief, run->to[1]);
    brief_add(brief, run->from[0]);
    brief_add(brief, run->from[1]);
    brief_add(brief, program->file->fd);
    if (program->interpreter)
        brief_add(brief, program->interpreter->fd);
    if (program->loader_fd >= 0)
        brief_add(brief, program->loader_fd);
    return json_pack("{s:o, s:s?, s:s?, s:b, s:I}", "path",
                     json_text(program->file->path), "interpreter",
                     program->interpreter_name, "argument", program->argument,
                     "loader", program->loader_fd >= 0, "memory_bytes",
                     (json_int_t) run->memory_bytes);
}

int brief_init(struct brief *brief, const char *what,
               const struct module_file *module, const struct program_run *run,
               json_t *input)
{
    json_t *libraries = json_array();
    size_t i;

    *brief = (struct brief){.document_fd = -1};
    for (i = 0; i < FIXED; i++)
        brief_add(brief, -1);
    brief->fds[MODULE_AT] = module->fd;
    for (i = 0; i < module->libraries.n; i++) {
        brief_add(brief, module->libraries.list[i].fd);
        json_array_append_new(libraries,
                              json_text(module->libraries.list[i].path));
    }
    brief->document =
        json_pack("{s:s, s:o, s:o, s:o, s:o}", "what", what, "libraries",
                  libraries, "path", json_text(module->path), "program",
                  brief_program(brief, run), "input", input);
    return brief->document ? 0 : -EINVAL;
}

int brief_finish(struct brief *brief, int error_fd, int out_fd)
{
    int fd = brief_write(brief->document, NULL);

    if (fd < 0)
        return fd;
    brief->document_fd = fd;
    brief->fds[ERROR_AT] = error_fd;
    brief->fds[DOCUMENT_AT] = fd;
    brief->fds[OUT_AT] = out_fd;
    return 0;
}

void brief_done(struct brief *brief)
{
    if (brief->document_fd >= 0)
        close(brief->document_fd);
    json_decref(brief->document);
    free(brief->fds);
    *brief = (struct brief){.document_fd = -1};
}

int brief_parse(int fd, json_t **out, struct error *err)
{
    json_error_t error;
    struct stat st;
    void *text;

    if (fstat(fd, &st) < 0)
        return error_errno(err, -errno, "a memory file");
    text = mmap(NULL, (size_t) st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (text == MAP_FAILED)
        return error_errno(err, -errno, "a memory file");
    *out = json_loadb(text, (size_t) st.st_size,
                      JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    munmap(text, (size_t) st.st_size);
    return *out ? 0
                : error_set(err,
                            json_error_code(&error) == json_error_out_of_memory
                                ? -ENOMEM
                                : -EPROTO,
                            "%s", error.text);
}

/* Takes the next descriptor. */
static int brief_next(const int **fds, size_t *n)
{
    if (*n == 0)
        return -1;
    --*n;
    return *(*fds)++;
}

static int brief_read_libraries(struct brief_read *brief, const int **fds,
                                size_t *n)
{
    const json_t *paths = json_object_get(brief->document, "libraries");
    struct libraries *libraries = &brief->module.libraries;
    const json_t *path;
    size_t i;

    if (json_array_size(paths) > *n)
        return -EPROTO;
    libraries->list =
        xcalloc(json_array_size(paths) + 1, sizeof(*libraries->list));
    json_array_foreach (paths, i, path)
        libraries->list[libraries->n++] = (struct library){
            .path = (char *) json_string_value(path),
            .fd = brief_next(fds, n),
        };
    return 0;
}

static void brief_read_program(struct brief_read *brief, const json_t *value,
                               const int **fds, size_t *n)
{
    struct program *program = &brief->program;
    const char *interpreter = json_string_or(value, "interpreter", NULL);

    brief->has_program = true;
    brief->run.to[0] = brief_next(fds, n);
    brief->run.to[1] = brief_next(fds, n);
    brief->run.from[0] = brief_next(fds, n);
    brief->run.from[1] = brief_next(fds, n);
    brief->program_file.path = (char *) json_string_or(value, "path", "");
    brief->program_file.fd = brief_next(fds, n);
    program->file = &brief->program_file;
    if (interpreter) {
        brief->interpreter_file.path = (char *) interpreter;
        brief->interpreter_file.fd = brief_next(fds, n);
        program->interpreter = &brief->interpreter_file;
        program->interpreter_name = (char *) interpreter;
    }
    program->argument = (char *) json_string_or(value, "argument", NULL);
    program->loader_fd =
        json_bool_or(value, "loader", false) ? brief_next(fds, n) : -1;
    program_run_init(&brief->run, program,
                     (uint64_t) json_integer_or(value, "memory_bytes", 0));
}

int brief_read(struct brief_read *brief, const int *fds, size_t n)
{
    const json_t *program;
    struct error err;
    int r;

    if (n < FIXED)
        return -EPROTO;
    r = brief_parse(fds[DOCUMENT_AT], &brief->document, &err);
    if (r < 0)
        return r;
    brief->error_fd = fds[ERROR_AT];
    brief->out_fd = fds[OUT_AT];
    brief->module.fd = fds[MODULE_AT];
    brief->module.path = (char *) json_string_or(brief->document, "path", "");
    brief->what = json_string_or(brief->document, "what", "");
    brief->input = json_object_get(brief->document, "input");
    program = json_object_get(brief->document, "program");
    fds += FIXED;
    n -= FIXED;
    r = brief_read_libraries(brief, &fds, &n);
    if (r < 0)
        return r;
    if (json_is_object(program))
        brief_read_program(brief, program, &fds, &n);
    brief->types = fds;
    brief->n_types = n;
    return 0;
}
