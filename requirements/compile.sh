#!/usr/bin/env bash
# Locks what pyproject.toml asks for: exact versions and hashes, for every platform, naming no package host.
# `requirements/compile.sh --upgrade` takes the newest versions that pyproject.toml allows.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # lock NAME ARGUMENT…: write requirements/NAME.txt
    local name=$1
    shift
    uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
        --custom-compile-command "make lock" --output-file "requirements/$name.txt" "$@"
}

# The largest first: each smaller lock takes its versions from it.
lock check pyproject.toml --group check "${@}"
for group in test build; do
    lock "$group" pyproject.toml --group "$group" --constraints requirements/check.txt
done
lock runtime pyproject.toml --constraints requirements/check.txt
lock pictures pyproject.toml --group pictures --constraints requirements/check.txt
# Programs that run beside ours, each in an environment of its own: they share nothing with the locks above.
lock mlflow --group mlflow "${@}"
lock phoenix --group phoenix "${@}"
