/* SPDX-License-Identifier: ISC */
/* ccm-runner: the module host. Started for one job, ends with it. */
#include "host/mode_look.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/protocol.h"
#include "base/util.h"
#include "host/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char usage_text[] =
    "usage: ccm-runner [-c FILE] [--config-digest DIGEST] MODE\n\nThe module "
    "host of ccm; ccmd and ccmctl start it. Modes:\n  describe                "
    "load all modules, print the catalog as JSON\n  plan [OPTION...] [TYPE...] "
    " show what a run would change\n    -t                    only plan, do "
    "not compare with the node\n    --format text|colour|json, or --text, "
    "--colour, --json\n    --exit-code           status 3 if changes are "
    "pending\n    --catalog DIGEST      fail if the modules make another "
    "catalog\n    --objects DIR         objects from DIR/TYPE.json\n    "
    "--modules DIR         configurations from DIR instead of modules_d\n    "
    "--root DIR            compare with what is below DIR\n  check [OPTION...] "
    "FILE  check a module\n    --objects DIR         sample objects, "
    "DIR/TYPE.json\n    --settings FILE       the declaration of the module, "
    "as in modules_d\n    --json\n  run                     read one job from "
    "standard input (ccmd)\n  recover                 recover after a crash\n  "
    "objects TYPE [ID]       print objects as JSON\n  history [--json] "
    "[--limit N] [ID]  print the runs of this node\n\n  -c FILE  the "
    "configuration file (default: " CONFIG_DEFAULT_FILE
    ")\n  --config-digest DIGEST  fail if FILE has another digest (ccmd)\n";

enum {
    OPTION_TEXT = 256,
    OPTION_COLOUR,
    OPTION_JSON,
    OPTION_FORMAT,
    OPTION_EXIT_CODE,
    OPTION_CATALOG,
    OPTION_CONFIG_DIGEST,
    OPTION_OBJECTS,
    OPTION_MODULES,
    OPTION_ROOT,
    OPTION_SETTINGS,
    OPTION_LIMIT,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"text", no_argument, NULL, OPTION_TEXT},
    {"colour", no_argument, NULL, OPTION_COLOUR},
    {"json", no_argument, NULL, OPTION_JSON},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"exit-code", no_argument, NULL, OPTION_EXIT_CODE},
    {"catalog", required_argument, NULL, OPTION_CATALOG},
    {"config-digest", required_argument, NULL, OPTION_CONFIG_DIGEST},
    {"objects", required_argument, NULL, OPTION_OBJECTS},
    {"modules", required_argument, NULL, OPTION_MODULES},
    {"root", required_argument, NULL, OPTION_ROOT},
    {"settings", required_argument, NULL, OPTION_SETTINGS},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* The command line. */
struct runner_options {
    const char *file;   /* NULL: the default one */
    const char *digest; /* the digest that it must have; NULL: any */
    const char *mode;
    char **words; /* NULL-terminated */
    int n_words;
    const char *objects, *modules, *root, *settings;
    struct mode_plan plan;
    struct history_query history;
    bool help;
};

static int runner_format(struct runner_options *options, const char *format)
{
    options->plan.json = streq(format, "json");
    options->plan.colour = streq(format, "colour");
    if (options->plan.json || options->plan.colour || streq(format, "text"))
        return 0;
    fprintf(stderr, "ccm-runner: --format %s: expected text, colour or json\n",
            format);
    return -EINVAL;
}

static int runner_limit(struct runner_options *options, const char *text)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || n > 1000000) {
        fprintf(stderr,
                "ccm-runner: --limit %s: expected a number up to 1000000\n",
                text);
        return -EINVAL;
    }
    options->history.limit = (size_t) n;
    return 0;
}

static int runner_take_path(struct runner_options *options, int option,
                            const char *value)
{
    switch (option) {
    case OPTION_OBJECTS:
        options->objects = value;
        return 0;
    case OPTION_MODULES:
        options->modules = value;
        return 0;
    case OPTION_ROOT:
        options->root = value;
        return 0;
    case OPTION_SETTINGS:
        options->settings = value;
        return 0;
    default:
        return -EINVAL;
    }
}

static int runner_take(struct runner_options *options, int option,
                       const char *value)
{
    switch (option) {
    case 'c':
        options->file = value;
        return 0;
    case 't':
        options->plan.check_only = true;
        return 0;
    case OPTION_TEXT:
        options->plan.json = false;
        return 0;
    case OPTION_COLOUR:
        options->plan.colour = options->history.colour = true;
        return 0;
    case OPTION_JSON:
        options->plan.json = options->history.json = true;
        return 0;
    case OPTION_FORMAT:
        return runner_format(options, value);
    case OPTION_EXIT_CODE:
        options->plan.exit_code = true;
        return 0;
    case OPTION_CATALOG:
        options->plan.catalog = value;
        return 0;
    case OPTION_CONFIG_DIGEST:
        options->digest = value;
        return 0;
    case OPTION_LIMIT:
        return runner_limit(options, value);
    case OPTION_HELP:
        options->help = true;
        return 0;
    default:
        return runner_take_path(options, option, value);
    }
}

