/* SPDX-License-Identifier: ISC */
/* The kinds of change: each field of the JSON is the one of that name in
 * <ccm/module.h>. A kind has the fields that it reads. */
#include "exec.h"

#include <string.h>

static int change_base64_value(char byte)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = byte ? strchr(alphabet, byte) : NULL;

    return found ? (int) (found - alphabet) : -1;
}

static void change_write_base64(struct exec *exec, const char *text, FILE *out)
{
    size_t size = strlen(text), padding = 0, i;
    unsigned bits = 0;

    while (padding < 2 && padding < size && text[size - padding - 1] == '=')
        padding++;
    for (i = 0; i < size - padding; i++) {
        int value = change_base64_value(text[i]);

        if (value < 0)
            break;
        bits = bits << 6 | (unsigned) value;
        if (i % 4 > 0)
            putc((int) (bits >> (6 - 2 * (i % 4)) & 0xff), out);
    }
    if (size % 4 != 0 || i < size - padding)
        exec_fail(exec, "content_base64", "is not valid base64");
}

static void change_file(struct exec *exec)
{
    struct ccm_file file = {
        .path = exec_path(exec),
        .mode = exec_mode(exec),
        .owner = exec_text(exec, "owner"),
        .group = exec_text(exec, "group"),
        .service = exec_text(exec, "service"),
        .object = exec_object(exec),
        .sensitive = exec_flag(exec, "sensitive"),
    };
    const char *content = exec_text(exec, "content");
    const char *base64 = exec_text(exec, "content_base64");
    FILE *out;

    if (content && base64)
        exec_fail(exec, "content_base64", "\"content\" is set, too");
    if (!exec_known(exec))
        return;
    out = ccm_file(exec->run, &file);
    if (content)
        fputs(content, out);
    if (base64)
        change_write_base64(exec, base64, out);
    fclose(out);
}

static void change_directory(struct exec *exec)
{
    struct ccm_directory directory = {
        .path = exec_path(exec),
        .mode = exec_mode(exec),
        .owner = exec_text(exec, "owner"),
        .group = exec_text(exec, "group"),
        .service = exec_text(exec, "service"),
        .object = exec_object(exec),
    };

    if (exec_known(exec))
        ccm_directory(exec->run, &directory);
}

static void change_symlink(struct exec *exec)
{
    struct ccm_symlink symlink = {
        .path = exec_path(exec),
        .target = exec_text(exec, "target"),
        .owner = exec_text(exec, "owner"),
        .group = exec_text(exec, "group"),
        .service = exec_text(exec, "service"),
        .object = exec_object(exec),
    };

    if (exec_known(exec))
        ccm_symlink(exec->run, &symlink);
}

static void change_absent(struct exec *exec)
{
    struct ccm_absent absent = {
        .path = exec_path(exec),
        .service = exec_text(exec, "service"),
        .object = exec_object(exec),
    };

    if (exec_known(exec))
        ccm_absent(exec->run, &absent);
}

static void change_exclusive(struct exec *exec)
{
    struct ccm_exclusive exclusive = {
        .path = exec_path(exec),
        .pattern = exec_text(exec, "pattern"),
        .service = exec_text(exec, "service"),
    };

    if (exec_known(exec))
        ccm_exclusive(exec->run, &exclusive);
}

static void change_group(struct exec *exec)
{
    struct ccm_group group = {
        .name = exec_text(exec, "name"),
        .id = exec_number(exec, "id"),
        .absent = exec_flag(exec, "absent"),
        .object = exec_object(exec),
    };

    if (exec_known(exec))
        ccm_group(exec->run, &group);
}

static void change_user(struct exec *exec)
{
    struct ccm_user user = {
        .name = exec_text(exec, "name"),
        .id = exec_number(exec, "id"),
        .group = exec_text(exec, "group"),
        .groups = exec_list(exec, "groups"),
        .home = exec_text(exec, "home"),
        .shell = exec_text(exec, "shell"),
        .comment = exec_text(exec, "comment"),
        .password = exec_text(exec, "password"),
        .absent = exec_flag(exec, "absent"),
        .object = exec_object(exec),
    };

    if (exec_known(exec))
        ccm_user(exec->run, &user);
}

static void change_command(struct exec *exec)
{
    struct ccm_command command = {
        .argv = exec_list(exec, "argv"),
        .always = exec_flag(exec, "always"),
        .timeout_s = exec_number(exec, "timeout_s"),
        .user = exec_text(exec, "user"),
        .directory = exec_text(exec, "directory"),
        .object = exec_object(exec),
    };

    if (exec_known(exec))
        ccm_command(exec->run, &command);
}

static void change_service(struct exec *exec)
{
    const char *action = exec_text(exec, "action");
    struct ccm_service service = {
        .name = exec_text(exec, "name"),
        .action =
            action && strcmp(action, "restart") == 0 ? CCM_RESTART : CCM_RELOAD,
        .any = exec_flag(exec, "any"),
    };

    if (action && service.action != CCM_RESTART &&
        strcmp(action, "reload") != 0)
        exec_fail(exec, "action", "must be \"reload\" or \"restart\"");
    if (exec_known(exec))
        ccm_service(exec->run, &service);
}

static const struct {
    const char *kind;
    void (*declare)(struct exec *exec);
} kinds[] = {
    {"file", change_file},           {"directory", change_directory},
    {"symlink", change_symlink},     {"absent", change_absent},
    {"exclusive", change_exclusive}, {"group", change_group},
    {"user", change_user},           {"command", change_command},
    {"service", change_service},
};

void exec_change(struct exec *exec)
{
    size_t i;

    exec->kind = exec_text(exec, "kind");
    for (i = 0; exec->kind && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].kind, exec->kind) != 0)
            continue;
        kinds[i].declare(exec);
        return;
    }
    if (!exec->failed)
        exec_fail(exec, exec->kind ? "kind" : NULL,
                  "\"kind\" must be one of file, directory, symlink, absent, "
                  "exclusive, group, user, command, service");
}
