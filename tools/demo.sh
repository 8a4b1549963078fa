#!/usr/bin/env bash
# Indexes the Git manual (the text files of Debian's git-doc package, unpacked, not installed) and asks it questions.
set -euo pipefail
cd "$(dirname "$0")/.."

sememe=$PWD/build/release/sememe
manual=$PWD/build/demo/git-manual
if [[ ! -f $manual/git.txt ]]; then
  echo "== getting the Git manual (Debian's git-doc)"
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  chmod 755 "$download"
  if ! (cd "$download" && apt-get download -qq git-doc 2>/dev/null); then
    sudo=(); [[ $(id -u) -eq 0 ]] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    (cd "$download" && apt-get download -qq git-doc)
  fi
  dpkg-deb -x "$download"/git-doc_*.deb "$download/unpacked"
  mkdir -p "$manual"
  cp "$download"/unpacked/usr/share/doc/git-doc/*.txt "$manual/"
fi

echo "== sememe index build/demo/git-manual"
cd build/demo
"$sememe" index git-manual

ask() {
  printf '\n== sememe search "%s"\n\n' "$1"
  "$sememe" search -k 3 "$1"
}
ask "undo the last commit but keep my changes"
ask "find which commit introduced a bug"
ask "who last changed this line of a file"
ask "change the message of my last commit"

echo "Ask your own: cd build/demo && ../release/sememe search \"...\""