static int runner_parse(struct runner_options *options, int argc, char **argv)
{
    int option, r = 0;

    while (r == 0 &&
           (option = getopt_long(argc, argv, "c:t", long_options, NULL)) != -1)
        r = runner_take(options, option, optarg);
    if (r < 0 || options->help)
        return r;
    if (optind == argc) {
        fprintf(stderr, "ccm-runner: which mode? (ccm-runner --help)\n");
        return -EINVAL;
    }
    options->mode = argv[optind++];
    options->words = argv + optind;
    options->n_words = argc - optind;
    return 0;
}

/* With --objects a ccm.conf is optional: the defaults apply, without a
 * cluster. */
static int main_load_default(struct config **config, struct error *err)
{
    static const char text[] = "store = { kind = \"local\"; };\n";
    cleanup_close int fd = memfd_create("ccm.conf", MFD_CLOEXEC);
    char path[64];

    if (fd < 0 || fchmod(fd, 0600) < 0 ||
        write(fd, text, strlen(text)) != (ssize_t) strlen(text))
        return error_errno(err, -errno, "a memory file");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return config_load(path, config, err);
}

static void main_override(char **field, const char *value)
{
    if (!value)
        return;
    free(*field);
    *field = realpath(value, NULL);
    if (!*field)
        *field = xstrdup(value); /* opening it reports the reason */
}

static int main_load(const struct runner_options *options, struct config **out,
                     struct error *err)
{
    const char *file = options->file ? options->file : CONFIG_DEFAULT_FILE;
    struct config *config;
    int r;

    if (!options->file && (options->objects || streq(options->mode, "check")) &&
        access(file, F_OK) < 0)
        r = main_load_default(&config, err);
    else
        r = config_load(file, &config, err);
    if (r < 0)
        return r;
    r = config_check_digest(config, options->digest, err);
    if (r < 0) {
        config_free(config);
        return r;
    }
    main_override(&config->objects.path, options->objects);
    main_override(&config->modules_d, options->modules);
    main_override(&config->root, options->root);
    if (options->objects)
        config->objects.kind = OBJECTS_DIRECTORY;
    *out = config;
    return 0;
}

static int main_check(const struct runner_options *options,
                      struct config *config)
{
    struct mode_check_options check = {.file = options->words[0],
                                       .settings = options->settings,
                                       .objects = options->objects != NULL,
                                       .json = options->plan.json};

    return mode_check(config, &check);
}

static int main_mode(struct runner_options *options, struct config *config)
{
    int n = options->n_words;

    if (streq(options->mode, "plan")) {
        options->plan.types =
            n > 0 ? (const char *const *) options->words : NULL;
        return mode_plan(config, &options->plan);
    }
    if (streq(options->mode, "objects") && (n == 1 || n == 2))
        return mode_objects(config, options->words[0], options->words[1]);
    if (streq(options->mode, "history") && n <= 1) {
        options->history.id = options->words[0];
        return mode_history(config, &options->history);
    }
    if (n == 1 && streq(options->mode, "check"))
        return main_check(options, config);
    if (n == 0 && streq(options->mode, "describe"))
        return mode_describe(config);
    if (n == 0 && streq(options->mode, "run"))
        return mode_run(config);
    if (n == 0 && streq(options->mode, "recover"))
        return mode_recover(config);
    fprintf(
        stderr,
        "ccm-runner: %s: unknown mode or wrong arguments (ccm-runner --help)\n",
        options->mode);
    return CCM_EXIT_USAGE;
}

/* Every module is an open file until the end. */
static void main_raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static int main_fail(const struct runner_options *options, int r,
                     const struct error *err)
{
    if (streq(options->mode, "run"))
        return mode_run_fail(err->text);
    mode_fail(err->text);
    return r == -ESTALE && options->digest ? CCM_EXIT_STALE : CCM_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct runner_options options = {.history = {.limit = 20}};
    struct config *config;
    struct error err;
    int r, status;

    log_open("ccm-runner", false);
    if (runner_parse(&options, argc, argv) < 0)
        return CCM_EXIT_USAGE;
    if (options.help) {
        fputs(usage_text, stdout);
        return CCM_EXIT_DONE;
    }
    if (streq(options.mode, ZYGOTE_MODE))
        return zygote_serve(ZYGOTE_FD);
    confine_use_program();
    r = main_load(&options, &config, &err);
    if (r < 0)
        return main_fail(&options, r, &err);
    main_raise_limit();
    status = main_mode(&options, config);
    config_free(config);
    return status;
}
