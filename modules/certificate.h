/* SPDX-License-Identifier: ISC */
#ifndef CCM_MODULES_CERTIFICATE_H
#define CCM_MODULES_CERTIFICATE_H

/*
 * An object of type "certificates", checked as a TLS server checks it when it
 * starts. The modules certificates and nginx both ask this, so that one does
 * not use a certificate that the other has refused.
 */

#include <ccm/module.h>

#include <openssl/ssl.h>

struct certificate {
    STACK_OF(X509) * chain; /* the server's own first */
    EVP_PKEY *key;
    char key_name[32]; /* of its PEM block */
    unsigned char *key_der;
    long key_size;
    json_t *names; /* its DNS names, in lower case */
    SSL_CTX *server;
};

/* Reads and checks an object, with a context of TLS_server_method() that may
 * serve for many. Returns false if the object is rejected. Either way, call
 * certificate_done. */
bool certificate_read(struct certificate *certificate, struct ccm_run *run,
                      const json_t *object, SSL_CTX *server);
void certificate_done(struct certificate *certificate);

/* Do these names cover this one, directly or by a wildcard? A wildcard stands
 * for exactly one label. */
bool certificate_covers(const json_t *names, const char *name);

#endif
