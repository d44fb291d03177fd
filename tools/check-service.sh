#!/usr/bin/env bash
# Runs the commands of README.md's passage on the service against a real server,
# and looks at what came of them; then the books are backed up, examined and
# moved.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
server=
cleanup() {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
fail() { echo "FAIL $*" >&2; [ -f "$work/walk.err" ] && tail -20 "$work/walk.err" >&2; exit 1; }

go build -o bin/waihu ./cmd/waihu
ln -s "$root/bin" "$work/bin"
ln -s "$root/examples" "$work/examples"
cd "$work"
export WAIHU_HTTP_LISTEN=127.0.0.1:$((20000 + RANDOM % 20000))

# The first sh block behind the heading, as it stands, on another port.
sed -n '/^## The service/,/^## /p' "$root/README.md" | sed -n '/^```sh/,/^```/p' | sed '/^```/d' >walk.sh
[ "$(wc -l <walk.sh)" -gt 20 ] || fail "README.md has no walk through the service"
sed -i "s/localhost:8420/$WAIHU_HTTP_LISTEN/" walk.sh
printf 'echo $! >server.pid\n' | sed -i '1r /dev/stdin' walk.sh
echo 'echo "company $co"' >>walk.sh
timeout 120 bash -euo pipefail walk.sh >walk.out 2>walk.err || fail "a command of README.md: $(tail -3 walk.out)"
server=$(cat server.pid)

grep -q '"number":"INV-000001"' walk.out || fail "no invoice was issued"
grep -q '"total":{"amount":"169.63","currency":"CNY"}' walk.out || fail "the invoice is not 169.63"
grep -q '"status":"paid","open":{"amount":"0.00"' walk.out || fail "the invoice is not paid"
grep -q '"added":120' walk.out || fail "the upload did not add 120 calls"
head -c5 INV-000001.pdf | grep -q '%PDF-' || fail "the PDF is none"
grep -q 'one-time password' walk.out || fail "the first operator was not told"

waihu() { "$work/bin/waihu" "$@"; }
waihu doctor --data books >doctor.out || fail "doctor: $(cat doctor.out)"
waihu backup --data books copy >/dev/null || fail "backup"
kill -TERM "$server" && tail --pid="$server" -f /dev/null
server=
waihu restore --data restored copy >/dev/null || fail "restore"
waihu doctor --data restored >doctor.out || fail "doctor of the restored books: $(cat doctor.out)"
waihu export --data restored books.zip >/dev/null || fail "export"
waihu import --data moved books.zip >/dev/null || fail "import"
waihu doctor --data moved >doctor.out || fail "doctor of the moved books: $(cat doctor.out)"
waihu export --data moved again.zip >/dev/null || fail "export again"
cmp books.zip again.zip || fail "books that were moved are not the same"
waihu export --data moved --all 2>out.txt | waihu import --data piped --all >in.txt || fail "export and import through a pipe"
grep -o 'digest [0-9a-f]*' out.txt >out.digest && grep -qFf out.digest in.txt || fail "the digest of what was piped is another"

# One company alone, into books of others.
co=$(sed -n 's/^company //p' walk.out)
waihu company leave --data moved "$co" >/dev/null || fail "closing the books of a company"
waihu export --data moved --company "$co" --move 2>left.txt | tee one.zip | waihu import --data others --move --series NEW >in.txt 2>/dev/null || fail "moving one company"
grep -o 'digest [0-9a-f]*' left.txt >out.digest && grep -qFf out.digest in.txt || fail "the digest of the company that moved is another"
for books in moved others; do waihu doctor --data $books >doctor.out || fail "doctor of $books: $(cat doctor.out)"; done
waihu import --data others --move --series NEWER one.zip >/dev/null 2>&1 && fail "a company arrived twice"
echo "service: the walk of README.md, backup, restore, export, import and the move of a company all came out right"
