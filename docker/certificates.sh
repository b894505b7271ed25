#!/usr/bin/env bash
# Certificates of the house's own authority, with openssl alone.
#   certificates.sh web NAME          TLS of the web, for the proxy (or put your own tls.crt and tls.key into secrets/)
#   certificates.sh db                TLS of PostgreSQL, for the door of analysts
#   certificates.sh analyst sql_NAME  a certificate that lets that SQL login through the door, for 90 days
# The authority's key lies in authority/: carry the folder out of the house once the certificates are made.
set -euo pipefail
umask 077
cd "$(dirname "$0")"
mkdir -p secrets authority analysts

authority() {
    [ -s "authority/$1.key" ] && return
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 3650 -subj "/CN=sitereg $1" \
        -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign \
        -keyout "authority/$1.key" -out "authority/$1.crt" 2> /dev/null
}

# signed AUTHORITY NAME FILES DAYS USAGE: FILES.key and FILES.crt in the name NAME
signed() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -subj "/CN=$2" -keyout "$3.key" -out "$3.csr" 2> /dev/null
    printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\nsubjectAltName=DNS:%s\n' \
        "$5" "$2" > "$3.ext"
    openssl x509 -req -in "$3.csr" -CA "authority/$1.crt" -CAkey "authority/$1.key" -CAcreateserial -sha256 -days "$4" \
        -extfile "$3.ext" -out "$3.crt" 2> /dev/null
    rm "$3.csr" "$3.ext"
}

case "${1:-}" in
    web)
        authority house
        signed house "${2:?the name of the web, such as sites.example.org}" secrets/tls 825 serverAuth
        cp authority/house.crt house.crt
        chmod 444 secrets/tls.* house.crt
        echo "secrets/tls.crt, tls.key; give house.crt to the browsers that shall believe it" ;;
    db)
        authority house
        authority analysts
        signed house db secrets/db 825 serverAuth
        cp authority/analysts.crt secrets/analysts.crt
        chmod 444 secrets/db.crt secrets/analysts.crt
        chmod 400 secrets/db.key
        # 999: PostgreSQL's user in its image
        chown 999:999 secrets/db.key 2> /dev/null || echo "as root: chown 999:999 $PWD/secrets/db.key" >&2
        echo "secrets/db.crt, db.key, analysts.crt" ;;
    analyst)
        [[ "${2:-}" =~ ^sql_[a-z][a-z0-9_]{0,50}$ ]] || { echo "name the SQL login, such as sql_maria" >&2; exit 1; }
        authority analysts
        signed analysts "$2" "analysts/$2" 90 clientAuth
        cp authority/house.crt analysts/house.crt
        echo "analysts/$2.crt, $2.key: hand them over in person, with house.crt (sslrootcert)" ;;
    *) sed -n 2,6p "$0" >&2; exit 1 ;;
esac
