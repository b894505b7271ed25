#!/usr/bin/env bash
# Writes requirements.lock from requirements.in: versions and hashes for every platform, no host names.
# Versions already locked stay; `bash scripts/lock.sh --upgrade` takes newer ones.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.venv/bin/python -m venv "$scratch/venv"
"$scratch/venv/bin/pip" --disable-pip-version-check install --quiet uv
"$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links "$@" requirements.in --output-file requirements.lock
if grep -nE '://|--index|--find-links' requirements.lock; then
    echo "requirements.lock names a host" >&2
    exit 1
fi
