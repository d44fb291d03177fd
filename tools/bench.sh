#!/bin/sh
# Measures Waihu: first the Go benchmarks of the rooms whose speed matters, then
# the goals of docs/benchmarks.md beside other ways to do the same work.
#
#	tools/bench.sh            both
#	tools/bench.sh go         the Go benchmarks alone
#	tools/bench.sh goals      the goals alone; BENCH=csv picks a part of them
#
# Needs Go and, to compare with DuckDB, a C++ linker (see bench/README.md). The
# first run fetches DuckDB. Runs some six minutes on two cores; use an idle machine.
set -eu

cd "$(dirname "$0")/.."
what=${1:-all}
go=${GO:-go}
rooms="./internal/phone ./internal/charging/deck ./internal/charging/meter ./internal/usage ./internal/usage/cdr ./internal/document"

if ! command -v "$go" >/dev/null 2>&1; then
	echo "bench.sh: there is no $go: install Go 1.26 or name it with GO=/path/to/go" >&2
	exit 1
fi
case $what in
all | go | goals) ;;
*)
	echo "usage: tools/bench.sh [go|goals]" >&2
	exit 2
	;;
esac

if [ "$what" != goals ]; then
	# shellcheck disable=SC2086 # the rooms are words on purpose
	"$go" test -run '^$' -bench . -benchmem -benchtime "${BENCHTIME:-0.5s}" $rooms
fi
if [ "$what" != go ]; then
	out=$(mktemp -d)
	trap 'rm -rf "$out"' EXIT INT TERM
	if [ "$("$go" env CGO_ENABLED)" != 1 ]; then
		echo "bench.sh: no C compiler was found: everything but the comparison with DuckDB is measured" >&2
	fi
	(cd bench && "$go" build -o "$out/bench" . && "$out/bench" -dir "$out" "${BENCH:-all}")
fi
