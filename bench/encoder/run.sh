#!/usr/bin/env bash
# Builds, installs the peers and races; arguments go to race.py (--help lists them).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../prepare.sh"
source "$here/llama.sh"
build_program encoder_race bench/encoder_race
python_environment venv-encoder "$here/requirements.txt"
llama=()
if llama_cpp "$root/build/bench/llama.cpp"; then
  cmake -S "$root" -B "$root/build/bench/cmake" -DSEMEME_BENCH_LLAMA_CPP="$root/build/bench/llama.cpp" >&2
  build_program llama_peer bench/llama_peer
  llama=(--llama-cpp "$root/build/bench/llama.cpp")
fi
exec "$python" "$here/race.py" --programs "$(dirname "$program")" "${llama[@]}" "$@"
