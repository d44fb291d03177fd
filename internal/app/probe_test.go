package app_test

import (
	"context"
	"sync/atomic"
	"time"

	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// probe is a database of which one call fails: the at-th of all that a use case
// makes, reading or writing. A close asks from several goroutines.
type probe struct {
	store.DB
	at    int64
	calls atomic.Int64
}

func (p *probe) hit() error {
	if p.calls.Add(1) == p.at {
		return errCrash
	}
	return nil
}

func (p *probe) Update(ctx context.Context, f func(store.Tx) error) error {
	return p.DB.Update(ctx, func(tx store.Tx) error { return f(probeTx{tx, p}) })
}

func (p *probe) View(ctx context.Context, f func(store.Tx) error) error {
	return p.DB.View(ctx, func(tx store.Tx) error { return f(probeTx{tx, p}) })
}

type probeTx struct {
	store.Tx
	p *probe
}

func (t probeTx) Records() store.Records     { return probeRecords{t.Tx.Records(), t.p} }
func (t probeTx) Usage() store.Usage         { return probeUsage{t.Tx.Usage(), t.p} }
func (t probeTx) Journal() store.Journal     { return probeJournal{t.Tx.Journal(), t.p} }
func (t probeTx) Documents() store.Documents { return probeDocuments{t.Tx.Documents(), t.p} }
func (t probeTx) Holds() store.Holds         { return probeHolds{t.Tx.Holds(), t.p} }
func (t probeTx) Once() store.Once           { return probeOnce{t.Tx.Once(), t.p} }
func (t probeTx) Outbox() store.Outbox       { return probeOutbox{t.Tx.Outbox(), t.p} }
func (t probeTx) Leases() store.Leases       { return probeLeases{t.Tx.Leases(), t.p} }

// ask makes a call of the store unless it is the one that fails.
func ask[T any](p *probe, f func() (T, error)) (T, error) {
	if err := p.hit(); err != nil {
		var none T
		return none, err
	}
	return f()
}

func tellTo(p *probe, f func() error) error {
	if err := p.hit(); err != nil {
		return err
	}
	return f()
}

type probeRecords struct {
	store.Records
	p *probe
}

func (x probeRecords) Put(r *store.Record) error {
	return tellTo(x.p, func() error { return x.Records.Put(r) })
}

func (x probeRecords) Get(c id.Company, k store.Kind, i id.ID) (*store.Record, error) {
	return ask(x.p, func() (*store.Record, error) { return x.Records.Get(c, k, i) })
}

func (x probeRecords) ByKey(c id.Company, k store.Kind, key store.Key) (*store.Record, error) {
	return ask(x.p, func() (*store.Record, error) { return x.Records.ByKey(c, k, key) })
}

func (x probeRecords) List(c id.Company, k store.Kind, key store.Key, page store.Page) ([]store.Record, error) {
	return ask(x.p, func() ([]store.Record, error) { return x.Records.List(c, k, key, page) })
}

func (x probeRecords) Delete(c id.Company, k store.Kind, i id.ID) error {
	return tellTo(x.p, func() error { return x.Records.Delete(c, k, i) })
}

type probeUsage struct {
	store.Usage
	p *probe
}

func (x probeUsage) AddCalls(c id.Company, calls []store.ChargedCall) ([]store.Outcome, error) {
	return ask(x.p, func() ([]store.Outcome, error) { return x.Usage.AddCalls(c, calls) })
}

func (x probeUsage) AddStretches(c id.Company, list []store.Stretch) ([]store.Outcome, error) {
	return ask(x.p, func() ([]store.Outcome, error) { return x.Usage.AddStretches(c, list) })
}

func (x probeUsage) AddTallies(c id.Company, list []store.Tally) error {
	return tellTo(x.p, func() error { return x.Usage.AddTallies(c, list) })
}

func (x probeUsage) Tallies(c id.Company, contract id.ID, first timex.Date) ([]store.Tally, error) {
	return ask(x.p, func() ([]store.Tally, error) { return x.Usage.Tallies(c, contract, first) })
}

func (x probeUsage) Head(c id.Company) (int64, error) {
	return ask(x.p, func() (int64, error) { return x.Usage.Head(c) })
}

func (x probeUsage) Each(ctx context.Context, c id.Company, contract id.ID, p timex.Period, upTo int64, sink usage.Sink) error {
	return tellTo(x.p, func() error { return x.Usage.Each(ctx, c, contract, p, upTo, sink) })
}

func (x probeUsage) Late(c id.Company, contract id.ID, after int64) ([]timex.Period, error) {
	return ask(x.p, func() ([]timex.Period, error) { return x.Usage.Late(c, contract, after) })
}

func (x probeUsage) Strays(c id.Company, q store.StrayQuery) ([]store.Stray, error) {
	return ask(x.p, func() ([]store.Stray, error) { return x.Usage.Strays(c, q) })
}

func (x probeUsage) StraySums(c id.Company, q store.StrayQuery) ([]store.StraySum, error) {
	return ask(x.p, func() ([]store.StraySum, error) { return x.Usage.StraySums(c, q) })
}

func (x probeUsage) Assign(c id.Company, contract id.ID, calls []store.ChargedCall, list []store.Stretch) error {
	return tellTo(x.p, func() error { return x.Usage.Assign(c, contract, calls, list) })
}

func (x probeUsage) Waive(c id.Company, waiver id.ID, positions []int64) error {
	return tellTo(x.p, func() error { return x.Usage.Waive(c, waiver, positions) })
}

type probeJournal struct {
	store.Journal
	p *probe
}

func (x probeJournal) Append(c id.Company, e ledger.Entry) (ledger.Entry, error) {
	return ask(x.p, func() (ledger.Entry, error) { return x.Journal.Append(c, e) })
}

func (x probeJournal) ByRef(c id.Company, kind, ref string) (*ledger.Entry, error) {
	return ask(x.p, func() (*ledger.Entry, error) { return x.Journal.ByRef(c, kind, ref) })
}

func (x probeJournal) Entries(c id.Company, a ledger.Account, after int64, limit int) ([]ledger.Entry, error) {
	return ask(x.p, func() ([]ledger.Entry, error) { return x.Journal.Entries(c, a, after, limit) })
}

func (x probeJournal) Balance(c id.Company, a ledger.Account, cur money.Currency) (money.Amount, error) {
	return ask(x.p, func() (money.Amount, error) { return x.Journal.Balance(c, a, cur) })
}

func (x probeJournal) Balances(c id.Company) ([]store.Balance, error) {
	return ask(x.p, func() ([]store.Balance, error) { return x.Journal.Balances(c) })
}

type probeDocuments struct {
	store.Documents
	p *probe
}

func (x probeDocuments) Put(d *store.Document) error {
	return tellTo(x.p, func() error { return x.Documents.Put(d) })
}

func (x probeDocuments) Get(c id.Company, i id.ID) (*store.Document, error) {
	return ask(x.p, func() (*store.Document, error) { return x.Documents.Get(c, i) })
}

func (x probeDocuments) List(c id.Company, q store.DocumentQuery) ([]store.Document, error) {
	return ask(x.p, func() ([]store.Document, error) { return x.Documents.List(c, q) })
}

func (x probeDocuments) Next(c id.Company, series string) (int64, error) {
	return ask(x.p, func() (int64, error) { return x.Documents.Next(c, series) })
}

type probeHolds struct {
	store.Holds
	p *probe
}

func (x probeHolds) Put(c id.Company, h store.Hold) error {
	return tellTo(x.p, func() error { return x.Holds.Put(c, h) })
}

func (x probeHolds) Get(c id.Company, wallet, call string) (*store.Hold, error) {
	return ask(x.p, func() (*store.Hold, error) { return x.Holds.Get(c, wallet, call) })
}

func (x probeHolds) Delete(c id.Company, wallet, call string) error {
	return tellTo(x.p, func() error { return x.Holds.Delete(c, wallet, call) })
}

func (x probeHolds) Sum(c id.Company, wallet string, cur money.Currency) (sum money.Amount, seconds int64, err error) {
	if err = x.p.hit(); err != nil {
		return sum, 0, err
	}
	return x.Holds.Sum(c, wallet, cur)
}

func (x probeHolds) Expired(c id.Company, now timex.Instant, limit int) ([]store.Hold, error) {
	return ask(x.p, func() ([]store.Hold, error) { return x.Holds.Expired(c, now, limit) })
}

type probeOnce struct {
	store.Once
	p *probe
}

func (x probeOnce) Get(c id.Company, key string) (*store.Answer, error) {
	return ask(x.p, func() (*store.Answer, error) { return x.Once.Get(c, key) })
}

func (x probeOnce) Put(c id.Company, key string, a store.Answer) error {
	return tellTo(x.p, func() error { return x.Once.Put(c, key, a) })
}

type probeOutbox struct {
	store.Outbox
	p *probe
}

func (x probeOutbox) Add(m *store.Message) error {
	return tellTo(x.p, func() error { return x.Outbox.Add(m) })
}

type probeLeases struct {
	store.Leases
	p *probe
}

func (x probeLeases) Take(name, node string, d time.Duration) (store.Lease, error) {
	return ask(x.p, func() (store.Lease, error) { return x.Leases.Take(name, node, d) })
}
