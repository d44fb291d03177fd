#!/usr/bin/env bash
# Statement coverage of the charging wing, counted across the whole test suite,
# with a floor: fails where a room is below it.
#   tools/coverage.sh [floor in percent, 95 if absent]
set -euo pipefail
cd "$(dirname "$0")/.."
floor=${1:-95}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rooms="money exact charging/ledger charging/life charging/budget charging/dunning charging/service charging/fx charging/catalog charging/contract charging/meter charging/rating charging/invoice charging/wallet"
packages=$(for room in $rooms; do printf ',waihu/internal/%s' "$room"; done)
go test -count=1 -coverpkg="${packages#,}" -coverprofile="$work/profile" ./internal/... >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
# A block is in the profile once for each test binary: it is covered if any of them ran it.
awk -v rooms="$rooms" -v floor="$floor" '
  FNR > 1 {
    split($1, place, ":"); room = place[1]; sub(/^waihu\/internal\//, "", room); sub(/\/[^\/]*$/, "", room)
    size[$1] = $2; of[$1] = room; if ($3 > 0) ran[$1] = 1
  }
  END {
    for (block in size) { all[of[block]] += size[block]; if (block in ran) done[of[block]] += size[block] }
    n = split(rooms, order, " "); low = 0
    for (i = 1; i <= n; i++) {
      share = all[order[i]] ? 100 * done[order[i]] / all[order[i]] : 0
      if (share < floor) low++
      printf "%-20s %6.1f %% of %d statements%s\n", order[i], share, all[order[i]], share < floor ? "   below the floor of " floor " %" : ""
    }
    exit low > 0
  }' "$work/profile" || { echo "coverage is below $floor %" >&2; exit 1; }
