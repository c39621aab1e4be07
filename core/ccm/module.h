/* SPDX-License-Identifier: ISC */
#ifndef CCM_MODULE_H
#define CCM_MODULE_H

/*
 * The module interface of ccm; ccm-module(3) is its manual.
 *
 * A module is a .so that exports one constant, ccm_module, made by CCM_MODULE.
 * Its plan() is a pure function of objects and settings: it declares the
 * result, and the host compares, shows and applies it.
 *
 * plan() runs in its own process, which cannot write, connect or start
 * anything, and which ends after plan(). Everything that these functions return
 * is valid until then and must not be freed.
 *
 * Errors are sticky: a wrong declaration or setting fails the configuration by
 * name once plan() has returned, whatever it returned. No function here returns
 * NULL unless its comment says so, so a module need not check each call.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number of this interface. The host loads a module of this number only. */
#define CCM_ABI 1

/* One run of check() or plan(): what every function is called with. Valid until
 * that returns. */
struct ccm_run;

/* ------------------------------------------------------------ declared types
 *
 * A module declares the object types that it brings: what fields an object
 * has. The host checks every object against its type before plan() sees it,
 * puts defaults in, and resolves references, so the getters below cannot fail
 * for a declared field. ccmctl, the API and the manual work from the same
 * table. Fields that the table does not name are ignored. "id" is never in
 * the table: every object has one, from 1 to 2^53-1.
 */

/* The kinds of a field. */
enum ccm_kind {
    CCM_STRING = 1, /* any text, possibly with several lines */
    CCM_LINE,       /* text without control characters */
    CCM_NAME,       /* as ccm_name takes it: one component of a path */
    CCM_INTEGER,    /* -(2^53-1) to 2^53-1 */
    CCM_BOOLEAN,    /* true or false */
    CCM_ARRAY, /* of .of; reference, grammar and values apply to each element */
    CCM_MAP,   /* texts (lines of at most 255 bytes) to .of; the same */
    CCM_TIMESTAMP, /* text as RFC 3339 has it: 2026-11-26T20:24:27Z */
    CCM_SECRET,    /* a string that is never shown, logged or kept */
};

/* .flags of a field. Without any, the field must be present and not null. */
#define CCM_OPTIONAL 0x1U /* may be missing; null then means missing */
#define CCM_NULLABLE 0x2U /* may be null, which is a separate value */
#define CCM_UNIQUE                                                             \
    0x4U                     /* no two objects have the same value; the one    \
                                with the higher id is bad. Null is no value */
#define CCM_IMMUTABLE 0x8U   /* object put refuses to change it */
#define CCM_WRITE_ONLY 0x10U /* the API takes it and does not give it back */

/* One field: a row of the table. New members go to the end; a type carries the
 * size of its rows, so older modules keep their meaning. A number 0 and a
 * pointer NULL mean "not given". */
struct ccm_field {
    const char *name;    /* [a-z][a-z0-9_]*, at most 63 bytes; required */
    enum ccm_kind kind;  /* required */
    uint32_t flags;      /* of those above */
    int64_t min;         /* integer: the least; text: bytes; array and map:
                            elements. With max 0, too: only the host's own
                            limits (object of 1 MiB) */
    int64_t max;         /* the most of the same; 0 with min: no upper limit */
    const char *grammar; /* of text, by name: see <ccm/grammar.h> */
    const char *const *values; /* the allowed texts: CCM_LIST */
    const char *reference;     /* integer: the id of an object of this type,
                                  which must exist if a configuration of
                                  the run subscribes to that type */
    const char *initial; /* default of a missing field: JSON text that fits
                            the rest of the row. The field is then optional,
                            and always present for plan() */
    enum ccm_kind of;    /* of elements; no array or map */
    const char *summary; /* for people: one line */
    const char *example; /* a sample as JSON text; NULL: one is generated */
};

