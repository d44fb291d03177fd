#!/usr/bin/env bash
# Plants one fault after another, each by a change of one place, and expects the
# tests to find it. Nothing in the tree is changed: the compiler is given the faulty
# file in its place. Prints what was found and by which package, and fails if a
# fault survived, does not compile, or its place is not there any more.
#
#   tools/planted.sh [words]     only faults whose name or file has the words
set -euo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found=0 bad=0

# Rooms in which the charging wing is tested, those that answer fastest first.
wing="money exact usage charging/deck charging/wallet charging/contract charging/catalog charging/rating charging/meter charging/invoice app charging/cases cli"

failed() {
  echo "$1" >&2
  bad=$((bad + 1))
}

while IFS=$'\t' read -r name file from to packages tests <&3; do
  case $name in '' | '#'*) continue ;; esac
  case "$name $file" in *"${1:-}"*) ;; *) continue ;; esac
  if ! FROM=$from TO=$to perl -0pe '$n = s/\Q$ENV{FROM}\E/$ENV{TO}/g; END { exit($n == 1 ? 0 : 1) }' "$file" >"$work/faulty.go"; then
    failed "GONE      $name: \"$from\" does not stand in $file exactly once"
    continue
  fi
  printf '{"Replace": {"%s": "%s"}}\n' "$PWD/$file" "$work/faulty.go" >"$work/overlay.json"
  if ! "$go" build -overlay "$work/overlay.json" "./$(dirname "$file")" >"$work/out" 2>&1; then
    failed "BROKEN    $name: the fault does not compile: $(head -2 "$work/out" | tail -1)"
    continue
  fi
  if [ "$packages" = wing ]; then
    packages=./$(dirname "$file")
    for room in $wing; do packages="$packages ./internal/$room"; done
  fi
  by=
  for package in $packages; do
    if ! "$go" test -overlay "$work/overlay.json" -failfast -run "$tests" "$package" >"$work/out" 2>&1; then
      by=$package
      break
    fi
  done
  if [ -z "$by" ]; then
    failed "SURVIVED  $name"
    continue
  fi
  found=$((found + 1))
  printf 'found     %-52s by %s: %s\n' "$name" "$by" "$(grep -m1 -e '--- FAIL' "$work/out" | sed 's/ *--- FAIL: //; s/ (.*//' || true)"
done 3<tools/planted.tsv
echo "$found faults found, $bad not"
[ "$bad" = 0 ]
