#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml names, once: three passwords, the token key, certificates. Keep a copy offline.
#   secrets.sh [NAME]     NAME under which the web is reached (localhost)
# The folder is closed to others; the files in it are readable, since each container reads its own as another user (but for the
# database's TLS key, which PostgreSQL wants closed).
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
for role in sitereg_dba sr_web sr_keeper; do
    [ -s "secrets/$role.password" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "secrets/$role.password"
done
[ -s secrets/token.key ] || head -c 32 /dev/urandom > secrets/token.key
chmod 444 secrets/*.password secrets/token.key
[ -s secrets/tls.key ] || bash certificates.sh web "${1:-localhost}"
[ -s secrets/db.key ] || bash certificates.sh db
ls -l secrets
