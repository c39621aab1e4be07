/* SPDX-License-Identifier: ISC */
/* The subcommands of ccmctl as a table; finding, checking, helping. */
#include "ctl.h"

#include "base/near.h"
#include "base/util.h"
#include "ctl/text.h"

#define PLAN_OPTIONS                                                           \
    (OPTION_ALL | OPTION_EXIT_CODE | OPTION_OBJECTS | OPTION_MODULES |         \
     OPTION_ROOT)

/* clang-format off */
const struct command commands[] = {
    {"status", "", "show what this node is doing and waiting for",
     0, 0, 0, command_status},
    {"nodes", "", "show what each node of the cluster has applied",
     0, 0, 0, command_nodes},
    {"queue", "", "show which nodes wait for a turn", 0, 0, 0, command_queue},
    {"plan", "[TYPE...]", "show what would change here, with diffs",
     0, -1, PLAN_OPTIONS, command_plan},
    {"apply", "[TYPE...]", "apply now, without waiting for an event",
     0, -1, OPTION_ALL | OPTION_ALLOW_REMOVALS | OPTION_PLAN, command_apply},
    {"publish", "TYPE...", "send a thin event: objects of TYPE have changed",
     1, -1, OPTION_TEXT | OPTION_WAIT | OPTION_TIMEOUT, command_publish},
    {"wait", "", "wait until every live node has applied the newest event",
     0, 0, OPTION_REVISION | OPTION_TIMEOUT, command_wait},
    {"flag show", "", "show the failure flag", 0, 0, 0, command_flag_show},
    {"flag set", "REASON...", "hold the cluster, so that no node begins a turn",
     1, -1, 0, command_flag_set},
    {"flag clear", "[NODE]",
     "lift the flag; NODE confirms that a node in doubt is dead",
     0, 1, OPTION_ALL | OPTION_HOLD, command_flag_clear},
    {"history", "[ID]", "list the runs of this node, or show one in full",
     0, 1, OPTION_LIMIT, command_history},
    {"module list", "", "list the configurations in run order",
     0, 0, 0, command_module_list},
    {"module info", "NAME", "show one configuration",
     1, 1, 0, command_module_info},
    {"module reload", "", "load changed modules and declarations",
     0, 0, 0, command_module_reload},
    {"module graph", "", "print the dependencies in DOT",
     0, 0, 0, command_module_graph},
    {"module check", "FILE.so", "check that a module is deterministic and safe",
     1, 1, OPTION_OBJECTS | OPTION_SETTINGS, command_module_check},
    {"module new", "NAME", "create a directory with a new module",
     1, 1, 0, command_module_new},
    {"type list", "", "list the object types that the modules declare",
     0, 0, 0, command_type_list},
    {"type show", "TYPE", "show the fields of a type; --json: JSON Schema",
     1, 1, 0, command_type_show},
    {"type example", "TYPE", "print an object of a type, for object put",
     1, 1, 0, command_type_example},
    {"object list", "TYPE", "list the objects of a type",
     1, 1, 0, command_object_list},
    {"object get", "TYPE ID", "print one object", 2, 2, 0, command_object_get},
    {"object put", "TYPE [JSON|FILE|-]", "write an object and publish it",
     1, 2, 0, command_object_put},
    {"object delete", "TYPE ID...", "delete objects and publish that",
     2, -1, 0, command_object_delete},
    {"object check", "TYPE.json...", "check the objects of files, without ccmd",
     1, -1, 0, command_object_check},
    {"object import", "TYPE.json|DIR...", "write and publish objects of files",
     1, -1, 0, command_import},
    {.name = NULL},
};
/* clang-format on */

/* If the words begin with the command's name: how many words that has. */
static int commands_match(const struct command *command, const char **words)
{
    const char *space = strchr(command->name, ' ');

    if (!words[0])
        return 0;
    if (!space)
        return streq(command->name, words[0]) ? 1 : 0;
    if (strncmp(command->name, words[0], strlen(words[0])) != 0 ||
        strlen(words[0]) != (size_t) (space - command->name))
        return 0;
    return words[1] && streq(space + 1, words[1]) ? 2 : 0;
}

static void commands_help_all(FILE *out)
{
    const struct command *command;

    fputs("usage: ccmctl [OPTION...] COMMAND [ARGUMENT...]\n\n", out);
    for (command = commands; command->name; command++)
        fprintf(out, "  %-14s  %s\n", command->name, command->summary);
    fputs("\nOptions of every command:\n", out);
    options_help(out, OPTIONS_COMMON);
    fputs("\nExit status: 0 done, 1 failed, 2 usage, 3 changes pending,\n"
          "4 halted by the flag, 5 no daemon. More: ccmctl(1).\n",
          out);
}

