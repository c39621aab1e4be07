/* SPDX-License-Identifier: ISC */
/*
 * libcurl, loaded when it is first called. It depends on about thirty
 * libraries, and loading them took longer than the rest of a small run. But
 * most runs of the runner use no HTTP (describe, recover, history, planning
 * from a directory). So the runner is not linked with libcurl: the functions
 * that it uses are here, under curl's own names, and pass the calls on.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The name that programs linked with libcurl load. */
#define CURL_LATE_SONAME "libcurl.so.4"

/* The macros that check the types of arguments are for callers. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

static void *curl_late_library;

static void curl_late_load(void)
{
    curl_late_library = dlopen(CURL_LATE_SONAME, RTLD_LAZY | RTLD_LOCAL);
}

/* Without the library the installation cannot work. */
static void *curl_late(const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    void *function;

    pthread_once(&once, curl_late_load);
    function = curl_late_library ? dlsym(curl_late_library, name) : NULL;
    if (function)
        return function;
    fprintf(stderr, "ccm-runner: %s: %s\n", CURL_LATE_SONAME, dlerror());
    exit(1);
}

#define CURL_LATE(function) ((__typeof__(&(function))) curl_late(#function))

CURL *curl_easy_init(void)
{
    return CURL_LATE(curl_easy_init)();
}

void curl_easy_cleanup(CURL *easy)
{
    if (easy)
        CURL_LATE(curl_easy_cleanup)(easy);
}

CURLcode curl_easy_perform(CURL *easy)
{
    return CURL_LATE(curl_easy_perform)(easy);
}

const char *curl_easy_strerror(CURLcode code)
{
    return CURL_LATE(curl_easy_strerror)(code);
}

/* The number of an option determines the type of its value. */
CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    __typeof__(&curl_easy_setopt) set = CURL_LATE(curl_easy_setopt);
    CURLcode code;
    va_list args;

    va_start(args, option);
    if (option < CURLOPTTYPE_OBJECTPOINT)
        /* NOLINTNEXTLINE(bugprone-branch-clone): the types differ. */
        code = set(easy, option, va_arg(args, long));
    else if (option < CURLOPTTYPE_FUNCTIONPOINT)
        code = set(easy, option, va_arg(args, void *));
    else if (option < CURLOPTTYPE_OFF_T)
        code = set(easy, option, va_arg(args, void (*)(void)));
    else
        code = set(easy, option, va_arg(args, curl_off_t));
    va_end(args);
    return code;
}

CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
    CURLcode code;
    va_list args;

    va_start(args, info);
    code = CURL_LATE(curl_easy_getinfo)(easy, info, va_arg(args, void *));
    va_end(args);
    return code;
}

void curl_free(void *memory)
{
    if (memory)
        CURL_LATE(curl_free)(memory);
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
    return CURL_LATE(curl_slist_append)(list, text);
}

void curl_slist_free_all(struct curl_slist *list)
{
    if (list)
        CURL_LATE(curl_slist_free_all)(list);
}

CURLU *curl_url(void)
{
    return CURL_LATE(curl_url)();
}

void curl_url_cleanup(CURLU *url)
{
    if (url)
        CURL_LATE(curl_url_cleanup)(url);
}

CURLUcode curl_url_set(CURLU *url, CURLUPart part, const char *text,
                       unsigned flags)
{
    return CURL_LATE(curl_url_set)(url, part, text, flags);
}

/* Whether url is const differs between versions of curl; the linker does not
 * mind. */
CURLUcode curl_late_url_get(const CURLU *url, CURLUPart part, char **text,
                            unsigned flags) __asm__("curl_url_get");
CURLUcode curl_late_url_get(const CURLU *url, CURLUPart part, char **text,
                            unsigned flags)
{
    return CURL_LATE(curl_url_get)((CURLU *) url, part, text, flags);
}
