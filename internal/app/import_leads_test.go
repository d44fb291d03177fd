package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/leadfile"
	"waihu/internal/phone"
	"waihu/internal/sheet"
	"waihu/internal/store"
)

func textFile(name, text string) sheet.Source {
	return sheet.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// begin begins the import of a text into a list by what is guessed of it.
func (f *floor) begin(list app.LeadList, text string) app.LeadImport {
	f.t.Helper()
	ctx := context.Background()
	g, _, err := f.GuessLeads(ctx, f.c, textFile("list.csv", text), "", "CN")
	if err != nil {
		f.t.Fatal(err)
	}
	return must(f.BeginLeadImport(ctx, f.c, app.BeginLeadImport{List: list.ID, File: "list.csv", Digest: fmt.Sprint(len(text)), Mapping: g.Mapping, By: "wu"}))
}

// list writes rows: every tenth is no number, every seventh the number before.
func rowsOf(n int) string {
	var b strings.Builder
	b.WriteString("Name,Phone,Plan\n")
	for i := range n {
		switch {
		case i%10 == 9:
			fmt.Fprintf(&b, "bad %d,12,x\n", i)
		case i%7 == 6:
			fmt.Fprintf(&b, "again %d,%s,x\n", i, line(i-1))
		default:
			fmt.Fprintf(&b, "lead %d,%s,x\n", i, line(i))
		}
	}
	return b.String()
}

// TestDuplicates: twice in the file, in the list, in the company, by the list's rule.
func TestDuplicates(t *testing.T) {
	ctx := context.Background()
	for rule, want := range map[app.SameNumber]app.ImportCounts{
		app.InFile:    {Read: 5, Added: 3, Bad: 1, InFile: 1},
		app.InList:    {Read: 5, Added: 2, Bad: 1, InFile: 1, InList: 1},
		app.InCompany: {Read: 5, Added: 1, Bad: 1, InFile: 1, InList: 1, InCompany: 1},
	} {
		f := newFloor(t)
		other, _ := f.running("autumn")
		list := must(f.GetLeadList(ctx, f.c, f.list.ID)).LeadList
		list.Same = rule
		list = must(f.SetLeadList(ctx, f.c, list))
		f.lead(list.ID, 1)
		f.lead(other.ID, 2)
		text := fmt.Sprintf("Name,Phone\na,%s\nb,%s\nc,%s\nd,%s\ne,1\n", line(1), line(2), line(3), line(3))
		m := f.begin(list, text)
		got, err := f.ImportLeads(ctx, f.c, m.ID, textFile("list.csv", text), filepath.Join(t.TempDir(), "aside.csv"), nil)
		if err != nil || got.ImportCounts != want || !got.Done {
			t.Errorf("%s: %+v, %v", rule, got.ImportCounts, err)
		}
	}
}

// TestImportAsksTheDoNotCallList, and a refusal another system knew of is one here.
func TestImportAsksTheDoNotCallList(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	must(f.Bar(ctx, f.c, []store.Barred{{Number: line(1), Source: "letter", By: "wu"}}))
	autumn, _ := f.running("autumn")
	there := f.lead(autumn.ID, 3)
	text := fmt.Sprintf("name,phone,alt_phone,status\na,%s,,NEW\nb,%s,%s,NEW\nc,%s,,DNC\nd,%s,nonsense,SALE\n", line(1), line(1), line(2), line(3), line(4))
	m := f.begin(f.list, text)
	got, err := f.ImportLeads(ctx, f.c, m.ID, textFile("list.csv", text), filepath.Join(t.TempDir(), "aside.csv"), nil)
	// The second row has the first row's number: it is a duplicate, not another number of it.
	if want := (app.ImportCounts{Read: 4, Added: 3, InFile: 1, Flawed: 1, Forbidden: 2}); err != nil || got.ImportCounts != want {
		t.Errorf("%+v, %v", got.ImportCounts, err)
	}
	if f.state(there.ID) != lead.Forbidden {
		t.Error("a refusal in a list did not reach another campaign")
	}
	if list := must(f.Barred(ctx, f.c, []phone.Number{line(3)})); len(list) != 1 || list[0].Source != "list spring" || list[0].Rule != lead.Refused {
		t.Errorf("%+v", list)
	}
	counts := must(f.GetLeadList(ctx, f.c, f.list.ID)).Counts
	if len(counts) != 3 || counts[0].State != lead.Connected || counts[1].Rule != lead.OnDNC || counts[2].Rule != lead.Refused {
		t.Errorf("%+v", counts)
	}
}

// breaking ends the file at a place, as a crash does for who reads it.
type breaking struct {
	io.Reader
	left int
}

var errKilled = errors.New("killed")

func (b *breaking) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errKilled
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (b *breaking) Close() error { return nil }

// TestAnImportGoesOnWhereItStopped: killed at random places, again and again, it
// comes to what an import that was left alone does, row by row set aside as well.
func TestAnImportGoesOnWhereItStopped(t *testing.T) {
	const rows = 40_000
	ctx, text := context.Background(), rowsOf(rows)
	whole := newFloor(t)
	path := filepath.Join(t.TempDir(), "aside.csv")
	want, err := whole.ImportLeads(ctx, whole.c, whole.begin(whole.list, text).ID, textFile("list.csv", text), path, nil)
	if err != nil || want.Read != rows || want.Read != want.Added+want.Bad+want.InFile+want.InList+want.InCompany {
		t.Fatalf("%+v, %v", want.ImportCounts, err)
	}
	aside, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(54, 1))
	f := newFloor(t)
	path = filepath.Join(t.TempDir(), "aside.csv")
	var got app.LeadImport
	for tries := range 20 {
		left := r.IntN(len(text) * 3 / 2)
		if tries == 19 {
			left = len(text) + 1
		}
		m := f.begin(f.list, text)
		src := sheet.Source{Name: "list.csv", Open: func() (io.ReadCloser, error) {
			return &breaking{strings.NewReader(text), left}, nil
		}}
		told := int64(0)
		got, err = f.ImportLeads(ctx, f.c, m.ID, src, path, func(p app.ImportProgress) {
			if p.Read <= told {
				t.Errorf("progress went from %d to %d", told, p.Read)
			}
			told = p.Read
		})
		if err == nil {
			break
		}
	}
	if got.ImportCounts != want.ImportCounts || !got.Done {
		t.Errorf("%+v, want %+v, %v", got.ImportCounts, want.ImportCounts, err)
	}
	again, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(again, aside) {
		t.Errorf("rows set aside differ: %d bytes, want %d, %v", len(again), len(aside), err)
	}
	if l := must(f.GetLeadList(ctx, f.c, f.list.ID)); l.Total() != want.Added {
		t.Errorf("the list has %d leads, want %d", l.Total(), want.Added)
	}
}

