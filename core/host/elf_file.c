/* SPDX-License-Identifier: ISC */
/* Reading ELF files of this machine and others. */
#include "host/elf_file.h"

#include "base/alloc.h"
#include "base/util.h"
#include "host/names.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>

#define HEADERS_MAX 64
#define DYNAMIC_MAX 4096 /* entries */
#define NAME_BYTES_MAX 4096

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

/* Class and machine are at the same place in 32-bit and 64-bit files. */
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

/* Where an address lies in the file, by the parts that are loaded. Returns 1
 * with *offset, 0 if it lies nowhere, or -ENOEXEC. */
static int elf_offset(int fd, uint64_t address, off_t *offset)
{
    ElfW(Ehdr) head;
    ElfW(Phdr) part;
    size_t i;

    if (elf_read_head(fd, &head) < 0)
        return -ENOEXEC;
    for (i = 0; i < head.e_phnum && i < HEADERS_MAX; i++) {
        if (pread(fd, &part, sizeof(part),
                  (off_t) (head.e_phoff + i * sizeof(part))) != sizeof(part))
            return -ENOEXEC;
        if (part.p_type != PT_LOAD || address < part.p_vaddr ||
            address - part.p_vaddr >= part.p_filesz)
            continue;
        *offset = (off_t) (address - part.p_vaddr + part.p_offset);
        return 1;
    }
    return 0;
}

/* Returns new, or NULL. */
static char *elf_string(int fd, off_t offset)
{
    char bytes[NAME_BYTES_MAX];
    ssize_t size = pread(fd, bytes, sizeof(bytes), offset);

    if (size <= 0 || !memchr(bytes, '\0', (size_t) size))
        return NULL;
    return xstrdup(bytes);
}

static int elf_take_entry(int fd, off_t strings, const ElfW(Dyn) * entry,
                          struct elf_names *names)
{
    off_t at = strings + (off_t) entry->d_un.d_val;
    cleanup_free char *text = NULL;

    if (entry->d_tag != DT_NEEDED && entry->d_tag != DT_RUNPATH &&
        entry->d_tag != DT_RPATH && entry->d_tag != DT_SONAME)
        return 0;
    text = elf_string(fd, at);
    if (!text)
        return -ENOEXEC;
    if (entry->d_tag == DT_NEEDED) {
        names_add(&names->needed, text);
    } else if (entry->d_tag == DT_SONAME) {
        free(names->soname);
        names->soname = STEAL(text);
    } else if (entry->d_tag == DT_RUNPATH || !names->runpath) {
        free(names->runpath);
        names->runpath = STEAL(text);
    }
    return 0;
}

int elf_read_names(int fd, struct elf_names *names)
{
    cleanup_free ElfW(Dyn) *entries = NULL;
    ElfW(Addr) table = 0;
    ElfW(Phdr) part;
    off_t strings;
    size_t n, i;
    int r = elf_part(fd, PT_DYNAMIC, &part);

    *names = (struct elf_names){0};
    if (r <= 0)
        return r;
    n = part.p_filesz / sizeof(*entries);
    if (n > DYNAMIC_MAX)
        return -ENOEXEC;
    entries = xcalloc(n + 1, sizeof(*entries));
    if (pread(fd, entries, n * sizeof(*entries), (off_t) part.p_offset) !=
        (ssize_t) (n * sizeof(*entries)))
        return -ENOEXEC;
    for (i = 0; i < n && entries[i].d_tag != DT_NULL; i++)
        if (entries[i].d_tag == DT_STRTAB)
            table = entries[i].d_un.d_ptr;
    if (elf_offset(fd, table, &strings) <= 0)
        return -ENOEXEC;
    r = 0;
    for (i = 0; i < n && entries[i].d_tag != DT_NULL && r == 0; i++)
        r = elf_take_entry(fd, strings, &entries[i], names);
    if (r < 0)
        elf_names_done(names);
    return r;
}

void elf_names_done(struct elf_names *names)
{
    names_free(names->needed);
    free(names->runpath);
    free(names->soname);
    *names = (struct elf_names){0};
}
