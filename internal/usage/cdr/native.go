package cdr

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Writer writes facts as our own file, format waihu-facts: JSON Lines, one fact
// a line, its kind first, its fields in the order of the fact's struct under
// the names of a mapping, those without a value left out. Instants are RFC 3339
// in UTC, durations seconds as a decimal, quantities and costs strings. The
// same facts make the same bytes.
//
// A fact that would not read back the same is an error of kind Invalid: one
// without id, source, or what else its kind needs, text that is no UTF-8, a word
// that is no choice, an instant outside 1971 to 2200, a duration that is
// negative or longer than ten years.
type Writer struct {
	w    *bufio.Writer
	buf  []byte
	bad  string // what cannot be written of the fact at hand
	kind FactKind
}

// NewWriter starts one. Flush ends it.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Flush writes what is still held.
func (w *Writer) Flush() error { return w.w.Flush() }

func (w *Writer) Call(c *usage.Call) error {
	w.begin(CallFact)
	w.need(c.ID != "" && c.Source != "" && c.Start != 0 && c.Result != "", "id, source, start and result")
	w.text("id", c.ID)
	w.text("source", c.Source)
	w.text("session", c.Session)
	if c.LegB {
		w.key("leg_b")
		w.buf = append(w.buf, "true"...)
	}
	word(w, "direction", c.Direction)
	word(w, "result", c.Result)
	word(w, "by", c.By)
	word(w, "mode", c.Mode)
	word(w, "purpose", c.Purpose)
	word(w, "line", c.Line)
	word(w, "reach", c.Reach)
	w.text("from", c.From)
	w.text("to", c.To)
	w.text("account", c.Account)
	w.text("agent", c.Agent)
	w.text("campaign", c.Campaign)
	w.text("trunk", c.Trunk)
	w.text("outcome", c.Outcome)
	w.text("cause", c.Cause)
	w.instant("start", c.Start)
	w.instant("answer", c.Answer)
	w.instant("end", c.End)
	w.duration("total", c.Total)
	w.duration("talk", c.Talk)
	if !c.Cost.Currency().IsZero() {
		w.text("cost", c.Cost.Decimal())
		w.text("currency", c.Cost.Currency().String())
	}
	if !c.Course.IsZero() {
		w.course(c.Course)
	}
	return w.end(c.ID)
}

// course writes how a call went.
func (w *Writer) course(c *usage.Course) {
	if bad := c.Wrong(); bad != "" {
		w.bad = bad
	}
	word(w, "ended_by", c.EndedBy)
	w.count("q850", c.Cause)
	w.count("sip", c.Status)
	w.text("why", c.Why)
	w.instant("trying", c.Trying)
	w.instant("ringing", c.Ringing)
	w.instant("early", c.Early)
	w.text("other_leg", c.OtherLeg)
	w.quality("heard_", &c.Heard)
	w.quality("told_", &c.Told)
	w.text("detected", c.Detected)
	w.count("detected_percent", c.Sure)
	w.text("recording", c.Recording)
	w.text("recording_sha256", c.RecordingSHA256)
}

// quality writes how one direction sounded, where that is known.
func (w *Writer) quality(of string, q *usage.Quality) {
	if q.MOS != 0 {
		w.key(of + "mos")
		w.buf = strconv.AppendFloat(w.buf, float64(q.MOS)/100, 'f', 2, 64)
	}
	w.count(of+"packets", q.Packets)
	w.count(of+"lost", q.Lost)
	w.count(of+"late", q.Late)
	w.duration(of+"jitter", q.Jitter)
}

// count writes a whole number that is not nought.
func (w *Writer) count(name string, n int64) {
	if n != 0 {
		w.key(name)
		w.buf = strconv.AppendInt(w.buf, n, 10)
	}
}

func (w *Writer) Seat(s usage.Seat) error {
	w.begin(SeatFact)
	w.need(s.ID != "" && s.Source != "" && s.User != "" && s.From != 0, "id, source, user and from")
	w.text("id", s.ID)
	w.text("source", s.Source)
	w.text("user", s.User)
	w.text("type", s.Type)
	w.instant("from", s.From)
	w.instant("to", s.To)
	w.text("account", s.Account)
	return w.end(s.ID)
}

func (w *Writer) Session(s usage.Session) error {
	w.begin(SessionFact)
	w.need(s.ID != "" && s.Source != "" && s.User != "" && s.From != 0, "id, source, user and from")
	w.text("id", s.ID)
	w.text("source", s.Source)
	w.text("user", s.User)
	w.text("type", s.Type)
	word(w, "state", s.State)
	w.instant("from", s.From)
	w.instant("to", s.To)
	w.text("account", s.Account)
	return w.end(s.ID)
}

