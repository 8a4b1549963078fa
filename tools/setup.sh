#!/usr/bin/env bash
# Installs the Debian packages that building, the demo and the tests need; does nothing when they are there.
set -euo pipefail

packages=(
  g++ cmake ninja-build pkg-config git ca-certificates
  libsqlite3-dev libutf8proc-dev libcmark-gfm-dev libcmark-gfm-extensions-dev
  nlohmann-json3-dev libcli11-dev libeigen3-dev libxxhash-dev libssl-dev libzstd-dev zlib1g-dev
  libgtest-dev libbenchmark-dev clang-format-19
  python3 python3-pip
)
[[ "${1:-}" == --fuzz ]] && packages+=(clang-19 libclang-rt-19-dev)
[[ "${1:-}" == --neon ]] && packages+=(g++-aarch64-linux-gnu qemu-user)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [[ "$status" == "install ok installed" ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

echo "== installing ${missing[*]}"
sudo=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || { echo "setup: expected root or sudo, to run: apt-get install ${missing[*]}" >&2; exit 1; }
  sudo=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
