/* SPDX-License-Identifier: ISC */
/*
 * Checks whether a TLS server can start with a certificate.
 *
 * A certificate that does not match its key, or whose key is too short, stops
 * the whole web server. So the checks are made by libssl, as in the server.
 * The order of the chain and the names are checked, too: they do not prevent
 * the start, but visitors would see a warning.
 *
 * The clock is not used: a plan depends only on its objects, otherwise two
 * nodes would differ.
 */
#include "certificate.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

#define PEM_SIZE_MAX (64 * 1024)
#define CHAIN_MAX 10

/* Reads one block of a PEM text. Returns 1, 0 at the end, -1 if it is
 * malformed. */
static int certificate_next_block(BIO *bio, char **name, unsigned char **data,
                                  long *size)
{
    char *header = NULL;
    int r = 1;

    if (!PEM_read_bio(bio, name, &header, data, size)) {
        unsigned long error = ERR_peek_last_error();

        ERR_clear_error();
        return ERR_GET_REASON(error) == PEM_R_NO_START_LINE ? 0 : -1;
    }
    if (*header) { /* it says how the block is encrypted */
        OPENSSL_free(*name);
        OPENSSL_free(*data);
        *data = NULL;
        r = -1;
    }
    OPENSSL_free(header);
    return r;
}

static X509 *certificate_decode(const unsigned char *data, long size)
{
    const unsigned char *end = data;
    X509 *x509 = d2i_X509(NULL, &end, size);

    if (x509 && end == data + size)
        return x509;
    X509_free(x509);
    return NULL;
}

/* Adds the certificates in a PEM text to the chain. Returns their number, or
 * -1. */
static int certificate_add(STACK_OF(X509) * chain, const char *text)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    unsigned char *data;
    int count = 0, r;
    char *name;
    long size;

    while ((r = certificate_next_block(bio, &name, &data, &size)) == 1) {
        X509 *x509 = strcmp(name, PEM_STRING_X509) == 0
                         ? certificate_decode(data, size)
                         : NULL;

        OPENSSL_free(name);
        OPENSSL_free(data);
        if (!x509 || !sk_X509_push(chain, x509) || ++count > CHAIN_MAX) {
            r = -1;
            break;
        }
    }
    BIO_free(bio);
    return r < 0 ? -1 : count;
}

/* Only the name of a block determines how it is decoded, as in servers. */
static EVP_PKEY *certificate_decode_key(const char *name,
                                        const unsigned char *data, long size)
{
    const unsigned char *end = data;
    PKCS8_PRIV_KEY_INFO *info;
    EVP_PKEY *key = NULL;

    if (strcmp(name, PEM_STRING_RSA) == 0)
        key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &end, size);
    else if (strcmp(name, PEM_STRING_ECPRIVATEKEY) == 0)
        key = d2i_PrivateKey(EVP_PKEY_EC, NULL, &end, size);
    else if (strcmp(name, PEM_STRING_PKCS8INF) == 0 &&
             (info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &end, size)) != NULL) {
        key = EVP_PKCS82PKEY(info);
        PKCS8_PRIV_KEY_INFO_free(info);
    }
    if (key && end == data + size)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

/* The first private key in a PEM text; a curve's parameters may precede it. */
static void certificate_read_key(struct certificate *certificate,
                                 const char *text)
{
    struct certificate *c = certificate;
    BIO *bio = BIO_new_mem_buf(text, -1);
    char *name;

    while (certificate_next_block(bio, &name, &c->key_der, &c->key_size) == 1) {
        c->key = certificate_decode_key(name, c->key_der, c->key_size);
        snprintf(c->key_name, sizeof(c->key_name), "%s", name);
        if (c->key || strcmp(name, PEM_STRING_ECPARAMETERS) != 0) {
            OPENSSL_free(name);
            break;
        }
        OPENSSL_free(name);
        OPENSSL_free(c->key_der);
        c->key_der = NULL;
    }
    BIO_free(bio);
    ERR_clear_error();
}

static const char *certificate_text(struct ccm_run *run, const json_t *object,
                                    const char *field)
{
    const char *text = strcmp(field, "ca_chain") == 0
                           ? ccm_string_or(run, object, field, "")
                           : ccm_string(run, object, field);

    if (strlen(text) <= PEM_SIZE_MAX)
        return text;
    ccm_reject(run, object, "%s: more than %d bytes", field, PEM_SIZE_MAX);
    return "";
}

static void certificate_read_pem(struct certificate *certificate,
                                 struct ccm_run *run, const json_t *object)
{
    const char *leaf = certificate_text(run, object, "certificate");
    const char *chain = certificate_text(run, object, "ca_chain");
    const char *key = certificate_text(run, object, "private_key");

    if (ccm_rejected(run, object))
        return;
    if (certificate_add(certificate->chain, leaf) != 1)
        ccm_reject(run, object,
                   "certificate: expected one certificate in "
                   "PEM form");
    else if (certificate_add(certificate->chain, chain) < 0)
        ccm_reject(run, object,
                   "ca_chain: expected up to %d certificates in "
                   "PEM form",
                   CHAIN_MAX);
    certificate_read_key(certificate, key);
    if (!certificate->key)
        ccm_reject(run, object,
                   "private_key: expected one private key in PEM "
                   "form, not encrypted");
}

