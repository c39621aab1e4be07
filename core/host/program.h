/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_PROGRAM_H
#define CCM_HOST_PROGRAM_H

/*
 * A program that plans for a configuration (key "program" of its declaration):
 * the host starts it beside the planner, in the same confinement, and the
 * module reads its output (ccm_program).
 */

#include "base/buf.h"
#include "base/error.h"
#include "host/fence.h"
#include "host/module.h"

#include <stddef.h>
#include <sys/types.h>

#define PROGRAM_OUTPUT_MAX (64 * 1024 * 1024)
#define PROGRAM_EXECUTABLES_MAX 2

/* Its files, each opened once, checked, and used by descriptor. */
struct program {
    struct module_file *file;
    struct module_file *interpreter; /* of a script; NULL: it is a binary */
    char *interpreter_name;          /* as the "#!" line has it */
    char *argument;                  /* of the interpreter, or NULL */
    int loader_fd; /* the binary's ELF interpreter; -1: none */
};

/*
 * Opens a program by its absolute path and, if it is a script, the interpreter
 * of its "#!" line ("/usr/bin/env NAME" is looked up here: env would have to
 * start a second program). Checks who could have written each (trust.h). Sets
 * *out, new (freed with program_close). Returns 0, -EINVAL (not a program, or
 * not usable; err has the reason), -ENOENT, -EPERM, or another -errno.
 */
int program_open(struct trust *trust, const char *path, struct program **out,
                 struct error *err);
void program_close(struct program *program);

/* A program that runs beside one planner. */
struct program_run {
    const struct program *program; /* kept */
    uint64_t memory_bytes;         /* that it can write to */
    int to[2], from[2];            /* pipes: its input, its output */
    pid_t pid;                     /* in the planner */
    int executables[PROGRAM_EXECUTABLES_MAX];
    struct fence_start start;
};

/* In the runner: makes the pipes. Returns 0 or -errno. */
int program_run_open(struct program_run *run, const struct program *program,
                     uint64_t memory_bytes, struct error *err);
/* In the planner, with the pipes in place: fills run->start. Keeps program. */
void program_run_init(struct program_run *run, const struct program *program,
                      uint64_t memory_bytes);
/* Closes what program_run_open has opened, in the runner. */
void program_run_close(struct program_run *run);

/*
 * In the planner: gives it size bytes of input and puts its output, at most
 * PROGRAM_OUTPUT_MAX, into *output. Returns 0; -EINVAL if it did not end with
 * status 0 (err says how it ended); or another -errno.
 */
int program_run_talk(struct program_run *run, const char *input, size_t size,
                     struct buf *output, struct error *err);

#endif
