/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_CTL_CTL_FAKE_H
#define CCM_T_UNIT_CTL_CTL_FAKE_H

/* A daemon made of canned answers, and ccmctl run against it. */

#define OK(result) "{\"ok\":true,\"result\":" result "}\n"
#define FLAG                                                                   \
    "{\"kind\":\"failed\",\"node\":\"web2\",\"configuration\":\"crontab\","    \
    "\"revision\":7,\"error\":\"bad\\u001b[2J\\nline\",\"at\":\"noon\"}"

/* One connection: what is written to the descriptor, and the answer. A list
 * of them ends with a NULL answer. */
struct exchange {
    const char *payload;
    const char *answer;
};

#define EXCHANGES(...) ((const struct exchange[]){__VA_ARGS__, {NULL, NULL}})

/* The test's folder and the socket in it; what ccmctl printed last. */
extern char fake_directory[];
extern char *fake_socket;
extern char fake_out[65536], fake_err[65536];

/* For cmocka_run_group_tests. */
int fake_setup(void **state);
int fake_teardown(void **state);

/* Runs "ccmctl --socket PATH" with the words of a line; "_" is a blank.
 * Returns the exit status. */
int fake_ccmctl(const char *line);

/* Runs it against exchanges and asserts the exit status.
 * Returns new (freed with free): the requests, a line each. */
char *fake_ccmctl_with(const struct exchange *exchanges, const char *line,
                       int status);

#endif
