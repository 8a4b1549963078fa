#!/usr/bin/env bash
# Builds, installs the peers and races; arguments go to race.py (--help lists them).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../prepare.sh"
build_program tokenizer_race bench/tokenizer_race
python_environment venv-tokenizer "$here/requirements.txt"
exec "$python" "$here/race.py" --program "$program" "$@"
