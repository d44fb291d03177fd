#!/usr/bin/env bash
# Bills every example, verifies every invoice, and sees that tampering is found.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o bin/waihu ./cmd/waihu
waihu=$PWD/bin/waihu
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL $*" >&2; }

for dir in examples/*/; do
  name=$(basename "$dir")
  case "$name" in market | formats | service | leads | dialogue) continue ;; esac
  plan="$dir"plan.yaml
  [ -f "$dir"contract.yaml ] && plan="$dir"contract.yaml
  out="$work/$name"
  files=("$dir"usage/*)
  code=0
  "$waihu" bill "$plan" "${files[@]}" --period 2026-03 --out "$out" >"$out.txt" 2>"$out.err" || code=$?
  if [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; then
    bad "bill $name (exit $code): $(tail -3 "$out.err")"
    continue
  fi
  if "$waihu" verify "$out/invoice.json" --plan "$plan" "$out/facts.jsonl" >"$out.verify" 2>&1; then ok; else bad "verify $name: $(cat "$out.verify")"; fi
  if "$waihu" verify "$out/invoice.json" --plan "$plan" "${files[@]}" >"$out.verify" 2>&1; then ok; else bad "verify $name from the records: $(cat "$out.verify")"; fi
  # Tampering with the amounts must be found by the comparison (exit code 4), not
  # by the file being no invoice any more.
  sed 's/"amount": "\([0-9]*\)[0-9]\.\([0-9][0-9]\)"/"amount": "\19.\2"/' "$out/invoice.json" >"$out/tampered.json"
  if cmp -s "$out/invoice.json" "$out/tampered.json"; then bad "the tampering of $name changed nothing"; fi
  code=0
  "$waihu" verify "$out/tampered.json" --plan "$plan" "$out/facts.jsonl" >"$out.verify" 2>&1 || code=$?
  if [ "$code" -eq 4 ]; then ok; else bad "verify of a tampered $name (exit $code): $(cat "$out.verify")"; fi
  for tag in en zh-Hant zh-Hans; do
    if "$waihu" plan explain "$plan" --lang $tag >"$out.explain.$tag" 2>/dev/null && [ -s "$out.explain.$tag" ]; then ok; else bad "explain $name in $tag"; fi
  done
done

# A file of each record format: billed, and verified from the facts and from the file.
for file in examples/formats/usage/* examples/formats/mapped/*.csv; do
  name=$(basename "$file")
  out="$work/formats-$name" extra=()
  [ "$(dirname "$file")" = examples/formats/mapped ] && extra=(--mapping examples/formats/mapped/mapping.yaml)
  if "$waihu" bill examples/formats/plan.yaml "$file" --period 2026 "${extra[@]}" --save "$out.json" --facts "$out.jsonl" >"$out.txt" 2>&1 &&
    "$waihu" verify "$out.json" --plan examples/formats/plan.yaml "$out.jsonl" >"$out.verify" 2>&1 &&
    "$waihu" verify "$out.json" --plan examples/formats/plan.yaml "$file" "${extra[@]}" >>"$out.verify" 2>&1; then ok; else bad "format $name: $(tail -3 "$out.txt"; cat "$out.verify" 2>/dev/null)"; fi
done

# The audit of the example finds its errors in every language, and its own right invoice to be right.
for tag in en zh-Hant zh-Hans; do
  code=0
  "$waihu" audit examples/audit/vendor/bill.csv examples/audit/usage/* --contract examples/audit/contract.yaml --mapping examples/audit/vendor/mapping.yaml \
    --calls examples/audit/vendor/calls.csv --period 2026-03 --date 2026-04-10 --lang $tag --letter "$work/letter.$tag.pdf" --evidence "$work/calls.$tag.xlsx" >"$work/audit.$tag" 2>&1 || code=$?
  if [ "$code" -eq 4 ] && grep -q 634.18 "$work/audit.$tag" && [ -s "$work/letter.$tag.pdf" ] && [ -s "$work/calls.$tag.xlsx" ]; then ok; else bad "audit in $tag (exit $code): $(tail -3 "$work/audit.$tag")"; fi
  code=0
  "$waihu" contract check examples/audit/offered/contract.yaml --date 2026-06-01 --lang $tag >"$work/clauses.$tag" 2>&1 || code=$?
  if [ "$code" -eq 3 ] && grep -q 21,888.00 "$work/clauses.$tag"; then ok; else bad "contract check in $tag (exit $code)"; fi
done
if "$waihu" audit "$work/sales-floor/invoice.json" examples/sales-floor/usage/* --contract examples/sales-floor/contract.yaml --period 2026-03 >"$work/audit.own" 2>&1; then ok; else bad "audit of a right invoice: $(tail -3 "$work/audit.own")"; fi

for plan in examples/market/*.yaml; do
  case "$plan" in *.offer.yaml)
    if "$waihu" offer check "$plan" >"$work/check" 2>&1; then ok; else bad "check $plan: $(cat "$work/check")"; fi
    for tag in en zh-Hant zh-Hans; do
      if "$waihu" offer explain "$plan" --lang $tag >"$work/check" 2>/dev/null && [ -s "$work/check" ]; then ok; else bad "explain $plan in $tag"; fi
    done
    continue ;;
  esac
  if "$waihu" plan check "$plan" >"$work/check" 2>&1; then ok; else bad "check $plan: $(cat "$work/check")"; fi
done

# The same usage, and a described one, under every offer of the market.
rates=(--currency USD --rates CNY=0.14@2026-11-01 --rates EUR=1.1@2026-11-01 --rates INR=0.012@2026-11-01)
for tag in en zh-Hant zh-Hans; do
  if "$waihu" compare examples/sales-floor/usage/* --offers examples/market "${rates[@]}" --lang $tag >"$work/compare" 2>"$work/compare.err" && [ -s "$work/compare" ]; then ok; else bad "compare in $tag: $(tail -3 "$work/compare.err")"; fi
done
if "$waihu" compare --profile examples/profile.yaml --offers examples/market "${rates[@]}" >"$work/compare" 2>"$work/compare.err" && [ -s "$work/compare" ]; then ok; else bad "compare the profile: $(tail -3 "$work/compare.err")"; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
