#!/usr/bin/env bash
# Builds, installs the peers and races; arguments go to race.py (--help lists them).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../prepare.sh"
build_program encoder_race bench/encoder_race
python_environment venv-encoder "$here/requirements.txt"
exec "$python" "$here/race.py" --program "$program" "$@"
