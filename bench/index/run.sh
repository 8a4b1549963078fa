#!/usr/bin/env bash
# Builds, installs the peers and races; arguments go to race.py (--help lists them), but for these two:
#   --glass DIR        a clone of pyglass, --symphonyqg DIR   a clone of RaBitQ-Library: their C++ is built and races too
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../prepare.sh"
source "$here/hnswlib.sh"

peers=()
configure=()
arguments=()
while (($#)); do
  case $1 in
    --glass) configure+=("-DSEMEME_BENCH_GLASS=$(realpath "$2")") peers+=(glass_peer) && shift 2 ;;
    --symphonyqg) configure+=("-DSEMEME_BENCH_SYMPHONYQG=$(realpath "$2")") peers+=(symphonyqg_peer) && shift 2 ;;
    *) arguments+=("$1") && shift ;;
  esac
done

python_environment venv-index "$here/requirements.txt"
if hnswlib_headers "$python" "$root/build/bench/hnswlib"; then
  configure+=("-DSEMEME_BENCH_HNSWLIB=$root/build/bench/hnswlib/hnswlib-$hnswlib_version")
  peers+=(hnswlib_peer)
fi
build_program sememe_program sememe
if ((${#configure[@]})); then cmake -S "$root" -B "$root/build/bench/cmake" "${configure[@]}" >&2; fi
for peer in "${peers[@]}"; do cmake --build "$root/build/bench/cmake" --target "$peer" >&2; done
export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec "$python" "$here/race.py" --sememe "$program" --programs "$root/build/bench/cmake/bench" "${arguments[@]}"
