/* SPDX-License-Identifier: ISC */
/* The command line of ccmctl, by a table. */
#include "options.h"

#include "base/alloc.h"
#include "base/near.h"
#include "base/util.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>

#define NUMBER_DIGITS_MAX 18

struct option_spec {
    const char *name;
    unsigned bit;
    char letter;       /* 0: none */
    const char *value; /* its name in the help; NULL: takes none */
    size_t offset;     /* of the value in struct options */
    const char *help;
};

#define AT(field) offsetof(struct options, field)

/* clang-format off */
static const struct option_spec specs[] = {
    {"all", OPTION_ALL, 'a', NULL, 0,
     "all of them: configurations, or what the flag holds"},
    {"allow-removals", OPTION_ALLOW_REMOVALS, 0, NULL, 0,
     "apply even if the guard finds too many removals"},
    {"plan", OPTION_PLAN, 0, "DIGEST", AT(plan),
     "apply what plan has shown under DIGEST, or nothing"},
    {"exit-code", OPTION_EXIT_CODE, 0, NULL, 0,
     "exit with status 3 if changes are pending"},
    {"objects", OPTION_OBJECTS, 0, "DIR", AT(objects),
     "read DIR/<type>.json, without a daemon"},
    {"modules", OPTION_MODULES, 0, "DIR", AT(modules),
     "with --objects: use DIR instead of modules_d"},
    {"root", OPTION_ROOT, 0, "DIR", AT(root),
     "with --objects: use DIR instead of root"},
    {"settings", OPTION_SETTINGS, 0, "FILE", AT(settings),
     "the declaration of the module, as in modules.d"},
    {"text", OPTION_TEXT, 0, "TEXT", AT(text), "the reason, for people"},
    {"wait", OPTION_WAIT, 'w', NULL, 0,
     "wait until every live node has applied it"},
    {"revision", OPTION_REVISION, 0, "N", AT(revision),
     "wait for this revision instead of the newest"},
    {"timeout", OPTION_TIMEOUT, 0, "SECONDS", AT(timeout),
     "wait at most this long"},
    {"hold", OPTION_HOLD, 0, "ID", AT(hold),
     "lift only the hold with this number"},
    {"limit", OPTION_LIMIT, 'n', "N", AT(limit), "show at most N runs"},
    {"json", OPTION_JSON, 0, NULL, 0, "print one JSON document"},
    {"socket", OPTION_SOCKET, 0, "PATH", AT(socket),
     "use this socket instead of the one in ccm.conf"},
    {"config", OPTION_CONFIG, 'c', "FILE", AT(config),
     "read this file instead of the installed ccm.conf"},
    {"help", OPTION_HELP, 'h', NULL, 0, "show this help"},
    {"version", OPTION_VERSION, 'V', NULL, 0, "show the version"},
};
/* clang-format on */

static const struct option_spec *options_near(const char *name)
{
    unsigned least = near_limit(name) + 1;
    const struct option_spec *near = NULL;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(specs); i++) {
        unsigned distance = near_distance(specs[i].name, name);

        if (distance < least) {
            least = distance;
            near = &specs[i];
        }
    }
    return near;
}

static int options_unknown(const char *argument, const char *name,
                           struct error *err)
{
    const struct option_spec *near = options_near(name);

    if (near)
        return error_set(err, -EINVAL,
                         "unknown option \"%s\"; did you mean --%s?", argument,
                         near->name);
    return error_set(err, -EINVAL, "unknown option \"%s\"", argument);
}

/* Finds the option of "--name", "--name=value", "-x" or "-xvalue". *value is
 * the value in the same argument, or NULL. */
static const struct option_spec *options_find(const char *argument,
                                              const char **value)
{
    const char *name = after_prefix(argument, "--");
    size_t size = name ? strcspn(name, "=") : 0, i;

    for (i = 0; i < ARRAY_SIZE(specs); i++) {
        if (name && strlen(specs[i].name) == size &&
            strncmp(specs[i].name, name, size) == 0) {
            *value = name[size] ? name + size + 1 : NULL;
            return &specs[i];
        }
        if (!name && argument[1] == specs[i].letter) {
            *value = argument[2] ? argument + 2 : NULL;
            return &specs[i];
        }
    }
    return NULL;
}

/* Returns the number of arguments used, or -EINVAL. */
static int options_take(char **argument, struct options *options,
                        struct error *err)
{
    const char *value = NULL;
    const struct option_spec *spec = options_find(argument[0], &value);
    int used = 1;

    if (!spec)
        return options_unknown(argument[0],
                               argument[0] + strspn(argument[0], "-"), err);
    if (!spec->value && value)
        return error_set(err, -EINVAL, "option --%s takes no value",
                         spec->name);
    if (spec->value && !value) {
        value = argument[1];
        used = 2;
    }
    if (spec->value && !value)
        return error_set(err, -EINVAL, "option --%s needs %s", spec->name,
                         spec->value);
    if (spec->value)
        *(const char **) ((char *) options + spec->offset) = value;
    options->seen |= spec->bit;
    return used;
}

int options_parse(int argc, char **argv, struct options *options,
                  struct error *err)
{
    struct options parsed = {.seen = 0};
    bool only_words = false;
    int i, used;

    parsed.words = xcalloc((size_t) argc + 1, sizeof(*parsed.words));
    for (i = 1; i < argc; i += used) {
        used = 1;
        if (!only_words && streq(argv[i], "--")) {
            only_words = true;
        } else if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
            parsed.words[parsed.n_words++] = argv[i];
        } else {
            used = options_take(&argv[i], &parsed, err);
            if (used < 0) {
                options_done(&parsed);
                return used;
            }
        }
    }
    *options = parsed;
    return 0;
}

void options_done(struct options *options)
{
    free(options->words);
    options->words = NULL;
}

void options_help(FILE *out, unsigned set)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(specs); i++) {
        cleanup_free char *left = NULL;

        if (!(set & specs[i].bit))
            continue;
        left = xasprintf("--%s%s%s", specs[i].name, specs[i].value ? " " : "",
                         specs[i].value ? specs[i].value : "");
        fprintf(out, "  %c%c %-18s  %s\n", specs[i].letter ? '-' : ' ',
                specs[i].letter ? specs[i].letter : ' ', left, specs[i].help);
    }
}

const char *options_name(unsigned set)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(specs); i++)
        if (set & specs[i].bit)
            return specs[i].name;
    return "";
}

int options_number(const char *text, const char *what, long long *out,
                   struct error *err)
{
    size_t size = strspn(text, "0123456789");

    if (size == 0 || size > NUMBER_DIGITS_MAX || text[size] != '\0')
        return error_set(err, -EINVAL, "%s \"%s\" is not an integer", what,
                         text);
    *out = strtoll(text, NULL, 10);
    return 0;
}
