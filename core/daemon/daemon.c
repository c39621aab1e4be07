/* SPDX-License-Identifier: ISC */
/*
 * ccmd as a whole: starts the parts, connects them, and stops them.
 *
 * Start: the lock on state_dir; recovery after a crash; the catalog; then the
 * cluster. Each of these is a process of the runner or a call on the event
 * loop, so SIGTERM works at any time.
 */
#include "daemon/daemon.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/log.h"
#include "base/turn_note.h"
#include "base/util.h"
#include "loop/child.h"
#include "loop/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS 10000

static void daemon_fail(struct daemon *daemon, const char *why)
{
    log_error("%s", why);
    daemon->exit_status = 1;
    loop_quit(daemon->loop);
}

/* ------------------------------------------------------ what the roll-out says
 */

static void daemon_run_ended(void *userdata, int64_t ticket,
                             const json_t *report)
{
    struct daemon *daemon = userdata;

    control_run_ended(daemon->control, ticket, report);
}

static void daemon_progress(void *userdata, const char *text)
{
    struct daemon *daemon = userdata;

    control_progress(daemon->control, text);
}

static void daemon_held(void *userdata, const char *text)
{
    struct daemon *daemon = userdata;

    control_held(daemon->control, text);
}

static void daemon_switch_catalog(void *userdata)
{
    struct daemon *daemon = userdata;
    json_auto_t *differences = NULL;

    if (!daemon->next_catalog || !rollout_is_between_turns(&daemon->rollout))
        return;
    differences = daemon_catalog_compare(daemon->catalog, daemon->next_catalog);
    daemon_catalog_log_differences(differences);
    json_decref(daemon->catalog);
    daemon->catalog = STEAL(daemon->next_catalog);
    daemon_catalog_subscribe(daemon->catalog, daemon->rollout.bus);
    rollout_recatalog(&daemon->rollout, daemon_catalog_digest(daemon->catalog));
    log_info(
        "catalog %s: %zu configurations",
        daemon_catalog_digest(daemon->catalog),
        json_array_size(json_object_get(daemon->catalog, "configurations")));
    control_reloaded(daemon->control, differences, NULL);
}

static void daemon_ready(void *userdata)
{
    (void) userdata;
    notify_send("READY=1");
}

static void daemon_stopped(void *userdata)
{
    struct daemon *daemon = userdata;

    loop_quit(daemon->loop);
}

static void daemon_fatal(void *userdata, const char *why)
{
    struct daemon *daemon = userdata;

    log_error("%s", why);
    daemon->exit_status = 1;
    rollout_stop(&daemon->rollout);
}

static const struct rollout_ops daemon_rollout_ops = {
    .ended = daemon_run_ended,
    .progress = daemon_progress,
    .held = daemon_held,
    .between_turns = daemon_switch_catalog,
    .ready = daemon_ready,
    .stopped = daemon_stopped,
    .fatal = daemon_fatal,
};

/* -------------------------------------------------------------- start again */

/* Has a step of the start failed because its runner was killed? The next try
 * repairs anything that it changed, so it is tried twice more, as in the
 * roll-out. Returns false if no try is left. */
static bool daemon_try_again(struct daemon *daemon, const char *doing,
                             const char *why)
{
    int64_t pause_ms;

    if (daemon->deaths++ >= CHILD_DEATHS_MAX)
        return false;
    pause_ms = backoff_next_ms(&daemon->backoff);
    log_warning("%s: %s; trying again in %.1f s", doing, why,
                (double) pause_ms / 1000);
    timer_set(&daemon->retry, pause_ms);
    return true;
}

static void daemon_give_up(struct daemon *daemon, const char *doing, bool died,
                           const char *why)
{
    cleanup_free char *text = xasprintf(
        "%s: %s%s", doing, why,
        died ? ", three times in a row; find out what kills it (out of memory? "
               "see dmesg or journalctl -k), then start ccmd again"
             : "");

    daemon_fail(daemon, text);
}

/* ------------------------------------------------------------------ catalog */

static void daemon_start_rollout(struct daemon *daemon, json_t *catalog)
{
    daemon->catalog = json_incref(catalog);
    daemon_catalog_subscribe(catalog, daemon->rollout.bus);
    daemon->rollout.catalog = daemon_catalog_digest(catalog);
    daemon_catalog_log_confinement(catalog);
    log_info("catalog %s: %zu configurations", daemon_catalog_digest(catalog),
             json_array_size(json_object_get(catalog, "configurations")));
    rollout_start(&daemon->rollout, &daemon_rollout_ops, daemon);
}

static void daemon_not_loaded(struct daemon *daemon, bool died, const char *why)
{
    static const char doing[] = "reading the modules";

    if (!died)
        daemon_fail(daemon, why);
    else if (!daemon_try_again(daemon, doing, why))
        daemon_give_up(daemon, doing, died, why);
}

/* Reloads the catalog; control_reloaded reports the outcome. */
static void daemon_reload(struct daemon *daemon);

static void daemon_loaded(void *userdata, json_t *catalog, bool died,
                          const char *why)
{
    struct daemon *daemon = userdata;

    daemon->loading = false;
    if (!daemon->catalog && !catalog) {
        daemon_not_loaded(daemon, died, why);
    } else if (!daemon->catalog) {
        daemon_start_rollout(daemon, catalog);
        if (daemon->reload_again)
            daemon_reload(daemon);
        daemon->reload_again = false;
    } else if (daemon->reload_again) {
        daemon->reload_again = false;
        daemon_reload(daemon);
    } else if (!catalog) {
        log_error("module reload: %s; the old catalog stays in force", why);
        control_reloaded(daemon->control, NULL, why);
    } else {
        json_decref(daemon->next_catalog);
        daemon->next_catalog = json_incref(catalog);
        daemon_switch_catalog(daemon);
        if (daemon->next_catalog)
            log_info("module reload: loaded; takes effect after the turn");
    }
}

