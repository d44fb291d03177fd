package leadfile

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/sheet"
	"waihu/internal/timex"
)

// Options are how rows become leads.
type Options struct {
	Zone    *time.Location // of dates that name none; nil: UTC
	Consent lead.Consent   // of leads whose row says nothing
}

// Row is one row below the header: a lead without identifiers, or why it is none.
type Row struct {
	Line  int      // of the file, from 1
	Cells []string // as they stand
	Lead  lead.Lead
	Why   *fault.Problem // nil: it is a lead
	Flaw  *fault.Problem // it is a lead, and something of the row was left out
}

// Reader reads leads out of a list.
type Reader struct {
	table   sheet.Table
	name    string
	m       Mapping
	opt     Options
	header  []string
	columns []column
	line    int
	zones   map[string]bool // names that were looked up
}

type column struct {
	at     int
	field  string
	custom string
}

// maxZones bounds what is remembered of zones' names.
const maxZones = 1000

// Open begins to read. Columns the mapping names must be there.
func Open(src sheet.Source, m Mapping, opt Options) (_ *Reader, err error) {
	if err := m.Problems().Err(); err != nil {
		return nil, err
	}
	t, err := sheet.Open(src, m.Sheet)
	if err != nil {
		return nil, err
	}
	r := &Reader{table: t, name: src.Name, m: m, opt: opt, zones: map[string]bool{}}
	if r.opt.Zone == nil {
		r.opt.Zone = time.UTC
	}
	if err := r.begin(); err != nil {
		t.Close()
		return nil, err
	}
	return r, nil
}

func (r *Reader) begin() error {
	if !r.m.NoHeader {
		for len(r.header) == 0 {
			cells, _, err := r.table.Next()
			if errors.Is(err, io.EOF) {
				return fault.Problem{File: r.name, What: "the list has no header", Expected: "the names of the columns"}
			}
			if err != nil {
				return err
			}
			if !blank(cells) {
				r.header = cells
			}
		}
	}
	var missing []string
	for _, c := range r.m.Columns {
		at := position(c.Of)
		if !r.m.NoHeader {
			at = find(r.header, c.Of)
		}
		if c.Field == Ignored {
			continue
		}
		if at < 0 {
			missing = append(missing, c.Of)
			continue
		}
		custom, _ := strings.CutPrefix(c.Field, customOf)
		r.columns = append(r.columns, column{at, c.Field, custom})
	}
	if len(missing) > 0 {
		return fault.Problem{File: r.name, Path: "columns", Value: strings.Join(missing, ", "), What: "columns of the mapping are not in the list", Expected: "a list with the header the mapping was made for",
			Fix: "choose another mapping, or have it guessed anew"}
	}
	return nil
}

// Header are the names of the columns, nil where there are none.
func (r *Reader) Header() []string { return r.header }

// Close frees what reading holds.
func (r *Reader) Close() { r.table.Close() }

// Next is the next row that is not blank; io.EOF after the last. Another error
// ends the reading: the file is damaged from there on.
func (r *Reader) Next() (Row, error) {
	for { // ends with the file
		cells, line, err := r.table.Next()
		if err != nil {
			return Row{}, err
		}
		if blank(cells) {
			continue
		}
		row := Row{Line: line, Cells: cells}
		r.fill(&row)
		return row, nil
	}
}

