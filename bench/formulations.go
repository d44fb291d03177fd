package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"waihu/internal/charging/deck"
)

// formulation is one way to get the totals in SQL. A whole one also makes the
// checks Waihu makes of every record; the others read four columns and skip the
// rest.
type formulation struct {
	name, query string
	whole       bool
}

// ranked is what one way cost.
type ranked struct {
	name  string
	whole bool
	cost
}

// questions are all the ways tried.
func (w *workload) questions() []formulation {
	steps := matchings(lengths(w.entries))
	var out []formulation
	for _, m := range steps {
		out = append(out, formulation{"totals only, " + m.name, "WITH calls AS (SELECT " + called + w.file() + " WHERE " + talked + ")" + m.query + summed, false})
	}
	for _, m := range steps[:3] { // the fastest ones
		out = append(out, formulation{"same checks, " + m.name, "WITH records AS MATERIALIZED (SELECT " + checkedColumns + w.file() + "), calls AS (SELECT " + called +
			" FROM records WHERE " + talked + ")" + m.query + ", totals AS (" + summed + "), found AS (SELECT " + checks + " FROM records) SELECT totals.* FROM totals, found WHERE " + nothingOdd, true})
	}
	return out
}

// file is the CSV as DuckDB reads it, with nothing left to find out.
func (w *workload) file() string {
	names := []string{"accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
		"answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield"}
	types := map[string]string{"start": "TIMESTAMP", "answer": "TIMESTAMP", "end": "TIMESTAMP", "duration": "INTEGER", "billsec": "INTEGER"}
	var columns []string
	for _, n := range names {
		columns = append(columns, fmt.Sprintf("'%s': '%s'", n, cmp.Or(types[n], "VARCHAR")))
	}
	return fmt.Sprintf(` FROM read_csv('%s', header=false, auto_detect=false, delim=',', quote='"', escape='"', columns={%s})`,
		strings.ReplaceAll(w.path, "'", "''"), strings.Join(columns, ", "))
}

const (
	called = `CASE WHEN starts_with(dst, '00') THEN substr(dst, 3) ELSE '86' || dst END AS number, billsec`
	talked = `disposition = 'ANSWERED' AND billsec > 0 AND start >= TIMESTAMP '` + first + `' AND start < TIMESTAMP '` + after + `'`
	summed = `
SELECT count(price), count(*) - count(price), coalesce(sum(CASE WHEN price IS NOT NULL THEN billed END), 0)::BIGINT,
  coalesce(sum(price * billed), 0)::HUGEINT FROM rated`

	// What Waihu reads of a record, and what it looks at in each.
	checkedColumns = `accountcode, src, dst, channel, dstchannel, start, answer, "end", duration, billsec, disposition, uniqueid`
	checks         = `count(*) AS rows, min(start), max(start), count(*) FILTER (uniqueid = '') AS c1, count(*) FILTER (start < TIMESTAMP '1990-01-01') AS c2,
  count(*) FILTER ("end" < start) AS c3, count(*) FILTER (duration < 0 OR billsec < 0) AS c4, count(*) FILTER (answer < start OR answer > "end") AS c5,
  count(*) FILTER (billsec > duration) AS c6, count(*) FILTER (abs(epoch("end") - epoch(answer) - billsec) > 2 AND disposition = 'ANSWERED') AS c7,
  count(*) FILTER (billsec > 43200) AS c8, count(*) FILTER (billsec > 0 AND disposition <> 'ANSWERED') AS c9,
  count(*) FILTER (disposition NOT IN ('ANSWERED', 'NO ANSWER', 'BUSY', 'FAILED', 'CONGESTION')) AS c10,
  count(*) FILTER (length(dst) > 6) AS outbound, max(accountcode), max(src), max(channel), max(dstchannel)`
	nothingOdd = `rows > 0 AND c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 = 0`
)

// rated joins calls with their rate: from is what gives billsec and the deck's
// columns, NULL where there is no prefix.
func rated(from string) string {
	return fmt.Sprintf(`, rated AS (
  SELECT price, CASE WHEN billsec <= first THEN first ELSE first + (billsec - first + next - 1) // next * next END AS billed FROM %s)`, from)
}

