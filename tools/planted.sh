#!/usr/bin/env bash
# Plants small faults in a scratch copy of the tree, one at a time, and sees that
# some test of the charging wing finds each. A fault that no test finds, or that
# cannot be planted because the code changed, fails the check.
#   tools/planted.sh [words: only faults whose name contains them]
set -euo pipefail
cd "$(dirname "$0")/.."
only=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
tar -cf - --exclude=./.git --exclude=./out --exclude=./bin . | tar -xf - -C "$work/tree"
cd "$work/tree"
found=0 missed=0

# Rooms in which the charging wing is tested, those that answer fastest first.
wing="money exact usage charging/deck charging/wallet charging/contract charging/catalog charging/rating charging/meter charging/invoice app charging/cases cli"

# plant FILE NAME OLD NEW: OLD stands in the file exactly once. The file's own
# room is asked first.
plant() {
  local file=internal/$1 name=$2 old=$3 new=$4 room
  case "$name" in *"$only"*) ;; *) return 0 ;; esac
  cp "$file" "$work/kept"
  if ! OLD=$old NEW=$new perl -0pi -e '$n = s/\Q$ENV{OLD}\E/$ENV{NEW}/g; END { exit($n == 1 ? 0 : 1) }' "$file"; then
    echo "CANNOT PLANT  $name: \"$old\" does not stand in $file exactly once" >&2
    missed=$((missed + 1))
  elif ! go build ./internal/... 2>"$work/log"; then
    echo "DOES NOT BUILD  $name: $(head -3 "$work/log")" >&2
    missed=$((missed + 1))
  else
    local by=
    for room in $(dirname "$1") $wing; do
      if ! go test -failfast "./internal/$room" >"$work/log" 2>&1; then by=$room; break; fi
    done
    if [ -n "$by" ]; then
      found=$((found + 1)); printf 'found    %-58s by %s\n' "$name" "$by"
    else
      missed=$((missed + 1)); echo "MISSED   $name" >&2
    fi
  fi
  cp "$work/kept" "$file"
}

