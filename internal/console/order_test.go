package console

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

var (
	sortLinks = regexp.MustCompile(`<th scope="col"[^>]*><a class="sort" href="([^"]*)"`)
	ariaSort  = regexp.MustCompile(`aria-sort="(ascending|descending)"`)
)

// TestEveryListIsSortedAndGivenAsFiles follows the headings of each list, both ways,
// and takes the files its page links to: they have what the page has, in its order.
func TestEveryListIsSortedAndGivenAsFiles(t *testing.T) {
	d := newDesk(t)
	d.send("/support", 303, "name", "basic", "first", "60", "resolution", "480")
	d.send(d.at("/tickets/new"), 303, "subject", "=SUM(1)", "plan", "basic", "text", "x")
	d.send(d.at("/wallets"), 303, "name", "=wallet", "currency", "CNY")
	d.send(d.at("/wallets"), 303, "name", "calls", "currency", "CNY")
	d.send("/outages", 303, "from", "2026-03-01T09:00", "to", "2026-03-01T10:00", "note", "@SUM(1)")
	d.send(d.payAt(), 303, "amount", "1", "currency", "CNY", "on", d.today.String(), "note", "=x", "sure", "1", "once", "1a")
	o := d.office
	o.must(o.db.Update(t.Context(), func(tx store.Tx) error {
		return tx.Outbox().Add(&store.Message{Company: o.company, ID: id.ID{1}, Channel: "webhook", To: id.ID{2}.String(), Topic: "invoice.issued", Body: []byte("{}"), State: store.Sent})
	}))
	for path, columns := range map[string]int{
		"/companies": 3, "/users": 4, "/keys": 0, "/approvals": 0, "/log": 1, "/plans": 4, "/brands": 0, "/outages": 3, "/support": 3,
		o.at("/invoices"): 5, o.at("/payments"): 2, o.at("/contracts"): 6, o.at("/users"): 0, o.at("/keys"): 0, o.at("/tickets"): 5, o.at("/disputes"): 0, o.at("/deliveries"): 0,
		o.at("/imports"): 0, o.at("/webhooks"): 0, o.at("/log"): 1, o.at("/usage"): 1, o.at("/seats"): 7, o.at("/wallets"): 0, o.at("/budgets"): 0,
	} {
		body := o.page(path)
		heads := sortLinks.FindAllStringSubmatch(body, -1)
		if len(heads) != columns && columns > 0 {
			t.Errorf("%s: %d columns can be sorted by, want %d", path, len(heads), columns)
		}
		for _, head := range heads {
			once := o.page(path + html.UnescapeString(head[1]))
			if n := len(ariaSort.FindAllString(once, -1)); n > 1 {
				t.Errorf("%s%s: %d columns say that they decide the order", path, head[1], n)
			}
			for _, file := range files(once) {
				if w := o.ask(file, nil); w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
					t.Errorf("%s: %d %v", file, w.Code, w.Header())
				}
			}
		}
		if columns > 0 && len(files(body)) < 2 {
			t.Errorf("%s: files %q, want CSV and XLSX", path, files(body))
		}
	}
	for path, formula := range map[string]string{o.at("/wallets.csv"): "=wallet", o.at("/tickets.csv"): "=SUM(1)", "/outages.csv": "@SUM(1)"} {
		if text := o.page(path); !strings.Contains(text, "'"+formula) || strings.Contains(text, ","+formula) || strings.Contains(text, "\n"+formula) {
			t.Errorf("%s: a formula gets through: %s", path, text)
		}
	}
}

