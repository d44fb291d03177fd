package cdr

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// repeated is an input of many records that is never held as a whole.
func repeated(n int, record func(i int) string) io.Reader {
	i := 0
	return &generator{func() string {
		if i == n {
			return ""
		}
		i++
		return record(i - 1)
	}, ""}
}

type generator struct {
	next func() string
	rest string
}

func (g *generator) Read(b []byte) (int, error) {
	if g.rest == "" {
		if g.rest = g.next(); g.rest == "" {
			return 0, io.EOF
		}
	}
	n := copy(b, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// forgetful is a protocol that keeps no lines.
type forgetful struct{ *protocol }

func (c forgetful) Record(r Row) {
	c.lines = c.lines[:0]
	c.protocol.Record(r)
}

func countForeign(t *testing.T, f Format, r io.Reader) (map[string]int, error) {
	t.Helper()
	p := forgetful{newProtocol()}
	err := f.Read(&Input{Name: "x", R: r, Zone: time.UTC}, p)
	p.settle()
	for _, w := range p.wrong {
		t.Error(w)
	}
	return p.counts, err
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestRecordsBeyondTheBoundsAreRejectedAndReadingGoesOn(t *testing.T) {
	const sound = `{"core-uuid":"c","variables":{"uuid":"u","start_epoch":"1772417000"},"callflow":[]}`
	long := strings.Repeat("x", maxRecordBytes+100)
	deep := strings.Repeat("[", maxJSONDepth+3) + strings.Repeat("]", maxJSONDepth+3)
	for name, c := range map[string]struct {
		format Format
		text   string
		facts  int
	}{
		"a JSON object too large":  {FreeSWITCHJSON(), `{"variables":{"uuid":"` + long + `"}}` + sound, 1},
		"a JSON object too deep":   {FreeSWITCHJSON(), `{"variables":` + deep + `}` + sound, 1},
		"stray text too large":     {FreeSWITCHJSON(), long + "\n" + sound, 1},
		"a form post too large":    {FreeSWITCHJSON(), "cdr=" + long + "\n" + sound, 1},
		"an XML record too large":  {FreeSWITCHXML(), "<cdr><a>" + long + "</a></cdr><cdr><variables><uuid>u</uuid><start_epoch>1772417000</start_epoch></variables></cdr>", 1},
		"an XML record too deep":   {FreeSWITCHXML(), "<cdr>" + strings.Repeat("<a>", 99) + "</cdr><cdr><variables><uuid>u</uuid><start_epoch>1772417000</start_epoch></variables></cdr>", 1},
		"an XML tag too large":     {FreeSWITCHXML(), "<x a='" + long + "'/><cdr><variables><uuid>u</uuid><start_epoch>1772417000</start_epoch></variables></cdr>", 1},
		"a row of a dump too long": {VICIdial(), "INSERT INTO vicidial_user_log VALUES (1,'" + long + "');\nINSERT INTO vicidial_list VALUES (1),(2);\n", 0},
		"a row with many values":   {VICIdial(), "INSERT INTO vicidial_list VALUES (1" + strings.Repeat(",1", 2000) + "),(2);\n", 0},
	} {
		counts, err := countForeign(t, c.format, strings.NewReader(c.text))
		if err != nil || counts["fact"] != c.facts || counts["reject"] == 0 && counts["ignore"] == 0 {
			t.Errorf("%s: %v, %v", name, counts, err)
		}
		if strings.Contains(name, "row") && (counts["reject"] != 1 || counts["ignore"] < 1) {
			t.Errorf("%s: %v", name, counts)
		}
	}
}

func TestCallsWithoutBYEArePushedOut(t *testing.T) {
	const more = 50
	counts, err := countForeign(t, KamailioAcc(), repeated(maxDialogs+more, func(i int) string {
		return fmt.Sprintf("INVITE,a,b,call-%d,200,OK,2026-03-02 09:15:11\n", i)
	}))
	if err != nil || counts["reject"] != maxDialogs+more {
		t.Errorf("%v, %v", counts, err)
	}
	w := newDialogs(&foreign{in: &Input{}, out: newProtocol()})
	for i := range maxDialogs + more {
		if err := w.take(&accRow{at: Row{Line: i + 1, Raw: "r"}, method: "INVITE", callID: fmt.Sprint(i), code: 200, flags: &finding{}}); err != nil {
			t.Fatal(err)
		}
	}
	if w.order.Len() != maxDialogs || len(w.open) != maxDialogs {
		t.Errorf("%d dialogs wait, %d are known", w.order.Len(), len(w.open))
	}
	w.take(&accRow{at: Row{Line: 1, Raw: strings.Repeat("r", maxDialogBytes)}, method: "INVITE", callID: "large", code: 200, flags: &finding{}})
	if w.order.Len() != 1 || w.bytes != maxDialogBytes {
		t.Errorf("%d dialogs wait with %d bytes", w.order.Len(), w.bytes)
	}
}

func TestContactsArePushedOut(t *testing.T) {
	const more = 20
	counts, err := countForeign(t, AmazonConnect(), repeated(maxHeldContacts+more, func(i int) string {
		return fmt.Sprintf(`{"ContactId":"c%d","InitiationTimestamp":"2026-03-02T01:15:04Z","DisconnectTimestamp":"2026-03-02T01:17:01Z"}`, i)
	}))
	if err != nil || counts["fact"] != maxHeldContacts+more {
		t.Errorf("%v, %v", counts, err)
	}
	w := newContactWindow(&foreign{in: &Input{}, out: newProtocol()})
	for i := range 3 {
		v := &contactFinding{}
		v.call.ID, v.call.Source, v.call.Start, v.call.Result = fmt.Sprint(i), "s", 1, "answered"
		if err := w.take(Row{Line: 1, Raw: strings.Repeat("r", maxHeldBytes/2)}, v); err != nil {
			t.Fatal(err)
		}
	}
	if w.order.Len() != 2 || len(w.byID) != 2 || w.bytes > maxHeldBytes {
		t.Errorf("%d contacts wait with %d bytes", w.order.Len(), w.bytes)
	}
}

// Memory must not grow with the length of a file.
func TestLongFilesNeedNoMoreMemory(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		record func(i int) string
	}{
		"freeswitch-csv": {FreeSWITCHCSV(), func(i int) string {
			return fmt.Sprintf(`"","2005","85291230001","default","2026-03-02 09:15:04","2026-03-02 09:15:11","2026-03-02 09:17:01","117","110","NORMAL_CLEARING","u%d","","","",""`+"\n", i)
		}},
		"freeswitch-json": {FreeSWITCHJSON(), func(i int) string {
			return fmt.Sprintf(`{"variables":{"uuid":"u%d","start_epoch":"1772417000"}}`, i)
		}},
		"freeswitch-xml": {FreeSWITCHXML(), func(i int) string {
			return fmt.Sprintf("<cdr><variables><uuid>u%d</uuid><start_epoch>1772417000</start_epoch></variables></cdr>", i)
		}},
		"kamailio-acc": {KamailioAcc(), func(i int) string {
			return fmt.Sprintf("INVITE,a,b,c%d,200,OK,2026-03-02 09:15:11\nBYE,a,b,c%d,200,OK,2026-03-02 09:15:19\n", i, i)
		}},
		"vicidial": {VICIdial(), func(i int) string {
			return fmt.Sprintf("INSERT INTO vicidial_log VALUES ('1772414104.%d',1,101,'S','2026-03-02 09:15:04',1772414104,1772414221,110,'SALE','852','91230001','6001','AUTO','N');\n", i)
		}},
	} {
		const records = 10_000
		before := heap()
		var most uint64
		counts, err := countForeign(t, c.format, repeated(records, func(i int) string {
			if i == records-1 {
				most = heap()
			}
			return c.record(i)
		}))
		if err != nil || counts["fact"] != records {
			t.Errorf("%s: %v, %v", name, counts, err)
		}
		const limit = 16 << 20 // kamailio-acc remembers ended dialogs, 10 MB of them
		if most > before+limit {
			t.Errorf("%s: %d bytes more at the end than at the beginning", name, most-before)
		}
	}
}
