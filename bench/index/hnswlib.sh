# Sourced by run.sh: hnswlib's C++ headers, from the source package on PyPI.
# hnswlib_headers PYTHON DIRECTORY: fails, with a message, where it is not to be had.

hnswlib_version=0.8.0

hnswlib_headers() {
  local python=$1 out=$2 staging=$2.part
  if [[ -e $out/hnswlib-$hnswlib_version ]]; then return 0; fi
  rm -rf "$out" "$staging"
  mkdir -p "$staging"
  # pip asks the package for its name before it hands it over, which needs the modules that build it.
  if "$python" -m pip download --quiet --no-deps --no-build-isolation --no-binary hnswlib --dest "$staging" \
    "hnswlib==$hnswlib_version" >&2 && tar xzf "$staging/hnswlib-$hnswlib_version.tar.gz" -C "$staging"; then
    mv "$staging" "$out"
  else
    echo "hnswlib is left out: its package could not be got or unpacked" >&2
    return 1
  fi
}
