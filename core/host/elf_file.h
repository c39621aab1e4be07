/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_ELF_FILE_H
#define CCM_HOST_ELF_FILE_H

/* Reads facts from an ELF file without loading it. */

#include "base/error.h"

#include <stddef.h>

/*
 * Was this file built for this machine? The loaders of libc and kernel say "No
 * such file or directory" if not. Returns 0 (also if it is no ELF file), or
 * -ENOEXEC.
 */
int elf_check_machine(int fd, const char *path, struct error *err);

/* The path of the loader that it names (PT_INTERP). Returns 1 with *path, 0 if
 * it names none, or -ENOEXEC. */
int elf_loader(int fd, char *path, size_t size);

/* What a file's dynamic section says: which libraries it needs, by their names,
 * where to look for them, and what it is called itself. */
struct elf_names {
    char **needed; /* NULL-terminated; NULL: none */
    char *runpath; /* DT_RUNPATH, or DT_RPATH; NULL: none */
    char *soname;  /* NULL: none */
};

/* Fills *names (emptied with elf_names_done). Returns 0 (also if there is no
 * dynamic section), or -ENOEXEC. */
int elf_read_names(int fd, struct elf_names *names);
void elf_names_done(struct elf_names *names);

#endif
