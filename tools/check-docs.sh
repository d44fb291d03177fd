#!/usr/bin/env bash
# Runs every sh block of the manual (docs/guide/en) and of README.md, in order, in
# an empty folder that has the examples; check-service.sh runs README.md's walk
# through the service.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o bin/waihu ./cmd/waihu
export PATH="$root/bin:$PATH"
blocks() { sed -n '/^```sh$/,/^```$/p' "$1" | sed '/^```/d'; }
run=0
for page in "$root"/docs/guide/en/*.md; do
  dir="$work/$(basename "$page" .md)"
  mkdir "$dir"
  ln -s "$root/examples" "$dir/examples"
  blocks "$page" >"$dir/blocks.sh"
  [ -s "$dir/blocks.sh" ] || continue
  (cd "$dir" && timeout 300 bash -euo pipefail blocks.sh >out.txt 2>err.txt) || { echo "FAIL $page: $(tail -3 "$dir/err.txt")" >&2; exit 1; }
  run=$((run + $(grep -c . "$dir/blocks.sh")))
done

# README.md without its walk through the service. Exit codes 3 and 4 are answers.
mkdir "$work/readme"
cd "$work/readme"
ln -s "$root/examples" examples
ln -s "$root/bin" bin
sed '/^## The service/,/^## /{/^```sh$/,/^```$/d}' "$root/README.md" >README.md
blocks README.md | sed -e :a -e '/\\$/{N;s/\\\n//;ta' -e '}' >lines.txt
while IFS= read -r line; do
  case "$line" in '' | 'go build '*) continue ;; esac
  code=0
  timeout 300 bash -euo pipefail -c "$line" </dev/null >out.txt 2>err.txt || code=$?
  case "$code" in 0 | 3 | 4) run=$((run + 1)) ;; *) echo "FAIL README.md (exit $code): $line: $(tail -3 err.txt)" >&2; exit 1 ;; esac
done <lines.txt
echo "docs: $run lines of README.md and the manual did what they say"
