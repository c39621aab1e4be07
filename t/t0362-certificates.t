#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The certificates module: what it writes is what openssl verifies and what a
# TLS server serves.
# shellcheck source=t/e2e/module.sh
. "${srcdir:-.}/t/e2e/module.sh"

pem=$web/etc/ccm/certificates
module_make certificates \
    'services={ nginx = { reload = ["/bin/true"]; check = ["/bin/true"]; }; }'
node_use web1 certificates.conf 'module = "certificates";'
mkdir -p "$web/etc/ccm" "$scratch/ca" && cd "$scratch/ca" || exit 1

# authority NAME [ISSUER]: NAME.pem and NAME.key, able to issue.
authority() {
    local by=()
    [ -z "${2-}" ] || by=(-CA "$2.pem" -CAkey "$2.key")
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 30 \
        -addext basicConstraints=critical,CA:TRUE "${by[@]}" 2>/dev/null
}

# issue NAME ISSUER ALTERNATIVE-NAMES [OPTION]...
issue() {
    local subject=$1 issuer=$2 alternatives=$3
    shift 3
    [ $# -gt 0 ] || set -- -newkey ec -pkeyopt ec_paramgen_curve:P-256
    openssl req -x509 -nodes -keyout "$subject.key" -out "$subject.pem" \
        -subj "/CN=$subject" -days 90 -addext "subjectAltName=$alternatives" \
        -addext basicConstraints=critical,CA:FALSE \
        -CA "$issuer.pem" -CAkey "$issuer.key" "$@" 2>/dev/null
}

# certificate ID NAME [CERTIFICATE CHAIN KEY [MORE FIELDS]]
certificate() {
    jq -nc --argjson id "$1" --arg main_common_name "$2" \
        --rawfile certificate "${3-$2.pem}" --rawfile ca_chain "${4-chain}" \
        --rawfile private_key "${5-$2.key}" \
        "{\$id, \$main_common_name, common_names: [], \$certificate,
          \$ca_chain, \$private_key} + {${6-}}"
}

authority root
authority middle root
authority other
cat middle.pem >chain
: >none
issue one.example middle "DNS:one.example,DNS:www.one.example,DNS:*.w.example"
issue two.example middle "DNS:two.example" -newkey rsa:2048
issue weak.example middle "DNS:weak.example" -newkey rsa:1024
issue self.example root "DNS:self.example"
# A key as openssl ecparam writes it: two blocks.
{
    openssl ecparam -name prime256v1
    openssl ec -in one.example.key
} >old.key 2>/dev/null
openssl req -x509 -key old.key -out old.example.pem -subj /CN=old -days 90 \
    -addext subjectAltName=DNS:old.example -addext \
    basicConstraints=critical,CA:FALSE -CA middle.pem -CAkey middle.key
cp old.key old.example.key

# --- what is good
{
    certificate 1 one.example
    certificate 2 two.example two.example.pem <(cat middle.pem root.pem)
    certificate 3 self.example self.example.pem none
    certificate 4 one.example one.example.pem chain one.example.key \
        '"common_names": ["www.one.example", "*.w.example", "A.w.example"]'
    certificate 5 old.example
    certificate 6 two.example two.example.pem chain \
        <(openssl rsa -traditional -in two.example.key 2>/dev/null)
} | objects certificates
check "the certificates are applied" apply
check_is "no object is rejected" "" "$(rejected)"
check_is "each has two files" \
    "$(echo {1..6}.{key,pem})" "$(files_in "$pem")"
check_is "only root reads the key" 600 "$(stat -c %a "$pem/1.key")"
check_is "everybody may read the certificate" 644 "$(stat -c %a "$pem/1.pem")"
check "openssl verifies it with the chain of the file" \
    openssl verify -CAfile root.pem -untrusted "$pem/1.pem" "$pem/1.pem"
check_is "the key is the certificate's" \
    "$(openssl x509 -in "$pem/2.pem" -noout -pubkey)" \
    "$(openssl pkey -in "$pem/2.key" -pubout)"
check_is "a chain of two stays a chain of two" 3 \
    "$(grep -c BEGIN "$pem/2.pem")"
check_is "keys are not in the preview" 0 \
    "$(rm -r "$pem" && runner plan | grep -c 'PRIVATE KEY')"
check "they come back" apply

