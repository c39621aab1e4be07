/* SPDX-License-Identifier: ISC */
/*
 * Loading a module, and the check of its descriptor.
 *
 * The file is loaded as /proc/self/fd/N: what was checked is what is mapped.
 * The loader takes files of one name for one module, so N must stay open and
 * not be used again in the same process, which is how the runner keeps it.
 *
 * Only abi of the descriptor is trusted until it matches; then size gives its
 * length, and the size of the symbol (in the ELF file) shows whether that is
 * true.
 */
#include "host/module.h"

#include "base/name.h"
#include "base/util.h"
#include "host/names.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>

#define SIZE_MIN (offsetof(struct ccm_module, plan) + sizeof(void *))

static int module_check_names(const char *const *names, const char *field,
                              struct error *err)
{
    size_t n;

    for (n = 0; names && names[n]; n++) {
        if (n >= NAMES_MAX)
            return error_set(err, -EPROTO,
                             "%s has more than %d entries: is the NULL at its "
                             "end missing? Use CCM_LIST",
                             field, NAMES_MAX);
        if (!name_valid(names[n]))
            return error_set(err, -EPROTO,
                             "%s has \"%.80s\"; expected " NAME_RULE, field,
                             names[n]);
    }
    return 0;
}

static int module_check_texts(const struct ccm_module *d, struct error *err)
{
    if (!d->name || !name_valid(d->name))
        return error_set(err, -EPROTO, "name is \"%.80s\"; expected " NAME_RULE,
                         d->name ? d->name : "(NULL)");
    if (!d->version || d->version[0] == '\0' || strlen(d->version) > 100)
        return error_set(err, -EPROTO,
                         "version is \"%.80s\"; expected 1 to 100 bytes",
                         d->version ? d->version : "(NULL)");
    if (d->summary && strlen(d->summary) > 500)
        return error_set(err, -EPROTO,
                         "summary has %zu bytes; the limit is 500",
                         strlen(d->summary));
    if (!d->plan)
        return error_set(err, -EPROTO, "plan is NULL; expected a function");
    return 0;
}

int module_check(const void *bytes, size_t size, struct ccm_module *descriptor,
                 struct error *err)
{
    struct ccm_module copy = {0};
    int r;

    if (size < offsetof(struct ccm_module, name))
        return error_set(err, -EPROTO,
                         "ccm_module has %zu bytes; expected at least %zu",
                         size, SIZE_MIN);
    memcpy(&copy, bytes, offsetof(struct ccm_module, name));
    if (copy.abi != CCM_ABI)
        return error_set(err, -EPROTO,
                         "abi is %u; this ccm supports %d: build the module "
                         "against this ccm's <ccm/module.h>",
                         (unsigned) copy.abi, CCM_ABI);
    if (copy.size < SIZE_MIN || copy.size > size)
        return error_set(
            err, -EPROTO,
            "size is %u; expected %zu to %zu (the size of the symbol)",
            (unsigned) copy.size, SIZE_MIN, size);
    memcpy(&copy, bytes, copy.size < sizeof(copy) ? copy.size : sizeof(copy));
    r = module_check_texts(&copy, err);
    if (r == 0)
        r = module_check_names(copy.subscribes, "subscribes", err);
    if (r == 0)
        r = module_check_names(copy.depends, "depends", err);
    if (r == 0)
        r = module_check_names(copy.after, "after", err);
    if (r == 0)
        *descriptor = copy;
    return r;
}

/* The loader's message begins with the name that we gave; omit it. */
static const char *module_loader_message(const char *name)
{
    const char *text = dlerror(), *rest;

    if (!text)
        return "cannot be loaded";
    rest = after_prefix(text, name);
    return rest && after_prefix(rest, ": ") ? rest + 2 : text;
}

static void *module_open_fd(int fd, const char *path, struct error *err)
{
    char name[64];
    void *handle;

    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        error_set(err, -ENOEXEC, "%s: %s", path, module_loader_message(name));
    return handle;
}

/* The loader finds libraries that are already loaded by their SONAME. */
static int module_load_libraries(const struct libraries *libraries,
                                 struct error *err)
{
    const void *handle; /* never closed */
    size_t i;

    for (i = 0; i < libraries->n; i++) {
        handle =
            module_open_fd(libraries->list[i].fd, libraries->list[i].path, err);
        if (!handle)
            return -ENOEXEC;
    }
    return 0;
}

int module_load(const struct module_file *file, struct ccm_module *descriptor,
                struct error *err)
{
    const ElfW(Sym) *symbol = NULL;
    Dl_info info;
    void *handle, *found;
    int r = module_load_libraries(&file->libraries, err);

    if (r < 0)
        return r;
    handle = module_open_fd(file->fd, file->path, err);
    if (!handle)
        return -ENOEXEC;
    found = dlsym(handle, "ccm_module");
    if (!found || !dladdr1(found, &info, (void **) &symbol, RTLD_DL_SYMENT) ||
        !symbol || info.dli_saddr != found)
        return error_set(err, -EPROTO,
                         "%s exports no constant \"ccm_module\": it is not a "
                         "ccm module, or CCM_MODULE is missing",
                         file->path);
    r = module_check(found, symbol->st_size, descriptor, err);
    return r < 0 ? error_prefix(err, r, "%s: ccm_module", file->path) : 0;
}
