/* SPDX-License-Identifier: ISC */
/* ccmd: the daemon's main function. */
#include "base/log.h"
#include "base/protocol.h"
#include "base/util.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/daemon_catalog.h"

#include <getopt.h>

static const char usage[] =
    "usage: ccmd [-tvV] [-c FILE]\n"
    "  -c FILE  read FILE instead of " CONFIG_DEFAULT_FILE "\n"
    "  -t       test the configuration file and all modules, then exit\n"
    "  -v       log more\n"
    "  -V       print the version\n";

struct ccmd_test {
    struct loop *loop;
    const char *file;
    int status;
};

static void ccmd_tested(void *userdata, json_t *catalog, bool died,
                        const char *why)
{
    struct ccmd_test *test = userdata;

    (void) died;
    if (catalog)
        printf("%s: OK; %zu configurations\n", test->file,
               json_array_size(json_object_get(catalog, "configurations")));
    else
        fprintf(stderr, "ccmd: %s\n", why);
    test->status = catalog ? CCM_EXIT_DONE : CCM_EXIT_FAILED;
    loop_quit(test->loop);
}

static int ccmd_test(const struct config *config)
{
    struct ccmd_test test = {.loop = loop_new(), .file = config->file};
    struct error err;

    if (daemon_catalog_load(test.loop, config, ccmd_tested, &test, &err) < 0)
        ccmd_tested(&test, NULL, false, err.text);
    else
        loop_run(test.loop);
    loop_free(test.loop);
    return test.status;
}

int main(int argc, char **argv)
{
    const char *file = CONFIG_DEFAULT_FILE;
    bool test = false, verbose = false;
    struct config *config;
    struct error err;
    int option, status;

    while ((option = getopt(argc, argv, "c:tvVh")) != -1) {
        switch (option) {
        case 'c':
            file = optarg;
            break;
        case 't':
            test = true;
            break;
        case 'v':
            verbose = true;
            break;
        case 'V':
            puts("ccmd " PACKAGE_VERSION);
            return CCM_EXIT_DONE;
        case 'h':
            fputs(usage, stdout);
            return CCM_EXIT_DONE;
        default:
            fputs(usage, stderr);
            return CCM_EXIT_USAGE;
        }
    }
    if (optind < argc) {
        fputs(usage, stderr);
        return CCM_EXIT_USAGE;
    }
    log_open("ccmd", verbose);
    if (config_load(file, &config, &err) < 0) {
        log_error("%s", err.text);
        return CCM_EXIT_FAILED;
    }
    status = test ? ccmd_test(config) : daemon_run(config);
    config_free(config);
    return status;
}
