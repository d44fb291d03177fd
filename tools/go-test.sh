#!/usr/bin/env bash
# Every Go test. Rooms that begin goroutines or guard something against them run
# under the race detector. In all others it has nothing to find and makes
# everything five times slower; so it does with a dozen
# long tests that others of their room go beside, which are left out the first time
# and run last, without it.
#
# The engine of SQLite is C in the form of Go. All it reads and writes is memory it
# maps by itself, which the detector leaves out of account, so that to instrument it
# finds nothing and makes it seven times slower. What hands it our values, the driver, stays
# under the detector. internal/api is one large function for each operation: not to inline
# in it makes its compiling a third shorter. The full go vet has been made by make lint.
#
# Rooms that place calls wait for sound most of the time. They run beside all others, which
# stand behind them (nice): no core is idle, and a call has one when its 20 ms are over.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}
long='^Test(Ahead|Bound|BoundOfRanges|BoundOfOwnPeriods|AgainIsANewComparison|OrderAndSeedNeverShow|EveryMonthIsItsBill|FiveThousandLines|ManyAgentsAtOnce|BudgetsAndGoals|HostileInput|DescribedTeam|AYearIsTold|CrashAtEveryStep|PowerCut|EverySchemaSurvivesPowerCuts|DiskFull)$'

racing=() plain=() calling=()
while read -r room folder; do
	if ! grep -qsE '\.Go\(|^\s*go (func|[a-z])|"sync(/atomic)?"' "$folder"/*.go; then
		plain+=("$room")
	elif [[ $room =~ /internal/(cli|robot|sim|telephone|voice)(/|$) ]]; then
		calling+=("$room")
	else
		racing+=("$room")
	fi
done < <("$GO" list -f '{{.ImportPath}} {{.Dir}}' ./...)
if ((${#racing[@]} == 0 || ${#plain[@]} == 0 || ${#calling[@]} == 0)); then
	echo "tools/go-test.sh: ${#racing[@]} rooms with goroutines, ${#plain[@]} without and ${#calling[@]} that place calls were found; some of each were expected" >&2
	exit 1
fi

all=(test -vet=off -shuffle=on -timeout 12m)
race=("${all[@]}" -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false -gcflags=waihu/internal/api=-l -skip "$long")
said=$(mktemp) seen=$(mktemp)
set -m # what runs beside has a group of its own, which ends as a whole
"$GO" "${race[@]}" "${calling[@]}" >"$said" 2>&1 &
calls=$!
set +m
trap 'kill -INT -- "-$calls" 2>/dev/null || true; cat "$said"; rm -f "$said" "$seen"' EXIT

behind=(nice -n 10 "$GO")
"${behind[@]}" "${all[@]}" "${plain[@]}"
"${behind[@]}" "${race[@]}" "${racing[@]}"
"${behind[@]}" "${all[@]}" -v -run "$long" ./internal/{app,charging/compare,console,demo,document,floor,store/sqlite} | tee "$seen"
ran=$(grep -c '^--- PASS' "$seen" || true)
if [ "$ran" -ne "$(tr '|' '\n' <<<"$long" | wc -l)" ]; then
	echo "tools/go-test.sh: $ran of the long tests ran: a name above is no test any more" >&2
	exit 1
fi
ended=0
wait "$calls" || ended=$?
exit "$ended"