plant exact/number.go "half goes toward zero" 'up = half >= 0' 'up = half > 0'
plant money/amount.go "the rest of a split is lost" 'for ; left > 0; left-- {' 'for ; left > 1; left-- {'
plant usage/digest.go "a digest leaves a lane out" 'type Element [lanes]uint64' 'type Element [lanes - 1]uint64'
plant charging/deck/cost.go "a second too many in the first increment" 'if seconds <= first {' 'if seconds <= first+1 {'
plant charging/deck/cost.go "grace is open where it is closed" 'case seconds <= g:' 'case seconds < g:'
plant charging/meter/call.go "a connect fee is lost" 't.Fees += legs' 't.Fees += 0'
plant charging/meter/call.go "legs are not counted" 't.Linear += billed * legs' 't.Linear += billed'
plant charging/meter/parts.go "an increment belongs to the hour before" 'lo := max(from-first+next-1, 0) / next' 'lo := max(from-first+next, 0) / next'
plant charging/meter/tariff.go "the least specific row wins" 'if out != nil && r.keys <= out.keys {' 'if out != nil && r.keys >= out.keys {'
plant charging/meter/tariff.go "a stated fee of nothing is the component's" 'open := r.Connect == 0 && !r.ConnectFree' 'open := r.Connect == 0'
plant charging/meter/meter.go "a period has its last moment twice" 'if !m.terms.Period.Contains(c.Start) {' 'if !m.terms.Period.Contains(c.Start) && c.Start != m.terms.Period.To {'
plant charging/meter/merge.go "merging drops what was refused" 'm.refused += o.refused' 'm.refused += 0'
plant charging/meter/assigned.go "seats given back are credited at once" 'if c.SeatDecrease != catalog.CreditDays {' 'if c.SeatDecrease == catalog.AtPeriodEnd {'
plant charging/meter/assigned.go "a paid peak is paid again" 'case c.PaidPeak == catalog.EveryIncrease:' 'case c.PaidPeak != catalog.OnlyAbove:'
plant charging/meter/trial.go "calls of a trial are not counted" 'm.trial.calls++' ''
plant charging/rating/price.go "a tier bound is open" 'up == nil || q.Cmp(*up) <= 0' 'up == nil || q.Cmp(*up) < 0'
plant charging/rating/price.go "a flat fee is due a tier too early" 'return from.Less(q)' 'return from.Cmp(q) <= 0'
plant charging/rating/included.go "a package can be used the day it ends" 'on >= b.expires ||' 'on > b.expires ||'
plant charging/rating/included.go "a rollover has no cap" 'left = exact.Min(left, room[key])' 'left = exact.Max(left, exact.Zero)'
plant charging/rating/coverage.go "the first calls are not the covered ones" 'used = used.Sub(got)' 'used = used.Sub(exact.Int(int64(b.Seconds) + 1))'
plant charging/rating/rate.go "a line is not rounded" 'l.Amount, err = money.ToMinor(l.Exact, c)' 'l.Amount, err = money.Round(l.Exact, c, exact.HalfAway, 6)'
plant charging/rating/rate.go "a minimum takes the place of a dearer line" 'if l.Exact.Less(c.Minimum) && l.First < l.After {' 'if c.Minimum.Sign() > 0 && l.First < l.After {'
plant charging/rating/limits.go "a minimum spend is reached one cent early" 'if have.Cmp(want) >= 0 {' 'if have.Add(exact.Scaled(1, 2)).Cmp(want) >= 0 {'
plant charging/rating/limits.go "the dearer way is chosen on a tie" 'bestUnknown == unknown && total.Cmp(g.Options[best].Total) < 0' 'bestUnknown == unknown && total.Cmp(g.Options[best].Total) <= 0'
plant charging/rating/promises.go "what was used before the period is forgotten" 'reached := p.Reached.Add(now)' 'reached := now'
plant charging/rating/promises.go "overage begins anew every period" 'exact.Max(p.Need().Sub(p.Reached), exact.Zero)' 'exact.Max(p.Need(), exact.Zero)'
plant charging/rating/credits.go "two credits give back more than was charged" 'left[class] = left[class].Add(l.Amount.Exact())' 'left[class] = left[class].Add(exact.Zero)'
plant charging/rating/leaving.go "what was served is paid again on leaving" 'exact.Max(rest.Sub(now.cost), exact.Zero)' 'exact.Max(rest, exact.Zero)'
plant charging/rating/fees.go "a rise in advance is charged whole again" '}{{&l.Raw, before.Raw}, ' '}{'
plant charging/rating/fees.go "a rise in advance is charged in every bill" 'knownBy(own, c, r.terms.First))' 'knownBy(own, c, own.First))'
plant charging/contract/apply.go "an amendment holds a day late" 'if i == 0 || s.on <= day {' 'if i == 0 || s.on < day {'
plant charging/contract/promise.go "a commitment's year never ends" 'p.Due = t.After >= p.After' 'p.Due = t.After > p.After'
plant charging/invoice/draft.go "tax is worked out on the line below" 'amounts[i] = Taxed{Amount: l.Amount, Rate: l.TaxRate}' 'amounts[i] = Taxed{Amount: l.Amount, Rate: inv.Lines[len(inv.Lines)-1-i].TaxRate}'
plant charging/invoice/draft.go "a tax rate of the day after" 't.Plan.Tax.RateOn(l.TaxClass, l.After-1)' 't.Plan.Tax.RateOn(l.TaxClass, l.After)'
plant charging/invoice/note.go "the last credit note leaves tax behind" 'if !asked.Equal(left) {' 'if true {'
plant charging/invoice/prepaid.go "a prepayment pays more than the total" 'exact.Min(have, inv.Total.Exact())' 'exact.Max(have, inv.Total.Exact())'
plant charging/wallet/balance.go "thirty calls are placed on credit for one" 'if limit.Cmp(hold.Money) < 0 ||' 'if limit.Sign() < 0 ||'

echo "$found planted faults found, $missed missed"
[ "$missed" -eq 0 ]
