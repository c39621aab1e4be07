/* SPDX-License-Identifier: ISC */
/* Acts that leave a result of their own making where the planner's would go:
 * well formed, as of core/host/planner_result.h, but beyond all limits. */
#include "hostile.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC 0x6e616c702d6d6363u
#define MILLION 1000000

struct head {
    uint64_t magic, wire_size, notes_size, ok;
};

struct note {
    uint32_t kind, type_size, text_size, unused;
    int64_t id;
};

static FILE *out;
static struct head head = {.magic = MAGIC, .ok = 1};

/* The only file that can be written to. */
static void begin(void)
{
    int fd = 3;

    while (fd < 4096 && pwrite(fd, "", 1, 0) != 1)
        fd++;
    out = fdopen(fd, "w");
    fseek(out, sizeof(head), SEEK_SET);
}

static _Noreturn void end(void)
{
    fseek(out, 0, SEEK_SET);
    fwrite(&head, sizeof(head), 1, out);
    fclose(out);
    _exit(0);
}

static void put_note(uint32_t kind, int64_t id, const char *type,
                     const char *text, size_t size)
{
    struct note note = {.kind = kind,
                        .type_size = (uint32_t) strlen(type),
                        .text_size = (uint32_t) size,
                        .id = id};

    fwrite(&note, sizeof(note), 1, out);
    fputs(type, out);
    fwrite(text, size, 1, out);
    head.notes_size += sizeof(note) + note.type_size + note.text_size;
}

/* A million objects that do not exist are rejected. */
int act_forge_rejected(struct ccm_run *run)
{
    int64_t id;

    (void) run;
    begin();
    put_note(0, 0, "", "", 0);
    for (id = 1000; id < 1000 + MILLION; id++)
        put_note(2, id, "things", "no", 2);
    end();
}

/* The same object is rejected again and again. */
int act_forge_again(struct ccm_run *run)
{
    int i;

    (void) run;
    begin();
    put_note(0, 0, "", "", 0);
    for (i = 0; i < MILLION; i++)
        put_note(2, 1, "things", "no", 2);
    end();
}

/* Objects of a type that it does not subscribe to. */
int act_forge_type(struct ccm_run *run)
{
    (void) run;
    begin();
    put_note(0, 0, "", "", 0);
    put_note(2, 1, "secrets", "no", 2);
    end();
}

/* Ten million lines. */
int act_forge_log(struct ccm_run *run)
{
    char *lines = malloc(20 * MILLION);
    size_t i;

    (void) run;
    for (i = 0; i < 20 * MILLION; i++)
        lines[i] = i % 2 ? '\n' : 'x';
    begin();
    put_note(0, 0, "", lines, 20 * MILLION);
    end();
}

/* What was once taken for JSON, which takes a hundred times its size. */
int act_forge_nested(struct ccm_run *run)
{
    static char brackets[60 * MILLION];

    (void) run;
    memset(brackets, '[', sizeof(brackets));
    begin();
    fwrite(brackets, sizeof(brackets), 1, out);
    head.notes_size = sizeof(brackets);
    end();
}

/* Ten million changes, each a directory of 36 bytes. */
int act_forge_changes(struct ccm_run *run)
{
    static const uint32_t words[] = {2, 0, 1, 0755, 0, 0, 2};
    int i;

    (void) run;
    begin();
    for (i = 0; i < 10 * MILLION; i++) {
        fwrite(words, sizeof(words), 1, out);
        fwrite("/d", 3, 1, out);
    }
    head.wire_size = (uint64_t) 10 * MILLION * (sizeof(words) + 3);
    put_note(0, 0, "", "", 0);
    end();
}
