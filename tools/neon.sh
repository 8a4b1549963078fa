#!/usr/bin/env bash
# tools/neon.sh [MODULE...]: builds modules (base, kernels, model) for 64-bit Arm with Debian's cross-compiler and runs
# their tests under QEMU, the kernels on processors without and with the dot product and matrix extensions.
#
# The Arm libraries are unpacked under build/neon/sysroot; nothing but the compiler and QEMU is installed. The
# tests that compare bits with committed ones (model) hold the vectors of this tier against those of x86-64.
set -euo pipefail
cd "$(dirname "$0")/.."
modules=("$@"); [[ $# -gt 0 ]] || modules=(base kernels model)
if [[ $(uname -m) == aarch64 ]]; then
  echo "neon: this machine has NEON itself; make test runs its tests" >&2
  exit 0
fi
tools/setup.sh --neon

work=$PWD/build/neon
packages=(
  libsqlite3-dev libutf8proc-dev libcmark-gfm-dev libcmark-gfm-extensions-dev
  nlohmann-json3-dev libcli11-dev libeigen3-dev libxxhash-dev libssl-dev libzstd-dev zlib1g-dev libgtest-dev
)
if [[ $(cat "$work/sysroot/packages" 2>/dev/null) != "${packages[*]}" ]]; then
  echo "== getting ${packages[*]} for arm64"
  rm -rf "$work/sysroot" "$work/apt"
  mkdir -p "$work/sysroot" "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/apt/packages"
  touch "$work/apt/status"
  # A package system of its own, with this machine's sources.
  apt=(apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$work/apt"
    -o Dir::State::status="$work/apt/status" -o Dir::Cache="$work/apt/cache" -o Acquire::Languages=none
    -o APT::Sandbox::User="$(id -un)")
  "${apt[@]}" update
  (cd "$work/apt/packages" && "${apt[@]}" download "${packages[@]}")
  for package in "$work"/apt/packages/*.deb; do dpkg-deb -x "$package" "$work/sysroot"; done
  echo "${packages[*]}" >"$work/sysroot/packages"
fi

mkdir -p "$work/tmp"
export TEST_TMPDIR=$work/tmp/
cmake --preset neon >"$work/configure.log" 2>&1 || { cat "$work/configure.log" >&2; exit 1; }
echo "== building build/neon: ${modules[*]}"
cmake --build --preset neon --target "${modules[@]/%/_test}"

run() {
  local cpu=$1 module=$2 filter=$3
  echo "== $module on $cpu"
  local log=$work/$module-$cpu.log
  if ! (cd "$work" && qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu "$cpu" "src/$module/${module}_test" \
    --gtest_brief=1 --gtest_filter="$filter") >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
  tail -1 "$log"
}
for module in "${modules[@]}"; do
  run max "$module" '*'
done
if [[ " ${modules[*]} " == *" kernels "* ]]; then
  run cortex-a72 kernels '*Quantized*:*Neon*:*Dot*:*Nibble*'   # neither extension
  run neoverse-n1 kernels '*Quantized*:*Neon*:*Dot*:*Nibble*'  # the dot product
fi
