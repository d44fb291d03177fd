#!/usr/bin/env bash
# Takes the pictures of README.md out of the demo, into docs/pictures. Needs Node,
# Chromium and playwright-core: in browser/node_modules, or in the folder that
# PLAYWRIGHT names.
set -euo pipefail
cd "$(dirname "$0")/.."
listen=${DEMO:-127.0.0.1:$((20000 + RANDOM % 20000))}
for dir in "${PLAYWRIGHT:-}" browser/node_modules node_modules; do
  [ -n "$dir" ] && [ -d "$dir/playwright-core" ] && break
done
[ -d "$dir/playwright-core" ] || { echo "playwright-core was not found: npm install --prefix browser playwright-core, or PLAYWRIGHT=FOLDER" >&2; exit 1; }
work=$(mktemp -d)
demo=
cleanup() {
  [ -n "$demo" ] && kill -INT "$demo" 2>/dev/null && wait "$demo" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
go build -o "$work/waihu" ./cmd/waihu
"$work/waihu" demo --listen "$listen" >"$work/demo.txt" 2>&1 &
demo=$!
for _ in $(seq 300); do grep -q 'waihu serves' "$work/demo.txt" && break; sleep 0.2; done
grep -q 'waihu serves' "$work/demo.txt" || { cat "$work/demo.txt" >&2; exit 1; }
node tools/pictures.mjs "$(cd "$dir" && pwd)" "http://localhost:${listen##*:}" docs/pictures
for picture in docs/pictures/*.png; do
  size=$(stat -c %s "$picture")
  echo "$picture $size"
  [ "$size" -lt 150000 ] || { echo "$picture is larger than 150 KB" >&2; exit 1; }
done
