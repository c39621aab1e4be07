/* SPDX-License-Identifier: ISC */
/* Reading ELF files of this machine and others. */
#include "host/elf_file.h"

#include "base/util.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>

#define HEADERS_MAX 64

static const struct {
    unsigned machine;
    const char *name;
} machines[] = {
    {EM_386, "i386"},      {EM_X86_64, "x86-64"}, {EM_ARM, "ARM"},
    {EM_AARCH64, "ARM64"}, {EM_RISCV, "RISC-V"},  {EM_PPC64, "POWER"},
    {EM_S390, "s390"},     {EM_MIPS, "MIPS"},
};

static const char *elf_machine_name(unsigned machine)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(machines); i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return "an unknown one";
}

/* Class and machine lie at the same place in files of 32 and of 64 bits. */
static int elf_read_head(int fd, ElfW(Ehdr) * head)
{
    if (pread(fd, head, sizeof(*head), 0) != sizeof(*head) ||
        memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
        return -ENOEXEC;
    return 0;
}

int elf_check_machine(int fd, const char *path, struct error *err)
{
    cleanup_close int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ElfW(Ehdr) ours, theirs;

    if (elf_read_head(fd, &theirs) < 0 || elf_read_head(self, &ours) < 0)
        return 0;
    if (theirs.e_machine == ours.e_machine &&
        theirs.e_ident[EI_CLASS] == ours.e_ident[EI_CLASS] &&
        theirs.e_ident[EI_DATA] == ours.e_ident[EI_DATA])
        return 0;
    return error_set(err, -ENOEXEC,
                     "%s was built for another machine (%s): build it for this "
                     "one (%s)",
                     path, elf_machine_name(theirs.e_machine),
                     elf_machine_name(ours.e_machine));
}

/* The first program header of a type. Returns 1, 0 if there is none, or
 * -ENOEXEC. */
static int elf_part(int fd, uint32_t type, ElfW(Phdr) * part)
{
    ElfW(Ehdr) head;
    size_t i;

    if (elf_read_head(fd, &head) < 0 || head.e_phentsize != sizeof(*part) ||
        head.e_phnum > HEADERS_MAX)
        return -ENOEXEC;
    for (i = 0; i < head.e_phnum; i++) {
        if (pread(fd, part, sizeof(*part),
                  (off_t) (head.e_phoff + i * sizeof(*part))) != sizeof(*part))
            return -ENOEXEC;
        if (part->p_type == type)
            return 1;
    }
    return 0;
}

int elf_loader(int fd, char *path, size_t size)
{
    ElfW(Phdr) part;
    int r = elf_part(fd, PT_INTERP, &part);

    if (r <= 0)
        return r;
    if (part.p_filesz < 2 || part.p_filesz > size ||
        pread(fd, path, part.p_filesz, (off_t) part.p_offset) !=
            (ssize_t) part.p_filesz ||
        path[part.p_filesz - 1] != '\0')
        return -ENOEXEC;
    return 1;
}
