package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/store/postgres"
	"waihu/internal/store/sqlite"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
)

const (
	fillBatch  = app.MaxIngest            // calls kept at a time where nobody waits for them
	readTries  = 25                       // of each page ...
	readAtMost = 4 * time.Second          // ... but no longer
	readPerson = "reader@bench.example"   // who logs in to the console
	readSecret = "a bench reads in peace" // and their password, on this machine alone
)

// fillFrom and fillTo are the months that calls are spread over.
var fillFrom, fillTo = timex.MustDate("2026-01-01"), timex.MustDate("2026-07-01")

// measureReads keeps many calls, bills all months but the last, and asks the running
// service for every list and page that looks at them.
func measureReads(r *report, o options) (err error) {
	var database []string
	if o.server {
		cluster, dsn, err := startPostgres()
		if err != nil {
			return err
		}
		defer cluster.Close()
		address, err := serverAddress(dsn)
		if err != nil {
			return err
		}
		database = []string{"database=" + address}
	}
	folder := o.books
	if folder == "" {
		var err error
		if folder, err = os.MkdirTemp(o.dir, "reads"); err != nil {
			return err
		}
		defer os.RemoveAll(folder)
	}
	c, _, err := serve.Load("", nil, append(database, "data="+folder))
	if err != nil {
		return err
	}
	program, err := buildProgram(o.dir) // first: filling takes minutes
	if err != nil {
		return err
	}
	company, contract, err := filled(&c, o.calls)
	if err != nil {
		return err
	}
	s := &service{company: company, client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if err := s.readers(&c); err != nil {
		return err
	}
	if err := s.start(program, append(database, "data="+folder, "http.listen=127.0.0.1:0", "http.key_rate=1000000", "http.key_burst=1000000", "access.second_factor=false")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	cookie, err := s.logIn()
	if err != nil {
		return err
	}
	if err := s.readAll(r, cookie, contract); err != nil {
		return err
	}
	if o.server {
		return serverPlans(r, c.Database)
	}
	return plans(r, filepath.Join(folder, "books.db"))
}

// filled opens books, and fills them if they are new.
func filled(c *serve.Config, calls int) (company id.Company, contract id.ID, err error) {
	b, err := serve.Open(context.Background(), c) // makes the folder and the key
	if err != nil {
		return company, contract, err
	}
	ids := b.System.IDs
	if err := b.DB.Close(); err != nil {
		return company, contract, err
	}
	db, err := books(c)
	if err != nil {
		return company, contract, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s := &app.System{DB: db, IDs: ids, Node: "bench"}
	ctx := context.Background()
	if err := s.EachCompany(ctx, func(c app.Company) error { company.ID = c.ID; return nil }); err != nil {
		return company, contract, err
	}
	if company.ID.IsZero() {
		if company, err = openBooks(s); err == nil {
			err = fill(s, company, calls)
		}
	}
	if err == nil {
		err = live(s, company)
	}
	if err != nil {
		return company, contract, err
	}
	list, err := s.Contracts(ctx, company, "")
	if err != nil {
		return company, contract, err
	}
	return company, list[0].ID, nil
}

// books opens the database to fill it: no power cut is expected meanwhile.
func books(c *serve.Config) (store.DB, error) {
	if c.Database != "" {
		return postgres.Open(context.Background(), c.Database, postgres.Options{})
	}
	return sqlite.Open(filepath.Join(c.Data, "books.db"), sqlite.Options{Relaxed: true})
}

// fill keeps so many calls of one company, spread over six months.
func fill(s *app.System, c id.Company, calls int) error {
	period := timex.Days(fillFrom, fillTo, time.UTC)
	g := newGenerator(period.From, period.To.Sub(period.From)/time.Duration(calls+1))
	began := time.Now()
	for done := 0; done < calls; done += fillBatch {
		r, err := s.Ingest(context.Background(), c, g.batch(min(fillBatch, calls-done)))
		if err != nil {
			return err
		}
		if n := r.Count(store.Added); n == 0 {
			return fmt.Errorf("no call was added: %v", r.Outcomes[0])
		}
		if done%5_000_000 == 0 {
			fmt.Fprintf(os.Stderr, "%d calls after %s\n", done, time.Since(began).Round(time.Second))
		}
	}
	return nil
}

// live does with the books what a company does: bills, wallets, payments. Done
// again it changes nothing.
func live(s *app.System, c id.Company) error {
	ctx := context.Background()
	cny := money.MustCurrency("CNY")
	if _, err := s.OpenWallet(ctx, c, app.OpenWallet{Name: "main", Currency: cny}); err != nil {
		return err
	}
	for i := range 200 {
		if _, err := s.TopUp(ctx, c, app.Fund{Key: fmt.Sprint("top-up ", i), Wallet: "main", Amount: money.Micros(100*money.Micro, cny)}); err != nil {
			return err
		}
	}
	began := time.Now()
	last := fillTo.AddMonths(-1)
	if _, err := s.ClosePeriod(ctx, app.ClosePeriod{Until: last, Issue: last}); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "billed after %s\n", time.Since(began).Round(time.Second))
	return nil
}

// readers makes a key and a person who may see everything.
func (s *service) readers(c *serve.Config) error {
	b, err := serve.Open(context.Background(), c)
	if err != nil {
		return err
	}
	var token string
	err = b.DB.Update(context.Background(), func(tx store.Tx) (err error) {
		if _, s.key, err = b.Gate.AddKey(tx, access.NewKey{Company: id.Platform, Name: "reads", Role: access.Finance}); err != nil {
			return err
		}
		if _, err := b.Gate.UserByEmail(tx, readPerson); err == nil {
			return nil
		}
		_, token, err = b.Gate.AddUser(tx, access.NewUser{Email: readPerson, Name: "Reader", Members: []access.Member{{Company: id.Platform, Role: access.Operator}}})
		return err
	})
	if err == nil && token != "" {
		_, err = b.Gate.TakeInvitation(context.Background(), token, readSecret, access.Client{Address: "127.0.0.1"})
	}
	return errors.Join(err, b.DB.Close())
}

// logIn gives the cookie of a session.
func (s *service) logIn() (string, error) {
	form := url.Values{"email": {readPerson}, "password": {readSecret}}
	req, err := http.NewRequest(http.MethodPost, s.address+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := s.client.Do(req)
	if err != nil {
		return "", err
	}
	res.Body.Close()
	for _, c := range res.Cookies() {
		return c.Name + "=" + c.Value, nil
	}
	return "", fmt.Errorf("no session after logging in: %s", res.Status)
}

// reading is one thing that is asked for.
type reading struct {
	path   string
	whole  bool  // worked out from every call of a month: it has no goal
	failed error // why there is no answer
}

// readAll asks for every list and page that is about a company with many calls.
func (s *service) readAll(r *report, cookie string, contract id.ID) error {
	con, co := contract.Named("con"), s.company.Named("co")
	month := "from=2026-04-01T00:00:00Z&until=2026-05-01T00:00:00Z"
	quarter := "from=2026-02-01T00:00:00Z&until=2026-05-01T00:00:00Z"
	api := []reading{
		{path: "/v1/calls?limit=50&" + month}, {path: "/v1/calls?limit=100&" + month}, {path: "/v1/calls?limit=50&" + quarter}, {path: "/v1/calls?limit=50&" + quarter + "&contract=" + con},
		{path: "/v1/calls?limit=50&" + month + "&agent=agent7"}, {path: "/v1/calls?limit=50&" + month + "&agent=nobody"}, {path: "/v1/calls?limit=50&" + quarter + "&agent=nobody"},
		{path: "/v1/calls?limit=50&" + month + "&campaign=spring-3"}, {path: "/v1/calls?limit=50&" + month + "&to=8613800"}, {path: "/v1/calls?limit=50&" + month + "&result=answered"},
		{path: "/v1/calls?limit=50&" + month + "&component=talk&label=row:mobile"}, {path: "/v1/calls?limit=50&" + month + "&trunk=nowhere"},
		{path: "/v1/contracts/" + con + "/tallies?first=2026-04-01"}, {path: "/v1/contracts"}, {path: "/v1/contracts/" + con}, {path: "/v1/contracts/" + con + "/budgets"},
		{path: "/v1/contracts/" + con + "/stretches"}, {path: "/v1/invoices"}, {path: "/v1/invoices?contract=" + con}, {path: "/v1/invoices?status=issued"}, {path: "/v1/invoices/INV-000001"},
		{path: "/v1/invoices/INV-000003/files/json"}, {path: "/v1/statement?first=2026-01-01&after=2026-07-01&currency=CNY"}, {path: "/v1/wallets"}, {path: "/v1/wallets/main"}, {path: "/v1/messages"},
		{path: "/v1/company"}, {path: "/v1/plans"}, {path: "/v1/tickets"}, {path: "/v1/audit"},
		{path: "/v1/contracts/" + con + "/draft?day=2026-06-01", whole: true}, {path: "/v1/contracts/" + con + "/margin?first=2026-06-01", whole: true},
	}
	at := "/c/" + co
	invoice, err := s.newestInvoice()
	if err != nil {
		return err
	}
	console := []reading{
		{path: "/companies"}, {path: at}, {path: at + "/contracts"}, {path: at + "/contracts/" + con}, {path: at + "/invoices"}, {path: at + "/invoices/" + invoice},
		{path: at + "/usage"}, {path: at + "/usage?first=2026-04-01&last=2026-04-30&agent=agent7"}, {path: at + "/seats"}, {path: "/plans"},
		{path: at + "/usage?sort=start"}, {path: at + "/invoices?sort=-total"}, {path: at + "/invoices?sort=due&status=issued"}, {path: at + "/payments?sort=-amount"}, {path: at + "/contracts?sort=end"},
		{path: "/companies?sort=name"}, {path: at + "/log?sort=number"},
	}
	if err := s.readSome(r, "the interface", api, s.asKey); err != nil {
		return err
	}
	return s.readSome(r, "the console", console, func(h http.Header) { h.Set("Cookie", cookie); h.Set("Accept-Language", "en") })
}

// asKey are the headers of a request to the interface.
func (s *service) asKey(h http.Header) {
	h.Set("Authorization", "Bearer "+s.key)
	h.Set("Waihu-Company", s.company.Named("co"))
}

var invoiceName = regexp.MustCompile(`"id":"(inv_[0-9a-z]+)"`)

// newestInvoice names an invoice as addresses do.
func (s *service) newestInvoice() (string, error) {
	body, err := s.get("/v1/invoices?limit=1", s.asKey)
	if err != nil {
		return "", err
	}
	m := invoiceName.FindSubmatch(body)
	if m == nil {
		return "", fmt.Errorf("there is no invoice: %.200s", body)
	}
	return string(m[1]), nil
}

func (s *service) readSome(r *report, title string, list []reading, header func(http.Header)) error {
	var out []finding
	for _, q := range list {
		var times []time.Duration
		for began := time.Now(); len(times) < readTries && (len(times) == 0 || time.Since(began) < readAtMost); {
			at := time.Now()
			if _, q.failed = s.get(q.path, header); q.failed != nil {
				break
			}
			times = append(times, time.Since(at))
		}
		f := finding{what: "GET " + strings.ReplaceAll(strings.ReplaceAll(q.path, s.company.Named("co"), "co_.."), "T00:00:00Z", "")}
		mid := time.Duration(0)
		if len(times) > 0 {
			mid = quantile(times, 0.5)
			f.measured = mid.Round(10*time.Microsecond).String() + ", " + quantile(times, 0.99).Round(10*time.Microsecond).String()
		}
		if q.failed != nil {
			f.measured = fault.Shorten(q.failed.Error(), 120)
		}
		if !q.whole {
			f.goal, f.met = "under "+pageGoal.String(), q.failed == nil && mid < pageGoal
		}
		out = append(out, f)
	}
	r.table("reading from "+title+": median, 99 of 100; goals are for the median"+load(), out)
	return nil
}

func (s *service) get(path string, header func(http.Header)) ([]byte, error) {
	req, err := http.NewRequest(http.MethodGet, s.address+path, nil)
	if err != nil {
		return nil, err
	}
	header(req.Header)
	res, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %.200s", path, res.Status, body)
	}
	return body, err
}

// lookups are the statements that look at the most rows. Every statement of both
// databases is held to an index by TestEveryQueryHasAnIndex.
func lookups(by tables.Tenancy) []string {
	april := tables.Table(timex.MustDate("2026-04-01"))
	return []string{
		tables.CallsByTime(april, 0, by, 50, false),
		tables.CallsByTime(april, 1, by, 50, false),
		tables.CallByKey(april, by),
		"SELECT price, calls, raw, billed, cost FROM tallies WHERE contract = ? AND first = ?",
		"SELECT id FROM documents WHERE company = ? AND kind = ? AND id < ? ORDER BY id DESC LIMIT ?",
		"SELECT id FROM documents WHERE company = ? AND contract = ? AND id > ? ORDER BY id LIMIT ?",
		"SELECT seq FROM postings WHERE company = ? AND account = ? AND seq > ? ORDER BY seq LIMIT ?",
		"SELECT account, currency, micros FROM balances WHERE company = ?",
		"SELECT id FROM record_index WHERE company = ? AND kind = ? AND name = ? AND value = ? AND id > ? ORDER BY id LIMIT ?",
	}
}

// plans prints how SQLite does them.
func plans(r *report, path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	var out []finding
	for _, q := range lookups(tables.ByNumber) {
		var steps []string
		rows, err := db.Query("EXPLAIN QUERY PLAN "+q, make([]any, strings.Count(q, "?"))...)
		if err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
		for rows.Next() {
			var a, b, c int
			var step string
			if err := rows.Scan(&a, &b, &c, &step); err != nil {
				return err
			}
			steps = append(steps, step)
		}
		if err := rows.Close(); err != nil {
			return err
		}
		plan := strings.Join(steps, "; ")
		out = append(out, finding{q, plan, "by an index", strings.Contains(plan, "SEARCH") && !strings.Contains(plan, "SCAN") && !strings.Contains(plan, "TEMP B-TREE")})
	}
	r.table("how SQLite does it", out)
	return nil
}

// serverPlans prints how PostgreSQL does them, as prepared statements that it plans
// once for all values.
func serverPlans(r *report, dsn string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	// The second as the store does; the third because a table of a handful of rows is
	// read whole, and what counts is what it does when there are many.
	for _, sql := range []string{"SET plan_cache_mode = force_generic_plan", "SET enable_bitmapscan = off", "SET enable_seqscan = off"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	var out []finding
	for i, q := range lookups(tables.ByTenant) {
		n := strings.Count(q, "?")
		for k := range n {
			q = strings.Replace(q, "?", fmt.Sprint("$", k+1), 1)
		}
		if _, err := conn.Exec(ctx, fmt.Sprintf("PREPARE q%d AS %s", i, q)); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
		rows, err := conn.Query(ctx, fmt.Sprintf("EXPLAIN (COSTS OFF) EXECUTE q%d(%s)", i, strings.Repeat("NULL, ", n-1)+"NULL"), pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
		steps, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
		for k := range steps {
			steps[k] = strings.TrimSpace(steps[k])
		}
		plan := strings.Join(steps, "; ")
		out = append(out, finding{q, plan, "by an index", strings.Contains(plan, "Index") && !strings.Contains(plan, "Seq Scan") && !strings.Contains(plan, "Sort")})
	}
	r.table("how PostgreSQL does it", out)
	return nil
}