/* Checks that each certificate of the chain has issued the one before it. */
static void certificate_check_chain(const struct certificate *certificate,
                                    struct ccm_run *run, const json_t *object)
{
    int i;

    for (i = 1; i < sk_X509_num(certificate->chain); i++) {
        X509 *issuer = sk_X509_value(certificate->chain, i);
        X509 *issued = sk_X509_value(certificate->chain, i - 1);

        if (X509_check_issued(issuer, issued) == X509_V_OK &&
            X509_verify(issued, X509_get0_pubkey(issuer)) == 1)
            continue;
        ccm_reject(run, object,
                   "ca_chain: certificate %d has not issued %s; expected the "
                   "issuer of the certificate first, then its issuer",
                   i, i == 1 ? "the certificate" : "the one before it");
        return;
    }
}

/* Asks libssl about strength, and whether key and certificate belong
 * together. */
static void certificate_check_server(const struct certificate *certificate,
                                     struct ccm_run *run, const json_t *object)
{
    SSL_CTX *server = certificate->server;
    X509 *leaf = sk_X509_value(certificate->chain, 0);
    int i, n = sk_X509_num(certificate->chain);

    ERR_clear_error();
    if (X509_check_private_key(leaf, certificate->key) != 1)
        ccm_reject(run, object,
                   "private_key: it does not belong to the certificate");
    else if (SSL_CTX_use_certificate(server, leaf) != 1 ||
             SSL_CTX_use_PrivateKey(server, certificate->key) != 1)
        ccm_reject(run, object, "certificate: a server refuses it: %s",
                   ERR_reason_error_string(ERR_peek_last_error()));
    for (i = 1; i < n && !ccm_rejected(run, object); i++)
        if (!SSL_CTX_add1_chain_cert(server,
                                     sk_X509_value(certificate->chain, i)))
            ccm_reject(run, object, "ca_chain: a server refuses it: %s",
                       ERR_reason_error_string(ERR_peek_last_error()));
    SSL_CTX_clear_chain_certs(server);
    ERR_clear_error();
}

static void certificate_add_name(json_t *names, const ASN1_IA5STRING *name)
{
    char text[256];
    int i, size = ASN1_STRING_length(name);

    if (size < 1 || size >= (int) sizeof(text))
        return;
    for (i = 0; i < size; i++)
        text[i] = (char) tolower(ASN1_STRING_get0_data(name)[i]);
    text[size] = '\0';
    if (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.*_") ==
        (size_t) size)
        json_array_append_new(names, json_string(text));
}

static void certificate_read_names(struct certificate *certificate)
{
    GENERAL_NAMES *all = X509_get_ext_d2i(sk_X509_value(certificate->chain, 0),
                                          NID_subject_alt_name, NULL, NULL);
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(all, i);

        if (name->type == GEN_DNS)
            certificate_add_name(certificate->names, name->d.dNSName);
    }
    GENERAL_NAMES_free(all);
}

bool certificate_covers(const json_t *names, const char *name)
{
    const char *rest = strchr(name, '.');
    const json_t *one;
    size_t i;

    json_array_foreach (names, i, one) {
        const char *text = json_string_value(one);

        if (strcasecmp(text, name) == 0)
            return true;
        if (strncmp(text, "*.", 2) == 0 && rest && rest != name &&
            strcasecmp(text + 1, rest) == 0)
            return true;
    }
    return false;
}

/* Checks that the names of the object are in the certificate. */
static void certificate_check_names(const struct certificate *certificate,
                                    struct ccm_run *run, const json_t *object)
{
    const char *name = ccm_line(run, object, "main_common_name");
    const json_t *names = ccm_array(run, object, "common_names"), *one;
    size_t i;

    if (!certificate_covers(certificate->names, name))
        ccm_reject(run, object,
                   "main_common_name: the certificate is not made for it");
    json_array_foreach (names, i, one)
        if (!json_is_string(one) ||
            !certificate_covers(certificate->names, json_string_value(one)))
            ccm_reject(run, object,
                       "common_names: the certificate is not made for name "
                       "%zu of them",
                       i + 1);
}

bool certificate_read(struct certificate *certificate, struct ccm_run *run,
                      const json_t *object, SSL_CTX *server)
{
    *certificate = (struct certificate){
        .chain = sk_X509_new_null(), .names = json_array(), .server = server};
    certificate_read_pem(certificate, run, object);
    if (ccm_rejected(run, object))
        return false;
    certificate_read_names(certificate);
    certificate_check_server(certificate, run, object);
    certificate_check_chain(certificate, run, object);
    certificate_check_names(certificate, run, object);
    return !ccm_rejected(run, object);
}

void certificate_done(struct certificate *certificate)
{
    sk_X509_pop_free(certificate->chain, X509_free);
    EVP_PKEY_free(certificate->key);
    OPENSSL_clear_free(certificate->key_der, (size_t) certificate->key_size);
    json_decref(certificate->names);
}