// fill makes the lead of a row.
func (r *Reader) fill(row *Row) {
	l := &row.Lead
	l.State, l.Consent = lead.Pending, r.opt.Consent
	l.Numbers = make([]lead.Number, 0, 2)
	code := ""
	first, last := "", ""
	for i := range r.columns {
		c := &r.columns[i]
		if c.at >= len(row.Cells) {
			continue
		}
		text := strings.TrimSpace(row.Cells[c.at])
		if text == "" {
			continue
		}
		bad := func(what, expected string) {
			if row.Why == nil {
				row.Why = &fault.Problem{File: r.name, Line: row.Line, Column: c.at + 1, Path: c.field, Value: cut(text, 80), What: what, Expected: expected}
			}
		}
		switch c.field {
		case Phone:
			r.phone(row, c, code, text)
		case Code:
			code = text
		case First:
			first = text
		case Last:
			last = text
		case Zone:
			if !r.zone(text) {
				bad("no such time zone", "a name such as Asia/Shanghai")
			}
			l.Zone = text
		case Basis:
			basis, ok := bases[plain(text)]
			if !ok {
				bad("this is no basis for calling", "yes, no, "+strings.Join(lead.NoBasis.Choices(), ", "))
			}
			l.Consent.Basis = basis
		case AgreedAt, Until:
			at, ok := r.moment(text)
			if !ok {
				bad("this is no date", "2026-03-01 or 2026-03-01 09:30:00")
			}
			if c.field == AgreedAt {
				l.Consent.At = at
			} else {
				l.Consent.Until = at
			}
		case Priority:
			n, ok := whole(text)
			if !ok {
				bad("this is no priority", "a whole number from -1000 to 1000")
			}
			l.Priority = n
		case Status:
			l.State, l.Rule = standing(text)
		default:
			if len(text) > r.limit(c) {
				bad("the text is too long", fmt.Sprintf("at most %d bytes", r.limit(c)))
				continue
			}
			r.text(l, c, text)
		}
	}
	if l.Name == "" {
		l.Name = join(first, last)
	}
	if len(l.Name) > lead.MaxText && row.Why == nil {
		row.Why = &fault.Problem{File: r.name, Line: row.Line, Path: Name, Value: cut(l.Name, 80), What: "the text is too long", Expected: fmt.Sprintf("at most %d bytes", lead.MaxText)}
	}
	r.judge(row)
}

// judge sets aside a row without a number.
func (r *Reader) judge(row *Row) {
	switch {
	case row.Why != nil:
	case len(row.Lead.Numbers) == 0 && row.Flaw != nil:
		row.Why, row.Flaw = row.Flaw, nil
	case len(row.Lead.Numbers) == 0:
		row.Why = &fault.Problem{File: r.name, Line: row.Line, Path: Phone, What: "the row has no telephone number", Expected: "a number in one of the columns of phones"}
	}
}

// phone adds a number; a second column with the same number adds nothing.
func (r *Reader) phone(row *Row, c *column, code, text string) {
	l := &row.Lead
	n, ok := phone.Number(0), false
	if code != "" {
		n, ok = coded(code, text)
	}
	if !ok {
		n, ok = number(text, r.m.Country)
	}
	switch {
	case !ok:
		if row.Flaw == nil {
			row.Flaw = &fault.Problem{File: r.name, Line: row.Line, Column: c.at + 1, Path: Phone, Value: cut(text, 80), What: notNumber(text, r.m.Country), Expected: "a number such as +8613800138000, or of the list's country"}
		}
	case l.Has(n):
	case len(l.Numbers) < lead.MaxNumbers:
		label := ""
		if c.at < len(r.header) {
			label = cut(strings.TrimSpace(r.header[c.at]), lead.MaxText)
		}
		l.Numbers = append(l.Numbers, lead.Number{Number: n, Label: label})
	}
}

// notNumber says why a text is no number to call.
func notNumber(text, country string) string {
	if strings.ContainsAny(text, "eE") && strings.ContainsAny(text, ".+") && strings.Trim(text, "0123456789eE.+") == "" {
		return "a spreadsheet has rounded this number: its last digits are lost"
	}
	if n, ok := phone.Normalize(text, country); ok {
		if k := phone.Classify(n).Kind; k == phone.Short || k == phone.Premium {
			return "this is a service number, not a person's line"
		}
	}
	if country == "" && !strings.HasPrefix(text, "+") {
		return "this is no number in E.164, and the list names no country"
	}
	return "this is no telephone number"
}

func (r *Reader) limit(c *column) int {
	if c.custom != "" {
		return lead.MaxField
	}
	return lead.MaxText
}

