/* SPDX-License-Identifier: ISC */
/* What `ccm-runner describe` prints, with names that modules chose: two
 * catalogs, parted by a form feed, compared and subscribed. */
#include "fuzz.h"

#include "base/json.h"
#include "base/util.h"
#include "daemon/daemon_catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    json_auto_t *old = NULL, *now = NULL, *differences = NULL, *types = NULL;
    size_t old_size, now_size;
    cleanup_free char *old_text = fuzz_cut(&input, '\f', &old_size);
    cleanup_free char *now_text = fuzz_cut(&input, '\f', &now_size);
    struct bus *bus;

    if (json_parse(old_text, old_size, old_size, &old, NULL) < 0)
        return 0;
    json_parse(now_text, now_size, now_size, &now, NULL);
    bus = bus_new();
    daemon_catalog_subscribe(old, bus);
    daemon_catalog_subscribe(now, bus);
    types = bus_types(bus);
    fuzz_check(json_is_array(types));
    differences = daemon_catalog_compare(now, old);
    fuzz_check(json_is_array(json_object_get(differences, "added")));
    fuzz_check(json_is_array(json_object_get(differences, "changed")));
    fuzz_check(json_is_array(json_object_get(differences, "removed")));
    fuzz_check(daemon_catalog_digest(old) != NULL);
    bus_free(bus);
    return 0;
}
