#!/usr/bin/env bash
# Fuzzes every parser for FUZZTIME each (default 30 s). Findings are kept under testdata/fuzz of the package.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${FUZZTIME:-30s}
grep -rl --include='*_test.go' 'func Fuzz' internal | while read -r file; do
  pkg=./$(dirname "$file")
  grep -o 'func Fuzz[A-Za-z0-9_]*' "$file" | sed 's/func //' | while read -r name; do
    echo "== $pkg $name"
    go test "$pkg" -run '^$' -fuzz "^$name\$" -fuzztime "$time"
  done
done
