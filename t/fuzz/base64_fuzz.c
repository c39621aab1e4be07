/* SPDX-License-Identifier: ISC */
/* Base64: what is decoded is encoded the same, and the other way round. */
#include "fuzz.h"

#include "base/util.h"
#include "etcd/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_buf struct buf text = BUF_INIT, again = BUF_INIT;
    char *untouched = (char *) &text, *bytes = untouched;
    size_t n = 4711;

    if (base64_decode((const char *) data, size, &bytes, &n) == 0) {
        fuzz_check(bytes[n] == '\0');
        base64_encode(&text, bytes, n);
        fuzz_check(text.size == size);
        fuzz_check(size == 0 || memcmp(text.data, data, size) == 0);
        free(bytes);
    } else {
        fuzz_check(bytes == untouched && n == 4711);
    }
    base64_encode(&again, data, size);
    fuzz_check(base64_decode(buf_text(&again), again.size, &bytes, &n) == 0);
    fuzz_check(n == size && (n == 0 || memcmp(bytes, data, n) == 0));
    free(bytes);
    return 0;
}
