/* SPDX-License-Identifier: ISC */
/*
 * Two PEM files a certificate: ID.pem with the certificate and its chain, for
 * all to read, and ID.key for root alone. They are written from the decoded
 * data, so any other text in the objects is left out.
 *
 * The names are the objects' ids, because names of certificates change and
 * contain wildcards. Nothing else may be in the directory. The services that
 * read the files are in the settings.
 */
#include "certificate.h"

#include <openssl/pem.h>
#include <string.h>
#include <time.h>

#define DAY_S (24 * 60 * 60)

struct certificates {
    struct ccm_run *run;
    const char *directory;
    const json_t *services;
    int64_t warn_days;
    SSL_CTX *server;
};

static FILE *certificates_file(const struct certificates *set,
                               const json_t *object, const char *suffix,
                               bool secret)
{
    char format[256];

    snprintf(format, sizeof(format), "%s/%%lld.%s", set->directory, suffix);
    return ccm_file(
        set->run,
        &(struct ccm_file){
            .path = ccm_path(set->run, format,
                             (long long) ccm_integer(set->run, object, "id")),
            .mode = secret ? 0600 : 0644,
            .object = object,
            .sensitive = secret});
}

/* The stream is the host's and need not have a descriptor, so libcrypto
 * writes to memory. */
static void certificates_copy(BIO *bio, FILE *out)
{
    char *text;
    long size = BIO_get_mem_data(bio, &text);

    fwrite(text, 1, (size_t) size, out);
    BIO_free(bio);
}

static void certificates_write(const struct certificates *set,
                               const json_t *object,
                               const struct certificate *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    int i;

    for (i = 0; i < sk_X509_num(certificate->chain); i++)
        PEM_write_bio_X509(bio, sk_X509_value(certificate->chain, i));
    certificates_copy(bio, certificates_file(set, object, "pem", false));
    bio = BIO_new(BIO_s_secmem());
    PEM_write_bio(bio, certificate->key_name, "", certificate->key_der,
                  certificate->key_size);
    certificates_copy(bio, certificates_file(set, object, "key", true));
}

/* For people only: the plan does not depend on the date. */
static void certificates_warn(const struct certificates *set,
                              const json_t *object,
                              const struct certificate *certificate)
{
    const ASN1_TIME *end =
        X509_get0_notAfter(sk_X509_value(certificate->chain, 0));
    long long id = ccm_integer(set->run, object, "id");
    int days = 0, seconds = 0;
    const char *name = ccm_string(set->run, object, "main_common_name");

    if (!ASN1_TIME_diff(&days, &seconds, NULL, end))
        return;
    if (days < 0 || seconds < 0)
        ccm_log(set->run, "certificates/%lld: %s expired %d days ago; renew it",
                id, name, -days);
    else if (days < set->warn_days)
        ccm_log(set->run, "certificates/%lld: %s expires in %d days; renew it",
                id, name, days);
}

static void certificates_one(const struct certificates *set,
                             const json_t *object)
{
    struct certificate certificate;

    if (certificate_read(&certificate, set->run, object, set->server)) {
        certificates_write(set, object, &certificate);
        certificates_warn(set, object, &certificate);
    } else { /* declared anyway, so that the old files stay */
        certificates_file(set, object, "pem", false);
        certificates_file(set, object, "key", true);
    }
    certificate_done(&certificate);
}

static int certificates_check_services(const struct certificates *set)
{
    const json_t *service;
    size_t i;

    json_array_foreach (set->services, i, service)
        if (!json_is_string(service))
            return ccm_fail(set->run, "setting services: expected names of "
                                      "services such as \"nginx\"");
    return 0;
}

static int certificates_read_settings(struct certificates *set,
                                      struct ccm_run *run)
{
    const json_t *settings = ccm_settings(run);

    *set = (struct certificates){.run = run};
    set->directory =
        ccm_string_or(run, settings, "directory", "/etc/ccm/certificates");
    set->warn_days = ccm_integer_or(run, settings, "warn_days", 14);
    set->services = json_object_get(settings, "services")
                        ? ccm_array(run, settings, "services")
                        : NULL;
    if (set->directory[0] != '/' || strchr(set->directory, '%') ||
        strlen(set->directory) > 200)
        return ccm_fail(run, "setting directory: expected an absolute path");
    return certificates_check_services(set);
}

static int certificates_check(struct ccm_run *run)
{
    struct certificates set;

    return certificates_read_settings(&set, run);
}

static void certificates_tell(const struct certificates *set)
{
    const json_t *service;
    size_t i;

    if (!set->services)
        ccm_service(set->run,
                    &(struct ccm_service){.name = "nginx", .any = true});
    json_array_foreach (set->services, i, service)
        ccm_service(set->run,
                    &(struct ccm_service){.name = json_string_value(service),
                                          .any = true});
}

static int certificates_plan(struct ccm_run *run)
{
    struct certificates set;
    const json_t *object;
    size_t i;

    if (certificates_read_settings(&set, run) < 0)
        return -1;
    set.server = SSL_CTX_new(TLS_server_method());
    ccm_directory(run, &(struct ccm_directory){.path = set.directory});
    json_array_foreach (ccm_objects(run, "certificates"), i, object)
        certificates_one(&set, object);
    ccm_exclusive(run, &(struct ccm_exclusive){.path = set.directory});
    certificates_tell(&set);
    SSL_CTX_free(set.server);
    return 0;
}

CCM_MODULE(.name = "certificates", .version = "1.0",
           .summary = "PEM files from the certificates of the cluster",
           .subscribes = CCM_LIST("certificates"), .check = certificates_check,
           .plan = certificates_plan);
