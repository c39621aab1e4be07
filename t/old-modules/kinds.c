/* SPDX-License-Identifier: ISC */
/* Built once against the first release and never again: every function of the
 * interface, every kind with all of its fields. */
#include <ccm/module.h>

static int check(struct ccm_run *run)
{
    return ccm_boolean_or(run, ccm_settings(run), "bad", false)
               ? ccm_fail(run, "bad is %d", 1)
               : 0;
}

static void read_all(struct ccm_run *run, const json_t *thing)
{
    const json_t *settings = ccm_settings(run);

    ccm_context(run, "reading");
    if (ccm_string_or(run, thing, "none", NULL) ||
        ccm_boolean(run, settings, "yes") != true ||
        ccm_integer(run, settings, "seven") != 7 ||
        json_array_size(ccm_array(run, settings, "list")) != 2 ||
        json_object_size(ccm_map(run, settings, "map")) != 1 ||
        ccm_reference(run, thing, "friend", "things") !=
            ccm_object(run, "things", 2) ||
        ccm_in_group(run, "no-such-group"))
        ccm_fail(run, "something is not as it was");
    ccm_log(run, "%s %s %s", ccm_configuration(run),
            ccm_string(run, settings, "text"), ccm_line(run, thing, "name"));
    ccm_context(run, NULL);
}

static void accounts(struct ccm_run *run)
{
    ccm_group(run, &(struct ccm_group){.name = "ccm-old", .id = 64321});
    ccm_user(run, &(struct ccm_user){.name = "ccm-old",
                                     .id = 64322,
                                     .group = "ccm-old",
                                     .groups = CCM_LIST("ccm-old"),
                                     .home = "/home/old",
                                     .shell = "/bin/sh",
                                     .comment = "old",
                                     .password = "*"});
}

static int plan(struct ccm_run *run)
{
    const json_t *thing = ccm_object(run, "things", 1);

    read_all(run, thing);
    ccm_reject(run, ccm_object(run, "things", 2), "it is %s", "two");
    accounts(run);
    ccm_directory(run, &(struct ccm_directory){.path = "/kinds",
                                               .mode = 0700,
                                               .owner = "root",
                                               .group = "root",
                                               .service = "old",
                                               .object = thing});
    fputs("secret", ccm_file(run, &(struct ccm_file){.path = "/kinds/file",
                                                     .mode = 0600,
                                                     .owner = "0",
                                                     .group = "0",
                                                     .service = "old",
                                                     .object = thing,
                                                     .sensitive = true}));
    ccm_symlink(run, &(struct ccm_symlink){.path = "/kinds/link",
                                           .target = "file",
                                           .owner = "root",
                                           .group = "root",
                                           .service = "old",
                                           .object = thing});
    ccm_absent(run, &(struct ccm_absent){
                        .path = "/gone", .service = "old", .object = thing});
    ccm_exclusive(run, &(struct ccm_exclusive){
                           .path = "/kinds", .pattern = "*", .service = "old"});
    ccm_service(run, &(struct ccm_service){
                         .name = "old", .action = CCM_RESTART, .any = true});
    return ccm_command(run, &(struct ccm_command){.argv = CCM_LIST("/bin/true"),
                                                  .always = true,
                                                  .timeout_s = 5,
                                                  .user = "root",
                                                  .directory = "/",
                                                  .object = thing});
}

CCM_MODULE(.name = "old-kinds", .version = "1",
           .subscribes = CCM_LIST("things"), .depends = CCM_LIST("old-one"),
           .after = CCM_LIST("nobody"), .check = check, .plan = plan);
