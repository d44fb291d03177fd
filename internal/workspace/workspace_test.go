package workspace

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/compare"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/usage/cdr"
)

// clock is a moment that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func shelf(t *testing.T, lim Limits) (*Shelf, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	s, err := Open(t.TempDir(), lim, nil, c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, c
}

func space(t *testing.T, s *Shelf) *Space {
	t.Helper()
	sp, err := s.New(id.Company{})
	if err != nil {
		t.Fatal(err)
	}
	return sp
}

// handIn gives a file and waits until it was read.
func handIn(t *testing.T, sp *Space, name, text string) File {
	t.Helper()
	f, err := sp.Add(name, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range settled(t, sp).Files {
		if now.ID == f.ID {
			return now
		}
	}
	t.Fatalf("%s is not there", name)
	return File{}
}

func settled(t *testing.T, sp *Space) Shown {
	t.Helper()
	for {
		s := sp.Show()
		if s.Looking == nil {
			return s
		}
		<-s.Looking.Done()
		if err := s.Looking.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// answer asks until the answer is there.
func answer(t *testing.T, sp *Space, q Question) (*Answer, error) {
	t.Helper()
	for {
		a, job, err := sp.Ask(q)
		if a != nil || err != nil {
			return a, err
		}
		<-job.Done()
	}
}

func example(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "examples", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFromRecordsToAnswer(t *testing.T) {
	s, _ := shelf(t, Limits{})
	sp := space(t, s)
	if _, _, err := sp.Ask(Question{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without offers: %v", err)
	}
	if err := sp.SetZone("Asia/Shanghai"); err != nil {
		t.Fatal(err)
	}
	f := handIn(t, sp, "Master.csv", example(t, "per-minute/usage/Master.csv"))
	if c := f.Report.Counts; f.State != FileRead || c.Accepted == 0 || c.Check() != nil || !strings.HasPrefix(f.Report.Format, "asterisk") {
		t.Fatalf("%s: %s %s", f.State, f.Report.Format, c)
	}
	if _, err := sp.Offer(Text{"ours", example(t, "per-minute/plan.yaml")}); err != nil {
		t.Fatal(err)
	}
	if s := sp.Show(); len(s.Library) > 0 || len(s.Given[0].Wrong) == 0 || !s.HasOffers() {
		t.Errorf("an offer of one's own, with warnings, is not counted: %+v", s.Given)
	}
	if _, err := sp.Offer(Text{"six", example(t, "six-second/plan.yaml")}); err != nil {
		t.Fatal(err)
	}
	a, err := answer(t, sp, Question{})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Result.Offers) != 2 || a.Result.Basis.Usage.Calls == 0 || a.Result.Recommendation.Offer == "" {
		t.Errorf("%d offers, %d calls, best %q", len(a.Result.Offers), a.Result.Basis.Usage.Calls, a.Result.Recommendation.Offer)
	}
	again, job, err := sp.Ask(Question{})
	if err != nil || job != nil || again.Comparison != a.Comparison {
		t.Error("the same question was answered anew")
	}
	other, err := answer(t, sp, Question{Months: []int{24}})
	if err != nil || other.Usage == nil || other.Result.Basis.Decides != 24 {
		t.Errorf("another question: %+v, %v", other, err)
	}
	if err := sp.Drop("plan-that-is-none"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an offer that is none: %v", err)
	}
	if err := sp.Remove(f.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := sp.Ask(Question{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without usage: %v", err)
	}
}

func TestProfileAgainstTheMarket(t *testing.T) {
	s, _ := shelf(t, Limits{})
	sp := space(t, s)
	if err := sp.Stand(Basis{Profile: "sales"}); err != nil {
		t.Fatal(err)
	}
	if err := sp.Pick([]string{"ujet-pro", "cloudtalk-essential"}); err != nil {
		t.Fatal(err)
	}
	q, wrong := ParseQuestion(url.Values{"currency": {"usd"}, "rate.EUR": {"1.1"}, "rate.EUR.on": {"2026-11-01"}, "budget": {"9,000"}, "volume": {"20"}, "module": {"+recording"}})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	a, err := answer(t, sp, q)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Result.Basis.Profile || a.Result.Basis.Periods != 12 || len(a.Result.Offers)+len(a.Result.Refused) != 2 {
		t.Errorf("%+v", a.Result.Basis)
	}
	step, err := a.Under(q.Changes, 12)
	if err != nil || len(step.Costs) != len(a.Result.Offers) {
		t.Errorf("%+v, %v", step, err)
	}
	for _, bad := range []Basis{{Profile: "none"}, {Own: 3}, {Own: -1}} {
		if err := sp.Stand(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if err := sp.Pick([]string{"none"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an offer nobody makes: %v", err)
	}
}

func TestLibraryHasNoError(t *testing.T) {
	list, err := Library()
	if err != nil || len(list) < 8 {
		t.Fatalf("%d offers, %v", len(list), err)
	}
}

// A file that is not what it must be is refused whole, with its line; the others
// are read as if it were not there.
func TestRefusedFile(t *testing.T) {
	s, _ := shelf(t, Limits{})
	sp := space(t, s)
	sound := example(t, "per-minute/usage/Master.csv")
	bad := handIn(t, sp, `C:\Temp\..\plan.yaml`, example(t, "per-minute/plan.yaml"))
	if bad.State != FileRefused || len(bad.Wrong) == 0 || bad.Name != "plan.yaml" {
		t.Errorf("a plan as records: %s %q %v", bad.State, bad.Name, bad.Wrong)
	}
	good := handIn(t, sp, "Master.csv", sound)
	if good.State != FileRead || good.Report.Counts.Duplicate != 0 {
		t.Errorf("%s, %s", good.State, good.Report.Counts)
	}
	for name, text := range map[string]string{"pdf.csv": "%PDF-1.7\n", "bytes.csv": "\x00\x01\x02\x03\x04", "broken.gz": "\x1f\x8b\x08nonsense"} {
		if f := handIn(t, sp, name, text); f.State != FileRefused || len(f.Wrong) == 0 {
			t.Errorf("%s: %s", name, f.State)
		}
	}
	if _, err := sp.Add("empty.csv", strings.NewReader("")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := sp.Add("cut.csv", io.MultiReader(strings.NewReader("a,b"), broken{})); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a connection that broke: %v", err)
	}
	twice, err := sp.Add("again.csv", strings.NewReader(sound))
	if err != nil || twice.ID != good.ID {
		t.Errorf("the same content twice: %+v, %v", twice, err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Refused records can be had back with their reasons.
func TestRejects(t *testing.T) {
	s, _ := shelf(t, Limits{})
	sp := space(t, s)
	rows := strings.SplitAfter(example(t, "per-minute/usage/Master.csv"), "\n")
	row := strings.Replace(rows[0], rows[0][strings.Index(rows[0], `"2026-`):strings.Index(rows[0], `"2026-`)+12], `"2026-99-99`, 1)
	f := handIn(t, sp, "Master.csv", strings.Join(rows, "")+row)
	if f.Report.Counts.Rejected != 1 || !f.Rejects() {
		t.Fatalf("%s", f.Report.Counts)
	}
	for _, why := range []bool{false, true} {
		file, name, err := sp.Rejects(f.ID, why)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(file)
		if err != nil || file.Close() != nil || !strings.HasPrefix(name, "rejected-Master.csv") || !bytes.Contains(b, []byte("2026-99-99")) {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	if _, _, err := sp.Rejects("f99", false); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of a file that is none: %v", err)
	}
	if i := f.Report.Tallies; len(i) == 0 || i[0].Outcome != cdr.Rejected || i[0].Sample[0].Line == 0 {
		t.Errorf("no reason with its line: %+v", i)
	}
}

// TestGuestsDoNotShutOthersOut: whoever needs no account could take every place
// for a day.
func TestGuestsDoNotShutOthersOut(t *testing.T) {
	s, c := shelf(t, Limits{Spaces: 2})
	old, ours := space(t, s), id.Company{ID: id.ID{1}}
	c.at = c.at.Add(time.Minute)
	young := space(t, s)
	there := func(sp *Space) bool { return s.spaces[sp.Token] == sp && s.spaces[sp.Share] == sp }
	if _, err := s.New(id.Company{}); fault.KindOf(err) != fault.Overflow || !there(old) {
		t.Errorf("one guest more: %v", err)
	}
	first, err := s.New(ours)
	if err != nil || there(old) || !there(young) {
		t.Errorf("a company waits for guests: %v", err)
	}
	c.at = c.at.Add(guestStays)
	next := space(t, s)
	if there(young) || !there(first) || !there(next) {
		t.Error("not the guest that was away for long made place")
	}
	if _, err := s.New(ours); err != nil || there(next) {
		t.Errorf("a company waits for guests: %v", err)
	}
	if _, err := s.New(ours); fault.KindOf(err) != fault.Overflow || !there(first) {
		t.Errorf("companies push each other out: %v", err)
	}
}

func TestBounds(t *testing.T) {
	s, c := shelf(t, Limits{FileBytes: 1000, SpaceBytes: 1500, AllBytes: 2500, Files: 2, Spaces: 2, Age: time.Hour})
	sp := space(t, s)
	add := func(sp *Space, n int, fill string) error {
		_, err := sp.Add("x.csv", strings.NewReader(strings.Repeat(fill, n)))
		return err
	}
	for name, err := range map[string]error{"a large file": add(sp, 1001, "a"), "more than a workspace": func() error { _ = add(sp, 900, "b"); return add(sp, 900, "c") }()} {
		if fault.KindOf(err) != fault.Overflow {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := space(t, s)
	if err := add(other, 999, "d"); err != nil {
		t.Fatal(err)
	}
	if err := add(other, 700, "e"); fault.KindOf(err) != fault.Overflow {
		t.Errorf("more than all may have: %v", err)
	}
	if _, err := s.New(id.Company{}); fault.KindOf(err) != fault.Overflow {
		t.Errorf("a third workspace: %v", err)
	}
	if err := s.Discard(other); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Discard(other), s.Discard(sp)); err != nil || s.bytes != 0 {
		t.Errorf("workspaces ended, one of them twice, and their files take %d bytes: %v", s.bytes, err)
	}
	if err := add(other, 10, "g"); err == nil || s.bytes != 0 {
		t.Errorf("a file for a workspace that has ended takes %d bytes: %v", s.bytes, err)
	}
	sp, other = space(t, s), space(t, s)
	if err := errors.Join(add(sp, 900, "b"), add(other, 999, "d")); err != nil {
		t.Fatal(err)
	}
	settled(t, sp)
	settled(t, other)
	c.at = c.at.Add(50 * time.Minute)
	if _, may, err := s.Find(other.Share); err != nil || may {
		t.Errorf("the token to read: %v, %v", may, err)
	}
	c.at = c.at.Add(50 * time.Minute)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Find(sp.Token); fault.KindOf(err) != fault.NotFound {
		t.Errorf("swept, and there: %v", err)
	}
	if _, may, err := s.Find(other.Token); err != nil || !may {
		t.Errorf("used, and swept: %v", err)
	}
	if _, err := os.Stat(sp.dir); !os.IsNotExist(err) {
		t.Errorf("its folder is there: %v", err)
	}
	if err := add(other, 400, "f"); err != nil || s.bytes != 999+400 {
		t.Errorf("room was not given back, %d bytes are taken: %v", s.bytes, err)
	}
}

func TestOffersThatAreNone(t *testing.T) {
	s, _ := shelf(t, Limits{Offers: 1})
	sp := space(t, s)
	for name, text := range map[string]string{"empty": "  ", "no YAML": "plan: [", "a list": "- a", "negative": "plan: x\nversion: 1\ncurrency: CNY\ntime_zone: UTC\ncomponents:\n  - {id: a, measure: talk_time, unit_price: -1}\n"} {
		_, err := sp.Offer(Text{"pasted", text})
		ps, ok := err.(fault.Problems)
		if !ok || len(ps) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sp.Offer(Text{"../../../out.yaml", "plan: x"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a way out: %v", err)
	}
	if _, err := sp.Offer(Text{"a", example(t, "per-minute/plan.yaml")}, Text{"b", example(t, "six-second/plan.yaml")}); fault.KindOf(err) != fault.Overflow {
		t.Errorf("two where one may be: %v", err)
	}
	if given := sp.Show().Given; len(given) != 0 {
		t.Errorf("refused, and %d offers were taken", len(given))
	}
	room := 10
	if text, err := ReadText("x", strings.NewReader("sixsix"), &room); err != nil || text.Text != "sixsix" || room != 4 {
		t.Errorf("%q, with room for %d more: %v", text.Text, room, err)
	}
	if _, err := ReadText("y", io.LimitReader(zeros{}, 5), &room); fault.KindOf(err) != fault.Overflow {
		t.Errorf("texts that are long together: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestQuestionsThatAreNone(t *testing.T) {
	for field, v := range map[string]url.Values{
		"months": {"months": {"0"}}, "currency": {"currency": {"moon"}}, "tax": {"tax": {"some"}}, "seats": {"seats": {"-1"}}, "budget": {"budget": {"-5"}},
		"rate.EUR": {"rate.EUR": {"-1"}, "rate.EUR.on": {"2026-11-01"}}, "rate.EUR.on": {"rate.EUR": {"1.1"}}, "rate.XX": {"rate.XX": {"1"}},
		"weight": {"weight.price": {"50"}}, "volume": {"volume": {"x"}}, "module": {"module": {"recording"}}, "span": {"span": {"1000"}},
	} {
		if _, wrong := ParseQuestion(v); wrong[field] == "" {
			t.Errorf("%v: nothing wrong with %s: %v", v, field, wrong)
		}
	}
	q, wrong := ParseQuestion(url.Values{"weight.price": {"60"}, "weight.quality": {"40"}, "seats": {"12"}, "answer_rate": {"-5"}, "months": {"36, 1,12"}, "span": {"36"}})
	if len(wrong) > 0 || q.Weights[compare.Price] != 60 || q.Seats != 12 || len(q.Changes) != 1 || len(q.Months) != 3 || q.Months[2] != 36 || q.Span != 36 {
		t.Errorf("%+v, %v", q, wrong)
	}
}

// Offers picked while files are still being read must not lose what they are.
func TestOffersWhileFilesAreRead(t *testing.T) {
	s, _ := shelf(t, Limits{Jobs: 1})
	sp := space(t, s)
	s.slots <- struct{}{} // the reading waits
	if _, err := sp.Add("Master.csv", strings.NewReader(example(t, "per-minute/usage/Master.csv"))); err != nil {
		t.Fatal(err)
	}
	if err := sp.Pick([]string{"ujet-pro"}); err != nil {
		t.Fatal(err)
	}
	if _, job, err := sp.Ask(Question{}); err != nil || job == nil {
		t.Errorf("asked while files are read: %v", err)
	}
	<-s.slots
	if f := settled(t, sp).Files[0]; f.State != FileRead {
		t.Errorf("the file is %s", f.State)
	}
	if _, err := answer(t, sp, Question{}); err != nil {
		t.Error(err)
	}
}
