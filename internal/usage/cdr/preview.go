package cdr

import (
	"io"
	"slices"
	"strings"
)

// Field is something a fact of a kind says, as mappings name it.
type Field struct {
	Name   string
	Need   bool // a record without it is no fact
	Course bool // it tells how a call went, which few systems do
}

// Fields are the fields of a kind in canonical order; nil: no such kind.
func Fields(kind FactKind) []Field {
	var out []Field
	for _, f := range factFields(kind) {
		course := kind == CallFact && slices.ContainsFunc(courseFields, func(c factField) bool { return c.name == f.name })
		out = append(out, Field{f.name, f.need, course})
	}
	return out
}

// Table is the beginning of separated values that no format knows: enough to
// choose the columns of a mapping by.
type Table struct {
	Separator Separator
	Encoding  string
	Rows      [][]string // at most twenty; the first may name the columns
}

// ReadTable looks at the beginning of an input as separated values. The error is
// that of Open; a table of one column is no table, and has no Rows.
func ReadTable(r io.Reader, name string) (*Table, error) {
	opened, err := Open(r, name, OpenOptions{})
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	head, err := opened.Head()
	if err != nil {
		return nil, err
	}
	sep := separatorOf(head)
	t := &Table{}
	t.Encoding, _ = opened.Encoding()
	for _, s := range Separator("").Choices() {
		if Separator(s).byte() == sep {
			t.Separator = Separator(s)
		}
	}
	if rows := sampleRows(head, sep); len(rows) > 0 && len(rows[0]) > 1 {
		for _, row := range rows {
			t.Rows = append(t.Rows, cloned(row))
		}
	}
	return t, nil
}

func cloned(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = strings.Clone(cell)
	}
	return out
}

// Header guesses whether the first row names the columns: it has no digits where
// the rows below have some.
func (t *Table) Header() bool {
	if len(t.Rows) == 0 {
		return false
	}
	for i, cell := range t.Rows[0] {
		if cell == "" || strings.ContainsAny(cell, "0123456789") && (len(t.Rows) < 2 || i >= len(t.Rows[1]) || strings.ContainsAny(t.Rows[1][i], "0123456789")) {
			return false
		}
	}
	return true
}

// column is the values of a column below the header.
func (t *Table) column(at int, header bool) (out []string) {
	rows := t.Rows
	if header {
		rows = rows[1:]
	}
	for _, row := range rows {
		if at < len(row) && row[at] != "" {
			out = append(out, row[at])
		}
	}
	return out
}

// Values are the different values of a column, at most twelve, in the order they
// come.
func (t *Table) Values(at int, header bool) (out []string) {
	for _, v := range t.column(at, header) {
		if len(out) < 12 && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// GuessColumns guesses by the names of columns which holds which field of a
// kind; columns are counted from 0.
func (t *Table) GuessColumns(kind FactKind) map[string]int {
	out := map[string]int{}
	if !t.Header() {
		return out
	}
	taken := map[int]bool{}
	for _, exactly := range []bool{true, false} { // a name that is one goes before a name that holds one
		for _, f := range factFields(kind) {
			if _, found := out[f.name]; found {
				continue
			}
			for i, head := range t.Rows[0] {
				if !taken[i] && named(f.name, head, exactly) {
					out[f.name], taken[i] = i, true
					break
				}
			}
		}
	}
	return out
}

// named tells whether a column's name is one that a field goes by.
func named(field, head string, exactly bool) bool {
	head = strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(strings.TrimSpace(head)))
	for _, word := range columnNames[field] {
		if head == word || !exactly && strings.Contains(head, word) {
			return true
		}
	}
	return false
}

// columnNames are what exporters call the fields.
var columnNames = map[string][]string{
	"id":        {"id", "call id", "uniqueid", "uuid", "通話編號", "通话编号", "流水號", "流水号", "編號", "编号"},
	"start":     {"start", "start time", "begin", "calldate", "call date", "開始時間", "开始时间", "呼叫時間", "呼叫时间", "撥打時間", "拨打时间"},
	"answer":    {"answer", "answer time", "answered at", "connect time", "接聽時間", "接听时间", "應答時間", "应答时间"},
	"end":       {"end", "end time", "hangup time", "結束時間", "结束时间", "掛斷時間", "挂断时间"},
	"talk":      {"talk", "talk time", "billsec", "billed seconds", "duration", "seconds", "通話時長", "通话时长", "通話秒數", "通话秒数", "時長", "时长"},
	"total":     {"total", "total time", "total seconds", "total duration", "總時長", "总时长"},
	"to":        {"to", "called", "callee", "destination", "dst", "number", "phone", "被叫", "被叫號碼", "被叫号码", "號碼", "号码"},
	"from":      {"from", "caller", "caller id", "src", "source number", "主叫", "主叫號碼", "主叫号码"},
	"agent":     {"agent", "user", "operator", "座席", "坐席", "工號", "工号"},
	"campaign":  {"campaign", "project", "活動", "活动", "任務", "任务"},
	"trunk":     {"trunk", "gateway", "中繼", "中继", "網關", "网关"},
	"result":    {"result", "status", "disposition", "結果", "结果", "狀態", "状态"},
	"direction": {"direction", "type", "方向"},
	"user":      {"user", "agent", "login", "座席", "坐席", "工號", "工号"},
	"state":     {"state", "status", "狀態", "状态"},
	"module":    {"module", "feature", "模組", "模块"},
	"item":      {"item", "number", "rental", "項目", "项目"},
	"kind":      {"kind", "type", "類型", "类型"},
	"quantity":  {"quantity", "count", "amount", "數量", "数量"},
	"at":        {"at", "time", "date", "時間", "时间"},
}

// TimeForms are the forms of times a page offers, the safest first: where a day
// and a month can be either, the day that comes first is the rule of most places.
func TimeForms() []string {
	return []string{"YYYY-MM-DD HH:mm:ss", "iso", "YYYY/MM/DD HH:mm:ss", "YYYY-MM-DD HH:mm", "YYYY/MM/DD HH:mm", "DD/MM/YYYY HH:mm:ss", "DD/MM/YYYY HH:mm", "MM/DD/YYYY HH:mm:ss", "MM/DD/YYYY HH:mm", "unix", "unix_ms"}
}

// GuessTimes is the form that most values of a column have, the first of those
// alike; empty: none has more than half of them.
func (t *Table) GuessTimes(at int, header bool) string {
	values := t.column(at, header)
	best, most := "", len(values)/2
	for _, form := range TimeForms() {
		layout, err := newTimeLayout(form)
		if err != nil {
			continue
		}
		clock, fits := newWallClock(nil), 0
		for _, v := range values {
			if _, _, ok := layout.read(&clock, v); ok {
				fits++
			}
		}
		if fits > most {
			best, most = form, fits
		}
	}
	return best
}

// GuessDuration is the first way durations are written that every value of a
// column has.
func (t *Table) GuessDuration(at int, header bool) DurationUnit {
	values := t.column(at, header)
	for _, unit := range []DurationUnit{Seconds, HourMinSec, MinSec} {
		all := true
		for _, v := range values {
			_, ok := unit.read(v)
			all = all && ok
		}
		if all {
			return unit
		}
	}
	return Seconds
}