// files are the links of a page to its list as tables.
func files(body string) (out []string) {
	for _, m := range regexp.MustCompile(`href="([^"]*\.(?:csv|xlsx)[^"]*)"`).FindAllStringSubmatch(body, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return out
}

// TestInvoicesAreSortedEverywhere holds page and file to one order, with a filter.
func TestInvoicesAreSortedEverywhere(t *testing.T) {
	o := newOffice(t)
	numbers := func(path string) (page, file []string) {
		for _, m := range regexp.MustCompile(`<th scope="row"><a href="[^"]*">([^<]*)`).FindAllStringSubmatch(o.page(path), -1) {
			page = append(page, m[1])
		}
		rows, err := csv.NewReader(strings.NewReader(o.page(strings.Replace(path, "/invoices", "/invoices.csv", 1)))).ReadAll()
		o.must(err)
		for _, r := range rows[1:] {
			file = append(file, r[0])
		}
		return page, file
	}
	newest, _ := numbers(o.at("/invoices"))
	if len(newest) < 2 {
		t.Fatalf("%q are too few to be sorted", newest)
	}
	for query, want := range map[string]string{"sort=number": "", "sort=-number": "newest", "sort=first": "", "sort=due": "", "sort=-due&status=issued": "newest", "sort=nothing": "newest"} {
		page, file := numbers(o.at("/invoices?" + query))
		if !slices.Equal(page, file) {
			t.Errorf("%s: the page has %q, the file %q", query, page, file)
		}
		if want == "" {
			slices.Reverse(page)
		}
		if !slices.Equal(page, newest) {
			t.Errorf("%s: %q, want %q", query, page, newest)
		}
	}
	for _, bad := range []string{"after=x", "after=co_00000000000000000000000000", "sort=due&after=" + o.documents()[0].ID.Named("inv") + "&from=soon", "sort=due&from=%00&after=" + o.documents()[0].ID.Named("inv"), "sort=due&from=%ff"} {
		if w := o.ask(o.at("/invoices?"+bad), nil); w.Code != 404 && w.Code != 422 && w.Code != 400 {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func ordering(query, usual string) *order {
	v := &visit{view: view{Tag: lang.English}, r: httptest.NewRequest("GET", "/list?"+query, nil)}
	return v.order(url.Values{"q": {"a b"}, "state": {""}}, usual, column{"name", "people.name", false}, column{"last", "people.last_in", true})
}

// TestHeadingsTurnTheOrderRound: a heading leads to its own order, then to the other
// way, then back to the usual one where no column stands for that.
func TestHeadingsTurnTheOrderRound(t *testing.T) {
	for _, c := range []struct{ query, usual, name, href, sort string }{
		{"", "", "name", "?q=a+b&sort=name", ""},
		{"", "", "last", "?q=a+b&sort=-last", ""},
		{"sort=name&after=x&from=y", "", "name", "?q=a+b&sort=-name", "ascending"},
		{"sort=-name", "", "name", "?q=a+b", "descending"},
		{"sort=-last", "", "last", "?q=a+b&sort=last", "descending"},
		{"sort=last", "", "last", "?q=a+b", "ascending"},
		{"", "name", "name", "?q=a+b&sort=-name", "ascending"},
		{"sort=-name", "name", "name", "?q=a+b", "descending"},
		{"sort=nothing", "name", "last", "?q=a+b&sort=-last", ""},
	} {
		if h, err := ordering(c.query, c.usual).Head(c.name); err != nil || h.Href != c.href || h.Sort != c.sort {
			t.Errorf("%+v: %+v, %v", c, h, err)
		}
	}
	o := ordering("sort=-name", "")
	if got := o.With("state", "open"); got != "?q=a+b&sort=-name&state=open" {
		t.Error(got)
	}
	if got := o.Said() + "; " + ordering("", "").Said(); got != "Name descending; newest first" {
		t.Error(got)
	}
	if _, err := o.Head("colour"); err == nil {
		t.Error("a list can be sorted by what is no column of it")
	}
}

// TestPagesOfAnOrder walks lists page by page, those in memory and those of the books:
// each row once, in order, also where many are equal.
func TestPagesOfAnOrder(t *testing.T) {
	type row struct{ name, id string }
	rows := make([]row, 3*pageRows+7)
	for i := range rows {
		rows[i] = row{fmt.Sprint("n", i*7%5), fmt.Sprintf("id%04d", (i*31)%len(rows))}
	}
	for _, sort := range []string{"name", "-name", ""} {
		var got []row
		query := "sort=" + sort
		for range 10 {
			o := ordering(query, "")
			got = append(got, arranged(o, rows, pageRows, func(r *row) string { return r.id }, keys[row]{"name": func(r *row) string { return r.name }})...)
			if query = strings.TrimPrefix(o.Next, "?"); query == "" {
				break
			}
		}
		want := slices.Clone(rows)
		slices.SortFunc(want, func(a, b row) int {
			if sort == "" {
				return strings.Compare(b.id, a.id)
			}
			n := strings.Compare(a.name+a.id, b.name+b.id)
			if sort == "-name" {
				n = -n
			}
			return n
		})
		if !slices.Equal(got, want) {
			t.Errorf("sort=%s: %d rows, want %d in another order", sort, len(got), len(want))
		}
	}
}

// TestCompaniesGoOnInTheirOrder: pages of companies follow each other by name while
// companies are renamed.
func TestCompaniesGoOnInTheirOrder(t *testing.T) {
	o := newOffice(t)
	var made []app.Company
	for i := range pageRows + 10 {
		c, err := o.d.System.AddCompany(t.Context(), app.Company{Name: fmt.Sprintf("Firm %03d", 999-i)})
		o.must(err)
		made = append(made, c)
	}
	var names []string
	path := "/companies?sort=name&q=firm"
	for n := 0; path != "" && n < 5; n++ {
		body := o.page(path)
		for _, m := range regexp.MustCompile(`>(Firm \d+)</a>`).FindAllStringSubmatch(body, -1) {
			names = append(names, m[1])
		}
		path = ""
		if m := regexp.MustCompile(`href="(\?[^"]*after=[^"]*)" rel="next"`).FindStringSubmatch(body); m != nil {
			path = "/companies" + html.UnescapeString(m[1])
			last := &made[10] // the last of the first page: behind everybody from now on
			last.Name = "Firm 9999"
			_, err := o.d.System.SetCompany(t.Context(), *last)
			o.must(err)
			last.Revision++
		}
	}
	if len(names) != pageRows+11 || !slices.IsSorted(names) {
		t.Errorf("%d names, %q", len(names), names)
	}
}