/* A type. New members go to the end. */
struct ccm_type {
    uint32_t size;       /* of this struct; filled by CCM_TYPE */
    uint32_t row_size;   /* of struct ccm_field; filled by CCM_TYPE */
    const char *name;    /* of the type: "crons"; required */
    const char *summary; /* for people: one line */
    const struct ccm_field *fields; /* filled by CCM_FIELDS */
    uint32_t n_fields;              /* the same; at most 200 */
    const char *const *unique;      /* fields whose values, taken together,
                                       differ in all objects: CCM_LIST */
};

/* The rows of a type, in a struct ccm_type: CCM_FIELDS({...}, {...}). */
#define CCM_FIELDS(...)                                                        \
    .fields = (const struct ccm_field[]){__VA_ARGS__},                         \
    .n_fields = sizeof((const struct ccm_field[]){__VA_ARGS__}) /              \
                sizeof(struct ccm_field)
/* A type: CCM_TYPE(.name = ..., CCM_FIELDS(...)). */
#define CCM_TYPE(...)                                                          \
    (&(const struct ccm_type){.size = sizeof(struct ccm_type),                 \
                              .row_size = sizeof(struct ccm_field),            \
                              __VA_ARGS__})
/* A list of types, for .types. */
#define CCM_TYPES(...) ((const struct ccm_type *const[]){__VA_ARGS__, NULL})

/* The descriptor. New fields go to the end; abi and size stay first. */
struct ccm_module {
    uint32_t abi;        /* CCM_ABI; filled by CCM_MODULE */
    uint32_t size;       /* of this struct; filled by CCM_MODULE */
    const char *name;    /* [a-z][a-z0-9-]*, at most 63 bytes; required */
    const char *version; /* for people; required */
    const char *summary; /* one line; optional */
    const char *const *subscribes; /* object types, CCM_LIST; optional */
    const char *const *depends;    /* configurations that must exist and
                                      are applied first; optional */
    /* Refuses bad settings (ccm_settings, ccm_fail) when the module is loaded:
     * 0 or negative. There are no objects. Optional. */
    int (*check)(struct ccm_run *run);
    /* Declares the result. Returns 0, or a negative number after ccm_fail.
     * Required. */
    int (*plan)(struct ccm_run *run);
    const char *const *after; /* order only, if present; optional */
    /* The types that this module declares: CCM_TYPES. A type is declared by one
     * module; declaring the same table twice is not an error. Optional. */
    const struct ccm_type *const *types;
    /* The settings, as a table of the same kind; its name is ignored. With it
     * the host refuses settings that are not in it, before check() sees them,
     * and puts defaults in. No references, nothing unique. Optional. */
    const struct ccm_type *settings;
};

/* Makes a symbol of the module visible to the host. */
#define CCM_EXPORT __attribute__((visibility("default")))
/* A NULL-terminated list of texts. */
#define CCM_LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
/* Defines the descriptor: CCM_MODULE(.name = ..., .plan = ...). Once in a
 * module. */
#define CCM_MODULE(...)                                                        \
    extern CCM_EXPORT const struct ccm_module ccm_module;                      \
    const struct ccm_module ccm_module = {                                     \
        .abi = CCM_ABI, .size = sizeof(struct ccm_module), __VA_ARGS__}

/* ------------------------------------------------------------ what is given */

/* The objects of a subscribed type: a JSON array, ordered by id. A type that
 * is not subscribed to fails the plan and gives an empty array. */
const json_t *ccm_objects(struct ccm_run *run, const char *type);

/* The object of that type with that id, or NULL. */
const json_t *ccm_object(struct ccm_run *run, const char *type, int64_t id);

/* The objects of type whose field is the id of object, or an array that
 * contains it: a JSON array, ordered by id, possibly empty. The index is made
 * once. The configuration must subscribe to the type, and object must be one of
 * this run; otherwise it is an error, and the array is empty. */
const json_t *ccm_referring(struct ccm_run *run, const json_t *object,
                            const char *type, const char *field);

