/* SPDX-License-Identifier: ISC */
/* The run of a module, without the module. */
#include "api_place.h"

#include "base/alloc.h"
#include "base/util.h"
#include "unit/files.h"

static const char *const types[] = {"crons", "users", NULL};

int place_open(void **state)
{
    static char *groups[] = {(char *) "nginx", (char *) "PHP", NULL};
    struct place *place = xcalloc(1, sizeof(*place));
    struct error err;

    place->dir = scratch_new();
    scratch_puts(place->dir, "crons.json",
                 "[{\"id\":1,\"name\":\"a\",\"n\":5,\"on\":true,\"user\":7,"
                 "\"list\":[{\"deep\":1}],\"map\":{\"k\":\"v\"},"
                 "\"none\":null,\"line\":\"a\\nb\",\"up\":\"..\"},"
                 "{\"id\":2,\"name\":\"b\",\"user\":99}]");
    scratch_puts(place->dir, "users.json", "[{\"id\":7,\"name\":\"joe\"}]");
    place->config.objects.kind = OBJECTS_DIRECTORY;
    place->config.objects.path = place->dir;
    if (objects_fetch(&place->config, types, 0, &place->objects, &err) < 0)
        fail_msg("%s", err.text);
    place->settings = json_pack("{s:s, s:{s:i}}", "spool", "/x", "sub", "n", 1);
    place->input =
        (struct api_input){"mine",         "web1", groups, place->settings,
                           place->objects, types,  false,  NULL};
    api_init(&place->run, &place->input);
    *state = place;
    return 0;
}

int place_close(void **state)
{
    struct place *place = *state;

    api_done(&place->run);
    json_decref(place->settings);
    objects_free(place->objects);
    scratch_free(place->dir);
    free(place);
    return 0;
}

const json_t *place_cron(struct place *place, int64_t id)
{
    return ccm_object(&place->run, "crons", id);
}

char *place_reason(struct place *place)
{
    struct ccm_run *run = &place->run;
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
    api_init(run, &place->input);
    return why;
}

void place_expect_reason(struct place *place, const char *wanted)
{
    cleanup_free char *why = place_reason(place);

    assert_string_equal(why, wanted);
}

void place_expect_failure(struct place *place, const char *part)
{
    struct ccm_run *run = &place->run;

    if (!run->failed || !strstr(run->failure.text, part))
        fail_msg("\"%s\" lacks \"%s\"", run->failure.text, part);
    api_done(run);
    api_init(run, &place->input);
}
