/* SPDX-License-Identifier: ISC */
/*
 * Opening a program. A script's interpreter is found here and not by the
 * kernel, so that it is checked like the script, and so that the only files
 * that must be executable are known.
 */
#include "host/program.h"

#include "base/alloc.h"
#include "base/util.h"
#include "host/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define HEAD_BYTES 256 /* as much of a "#!" line as the kernel reads */

static const char *const search_path[] = {"/usr/local/bin", "/usr/bin", "/bin"};

static int program_open_file(struct trust *trust, const char *path,
                             struct module_file **out, struct error *err)
{
    cleanup_close int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    cleanup_free char *real = NULL;
    struct stat st;
    int r;

    if (fd < 0)
        return error_errno(err, -errno, "%s", path);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return error_set(err, -EINVAL, "%s is not a regular file", path);
    if (!(st.st_mode & 0111))
        return error_set(err, -EINVAL,
                         "%s is not executable (mode %04o); use chmod 755",
                         path, (unsigned) st.st_mode & 07777);
    r = trust_check(trust, fd, path, &real, err);
    if (r < 0)
        return r;
    *out = xcalloc(1, sizeof(**out));
    (*out)->path = STEAL(real);
    (*out)->fd = steal_fd(&fd);
    (*out)->device = st.st_dev;
    (*out)->inode = st.st_ino;
    return 0;
}

/* Takes the next word off *line, and trims the rest. */
static char *program_word(char **line)
{
    char *word = *line, *end = word + strcspn(word, " \t");

    *line = end + strspn(end, " \t");
    *end = '\0';
    return word;
}

static int program_search(const char *name, char **path, struct error *err)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(search_path); i++) {
        cleanup_free char *full = xasprintf("%s/%s", search_path[i], name);

        if (access(full, X_OK) < 0)
            continue;
        *path = STEAL(full);
        return 0;
    }
    return error_set(err, -ENOENT,
                     "its interpreter \"%.80s\" is in none of /usr/local/bin, "
                     "/usr/bin and /bin",
                     name);
}

/* line: the text after "#!", without the newline. */
static int program_take_line(struct program *program, char *line,
                             struct error *err)
{
    char *word;
    size_t size;

    line += strspn(line, " \t");
    for (size = strlen(line); size > 0 && strchr(" \t\r", line[size - 1]);)
        line[--size] = '\0';
    word = program_word(&line);
    if (word[0] != '/')
        return error_set(err, -EINVAL,
                         "its interpreter \"%.80s\" is not an absolute path",
                         word);
    if (!streq(word, "/usr/bin/env") && !streq(word, "/bin/env")) {
        program->interpreter_name = xstrdup(word);
    } else {
        word = program_word(&line);
        if (streq(word, "-S"))
            word = program_word(&line);
        if (word[0] == '\0' || strpbrk(word, "-=/") == word ||
            strchr(word, '='))
            return error_set(err, -EINVAL,
                             "env is supported only as \"env NAME\" and "
                             "\"env -S NAME ARGUMENT\"");
        if (program_search(word, &program->interpreter_name, err) < 0)
            return -ENOENT;
    }
    program->argument = line[0] ? xstrdup(line) : NULL;
    return 0;
}

/* Returns 1 for a script, 0 for a binary. */
static int program_look(const struct program *program, int fd, char *head,
                        struct error *err)
{
    ssize_t size = pread(fd, head, HEAD_BYTES, 0);
    char *end;

    if (size < 0)
        return error_errno(err, -errno, "reading it");
    head[size] = '\0';
    if (size >= 4 && memcmp(head, "\177ELF", 4) == 0)
        return 0;
    end = strchr(head, '\n');
    if (program->interpreter || strncmp(head, "#!", 2) != 0 || !end)
        return error_set(err, -EINVAL,
                         program->interpreter
                             ? "its interpreter is a script itself"
                             : "it is neither a binary nor a script that "
                               "begins with #! and its interpreter");
    *end = '\0';
    return 1;
}

/* The loader of a binary, which the kernel executes, too; -1 if it needs
 * none. */
static int program_find_loader(int fd, int *loader_fd, struct error *err)
{
    char path[PATH_MAX];
    int r = elf_loader(fd, path, sizeof(path));

    *loader_fd = -1;
    if (r <= 0)
        return r < 0 ? error_set(err, -ENOEXEC, "its ELF headers are damaged")
                     : 0;
    *loader_fd = open(path, O_PATH | O_CLOEXEC);
    return *loader_fd < 0
               ? error_errno(err, -errno, "it needs the loader %s", path)
               : 0;
}

static int program_check_others(const struct module_file *file, mode_t bits,
                                struct error *err)
{
    struct stat st;

    if (fstat(file->fd, &st) < 0)
        return error_errno(err, -errno, "%s", file->path);
    return trust_check_others(&st, file->path, bits, err);
}

/* Checks a file that the kernel executes: it must be for this machine and have
 * its loader; otherwise the kernel would only say "No such file". */
static int program_check_binary(struct program *program,
                                const struct module_file *file,
                                struct error *err)
{
    int r = program_check_others(file, S_IXOTH, err);

    if (r == 0)
        r = elf_check_machine(file->fd, file->path, err);
    if (r == 0)
        r = program_find_loader(file->fd, &program->loader_fd, err);
    return r;
}

static int program_resolve(struct program *program, struct trust *trust,
                           struct error *err)
{
    char head[HEAD_BYTES + 1];
    int fd = program->file->fd;
    int r = program_look(program, fd, head, err);

    if (r < 0)
        return r;
    if (r > 0) {
        r = program_take_line(program, head + 2, err);
        if (r == 0)
            r = program_open_file(trust, program->interpreter_name,
                                  &program->interpreter, err);
        if (r == 0)
            r = program_check_others(program->file, S_IROTH, err);
        if (r < 0)
            return r;
        fd = program->interpreter->fd;
        r = program_look(program, fd, head, err);
        if (r < 0)
            return r;
    }
    r = program_check_binary(
        program, program->interpreter ? program->interpreter : program->file,
        err);
    if (r < 0)
        return r;
    return module_digest(program->file, err);
}

int program_open(struct trust *trust, const char *path, struct program **out,
                 struct error *err)
{
    struct program *program;
    int r;

    if (path[0] != '/')
        return error_set(err, -EINVAL, "program \"%s\" is not an absolute path",
                         path);
    program = xcalloc(1, sizeof(*program));
    program->loader_fd = -1;
    r = program_open_file(trust, path, &program->file, err);
    if (r == 0) {
        r = program_resolve(program, trust, err);
        if (r < 0)
            error_prefix(err, r, "%s", path);
    }
    if (r < 0)
        program_close(program);
    else
        *out = program;
    return r;
}

void program_close(struct program *program)
{
    if (!program)
        return;
    module_close(program->file);
    module_close(program->interpreter);
    if (program->loader_fd >= 0)
        close(program->loader_fd);
    free(program->interpreter_name);
    free(program->argument);
    free(program);
}
