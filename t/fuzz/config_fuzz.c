/* SPDX-License-Identifier: ISC */
/* ccm.conf: what is accepted is complete, and within its ranges. */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"
#include "config/config.h"
#include "rollout/queue.h"

static void check_argv(char *const *argv, bool needed)
{
    fuzz_check(argv ? argv[0] && *argv[0] : !needed);
}

static void check_services(const struct config *config)
{
    size_t i;

    for (i = 0; i < config->n_services; i++) {
        const struct config_service *service = &config->services[i];

        fuzz_check(service->name && *service->name);
        check_argv(service->reload, true);
        check_argv(service->restart, true);
        check_argv(service->test, false);
        check_argv(service->check, false);
        fuzz_check(service->timeout_ms > 0);
    }
}

static void check_store(const struct config_store *store)
{
    fuzz_check(store->kind == STORE_LOCAL || store->kind == STORE_ETCD);
    if (store->kind == STORE_LOCAL) {
        fuzz_check(path_check(store->path, NULL) == 0);
        return;
    }
    fuzz_check(store->endpoints && store->endpoints[0]);
    fuzz_check(store->prefix[0] == '/');
    fuzz_check(store->prefix[strlen(store->prefix) - 1] != '/');
    fuzz_check(!store->user == !store->password_file);
}

static void check_config(const struct config *config)
{
    fuzz_check(path_check_name(config->node, NULL) == 0);
    fuzz_check(config->root[0] == '/' && config->state_dir[0] == '/');
    fuzz_check(config->socket[0] == '/' && config->runner[0] == '/');
    fuzz_check(config->ttl_s > 0 && config->settle_quiet_ms >= 0);
    fuzz_check(config->settle_max_ms >= config->settle_quiet_ms);
    fuzz_check(config->run_timeout_ms > 0 && config->plan_ahead >= 0);
    fuzz_check(config->plan_ahead <= QUEUE_AHEAD_MAX);
    fuzz_check(config->max_removals_percent >= 0);
    fuzz_check(config->max_removals_percent <= 100);
    check_store(&config->store);
    check_services(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *config = NULL;
    cleanup_free char *file = NULL;
    char *socket = NULL;
    struct error err;

    /* It would read any file of this machine. */
    if (memmem(data, size, "@include", 8))
        return 0;
    fuzz_write("ccm.conf", data, size);
    file = xasprintf("%s/ccm.conf", fuzz_directory());
    fuzz_error_init(&err);
    if (config_load(file, &config, &err) == 0) {
        check_config(config);
    } else {
        fuzz_check(config == NULL);
        fuzz_check_error(&err);
    }
    if (config_load_socket(file, &socket, &err) == 0)
        fuzz_check(socket[0] == '/');
    config_free(config);
    free(socket);
    return 0;
}
