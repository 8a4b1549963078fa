# Sourced by the run.sh scripts: builds one program and makes a private Python environment, both under build/bench/.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# build_program TARGET FILE: the path of the program stands in $program.
build_program() {
  cmake -S "$root" -B "$root/build/bench/cmake" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DSEMEME_BUILD_TESTS=OFF -DSEMEME_BUILD_BENCH=ON >&2
  cmake --build "$root/build/bench/cmake" --target "$1" >&2
  program=$root/build/bench/cmake/$2
}

# python_environment NAME REQUIREMENTS: its interpreter stands in $python.
python_environment() {
  local directory=$root/build/bench/$1
  python=$directory/bin/python
  if ! cmp -s "$2" "$directory/installed.txt"; then
    "${PYTHON:-python3}" -m venv "$directory"
    "$python" -m pip install --quiet --requirement "$2" >&2
    cp "$2" "$directory/installed.txt"
  fi
}
