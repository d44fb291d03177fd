#!/bin/sh
# Plants one fault after another in the books, each by a change of one line, and
# expects the tests to find it. Nothing in the tree is changed: the compiler is
# given the faulty file in its place. Prints what was found, and fails if a fault
# survived or its line is not there any more.
#
#   tools/planted-books.sh [word]     only faults whose file or name has the word
set -eu
cd "$(dirname "$0")/.."
GO=${GO:-go}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')
found=0 bad=0
while IFS="$tab" read -r name file from to package tests; do
	case $name in '' | '#'*) continue ;; esac
	case "$name $file" in *"${1:-}"*) ;; *) continue ;; esac
	count=$(grep -cF -- "$from" "$file" || true)
	if [ "$count" != 1 ]; then
		echo "GONE      $name: \"$from\" is in $file $count times"
		bad=$((bad + 1))
		continue
	fi
	FROM=$from TO=$to awk 'BEGIN { f = ENVIRON["FROM"]; t = ENVIRON["TO"] } { if (i = index($0, f)) $0 = substr($0, 1, i - 1) t substr($0, i + length(f)); print }' "$file" >"$work/faulty.go"
	printf '{"Replace": {"%s": "%s"}}\n' "$PWD/$file" "$work/faulty.go" >"$work/overlay.json"
	if ! $GO vet -overlay "$work/overlay.json" "./$(dirname "$file")" >"$work/vet" 2>&1; then
		echo "BROKEN    $name: the fault does not compile"
		head -3 "$work/vet"
		bad=$((bad + 1))
	elif $GO test -overlay "$work/overlay.json" -failfast -run "$tests" "$package" >"$work/out" 2>&1; then
		echo "SURVIVED  $name"
		bad=$((bad + 1))
	else
		echo "found     $name: $(grep -m1 -- '--- FAIL' "$work/out" | sed 's/ *--- FAIL: //; s/ (.*//')"
		found=$((found + 1))
	fi
done <tools/planted-books.tsv
echo "$found faults found, $bad not"
[ "$bad" = 0 ]
