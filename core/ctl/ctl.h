/* SPDX-License-Identifier: ISC */
#ifndef CCM_CTL_CTL_H
#define CCM_CTL_CTL_H

/*
 * ccmctl, the operator's tool. ctl_main is all of it but main(), so that the
 * tests call it with files of their own.
 *
 * A command returns an exit status (enum ccm_exit) and, if that is not 0,
 * says why in ctl->error; ctl_main prints that once.
 */

#include "base/error.h"
#include "base/protocol.h"
#include "ctl/options.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct ctl {
    FILE *out;
    FILE *err;
    bool colour; /* out may be coloured */
    bool json;
    struct options options;
    const char *const *words; /* those behind the command, NULL-terminated */
    int n_words;
    struct error error;
    bool silence_told; /* that the daemon does not answer */
};

struct command {
    const char *name;      /* one word or two */
    const char *arguments; /* for the usage line */
    const char *summary;
    int least, most;  /* words; most -1: any number */
    unsigned options; /* besides OPTIONS_COMMON */
    int (*run)(struct ctl *ctl);
};

/* NULL-terminated by name. */
extern const struct command commands[];

int ctl_main(int argc, char **argv, FILE *out, FILE *err);

/* Sets the reason. Returns status, for use in a return statement. */
int ctl_fail(struct ctl *ctl, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The file of -c, or the installed one. */
const char *ctl_config_file(const struct ctl *ctl);

/*
 * Asks the daemon: fields go beside "op" (json_pack without the braces' "op";
 * NULL: none) and are taken. fd is passed as the descriptor; -1: none. Sets
 * *result, new (freed with json_decref). Returns an exit status; on failure
 * *result is unchanged.
 */
int ctl_ask(struct ctl *ctl, const char *op, json_t *fields, int fd,
            json_t **result);
/* The same, for answers that go to the descriptor as JSON: sets *document. */
int ctl_ask_document(struct ctl *ctl, const char *op, json_t *fields,
                     json_t **document);

/* The runner that ccm.conf names; the installed one if there is none. Sets
 * *runner, new (freed with free), and *file, borrowed: ccm.conf, or NULL.
 * Returns an exit status. */
int ctl_runner(struct ctl *ctl, char **runner, const char **file);

/* Prints one JSON document. Returns an exit status. */
int ctl_print_json(struct ctl *ctl, const json_t *document);
/* A member as text for people: a string, a number, a list with commas, or the
 * name of an object; "" if it is missing or null. Returns new (free). */
char *ctl_text(const json_t *object, const char *field);
/* The words as a JSON array; null if there are none. Returns new. */
json_t *ctl_words(const struct ctl *ctl);
/* The plural ending of a noun after a number. */
#define CTL_PLURAL(n) ((n) == 1 ? "" : "s")
/* The newest revision that a node of the answer to "nodes" has applied; -1 if
 * there is none. */
int64_t ctl_applied(const json_t *node);
/* Which flag holds the cluster, why, and how to lift it. */
void ctl_explain_flag(FILE *out, const json_t *flag);

int command_status(struct ctl *ctl);
int command_nodes(struct ctl *ctl);
int command_queue(struct ctl *ctl);
int command_wait(struct ctl *ctl);
int command_publish(struct ctl *ctl);
int command_plan(struct ctl *ctl);
int command_apply(struct ctl *ctl);
int command_history(struct ctl *ctl);
int command_module_list(struct ctl *ctl);
int command_module_info(struct ctl *ctl);
int command_module_reload(struct ctl *ctl);
int command_module_graph(struct ctl *ctl);
int command_module_new(struct ctl *ctl);
int command_module_check(struct ctl *ctl);
int command_flag_show(struct ctl *ctl);
int command_flag_set(struct ctl *ctl);
int command_flag_clear(struct ctl *ctl);
int command_object_list(struct ctl *ctl);
int command_object_get(struct ctl *ctl);
int command_object_put(struct ctl *ctl);
int command_object_delete(struct ctl *ctl);
int command_object_check(struct ctl *ctl);
int command_type_list(struct ctl *ctl);
int command_type_show(struct ctl *ctl);
int command_type_example(struct ctl *ctl);
int command_import(struct ctl *ctl);

#endif
