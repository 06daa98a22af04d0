#!/usr/bin/env bash
# Makes a repository ready for tests/public_repositories.rs, and asks dbt Core which models it has.
#
#   prepare.sh OUT NAME CHECKOUT [PROJECT_FOLDER]
#
# CHECKOUT is a work tree as dbt Core can read it: cloned from anywhere, with its packages in place
# (`dbt deps`) where it wants any, and a profiles.yml in the project's folder or in DBT_PROFILES_DIR.
# Out come OUT/NAME.git (a bare clone; what is in the work tree and not in the last commit, such as
# installed packages, lies in one commit on top), OUT/NAME.models (one unique id a line, from `dbt ls`),
# and OUT/NAME.toml (settings of the project beyond its address). `DBT` names the dbt program.

set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
out=$(realpath "$1") name=$2 checkout=$(realpath "$3") folder=${4:-.}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cp -a "$checkout" "$scratch/tree"
cd "$scratch/tree"
(
    cd "$folder"
    DBT_SEND_ANONYMOUS_USAGE_STATS=False "${DBT:-dbt}" --no-version-check ls --resource-type model --output json \
        --output-keys unique_id --target-path "$scratch/target" --log-path "$scratch/logs" --quiet
) | sed -n 's/.*"unique_id": "\([^"]*\)".*/\1/p' | LC_ALL=C sort > "$out/$name.models"

[ -d .git ] || git init -q -b main
git add -Af .
git diff --cached --quiet || git -c user.name=Ebbtide -c user.email=ebbtide@localhost commit -q -m "As dbt Core read it"
rm -rf "${out:?}/$name.git"
git clone -q --bare . "$out/$name.git"
git -C "$out/$name.git" config uploadpack.allowFilter true
: > "$out/$name.toml"
[ "$folder" = . ] || printf 'project_path = "%s/dbt_project.yml"\n' "${folder%/}" > "$out/$name.toml"
printf '%s: %s models\n' "$name" "$(wc -l < "$out/$name.models")"
