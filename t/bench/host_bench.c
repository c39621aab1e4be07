/* SPDX-License-Identifier: ISC */
/*
 * How fast the host is, beside its floor in the same run: describing beside
 * bare dlopen and dlsym; planning beside planners that run one after another,
 * a plain fork each, without confinement, and beside calling all plan()
 * functions in one process. Processor times are shown too, since they change
 * less on a busy machine.
 */
#include "base/clock.h"
#include "base/io.h"
#include "base/util.h"
#include "files.h"
#include "host/api.h"
#include "host/catalog.h"
#include "host/graph.h"
#include "host/planner.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define MODULES 1000
#define PLANNED 100
#define ROUNDS 5
#define EDGES_EACH 5

struct bench {
    char *dir, *modules, *modules_d, *planned_d;
    char *dirs[2];
    struct config config;
    struct confine *confine;
    struct catalog *catalog;
    struct objects *objects;
};

/* Milliseconds of the clock, and of the processor in this process and its
 * children. */
struct span {
    double clock, processor;
};

static double processor_ms(int who)
{
    struct rusage usage;

    getrusage(who, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static struct span now(void)
{
    return (struct span){(double) clock_us() / 1e3,
                         processor_ms(RUSAGE_SELF) +
                             processor_ms(RUSAGE_CHILDREN)};
}

static struct span since(struct span start)
{
    struct span end = now();

    return (struct span){end.clock - start.clock,
                         end.processor - start.processor};
}

static void keep_least(struct span *least, struct span span)
{
    if (least->clock == 0 || span.clock < least->clock)
        least->clock = span.clock;
    if (least->processor == 0 || span.processor < least->processor)
        least->processor = span.processor;
}

/* Copies the template with other digits in its name, which has five. */
static void make_modules(struct bench *bench, const char *template)
{
    cleanup_free char *bytes = NULL;
    struct error err;
    size_t size, i, at, j;

    if (io_read_file(AT_FDCWD, template, 1 << 24, &bytes, &size, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    for (i = 0; i < MODULES; i++) {
        cleanup_free char *name = xasprintf("m%05zu", i);
        cleanup_free char *file = xasprintf("%s.so", name);
        cleanup_free char *conf = xasprintf("%s.conf", name);
        struct buf text = BUF_INIT;

        for (at = 0; at + 6 <= size; at++)
            if (bytes[at] == 'm' && strspn(bytes + at + 1, "0123456789") == 5)
                memcpy(bytes + at, name, 6);
        scratch_write(bench->modules, file, bytes, size);
        buf_printf(&text, "module = \"%s\";\ndepends = (", name);
        for (j = 0; i > 0 && j < EDGES_EACH; j++)
            buf_printf(&text, "%s\"m%05zu\"", j ? ", " : "",
                       (i * 7919 + j * 104729) % i);
        buf_puts(&text, ");\n");
        scratch_puts(bench->modules_d, conf, buf_text(&text));
        if (i < PLANNED)
            scratch_puts(bench->planned_d, conf, buf_text(&text));
        buf_done(&text);
    }
}

/* In a child, as the loader never forgets. */
static struct span bare_load(const struct bench *bench)
{
    struct span start = now();
    pid_t pid = fork();
    int i;

    for (i = 0; pid == 0 && i < MODULES; i++) {
        cleanup_free char *path = xasprintf("%s/m%05d.so", bench->modules, i);
        void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

        if (!handle || !dlsym(handle, "ccm_module"))
            _exit(1);
    }
    if (pid == 0)
        _exit(0);
    waitpid(pid, &i, 0);
    return since(start);
}

static struct span describe(struct bench *bench)
{
    struct span start = now();
    struct error err;

    catalog_free(bench->catalog);
    if (catalog_load(&bench->config, bench->confine, NULL, &bench->catalog,
                     &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return since(start);
}

static void serial_one(const struct bench *bench, int i)
{
    cleanup_free char *path = xasprintf("%s/m%05d.so", bench->modules, i);
    cleanup_free char *name = xasprintf("m%05d", i);
    struct api_input input = {.configuration = name, .node = "web1"};
    const struct ccm_module *module;
    struct ccm_run run;
    uint64_t size = 0;
    int fd = memfd_create("bench", MFD_CLOEXEC);

    module = dlsym(dlopen(path, RTLD_NOW | RTLD_LOCAL), "ccm_module");
    api_init(&run, &input);
    module->plan(&run);
    api_encode(&run, fd, &size);
    api_done(&run);
    close(fd);
}

/* forks: a process each, otherwise one for all. */
static struct span plan_serially(const struct bench *bench, bool forks)
{
    struct span start = now();
    pid_t pid = forks ? 0 : fork();
    int i;

    for (i = 0; pid == 0 && i < PLANNED; i++) {
        pid_t planner = forks ? fork() : 0;

        if (planner > 0) {
            waitpid(planner, NULL, 0);
            continue;
        }
        serial_one(bench, i);
        if (forks)
            _exit(0);
    }
    if (forks)
        return since(start);
    if (pid == 0)
        _exit(0);
    waitpid(pid, &i, 0);
    return since(start);
}

static struct span plan_confined(const struct bench *bench)
{
    const struct configuration *selected[PLANNED];
    struct planner_result results[PLANNED];
    struct planner_job job = {.config = &bench->config,
                              .confine = bench->confine,
                              .objects = bench->objects,
                              .selected = selected,
                              .n = PLANNED};
    struct span start = now(), span;
    struct error err;
    int i;

    for (i = 0; i < PLANNED; i++)
        selected[i] = &bench->catalog->list[i];
    if (planner_run(&job, results, &err) < 0 ||
        results[PLANNED - 1].outcome != PLANNER_OK)
        exit(1);
    span = since(start);
    for (i = 0; i < PLANNED; i++)
        planner_result_done(&results[i]);
    return span;
}

static double sort(size_t n)
{
    char(*names)[24] = xcalloc(n, sizeof(*names));
    const char *(*depends)[EDGES_EACH + 1] = xcalloc(n, sizeof(*depends));
    struct graph_node *nodes = xcalloc(n, sizeof(*nodes));
    size_t *order = xcalloc(n, sizeof(*order)), i, j;
    struct span start, span;

    for (i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "c%zu", i * 31 % n);
        for (j = 0; i > 0 && j < EDGES_EACH; j++)
            depends[i][j] = names[(i * 7919 + j * 104729) % i];
        nodes[i] = (struct graph_node){names[i], "", depends[i], NULL};
    }
    start = now();
    if (graph_sort(nodes, n, order, NULL) < 0)
        exit(1);
    span = since(start);
    free(names);
    free(depends);
    free(nodes);
    free(order);
    return span.clock;
}

static void show(const char *what, struct span ours, struct span floor)
{
    printf("%-44s %8.1f ms %8.1f ms %6.2f x   (processor %6.2f x)\n", what,
           ours.clock, floor.clock, ours.clock / floor.clock,
           ours.processor / floor.processor);
}

static void bench_sort(void)
{
    static const size_t sizes[] = {1000, 10000, 100000};
    size_t i;
    int round;

    for (i = 0; i < ARRAY_SIZE(sizes); i++) {
        double least = 0;

        for (round = 0; round < ROUNDS; round++) {
            double ms = sort(sizes[i]);

            if (round == 0 || ms < least)
                least = ms;
        }
        printf("sort %6zu configurations, %6zu dependencies  %8.2f ms\n",
               sizes[i], sizes[i] * EDGES_EACH, least);
    }
}

static void bench_open(struct bench *bench)
{
    const char *dir = getenv("builddir");
    cleanup_free char *template =
        xasprintf("%s/t/bench/host_module.so", dir ? dir : ".");
    const char *none[] = {NULL};
    struct error err;

    bench->dir = scratch_new();
    bench->modules = files_put(bench->dir, "modules", NULL);
    bench->modules_d = files_put(bench->dir, "modules.d", NULL);
    bench->planned_d = files_put(bench->dir, "planned.d", NULL);
    bench->dirs[0] = bench->modules;
    bench->config = (struct config){
        .node = (char *) "web1",
        .plan_timeout_ms = 60000,
        .modules_d = bench->modules_d,
        .module_dirs = bench->dirs,
        .objects = {.kind = OBJECTS_DIRECTORY, .path = bench->dir},
    };
    make_modules(bench, template);
    if (confine_new(&bench->config, &bench->confine, &err) < 0 ||
        objects_fetch(&bench->config, none, 0, &bench->objects, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
}

int main(void)
{
    struct bench bench = {0};
    struct span described = {0}, bare = {0};
    struct span planned = {0}, serial = {0}, together = {0};
    int round;

    bench_open(&bench);
    for (round = 0; round < ROUNDS; round++) {
        keep_least(&bare, bare_load(&bench));
        keep_least(&described, describe(&bench));
    }
    bench.config.modules_d = bench.planned_d;
    describe(&bench);
    for (round = 0; round < ROUNDS; round++) {
        keep_least(&serial, plan_serially(&bench, true));
        keep_least(&together, plan_serially(&bench, false));
        keep_least(&planned, plan_confined(&bench));
    }
    printf("%zu processors\n", confined_cpus());
    show("describe 1000 modules; bare dlopen", described, bare);
    show("plan 100 x 100 files; serial, unconfined", planned, serial);
    show("plan 100 x 100 files; in one process", planned, together);
    bench_sort();
    catalog_free(bench.catalog);
    objects_free(bench.objects);
    confine_free(bench.confine);
    free(bench.modules);
    free(bench.modules_d);
    free(bench.planned_d);
    scratch_free(bench.dir);
    return 0;
}
