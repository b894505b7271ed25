#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml names, once: three passwords and the token key. Keep a copy offline.
# The folder is closed to others; the files in it are readable, since each container reads its own as another user.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
for role in sitereg_dba sr_web sr_keeper; do
    [ -s "secrets/$role.password" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "secrets/$role.password"
done
[ -s secrets/token.key ] || head -c 32 /dev/urandom > secrets/token.key
chmod 444 secrets/*
ls -l secrets
