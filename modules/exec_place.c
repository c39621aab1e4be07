/* SPDX-License-Identifier: ISC */
/*
 * Finds the place of a value in JSON text. The parser reports places only for
 * syntax errors, so for a value that is wrong in another way the text is walked
 * again. It is known to be JSON by then, so only its end is checked here.
 */
#include "exec.h"

#include <string.h>

static void place_step(const char *text, struct exec_place *place)
{
    unsigned char byte = (unsigned char) text[place->offset];

    if (byte == '\0')
        return;
    place->offset++;
    if (byte == '\n') {
        place->line++;
        place->column = 1;
    } else if ((text[place->offset] & 0xc0) != 0x80) {
        place->column++;
    }
}

static void place_skip_blank(const char *text, struct exec_place *place)
{
    while (text[place->offset] && strchr(" \t\r\n", text[place->offset]))
        place_step(text, place);
}

static void place_skip_string(const char *text, struct exec_place *place)
{
    place_step(text, place);
    while (text[place->offset] && text[place->offset] != '"') {
        if (text[place->offset] == '\\')
            place_step(text, place);
        place_step(text, place);
    }
    place_step(text, place);
}

/* Moves to the byte after the value. */
static void place_skip_value(const char *text, struct exec_place *place)
{
    size_t depth = 0;

    do {
        char byte = text[place->offset];

        if (byte == '"') {
            place_skip_string(text, place);
            continue;
        }
        if (byte == '[' || byte == '{')
            depth++;
        else if (byte == ']' || byte == '}')
            depth--;
        place_step(text, place);
        if (depth == 0 && !strchr("[]{}\"", byte))
            while (text[place->offset] &&
                   !strchr(",]} \t\r\n", text[place->offset]))
                place_step(text, place);
    } while (depth > 0 && text[place->offset]);
}

void exec_place_begin(const char *text, struct exec_place *place)
{
    *place = (struct exec_place){.line = 1, .column = 1};
    place_skip_blank(text, place);
}

/* Moves after the comma; false at the end of the array or object. */
static bool place_more(const char *text, struct exec_place *place)
{
    place_skip_blank(text, place);
    if (text[place->offset] != ',')
        return false;
    place_step(text, place);
    place_skip_blank(text, place);
    return true;
}

bool exec_place_member(const char *text, const char *key,
                       struct exec_place *place)
{
    struct exec_place at = *place;
    size_t size = strlen(key);

    if (text[at.offset] != '{')
        return false;
    place_step(text, &at);
    place_skip_blank(text, &at);
    while (text[at.offset] == '"') {
        const char *name = text + at.offset + 1;
        bool found = strncmp(name, key, size) == 0 && name[size] == '"';

        place_skip_string(text, &at);
        place_skip_blank(text, &at);
        place_step(text, &at); /* the colon */
        place_skip_blank(text, &at);
        if (found) {
            *place = at;
            return true;
        }
        place_skip_value(text, &at);
        if (!place_more(text, &at))
            return false;
    }
    return false;
}

bool exec_place_first(const char *text, struct exec_place *place)
{
    struct exec_place at = *place;

    if (text[at.offset] != '[')
        return false;
    place_step(text, &at);
    place_skip_blank(text, &at);
    if (text[at.offset] == ']')
        return false;
    *place = at;
    return true;
}

bool exec_place_next(const char *text, struct exec_place *place)
{
    struct exec_place at = *place;

    place_skip_value(text, &at);
    if (!place_more(text, &at))
        return false;
    *place = at;
    return true;
}