// text sets a field that is kept as it stands.
func (r *Reader) text(l *lead.Lead, c *column, text string) {
	switch c.field {
	case Key:
		l.Key = text
	case Name:
		l.Name = text
	case Country:
		l.Address.Country = country(text)
	case Region:
		l.Address.Region = text
	case City:
		l.Address.City = text
	case Postcode:
		l.Address.Postcode = text
	case Street:
		l.Address.Street = text
	case Language:
		l.Language = text
	case Evidence:
		l.Consent.Evidence = text
	case Origin:
		l.Consent.Source = text
	case Owner:
		l.Owner = text
	default:
		if l.Fields == nil {
			l.Fields = make(map[string]string, 4)
		}
		if len(l.Fields) < lead.MaxFields {
			l.Fields[c.custom] = text
		}
	}
}

func (r *Reader) zone(name string) bool {
	known, asked := r.zones[name]
	if !asked && len(r.zones) < maxZones {
		_, err := timex.LoadZone(name)
		known = err == nil
		r.zones[name] = known
	}
	return known
}

var stamps = []string{time.DateOnly, time.DateTime, "2006/1/2", "2006/1/2 15:04", "2006/1/2 15:04:05", "2006-01-02 15:04", time.RFC3339}

func (r *Reader) moment(s string) (timex.Instant, bool) {
	for _, form := range stamps {
		if t, err := time.ParseInLocation(form, s, r.opt.Zone); err == nil {
			return timex.At(t), true
		}
	}
	return 0, false
}

func whole(s string) (n int, ok bool) {
	_, err := fmt.Sscanf(s, "%d", &n)
	return n, err == nil && fmt.Sprint(n) == s && n >= -1000 && n <= 1000
}

// join puts a first and a last name together: in the order of the language they
// are written in.
func join(first, last string) string {
	if first == "" || last == "" {
		return first + last
	}
	if last[0] >= 0x80 { // 王, then 小明
		return last + first
	}
	return first + " " + last
}

// bases are what lists write for a basis of calling.
var bases = map[string]lead.Basis{
	"yes": lead.Agreed, "y": lead.Agreed, "true": lead.Agreed, "1": lead.Agreed, "consent": lead.Agreed, "是": lead.Agreed, "同意": lead.Agreed, "已同意": lead.Agreed, "已授权": lead.Agreed, "已授權": lead.Agreed,
	"no": lead.NoBasis, "n": lead.NoBasis, "false": lead.NoBasis, "0": lead.NoBasis, "none": lead.NoBasis, "否": lead.NoBasis, "无": lead.NoBasis, "無": lead.NoBasis,
	"written": lead.Written, "书面": lead.Written, "書面": lead.Written, "customer": lead.Customer, "客户": lead.Customer, "客戶": lead.Customer,
	"requested": lead.Requested, "published": lead.Published,
}

// country is the ISO letters of a country as lists write it, else the text.
func country(s string) string {
	if code, ok := countries[plain(s)]; ok {
		return code
	}
	return cut(strings.ToUpper(s), lead.MaxText)
}

var countries = map[string]string{"china": "CN", "中国": "CN", "中國": "CN", "chn": "CN", "prc": "CN", "taiwan": "TW", "台湾": "TW", "台灣": "TW", "臺灣": "TW", "twn": "TW", "hongkong": "HK", "香港": "HK", "hkg": "HK",
	"macao": "MO", "macau": "MO", "澳门": "MO", "澳門": "MO", "usa": "US", "unitedstates": "US", "美国": "US", "美國": "US", "uk": "GB", "unitedkingdom": "GB", "gbr": "GB", "singapore": "SG", "新加坡": "SG", "japan": "JP", "日本": "JP", "can": "CA", "canada": "CA"}

// standing is where a lead stands by the status another system gave it, VICIdial's
// codes among them: what was sold stays sold, and who refused is not called. All
// others begin anew.
func standing(status string) (lead.State, string) {
	switch plain(status) {
	case "dnc", "refused", "donotcall", "optout", "拒绝", "拒絕", "拒访", "拒接":
		return lead.Forbidden, lead.Refused
	case "dncl", "dncc", "dnccar":
		return lead.Forbidden, lead.OnDNC
	case "sale", "sold", "成交":
		return lead.Connected, ""
	}
	return lead.Pending, ""
}
