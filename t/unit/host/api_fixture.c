/* SPDX-License-Identifier: ISC */
/* The run of a module, without the module. */
#include "api_fixture.h"

#include "base/alloc.h"
#include "base/util.h"
#include "unit/files.h"

static const char *const types[] = {"crons", "users", NULL};

int fixture_open(void **state)
{
    static char *groups[] = {(char *) "nginx", (char *) "PHP", NULL};
    struct api_fixture *fixture = xcalloc(1, sizeof(*fixture));
    struct error err;

    fixture->dir = scratch_new();
    scratch_puts(fixture->dir, "crons.json",
                 "[{\"id\":1,\"name\":\"a\",\"n\":5,\"on\":true,\"user\":7,"
                 "\"list\":[{\"deep\":1}],\"map\":{\"k\":\"v\"},"
                 "\"none\":null,\"line\":\"a\\nb\",\"up\":\"..\"},"
                 "{\"id\":2,\"name\":\"b\",\"user\":99,\"users\":[7,8,7]}]");
    scratch_puts(fixture->dir, "users.json", "[{\"id\":7,\"name\":\"joe\"}]");
    fixture->config.objects.kind = OBJECTS_DIRECTORY;
    fixture->config.objects.path = fixture->dir;
    if (objects_fetch(&fixture->config, types, 0, &fixture->objects, &err) < 0)
        fail_msg("%s", err.text);
    fixture->settings =
        json_pack("{s:s, s:{s:i}}", "spool", "/x", "sub", "n", 1);
    fixture->input = (struct api_input){.configuration = "mine",
                                        .node = "web1",
                                        .groups = groups,
                                        .settings = fixture->settings,
                                        .objects = fixture->objects,
                                        .subscribes = types};
    api_init(&fixture->run, &fixture->input);
    *state = fixture;
    return 0;
}

int fixture_close(void **state)
{
    struct api_fixture *fixture = *state;

    api_done(&fixture->run);
    json_decref(fixture->settings);
    objects_free(fixture->objects);
    scratch_free(fixture->dir);
    free(fixture);
    return 0;
}

const json_t *fixture_cron(struct api_fixture *fixture, int64_t id)
{
    return ccm_object(&fixture->run, "crons", id);
}

char *fixture_reason(struct api_fixture *fixture)
{
    struct ccm_run *run = &fixture->run;
    const json_t *one = json_array_get(run->reasons, 0);
    char *why = xstrdup("");

    if (one) {
        free(why);
        why = xasprintf(
            "%s/%lld: %s", json_string_value(json_object_get(one, "type")),
            (long long) json_integer_value(json_object_get(one, "id")),
            json_string_value(json_object_get(one, "error")));
    }
    if (run->failed)
        fail_msg("%s", run->failure.text);
    api_done(run);
    api_init(run, &fixture->input);
    return why;
}

void fixture_expect_reason(struct api_fixture *fixture, const char *wanted)
{
    cleanup_free char *why = fixture_reason(fixture);

    assert_string_equal(why, wanted);
}

void fixture_expect_failure(struct api_fixture *fixture, const char *part)
{
    struct ccm_run *run = &fixture->run;

    if (!run->failed || !strstr(run->failure.text, part))
        fail_msg("\"%s\" lacks \"%s\"", run->failure.text, part);
    api_done(run);
    api_init(run, &fixture->input);
}