# --- a handshake
s_server_ready() {
    : 2>/dev/null <"/dev/tcp/127.0.0.1/$port"
}
for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    launch TERM "$scratch/server.log" openssl s_server -accept "$port" -quiet \
        -cert "$pem/1.pem" -cert_chain "$pem/1.pem" -key "$pem/1.key"
    server=$launched
    wait_until eval 's_server_ready || ! kill -0 $server' && s_server_ready &&
        break
done
check "a client that knows the root only shakes hands" \
    openssl s_client -connect "127.0.0.1:$port" -servername one.example \
    -CAfile root.pem -verify_hostname www.one.example -verify_return_error \
    -brief </dev/null
kill "$server"

# --- what would stop a server, or warn visitors
before=$(md5sum "$pem"/1.*)
{
    certificate 1 one.example one.example.pem chain two.example.key
    certificate 2 weak.example
    certificate 3 two.example two.example.pem <(cat root.pem middle.pem)
    certificate 4 one.example one.example.pem other.pem
    certificate 5 three.example one.example.pem chain one.example.key
    certificate 6 one.example one.example.pem chain one.example.key \
        '"common_names": ["www.one.example", "evil.example"]'
    certificate 7 one.example none chain one.example.key
    certificate 8 one.example <(cat one.example.pem two.example.pem) chain \
        one.example.key
    certificate 9 one.example <(sed 's/^M/~/' one.example.pem) chain \
        one.example.key
    certificate 10 one.example one.example.pem <(echo "-----BEGIN") \
        <(openssl pkey -in one.example.key -aes128 -passout pass:x)
    certificate 11 one.example one.example.pem <(cat one.example.key) \
        one.example.key
    certificate 12 one.example one.example.pem chain none
    certificate 13 one.example one.example.pem chain one.example.key \
        '"certificate": 5'
    certificate 14 one.example one.example.pem chain one.example.key \
        '"common_names": [7]'
    certificate 15 one.example one.example.pem chain one.example.key \
        '"common_names": ["a.b.w.example"]'
    certificate 16 one.example <(head -c 70000 /dev/zero | tr '\0' x) chain \
        one.example.key
    certificate 17 two.example two.example.pem chain \
        <(sed 's/ PRIVATE/ EC PRIVATE/' two.example.key)
    certificate 20 two.example
} | objects certificates
check "bad certificates do not stop the good one" apply
check_is "each of the bad ones is rejected" \
    "$(echo certificates/{1..17})" "$(names_of_rejected)"
while IFS='|' read -r id says; do
    check_says "certificate $id: $says" "^certificates/$id: .*$says" \
        "$(rejected)"
done <<'END_OF_TABLE'
1|private_key: it does not belong to the certificate
2|certificate: a server refuses it: .*too small
3|ca_chain: certificate 1 has not issued the certificate
4|ca_chain: certificate 1 has not issued
5|main_common_name: the certificate is not made for it
6|common_names: .*name 2
7|certificate: expected one certificate
8|certificate: expected one certificate
9|certificate: expected one certificate
10|private_key: .*not encrypted
11|ca_chain: expected
12|private_key: expected
13|certificate
14|common_names
15|common_names: .*name 1
16|certificate: more than
17|private_key: expected
END_OF_TABLE
check_is "the files of a rejected certificate stay" "$before" \
    "$(md5sum "$pem"/1.*)"
check_is "the good one is there" 1 "$(grep -c BEGIN "$pem/20.key")"

# --- text around the blocks stays behind
certificate 1 one.example <(
    echo 'ssl_certificate /etc/passwd; # "'
    cat one.example.pem
    printf '}\nuser root;'
) | objects certificates
check "text around a certificate" apply
check_is "is not written" 0 "$(grep -cE 'passwd|user' "$pem/1.pem")"
check_is "files of certificates that are gone are gone" "1.key 1.pem" \
    "$(files_in "$pem")"

# --- expiry
issue soon.example middle "DNS:soon.example" -newkey ec \
    -pkeyopt ec_paramgen_curve:P-256 -days 3
certificate 1 soon.example | objects certificates
check "a certificate that expires soon is applied" apply
check_says "and named in the log" \
    'certificates/1: soon.example expires in [23] days' \
    "$(cat "$scratch/log")"

# --- settings
while IFS='|' read -r settings says; do
    node_use web1 certificates.conf 'module = "certificates";' \
        "settings = { $settings };"
    check_status "refused: $settings" 1 runner describe
    check_says "with a reason" "$says" "$output"
done <<'END_OF_TABLE'
directory = "certificates";|directory
directory = "/etc/%s";|directory
services = "nginx";|services
services = (7);|services
warn_days = "soon";|warn_days
END_OF_TABLE
done_testing
