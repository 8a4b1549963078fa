# Sourced by run.sh: llama.cpp as node-llama-cpp ships it on npm, prebuilt for every level of x86-64,
# with the sources of the same release (for its headers and its converter to GGUF).
# llama_cpp DIRECTORY: fails, with a message, where npm, git or the packages are not to be had.

llama_cpp_version=3.22.1

llama_cpp() {
  local out=$1 stamp=$1/version.txt staging=$1.part
  if [[ -e $stamp && $(< "$stamp") == "$llama_cpp_version" ]]; then return 0; fi
  if [[ $(uname -sm) != "Linux x86_64" ]]; then
    echo "llama.cpp is left out: its package here is the one of Linux on x86-64" >&2
    return 1
  fi
  local tool
  for tool in npm git; do
    command -v "$tool" > /dev/null || { echo "llama.cpp is left out: it needs $tool" >&2; return 1; }
  done
  echo "getting llama.cpp (node-llama-cpp $llama_cpp_version from npm)" >&2
  rm -rf "$out" "$staging"
  mkdir -p "$staging"
  if _llama_cpp_unpack "$staging"; then
    echo "$llama_cpp_version" > "$staging/version.txt"
    mv "$staging" "$out"
  else
    echo "llama.cpp is left out: its packages could not be got or unpacked" >&2
    return 1
  fi
}

# Two packages: the programs, and the release's sources as a git bundle.
_llama_cpp_unpack() (
  cd "$1" || return 1
  npm pack --silent "@node-llama-cpp/linux-x64@$llama_cpp_version" "node-llama-cpp@$llama_cpp_version" >&2 &&
    tar xzf "node-llama-cpp-linux-x64-$llama_cpp_version.tgz" &&
    mv package/bins/linux-x64 lib && rm -r package &&
    tar xzf "node-llama-cpp-$llama_cpp_version.tgz" package/llama/gitRelease.bundle &&
    git -c advice.detachedHead=false clone --quiet package/llama/gitRelease.bundle source &&
    rm -r package ./*.tgz
)
