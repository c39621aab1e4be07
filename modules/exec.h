/* SPDX-License-Identifier: ISC */
#ifndef CCM_MODULES_EXEC_H
#define CCM_MODULES_EXEC_H

/* The parts of the module "exec": places in the program's output, its fields,
 * and the kinds of change. */

#include <ccm/module.h>

/* A place in a text. */
struct exec_place {
    size_t offset;
    size_t line, column; /* from 1; columns are characters */
};

/* All of these read text that has been parsed as JSON before. If the value does
 * not exist, they return false and leave *place unchanged. */

/* The value of the object that begins at *place. */
bool exec_place_member(const char *text, const char *key,
                       struct exec_place *place);
/* The first element of the array that begins at *place, or the next one after
 * the element that does. */
bool exec_place_first(const char *text, struct exec_place *place);
bool exec_place_next(const char *text, struct exec_place *place);
/* The first value of all. */
void exec_place_begin(const char *text, struct exec_place *place);

/* The most fields that an element may have: of a user. */
#define EXEC_FIELDS_MAX 12

/* One part of the output that is being read: an element of an array. */
struct exec {
    struct ccm_run *run;
    const char *text;        /* all of the output */
    const char *list;        /* "changes", ...: the array */
    size_t index;            /* of the element */
    struct exec_place place; /* where it begins */
    json_t *element;
    const char *kind;                   /* for messages */
    const char *asked[EXEC_FIELDS_MAX]; /* the fields that were read */
    size_t n_asked;
    bool failed;
};

/* Fails, with the place of that field (NULL: of the element) before the
 * text. */
void exec_fail(struct exec *exec, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fields of the element, whose names are literals: missing and null give NULL,
 * 0, false; a mistyped one fails. */
const char *exec_text(struct exec *exec, const char *field);
bool exec_flag(struct exec *exec, const char *field);
uint32_t exec_number(struct exec *exec, const char *field);
/* Octal text, "0644". */
unsigned exec_mode(struct exec *exec);
/* Text, or an array: a path, then names that are one component each. */
const char *exec_path(struct exec *exec);
/* NULL-terminated; valid until it is called again. */
const char *const *exec_list(struct exec *exec, const char *field);
/* {"type","id"}: an object of this run. */
const json_t *exec_object(struct exec *exec);
/* Fails if the element has a field that was not read. Returns whether nothing
 * has failed. */
bool exec_known(struct exec *exec);

/* Declares the element. */
void exec_change(struct exec *exec);

#endif