static void daemon_load(struct daemon *daemon)
{
    struct error err;

    timer_stop(&daemon->retry);
    daemon->loading = true;
    if (daemon_catalog_load(daemon->loop, daemon->config, daemon_loaded, daemon,
                            &err) < 0)
        daemon_loaded(daemon, NULL, false, err.text);
}

static void daemon_reload(struct daemon *daemon)
{
    if (daemon->loading || !daemon->recovered)
        daemon->reload_again = true;
    else
        daemon_load(daemon);
}

/* ----------------------------------------------------------------- recovery */

static void daemon_recovered(void *userdata, int status, const char *why)
{
    static const char doing[] = "cannot recover from the crash";
    struct daemon *daemon = userdata;
    bool died = WIFSIGNALED(status);

    if (status == 0) {
        daemon->recovered = true;
        daemon->rollout.interrupted =
            turn_note_count_death(daemon->config->state_dir);
        daemon->deaths = 0;
        backoff_reset(&daemon->backoff);
        daemon_load(daemon);
    } else if (!died || !daemon_try_again(daemon, doing, why)) {
        daemon_give_up(daemon, doing, died, why);
    }
}

static void daemon_retry(void *userdata)
{
    struct daemon *daemon = userdata;
    struct error err;

    if (daemon->recovered)
        daemon_load(daemon);
    else if (recovery_start(&daemon->recovery, &err) < 0)
        daemon_fail(daemon, err.text);
}

/* ------------------------------------------------------------------ signals */

static void daemon_signal(void *userdata, short revents)
{
    struct daemon *daemon = userdata;
    struct signalfd_siginfo info;

    (void) revents;
    if (read(daemon->signals.fd, &info, sizeof(info)) != sizeof(info))
        return;
    if (info.ssi_signo == SIGHUP) {
        if (daemon->catalog)
            daemon_reload(daemon);
        return;
    }
    log_info("stopping");
    notify_send("STOPPING=1");
    if (daemon->catalog)
        rollout_stop(&daemon->rollout);
    else
        loop_quit(daemon->loop);
}

static void daemon_listen_to_signals(struct daemon *daemon)
{
    static const int ignored[] = {SIGPIPE, SIGUSR1, SIGUSR2,  SIGALRM,
                                  SIGIO,   SIGPROF, SIGVTALRM};
    sigset_t signals;
    size_t i;
    int fd;

    for (i = 0; i < ARRAY_SIZE(ignored); i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    io_start(&daemon->signals, daemon->loop, fd, IO_READ, daemon_signal,
             daemon);
}

static void daemon_watchdog(void *userdata)
{
    struct daemon *daemon = userdata;

    notify_send("WATCHDOG=1");
    timer_set(&daemon->watchdog, daemon->watchdog_ms);
}

/* --------------------------------------------------------------- life times */

static void daemon_on_reload(void *userdata)
{
    daemon_reload(userdata);
}

static int daemon_open(struct daemon *daemon, struct error *err)
{
    int r = machine_open(&daemon->machine, daemon->config->state_dir, err);

    if (r < 0)
        return r;
    r = store_open(daemon->loop, daemon->config, &daemon->store, err);
    if (r < 0)
        return r;
    rollout_init(&daemon->rollout, daemon->loop, daemon->config, daemon->store,
                 &daemon->machine);
    r = control_open(&(struct control_view){.loop = daemon->loop,
                                            .config = daemon->config,
                                            .store = daemon->store,
                                            .rollout = &daemon->rollout,
                                            .catalog = &daemon->catalog,
                                            .reload = daemon_on_reload,
                                            .userdata = daemon},
                     &daemon->control, err);
    if (r < 0)
        return r;
    recovery_init(&daemon->recovery, daemon->loop, daemon->config,
                  daemon_recovered, daemon);
    return recovery_start(&daemon->recovery, err);
}

static void daemon_close(struct daemon *daemon)
{
    timer_stop(&daemon->retry);
    timer_stop(&daemon->watchdog);
    control_close(daemon->control);
    if (daemon->store)
        rollout_done(&daemon->rollout);
    store_free(daemon->store);
    machine_close(&daemon->machine);
    close(daemon->signals.fd);
    io_stop(&daemon->signals);
    json_decref(daemon->catalog);
    json_decref(daemon->next_catalog);
}

int daemon_run(const struct config *config)
{
    struct daemon daemon = {.config = config, .machine.lock_fd = -1};
    struct error err;

    log_set_limit();
    daemon.loop = loop_new();
    timer_init(&daemon.retry, daemon.loop, daemon_retry, &daemon);
    timer_init(&daemon.watchdog, daemon.loop, daemon_watchdog, &daemon);
    daemon.watchdog_ms = notify_watchdog_ms();
    if (daemon.watchdog_ms > 0)
        timer_set(&daemon.watchdog, 0);
    daemon.backoff =
        (struct backoff){.first_ms = RETRY_FIRST_MS, .max_ms = RETRY_MAX_MS};
    daemon_listen_to_signals(&daemon);
    if (daemon_open(&daemon, &err) < 0) {
        log_error("%s", err.text);
        daemon.exit_status = 1;
    } else {
        loop_run(daemon.loop);
    }
    daemon_close(&daemon);
    loop_free(daemon.loop);
    return daemon.exit_status;
}