// matchings are the ways to find the longest prefix in a deck with prefixes of
// these lengths, the longest first. Each goes on from calls(number, billsec) and
// ends with rated(price, billed).
func matchings(lengths []int) []formulation {
	longest := lengths[0]
	return []formulation{
		{"a join for each length over distinct heads", heads(longest) + rated("calls JOIN (SELECT head, found.id FROM "+
			byLength("heads", "head", lengths)+fmt.Sprintf(") h ON h.head = left(number, %d) LEFT JOIN deck ON deck.id = h.id", longest)), false},
		{"a join for each length", rated(byLength("calls", "number", lengths) + " LEFT JOIN deck ON deck.id = found.id"), false},
		{"heads of every length, the longest kept", heads(longest) + fmt.Sprintf(`, tries AS (
  SELECT head, unnest(%s) AS n FROM heads), hits AS (
  SELECT tries.head, arg_max(deck.id, deck.digits) AS id FROM tries JOIN deck ON deck.prefix = left(tries.head, n) GROUP BY tries.head)`, list(lengths)) +
			rated(fmt.Sprintf("calls LEFT JOIN hits ON hits.head = left(number, %d) LEFT JOIN deck ON deck.id = hits.id", longest)), false},
		{"calls of every length, the longest kept", fmt.Sprintf(`, numbered AS MATERIALIZED (SELECT row_number() OVER () AS call, number, billsec FROM calls), tries AS (
  SELECT call, number, unnest(%s) AS n FROM numbered), hits AS (
  SELECT call, arg_max(deck.id, deck.digits) AS id FROM tries JOIN deck ON deck.prefix = left(number, n) GROUP BY call)`, list(lengths)) +
			rated("numbered LEFT JOIN hits USING (call) LEFT JOIN deck ON deck.id = hits.id"), false},
		{"ASOF join on stretches of numbers", rated(`(SELECT rpad(number, 15, '0')::BIGINT AS padded, billsec FROM calls) c
  ASOF LEFT JOIN spans ON c.padded >= spans.padded LEFT JOIN deck ON deck.id = spans.id`), false},
		{"ASOF join over distinct heads", heads(longest) + rated(fmt.Sprintf(`calls JOIN (SELECT head, spans.id
    FROM (SELECT head, rpad(head, 15, '0')::BIGINT AS padded FROM heads) c ASOF LEFT JOIN spans ON c.padded >= spans.padded) h
  ON h.head = left(number, %d) LEFT JOIN deck ON deck.id = h.id`, longest)), false},
	}
}

// lengths are those of the prefixes in the deck, the longest first.
func lengths(entries []deck.Entry) []int {
	var out []int
	for _, e := range entries {
		if !slices.Contains(out, len(e.Prefix)) {
			out = append(out, len(e.Prefix))
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// heads are the different beginnings of the numbers, as long as the longest prefix.
func heads(longest int) string {
	return fmt.Sprintf(", heads AS (SELECT DISTINCT left(number, %d) AS head FROM calls)", longest)
}

// byLength finds the id of the longest prefix by a hash join for each length.
func byLength(table, column string, lengths []int) string {
	var joins, ids []string
	for _, n := range lengths {
		ids = append(ids, fmt.Sprintf("d%d.id", n))
		joins = append(joins, fmt.Sprintf("LEFT JOIN (SELECT id, prefix FROM deck WHERE digits = %d) d%d ON d%d.prefix = left(%s, %d)", n, n, n, column, n))
	}
	return fmt.Sprintf("(SELECT %s.*, coalesce(%s) AS id FROM %s %s) found", table, strings.Join(ids, ", "), table, strings.Join(joins, " "))
}

func list(lengths []int) string {
	return strings.ReplaceAll(fmt.Sprint(lengths), " ", ", ")
}

// span is a stretch of numbers padded to 15 digits, up to the next one, that
// belong to a row of the deck; -1: to none.
type span struct {
	from int64
	row  int
}

// flat cuts the prefixes, which cover each other, into disjoint stretches.
func flat(entries []deck.Entry) []span {
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(entries[a].Prefix, entries[b].Prefix) })
	out := []span{{0, -1}}
	put := func(from int64, row int) {
		if last := &out[len(out)-1]; last.from == from {
			last.row = row
		} else {
			out = append(out, span{from, row})
		}
	}
	var open []int
	leave := func(before int64) {
		for len(open) > 0 {
			_, end := bounds(entries[open[len(open)-1]].Prefix)
			if end > before {
				return
			}
			open = open[:len(open)-1]
			row := -1
			if len(open) > 0 {
				row = open[len(open)-1]
			}
			put(end, row)
		}
	}
	for _, i := range order {
		from, _ := bounds(entries[i].Prefix)
		leave(from)
		put(from, i)
		open = append(open, i)
	}
	leave(1e15)
	return out
}

// bounds are the padded numbers that begin with a prefix: from, and up to end.
func bounds(prefix string) (from, end int64) {
	width := int64(1)
	for i := 0; i < 15; i++ {
		digit := byte('0')
		if i < len(prefix) {
			digit = prefix[i]
		} else {
			width *= 10
		}
		from = from*10 + int64(digit-'0')
	}
	return from, from + width
}