/* The settings of modules.d/<configuration>.conf as a JSON object. */
const json_t *ccm_settings(struct ccm_run *run);

/* The name of this configuration (not of the module). */
const char *ccm_configuration(struct ccm_run *run);

/* The name of this node (ccm.conf). */
const char *ccm_node(struct ccm_run *run);

/* Is this node in that group (ccm.conf)? */
bool ccm_in_group(struct ccm_run *run, const char *group);

/* ------------------------------------------------------------ typed getters */

/*
 * A field of an object, of something inside an object, or of the settings.
 * If it is missing, null or of another type: for an object, the object is
 * rejected with type, id and field in the reason (ask ccm_rejected once,
 * after all getters); for the settings, the configuration fails. The value is
 * then "", 0, false, or an empty array or object.
 * The _or variants return fallback (any pointer, NULL too) if the field is
 * missing or null; a mistyped one is an error as above.
 */

/* A text, possibly of several lines; "" after an error. */
const char *ccm_string(struct ccm_run *run, const json_t *object,
                       const char *field);

/* The same; fallback if it is missing or null. */
const char *ccm_string_or(struct ccm_run *run, const json_t *object,
                          const char *field, const char *fallback);

/* An integer; 0 after an error. */
int64_t ccm_integer(struct ccm_run *run, const json_t *object,
                    const char *field);

/* The same; fallback if it is missing or null. */
int64_t ccm_integer_or(struct ccm_run *run, const json_t *object,
                       const char *field, int64_t fallback);

/* true or false; false after an error. */
bool ccm_boolean(struct ccm_run *run, const json_t *object, const char *field);

/* The same; fallback if it is missing or null. */
bool ccm_boolean_or(struct ccm_run *run, const json_t *object,
                    const char *field, bool fallback);

/* A JSON array; empty after an error. */
const json_t *ccm_array(struct ccm_run *run, const json_t *object,
                        const char *field);

/* A JSON object; empty after an error. */
const json_t *ccm_map(struct ccm_run *run, const json_t *object,
                      const char *field);

/* Like ccm_string, for text that becomes one line: refuses control
 * characters. */
const char *ccm_line(struct ccm_run *run, const json_t *object,
                     const char *field);

/* Like ccm_line, for one component of a path: also refuses "", "/", ".", ".."
 * and names that begin with ".ccm.". */
const char *ccm_name(struct ccm_run *run, const json_t *object,
                     const char *field);

/* The object of that type whose id is in the field. If there is none, object is
 * rejected and an empty object is returned. */
const json_t *ccm_reference(struct ccm_run *run, const json_t *object,
                            const char *field, const char *type);

/* Rejects one object: it is left out, counted, logged and shown. Files declared
 * with .object = that object stay on the node as they are. */
void ccm_reject(struct ccm_run *run, const json_t *object, const char *format,
                ...) __attribute__((format(printf, 3, 4)));

/* Was object, or the object that it is inside of, rejected? */
bool ccm_rejected(struct ccm_run *run, const json_t *object);

