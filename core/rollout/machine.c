/* SPDX-License-Identifier: ISC */
/* Who this daemon is: machine, boot, and the lock on state_dir. */
#include "rollout/machine.h"

#include "base/digest.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#define ID_BYTES_MAX 128

void machine_new_turn(char turn[MACHINE_TURN_SIZE])
{
    uint64_t number = 0;

    while (getrandom(&number, sizeof(number), 0) != sizeof(number))
        ;
    snprintf(turn, MACHINE_TURN_SIZE, "%016llx", (unsigned long long) number);
}

static int machine_read_own(int dir_fd, char **id, struct error *err)
{
    char fresh[MACHINE_TURN_SIZE];
    int r = io_read_file(dir_fd, "instance", ID_BYTES_MAX, id, NULL, err);

    if (r != -ENOENT)
        return r;
    machine_new_turn(fresh);
    r = io_replace_file(dir_fd, "instance", 0600, fresh, strlen(fresh), err);
    if (r < 0)
        return r;
    return io_read_file(dir_fd, "instance", ID_BYTES_MAX, id, NULL, err);
}

static int machine_find_place(struct machine *machine, int lock_fd,
                              struct error *err)
{
    struct stat st;

    if (fstat(lock_fd, &st) < 0)
        return error_errno(err, -errno, "ccmd.lock");
    snprintf(machine->place, sizeof(machine->place), "%llx:%llx",
             (unsigned long long) st.st_dev, (unsigned long long) st.st_ino);
    return 0;
}

static int machine_read(struct machine *machine, int dir_fd, struct error *err)
{
    cleanup_free char *own = NULL, *id = NULL, *boot = NULL;
    char both[2 * ID_BYTES_MAX + 2];
    int r = machine_read_own(dir_fd, &own, err);

    if (r < 0)
        return r;
    /* A container may have no machine id; then only that of state_dir
     * counts. */
    if (io_read_file(AT_FDCWD, "/etc/machine-id", ID_BYTES_MAX, &id, NULL,
                     NULL) < 0)
        id = NULL;
    r = io_read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", ID_BYTES_MAX,
                     &boot, NULL, err);
    if (r < 0)
        return r;
    snprintf(both, sizeof(both), "%s/%s", id ? id : "", own);
    digest_bytes(both, strlen(both), machine->machine);
    snprintf(machine->boot, sizeof(machine->boot), "%.36s", boot);
    return 0;
}

int machine_open(struct machine *machine, const char *state_dir,
                 struct error *err)
{
    cleanup_close int dir_fd = -1;
    cleanup_close int lock_fd = -1;
    int r = io_make_dirs(state_dir, err);

    if (r < 0)
        return error_prefix(err, r, "state_dir");
    dir_fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return error_errno(err, -errno, "state_dir %s", state_dir);
    lock_fd = openat(dir_fd, "ccmd.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_fd < 0)
        return error_errno(err, -errno, "%s/ccmd.lock", state_dir);
    if (flock(lock_fd, LOCK_EX | LOCK_NB) < 0)
        return error_set(err, -EBUSY,
                         "another ccmd uses state_dir %s; stop it first, or "
                         "give this one its own state_dir",
                         state_dir);
    r = machine_find_place(machine, lock_fd, err);
    if (r == 0)
        r = machine_read(machine, dir_fd, err);
    if (r < 0)
        return r;
    machine->lock_fd = steal_fd(&lock_fd);
    return 0;
}

static bool machine_is_machine(const struct machine *machine,
                               const json_t *json)
{
    return streq(json_string_or(json, "machine", ""), machine->machine);
}

/* Was it written by a daemon of this kernel that runs, or ran, beside us? */
static bool machine_is_copy(const struct machine *machine, const json_t *json)
{
    const char *place = json_string_or(json, "place", NULL);

    return machine_is_machine(machine, json) &&
           streq(json_string_or(json, "boot", ""), machine->boot) && place &&
           !streq(place, machine->place);
}

bool machine_is_own(const struct machine *machine, const json_t *json)
{
    return machine_is_machine(machine, json) && !machine_is_copy(machine, json);
}

void machine_sign(const struct machine *machine, json_t *json)
{
    json_object_set_new(json, "machine", json_string(machine->machine));
    json_object_set_new(json, "boot", json_string(machine->boot));
    json_object_set_new(json, "place", json_string(machine->place));
}

void machine_close(struct machine *machine)
{
    close(machine->lock_fd);
    machine->lock_fd = -1;
}