func (w *Writer) Module(m usage.Module) error {
	w.begin(ModuleFact)
	w.need(m.ID != "" && m.Source != "" && m.Module != "" && m.From != 0, "id, source, module and from")
	w.text("id", m.ID)
	w.text("source", m.Source)
	w.text("module", m.Module)
	w.instant("from", m.From)
	w.instant("to", m.To)
	w.text("account", m.Account)
	return w.end(m.ID)
}

func (w *Writer) Rental(r usage.Rental) error {
	w.begin(RentalFact)
	w.need(r.ID != "" && r.Source != "" && r.Item != "" && r.From != 0, "id, source, item and from")
	w.text("id", r.ID)
	w.text("source", r.Source)
	w.text("item", r.Item)
	w.instant("from", r.From)
	w.instant("to", r.To)
	w.text("account", r.Account)
	return w.end(r.ID)
}

func (w *Writer) Event(e usage.Event) error {
	w.begin(EventFact)
	w.need(e.ID != "" && e.Source != "" && e.Kind != "" && e.At != 0, "id, source, kind and at")
	w.text("id", e.ID)
	w.text("source", e.Source)
	w.text("kind", e.Kind)
	w.number("quantity", e.Quantity)
	w.instant("at", e.At)
	w.text("account", e.Account)
	return w.end(e.ID)
}

func (w *Writer) begin(kind FactKind) {
	w.buf = append(w.buf[:0], `{"fact":"`...)
	w.buf = append(append(w.buf, kind...), '"')
	w.bad, w.kind = "", kind
}

// need refuses a fact that lacks what its kind must have.
func (w *Writer) need(has bool, what string) {
	if !has {
		w.bad = "it needs " + what
	}
}

// end writes the line, unless something in it cannot be written.
func (w *Writer) end(id string) error {
	if w.bad != "" {
		return fault.New(fault.Invalid, "%s %q cannot be written: %s", w.kind, fault.Shorten(id, 80), w.bad)
	}
	w.buf = append(w.buf, "}\n"...)
	_, err := w.w.Write(w.buf)
	return err
}

func (w *Writer) key(name string) {
	w.buf = append(w.buf, `,"`...)
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, `":`...)
}

func (w *Writer) text(name, s string) {
	if s == "" {
		return
	}
	if !utf8.ValidString(s) {
		w.bad = name + " is no UTF-8"
	}
	w.key(name)
	w.buf = appendJSON(w.buf, s)
}

// word writes one of a few words.
func word[T interface {
	~string
	Choices() []string
}](w *Writer, name string, v T) {
	if v != "" && !slices.Contains(v.Choices(), string(v)) {
		w.bad = name + " is no word that is known"
	}
	w.text(name, string(v))
}

func (w *Writer) instant(name string, i timex.Instant) {
	if i == 0 {
		return
	}
	if i < firstInstant || i >= lastInstant {
		w.bad = name + " is not between 1971 and 2200"
		return
	}
	w.key(name)
	w.buf = append(w.buf, '"')
	w.buf = i.Time().AppendFormat(w.buf, time.RFC3339Nano)
	w.buf = append(w.buf, '"')
}

func (w *Writer) duration(name string, d time.Duration) {
	if d == 0 {
		return
	}
	if d < 0 || d > longest {
		w.bad = name + " is negative or longer than ten years"
		return
	}
	w.key(name)
	w.buf = strconv.AppendInt(w.buf, int64(d/time.Second), 10)
	if nano := int64(d % time.Second); nano != 0 {
		digits := strconv.AppendInt(nil, nano+1_000_000_000, 10)
		for digits[len(digits)-1] == '0' {
			digits = digits[:len(digits)-1]
		}
		w.buf = append(append(w.buf, '.'), digits[1:]...)
	}
}

func (w *Writer) number(name string, n exact.Number) {
	s := n.String()
	if n.Sign() < 0 || len(s) > 400 {
		w.bad = name + " is negative or has more than 400 digits"
	}
	w.key(name)
	w.buf = appendJSON(w.buf, s)
}

// firstInstant is the start of 1971: an earlier stamp is a broken clock.
const firstInstant = timex.Instant(31_536_000_000_000)

// appendJSON appends a text as a JSON string (RFC 8259, section 7).
func appendJSON(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