/* Fails the configuration with this reason. Returns -1. */
int ccm_fail(struct ccm_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Sets a prefix for the next errors, such as "line 12"; a colon is added. NULL
 * removes it. */
void ccm_context(struct ccm_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a line to the log of the run. */
void ccm_log(struct ccm_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---------------------------------------------------------------- a program */

/*
 * The output of the program that the declaration names (program = "/path";):
 * size bytes and a NUL. The host starts it, in the confinement of plan() except
 * that it can be started, and gives it objects, settings and node (see
 * ccm-exec(5)). Returns "" after an error: no program is named, it did not exit
 * with status 0, or it printed too much. During check() it does not run, and ""
 * is not an error. Call it once.
 */
const char *ccm_program(struct ccm_run *run, size_t *size);

/* ------------------------------------------------------------------ escapes */

/* What a text is escaped for. */
enum ccm_syntax {
    CCM_SHELL = 1, /* one word of sh(1), in single quotes. Accepts any text */
    CCM_INI,       /* a value of php-fpm's ini files, in double quotes. Refuses
                      control characters and "${" */
    CCM_NGINX,     /* one parameter of nginx, in double quotes. Refuses control
                      characters and "$", which has no escape there */
    CCM_SUDOERS,   /* one word of a command in sudoers(5). Refuses control
                      characters, double quotes and "#" */
    CCM_CRONTAB,   /* the command of a line of crontab(5), to be run
                      unchanged. Refuses control characters except tab, and
                      an odd number of backslashes before "%", which cron
                      cannot express */
};

/*
 * The text, escaped so that the syntax takes all of it as data. If the syntax
 * cannot express it, object is rejected (NULL: the configuration fails) and ""
 * is returned. To nest syntaxes, escape repeatedly: a shell word in a crontab
 * is ccm_escape(CCM_SHELL), then ccm_escape(CCM_CRONTAB).
 */
const char *ccm_escape(struct ccm_run *run, const json_t *object,
                       enum ccm_syntax syntax, const char *text);

/* ------------------------------------------------------------- declarations */

/*
 * A path from a printf format. Inserted values must not contain "/" or control
 * characters, or be "", "." or "..", so an object cannot name a path outside
 * its directory. Only %s, %d, %i, %u, %ld, %lu, %lld, %llu and %% are allowed.
 * On an error the plan fails and "/" is returned.
 */
const char *ccm_path(struct ccm_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * In all declarations: path is absolute and below root; owner and group are
 * names or numbers as text (NULL: root), which an earlier step of the same run
 * may create; service names the service that is reloaded when this changes
 * (NULL: none); object is the object that this is made from (NULL: none or
 * many). Strings are copied.
 */

/* A regular file. */
struct ccm_file {
    const char *path;     /* absolute, below root; required */
    unsigned mode;        /* 0001 to 07777; 0: 0644 */
    const char *owner;    /* name or number as text; NULL: root */
    const char *group;    /* the same */
    const char *service;  /* reloaded when it changes; NULL: none */
    const json_t *object; /* that it is made from; NULL: none or many */
    bool sensitive;       /* contents are never shown, logged or kept */
};

/* A directory. What is in it is left alone. */
struct ccm_directory {
    const char *path;     /* absolute, below root; required */
    unsigned mode;        /* 0001 to 07777; 0: 0755 */
    const char *owner;    /* name or number as text; NULL: root */
    const char *group;    /* the same */
    const char *service;  /* reloaded when it changes; NULL: none */
    const json_t *object; /* that it is made from; NULL: none or many */
};

/* A symbolic link. */
struct ccm_symlink {
    const char *path;     /* absolute, below root; required */
    const char *target;   /* any text without control characters; required */
    const char *owner;    /* name or number as text; NULL: root */
    const char *group;    /* the same */
    const char *service;  /* reloaded when it changes; NULL: none */
    const json_t *object; /* that it is made from; NULL: none or many */
};

/* A file, a symlink or an empty directory that must not exist. */
struct ccm_absent {
    const char *path;     /* absolute, below root; required */
    const char *service;  /* reloaded when it changes; NULL: none */
    const json_t *object; /* that asks for it; NULL: none or many */
};

/* In that directory, files and symlinks that match the pattern and are not
 * declared are removed. Subdirectories are left alone. */
struct ccm_exclusive {
    const char *path;    /* absolute, below root; need not exist; required */
    const char *pattern; /* fnmatch(3) of the name, as in a shell: "*" does not
                            match a leading dot; NULL: "*" */
    const char *service; /* reloaded when something goes; NULL: none */
};

/* A group of this machine. */
struct ccm_group {
    const char *name;     /* required */
    uint32_t id;          /* 0: the system chooses */
    bool absent;          /* the group must not exist */
    const json_t *object; /* that it is made from; NULL: none or many */
};

/* A user of this machine. */
struct ccm_user {
    const char *name;          /* required */
    uint32_t id;               /* 0: the system chooses */
    const char *group;         /* primary; NULL: one of the user's name */
    const char *const *groups; /* further ones, CCM_LIST; NULL: left alone */
    const char *home;          /* NULL: left alone; "/" for a new user */
    const char *shell;         /* NULL: left alone; "/usr/sbin/nologin" for a
                                  new user */
    const char *comment;       /* NULL: left alone; "" for a new user */
    const char *password; /* crypt(5) hash; NULL: left alone; never shown */
    bool absent;          /* the home directory always stays */
    const json_t *object; /* that it is made from; NULL: none or many */
    bool reset; /* home, shell and comment that are NULL become those of a
                   new user, even if the user exists */
};

/* The membership of a user in a group. Other members are left alone. This
 * configuration owns neither user nor group, but both must exist when it is
 * applied. */
struct ccm_member {
    const char *user;     /* its name; required */
    const char *group;    /* its name; required */
    bool absent;          /* is not in the group */
    const json_t *object; /* that it is made from; NULL: none or many */
};

/* A program to run, without a shell. */
struct ccm_command {
    const char *const *argv; /* CCM_LIST; argv[0] is an absolute path */
    bool always;             /* false: only if an item that this
                                configuration declared before it changes */
    unsigned timeout_s;      /* 0: 60 */
    const char *user;        /* NULL: as ccm-runner runs */
    const char *directory;   /* NULL: "/" */
    const json_t *object;    /* that it is made from; NULL: none or many */
    /* A program that changes nothing and runs during the comparison, also for a
     * preview. Status 0: nothing to do, argv does not run; 1: argv runs; any
     * other is a failure. argv[0] is an absolute path. With it, always is
     * implied. NULL: none. */
    const char *const *probe;
    const char *input;      /* standard input, at most 1 MiB; never shown.
                               NULL: empty */
    const char *const *env; /* CCM_LIST of "NAME=value", added to the few
                               variables that every command gets; never
                               shown. NULL: none */
};

/* In a test's argv: the path of the new contents. */
#define CCM_STAGED "{}"

/*
 * A test program of the module, which changes nothing and examines the new
 * state. With status 0 the run goes on; any other fails it before the change is
 * made. Exactly one of path and service is given: path: of that declared file;
 * the argument CCM_STAGED is replaced by the path of the new contents, and the
 * test runs before it is moved in place. service: of the complete set; runs
 * with the files in place, before the service is reloaded, as the service's
 * test in ccm.conf does.
 */
struct ccm_test {
    const char *const *argv; /* CCM_LIST; argv[0] is an absolute path */
    const char *path;        /* of a declared file; NULL: service is given */
    const char *service;     /* that is tested; NULL: path is given */
    unsigned timeout_s;      /* 0: 60 */
    const char *user;        /* NULL: as ccm-runner runs */
    const json_t *object;    /* that it is made from; NULL: none or many */
};

/* How a service learns of a change. */
enum ccm_action {
    CCM_RELOAD = 0,  /* it reads its files again */
    CCM_RESTART = 1, /* it is stopped and started */
};

/* How a service takes changes of items that name it in .service, or, with any,
 * all changes of this configuration. Without this declaration, a service named
 * in .service is reloaded. */
struct ccm_service {
    const char *name;       /* as in services of ccm.conf, or a systemd unit */
    enum ccm_action action; /* reload or restart */
    bool any;               /* every change of this configuration reloads it */
};

/* The sized variants are what the inline functions call, so that a module
 * built against an older, smaller struct keeps working. Each returns what its
 * inline function does. */

/* ccm_file, with the size of its struct in the module. */
FILE *ccm_file_sized(struct ccm_run *run, const struct ccm_file *file,
                     size_t size);

/* ccm_directory, with the size of its struct in the module. */
int ccm_directory_sized(struct ccm_run *run, const struct ccm_directory *dir,
                        size_t size);

/* ccm_symlink, with the size of its struct in the module. */
int ccm_symlink_sized(struct ccm_run *run, const struct ccm_symlink *symlink,
                      size_t size);

/* ccm_absent, with the size of its struct in the module. */
int ccm_absent_sized(struct ccm_run *run, const struct ccm_absent *absent,
                     size_t size);

/* ccm_exclusive, with the size of its struct in the module. */
int ccm_exclusive_sized(struct ccm_run *run,
                        const struct ccm_exclusive *exclusive, size_t size);

/* ccm_group, with the size of its struct in the module. */
int ccm_group_sized(struct ccm_run *run, const struct ccm_group *group,
                    size_t size);

/* ccm_user, with the size of its struct in the module. */
int ccm_user_sized(struct ccm_run *run, const struct ccm_user *user,
                   size_t size);

/* ccm_member, with the size of its struct in the module. */
int ccm_member_sized(struct ccm_run *run, const struct ccm_member *member,
                     size_t size);

/* ccm_command, with the size of its struct in the module. */
int ccm_command_sized(struct ccm_run *run, const struct ccm_command *command,
                      size_t size);

/* ccm_test, with the size of its struct in the module. */
int ccm_test_sized(struct ccm_run *run, const struct ccm_test *test,
                   size_t size);

/* ccm_service, with the size of its struct in the module. */
int ccm_service_sized(struct ccm_run *run, const struct ccm_service *service,
                      size_t size);

/* Declares a file. Write its contents to the stream, which belongs to the host:
 * you may close it, but need not. */
static inline FILE *ccm_file(struct ccm_run *run, const struct ccm_file *file)
{
    return ccm_file_sized(run, file, sizeof(*file));
}

/* Declares a directory. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_directory(struct ccm_run *run,
                                const struct ccm_directory *directory)
{
    return ccm_directory_sized(run, directory, sizeof(*directory));
}

/* Declares a symbolic link. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_symlink(struct ccm_run *run,
                              const struct ccm_symlink *symlink)
{
    return ccm_symlink_sized(run, symlink, sizeof(*symlink));
}

/* Declares that something must not exist. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_absent(struct ccm_run *run,
                             const struct ccm_absent *absent)
{
    return ccm_absent_sized(run, absent, sizeof(*absent));
}

/* Declares that a directory holds nothing else that matches. Returns 0, or -1
 * after an error (which is sticky). */
static inline int ccm_exclusive(struct ccm_run *run,
                                const struct ccm_exclusive *exclusive)
{
    return ccm_exclusive_sized(run, exclusive, sizeof(*exclusive));
}

/* Declares a group, or that it must not exist. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_group(struct ccm_run *run, const struct ccm_group *group)
{
    return ccm_group_sized(run, group, sizeof(*group));
}

/* Declares a user, or that the user must not exist. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_user(struct ccm_run *run, const struct ccm_user *user)
{
    return ccm_user_sized(run, user, sizeof(*user));
}

/* Declares that a user is in a group, or is not. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_member(struct ccm_run *run,
                             const struct ccm_member *member)
{
    return ccm_member_sized(run, member, sizeof(*member));
}

/* Declares a test of the new state. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_test(struct ccm_run *run, const struct ccm_test *test)
{
    return ccm_test_sized(run, test, sizeof(*test));
}

/* Declares a command to run. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_command(struct ccm_run *run,
                              const struct ccm_command *command)
{
    return ccm_command_sized(run, command, sizeof(*command));
}

/* Declares how a service is reloaded. Returns 0, or -1 after an
 * error (which is sticky). */
static inline int ccm_service(struct ccm_run *run,
                              const struct ccm_service *service)
{
    return ccm_service_sized(run, service, sizeof(*service));
}

#ifdef __cplusplus
}
#endif

#endif
