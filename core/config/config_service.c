/* SPDX-License-Identifier: ISC */
/*
 * The services of ccm.conf: how each is tested, reloaded and checked. One that
 * is not declared is a systemd unit of that name. A declared service with its
 * own reload may not be a unit, so systemd is not asked for its health.
 */
#include "config_schema.h"

#include "base/alloc.h"
#include "base/util.h"

static char **service_systemctl(const char *verb, const char *option,
                                const char *name)
{
    char **argv = xcalloc(5, sizeof(*argv));
    size_t n = 0;

    argv[n++] = xstrdup("systemctl");
    argv[n++] = xstrdup(verb);
    if (option)
        argv[n++] = xstrdup(option);
    argv[n] = xstrdup(name);
    return argv;
}

static void service_fill(struct config_service *service)
{
    const char *name = service->name;

    if (!service->check && !service->reload)
        service->check = service_systemctl("is-active", "--quiet", name);
    if (!service->reload)
        service->reload = service_systemctl("reload", NULL, name);
    if (!service->restart)
        service->restart = service_systemctl("restart", NULL, name);
}

static struct config_service *service_find(struct config *config,
                                           const char *name)
{
    size_t i;

    for (i = 0; i < config->n_services; i++)
        if (streq(config->services[i].name, name))
            return &config->services[i];
    return NULL;
}

/* Takes what service holds. */
static struct config_service *service_add(struct config *config,
                                          const struct config_service *service)
{
    size_t n = config->n_services;

    config->services =
        xrealloc(config->services, (n + 1) * sizeof(*config->services));
    config->services[n] = *service;
    config->n_services = n + 1;
    return &config->services[n];
}

static int service_read(const struct config_reader *reader,
                        const config_setting_t *group)
{
    struct config_service service = {.name = NULL};
    struct error why;
    int r;

    config_keys_defaults(config_service_keys, &service);
    r = config_read_group(reader, group, config_service_keys, &service);
    if (r == 0 && !service.name)
        service.name = xstrdup(config_setting_name(group));
    if (r == 0 && config_check_unit(service.name, &why) < 0)
        r = config_fault(reader, group, "\"%s\" %s", service.name, why.text);
    if (r == 0 && service_find(reader->config, service.name))
        r = config_fault(reader, group, "service \"%s\" is declared twice",
                         service.name);
    if (r < 0) {
        config_keys_done(config_service_keys, &service);
        return r;
    }
    service_fill(&service);
    service_add(reader->config, &service);
    return 0;
}

int config_read_services(const struct config_reader *reader,
                         const config_setting_t *setting)
{
    int i, r = 0;

    if (!config_setting_is_group(setting))
        return config_fault(reader, setting,
                            "must be a group: { nginx = { ... }; }");
    for (i = 0; i < config_setting_length(setting) && r == 0; i++)
        r = service_read(reader,
                         config_setting_get_elem((config_setting_t *) setting,
                                                 (unsigned) i));
    return r;
}

const struct config_service *config_service(struct config *config,
                                            const char *name)
{
    struct config_service service = {.timeout_ms = 30000};
    struct config_service *found = service_find(config, name);

    if (found)
        return found;
    service.name = xstrdup(name);
    service_fill(&service);
    return service_add(config, &service);
}