// TestBadRowsAreBounded: a list without one good row is read to its end; what is
// told of it stays small, and all of it can be read again.
func TestBadRowsAreBounded(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	text := "Name,Phone\n" + strings.Repeat("x,12\n", 50_000)
	path := filepath.Join(t.TempDir(), "aside.csv")
	m := f.begin(f.list, text)
	got, err := f.ImportLeads(ctx, f.c, m.ID, textFile("list.csv", text), path, nil)
	if err != nil || got.Bad != 50_000 || got.Read != got.Bad || len(got.Samples) != 5 || len(got.Why) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	aside, err := os.ReadFile(path)
	if err != nil || bytes.Count(aside, []byte("\n")) != 50_001 {
		t.Errorf("%d rows were set aside, %v", bytes.Count(aside, []byte("\n")), err)
	}
}

// TestMappingsAreRemembered: a list with the header of one that is kept is read by it.
func TestMappingsAreRemembered(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	m := leadfile.Mapping{Name: "fair", Country: "CN", Columns: []leadfile.Column{{Of: "A", Field: leadfile.Phone}, {Of: "B", Field: leadfile.Key}}}
	for range 2 {
		if err := f.KeepLeadMapping(ctx, f.c, m); err != nil {
			t.Fatal(err)
		}
	}
	wantKind(t, "without a name", f.KeepLeadMapping(ctx, f.c, leadfile.Mapping{Columns: m.Columns}), fault.Invalid)
	g, remembered, err := f.GuessLeads(ctx, f.c, textFile("x.csv", "B,C,A\n1,2,13800138000\n"), "", "")
	if err != nil || remembered != "fair" || len(g.Unsure) != 0 || g.Mapping.Columns[0] != m.Columns[0] {
		t.Errorf("%+v, %q, %v", g, remembered, err)
	}
	if _, remembered, err = f.GuessLeads(ctx, f.c, textFile("x.csv", "B,C\n1,2\n"), "", ""); err != nil || remembered != "" {
		t.Errorf("%q, %v", remembered, err)
	}
}
