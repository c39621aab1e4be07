/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_SOURCE_HTTP_FIXTURE_H
#define CCM_T_SOURCE_HTTP_FIXTURE_H

/* Fetching crons from a scripted API, with limits that suit a test. */

#include "http_server.h"

#include "objects/source.h"

extern char fetch_dir[];          /* a scratch folder */
extern char fetch_base[128];      /* http://127.0.0.1:PORT/api/v1 */
extern unsigned fetch_page_tries; /* of the next fetches */
extern int64_t fetch_deadline_ms; /* the same */

int fetch_setup(void **state);
int fetch_teardown(void **state);

/* Returns what source_http_fetch returns; given, out: may be NULL. */
int fetch_crons(serve_fn serve, const struct config_objects *given,
                struct objects **out, struct error *err);
/* It fails with that result, and err says that. */
void fetch_fails(serve_fn serve, int result, const char *says);

/* The number of the page that the request asks for. */
long page_of(const char *head);
/* Objects first to last as a JSON array, new. */
char *objects_text(long first, long last);
/* 250 objects in three pages. */
void serve_250(int fd, const char *head);

#endif