static void commands_help(FILE *out, const struct command *command)
{
    fprintf(out, "usage: ccmctl %s [OPTION...]%s%s\n\n%s\n\n", command->name,
            command->arguments[0] ? " " : "", command->arguments,
            command->summary);
    options_help(out, command->options | OPTIONS_COMMON);
}

/* The subcommands of one word, as "show, set, clear"; "" if it has none. */
static void commands_below(const char *word, char *text, size_t size)
{
    const struct command *command;
    size_t used = 0;

    text[0] = '\0';
    for (command = commands; command->name; command++) {
        const char *below = after_prefix(command->name, word);

        if (below && below[0] == ' ' && used < size)
            used += (size_t) snprintf(text + used, size - used, "%s%s",
                                      used > 0 ? "," : "", below);
    }
}

static int commands_unknown(struct ctl *ctl)
{
    const char *word = ctl->options.words[0], *near = NULL;
    unsigned least = near_limit(word) + 1;
    const struct command *command;
    char below[256];

    commands_below(word, below, sizeof(below));
    if (below[0])
        return ctl_fail(ctl, CCM_EXIT_USAGE, "ccmctl %s needs one of:%s", word,
                        below);
    for (command = commands; command->name; command++) {
        unsigned distance = near_distance(command->name, word);

        if (distance < least) {
            least = distance;
            near = command->name;
        }
    }
    if (near)
        return ctl_fail(ctl, CCM_EXIT_USAGE,
                        "unknown command \"%s\"; did you mean \"%s\"?", word,
                        near);
    return ctl_fail(ctl, CCM_EXIT_USAGE,
                    "unknown command \"%s\"; see ccmctl --help", word);
}

static int commands_run(struct ctl *ctl, const struct command *command)
{
    unsigned odd =
        ctl->options.seen & ~(command->options | (unsigned) OPTIONS_COMMON);

    if (ctl->options.seen & OPTION_HELP) {
        commands_help(ctl->out, command);
        return CCM_EXIT_DONE;
    }
    if (odd)
        return ctl_fail(
            ctl, CCM_EXIT_USAGE,
            "--%s has no effect with ccmctl %s; see ccmctl %s --help",
            options_name(odd), command->name, command->name);
    if (ctl->n_words < command->least ||
        (command->most >= 0 && ctl->n_words > command->most))
        return ctl_fail(ctl, CCM_EXIT_USAGE, "usage: ccmctl %s%s%s",
                        command->name, command->arguments[0] ? " " : "",
                        command->arguments);
    return command->run(ctl);
}

static int commands_dispatch(struct ctl *ctl)
{
    const struct command *command;

    if (ctl->options.seen & OPTION_VERSION) {
        fputs("ccmctl " PACKAGE_VERSION "\n", ctl->out);
        return CCM_EXIT_DONE;
    }
    for (command = commands; command->name; command++) {
        int used = commands_match(command, ctl->options.words);

        ctl->words = ctl->options.words + used;
        ctl->n_words = ctl->options.n_words - used;
        if (used > 0)
            return commands_run(ctl, command);
    }
    if (ctl->options.n_words > 0 && !streq(ctl->options.words[0], "help"))
        return commands_unknown(ctl);
    if (ctl->options.n_words > 0 || ctl->options.seen & OPTION_HELP) {
        commands_help_all(ctl->out);
        return CCM_EXIT_DONE;
    }
    commands_help_all(ctl->err);
    return CCM_EXIT_USAGE;
}

int ctl_main(int argc, char **argv, FILE *out, FILE *err)
{
    struct ctl ctl = {.out = out, .err = err};
    int status = CCM_EXIT_USAGE;

    ctl.colour = text_colour_allowed(out);
    if (options_parse(argc, argv, &ctl.options, &ctl.error) == 0) {
        ctl.json = ctl.options.seen & OPTION_JSON;
        status = commands_dispatch(&ctl);
    }
    if (fflush(out) != 0 && status == CCM_EXIT_DONE)
        status = ctl_fail(&ctl, CCM_EXIT_FAILED, "standard output: %m");
    if (status != CCM_EXIT_DONE && ctl.error.text[0]) {
        fputs("ccmctl: ", err);
        text_block(err, "", ctl.error.text);
    }
    fflush(err);
    options_done(&ctl.options);
    return status;
}
