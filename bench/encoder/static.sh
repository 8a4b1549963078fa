#!/usr/bin/env bash
# Builds, installs model2vec and races static models; arguments go to static_race.py (--help lists them).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../prepare.sh"
build_program static_race bench/static_race
python_environment venv-static "$here/static_requirements.txt"
exec "$python" "$here/static_race.py" --program "$program" "$@"
