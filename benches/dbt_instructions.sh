#!/bin/sh
# How many instructions the native engine needs to load and compile a generated project: a figure that does not
# depend on how fast or busy the machine is, for comparing two states of the code. Needs valgrind.
#
#     cargo build --release --bench dbt
#     benches/dbt_instructions.sh target/release/deps/dbt-HASH [MODELS]
set -eu
bench=$1
models=${2:-300}
place=$(mktemp -d)
trap 'rm -r "$place"' EXIT
"$bench" write "$place/project" "$models"
valgrind --tool=callgrind --callgrind-out-file="$place/counts" "$bench" load "$place/project" >"$place/figures" 2>"$place/said" || {
    cat "$place/said" >&2
    exit 1
}
awk -v models="$models" '/^summary:/ { printf "%d models: %d instructions, %d a model\n", models, $2, $2 / models }' "$place/counts"
