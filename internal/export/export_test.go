package export

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func sample(n int) []store.ChargedCall {
	rng := rand.New(rand.NewPCG(2, 3))
	cny := money.MustCurrency("CNY")
	out := make([]store.ChargedCall, n)
	for i := range out {
		start := timex.Instant(1_772_323_200_000_000 + int64(i)*1_234_567)
		out[i] = store.ChargedCall{Position: int64(i + 1), Call: usage.Call{ID: fmt.Sprint(i), Source: "pbx", Session: fmt.Sprint("s", i/2), LegB: i%2 == 1, Direction: usage.Outbound, Result: usage.Answered,
			From: "1001", To: fmt.Sprint(rng.Int64()), Agent: "li", Outcome: "成交", Start: start, Answer: start + 1, End: start + 2, Total: 3, Talk: time.Duration(rng.Int64()), Cost: money.Micros(rng.Int64(), cny)}}
		if i%4 == 1 {
			out[i].Call.Course = &usage.Course{EndedBy: usage.TheirSide, Cause: 16, Status: 200, Why: "bye", Trying: start, Ringing: start + 1, Early: start + 2, OtherLeg: "b",
				Heard: usage.Quality{MOS: 437, Packets: int64(i), Lost: 1, Late: 2, Jitter: 3}, Told: usage.Quality{MOS: 100, Packets: 5}, Detected: "person", Sure: 90, Recording: "a.wav", RecordingSHA256: "0f"}
		}
		if i%3 > 0 {
			out[i].Contract = id.ID{byte(i), 9}
			out[i].Charges = []store.Charge{{Component: "talk", Label: "row:talk", Raw: 61, Billed: 120, Cost: money.Micros(rng.Int64(), cny)}, {Component: "x", Reason: "no_row"}}[:i%3]
		}
	}
	return out
}

func written(t *testing.T, calls []store.ChargedCall) ([]byte, Summary) {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	for i := range calls {
		if err := w.Add(&calls[i]); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), s
}

func TestCallsComeBack(t *testing.T) {
	calls := sample(2500)
	file, want := written(t, calls)
	var got []store.ChargedCall
	s, err := Read(bytes.NewReader(file), int64(len(file)), func(c *store.ChargedCall) error { got = append(got, *c); return nil })
	if err != nil || s != want || s.Calls != 2500 {
		t.Fatalf("%+v, %v; written %+v", s, err, want)
	}
	for i := range calls {
		if !reflect.DeepEqual(got[i], calls[i]) {
			t.Fatalf("%+v came back as %+v", calls[i], got[i])
		}
	}
}

// TestAnOlderFileIsRead: one of before calls told their course.
func TestAnOlderFileIsRead(t *testing.T) {
	type older struct {
		Position int64    `parquet:"position"`
		ID       string   `parquet:"id"`
		Source   string   `parquet:"source,dict"`
		Result   string   `parquet:"result,dict"`
		Start    int64    `parquet:"start,timestamp(microsecond)"`
		Charges  []charge `parquet:"charges,list"`
	}
	c := usage.Call{ID: "1", Source: "pbx", Result: usage.Busy, Start: 1_772_323_200_000_000}
	var elements usage.Elements
	var digest usage.Digest
	digest.Add(elements.Of(&c))
	var b bytes.Buffer
	w := parquet.NewGenericWriter[older](&b, parquet.KeyValueMetadata(formatKey, formerly), parquet.KeyValueMetadata(digestKey, digest.String()))
	if _, err := w.Write([]older{{Position: 1, ID: "1", Source: "pbx", Result: "busy", Start: int64(c.Start)}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Read(bytes.NewReader(b.Bytes()), int64(b.Len()), func(got *store.ChargedCall) error {
		if got.Call != c {
			t.Errorf("%+v", got.Call)
		}
		return nil
	})
	if err != nil || s.Calls != 1 {
		t.Error(s, err)
	}
}

// TestChangesShow: a file whose calls are not those of its digest is refused,
// and so is one that is none.
func TestChangesShow(t *testing.T) {
	file, _ := written(t, sample(50))
	changed := sample(50)
	changed[7].Call.Talk++
	other, _ := written(t, changed)
	at := bytes.Index(file, []byte("ls4096:"))
	if at < 0 || bytes.Count(file, []byte("ls4096:")) != 1 {
		t.Fatal("the file does not carry its digest once")
	}
	forged := bytes.Clone(file)
	copy(forged[at:], other[bytes.Index(other, []byte("ls4096:")):][:71])
	for what, c := range map[string]struct {
		file []byte
		want fault.Kind
	}{"another digest": {forged, fault.Mismatch}, "cut off": {file[:len(file)-9], fault.Invalid}, "text": {[]byte("not a file of columns"), fault.Invalid}} {
		if _, err := Read(bytes.NewReader(c.file), int64(len(c.file)), nil); fault.KindOf(err) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
}
