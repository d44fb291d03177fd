// Package storetest holds a database to what package store promises: every
// store passes the same tests.
package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Opener opens an empty database whose clock is the one given, and closes it
// with the test.
type Opener func(t *testing.T, clock func() timex.Instant) store.DB

// Run tests a database; what it is known not to keep is left out by name.
func Run(t *testing.T, open Opener, without ...string) {
	for name, test := range map[string]func(*testing.T, *bench){
		"transactions":        transactions,
		"spoilt transactions": spoilt,
		"now":                 now,
		"ended":               ended,
		"snapshots":           snapshots,
		"records":             records,
		"record keys":         recordKeys,
		"record pages":        recordPages,
		"record orders":       recordOrders,
		"companies apart":     companiesApart,
		"calls":               calls,
		"calls in lots":       callsInLots,
		"calls asked for":     callsAsked,
		"calls that are rare": callsBounded,
		"months of calls":     callMonths,
		"stretches":           stretches,
		"as known":            asKnown,
		"late":                late,
		"strays":              strays,
		"waive":               waive,
		"assign":              assign,
		"tallies":             tallies,
		"positions":           positions,
		"journal":             journal,
		"journal pages":       journalPages,
		"journal long":        journalLong,
		"documents":           documents,
		"issued documents":    issuedDocuments,
		"overlaps":            overlaps,
		"document lists":      documentLists,
		"document orders":     documentOrders,
		"series":              series,
		"holds":               holds,
		"holds at once":       holdsAtOnce,
		"shares":              shares,
		"shares at once":      sharesAtOnce,
		"once":                once,
		"outbox":              outbox,
		"senders":             senders,
		"leases":              leases,
		"audit":               audit,
		"leads":               leads,
		"leads in lots":       leadsInLots,
		"leads that are due":  leadsDue,
		"do not call":         doNotCall,
		"tries":               tries,
		"counts of reports":   counted,
		"many at once":        manyAtOnce,
	} {
		if slices.Contains(without, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bench{T: t}
			b.clock.Store(int64(at("2026-03-10T08:00:00Z")))
			b.db = open(t, func() timex.Instant { return timex.Instant(b.clock.Load()) })
			test(t, b)
		})
	}
}

// bench is one test's database and its clock.
type bench struct {
	*testing.T
	db    store.DB
	clock atomic.Int64
}

func (b *bench) pass(d time.Duration) { b.clock.Add(d.Microseconds()) }

// update and view run f and fail the test if it does not do what it should.
func (b *bench) update(f func(store.Tx) error) {
	b.Helper()
	if err := b.db.Update(context.Background(), f); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) view(f func(store.Tx) error) {
	b.Helper()
	if err := b.db.View(context.Background(), f); err != nil {
		b.Fatal(err)
	}
}

// refuse runs f in a transaction of its own and expects an error of a kind.
func (b *bench) refuse(what string, kind fault.Kind, f func(store.Tx) error) {
	b.Helper()
	if err := b.db.Update(context.Background(), f); err == nil || fault.KindOf(err) != kind {
		b.Errorf("%s: %v; an error of kind %s was expected", what, err, kind)
	}
}

func kindIs(t testing.TB, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: %v; an error of kind %s was expected", what, err, kind)
	}
}

var (
	errUndo = errors.New("undo this")
	cny     = money.MustCurrency("CNY")
	usd     = money.MustCurrency("USD")
	acme    = id.Company{ID: num(1)}
	other   = id.Company{ID: num(2)}
)

// num is an identifier of a number; they rise with it.
func num(n int) (i id.ID) {
	binary.BigEndian.PutUint64(i[8:], uint64(n))
	i[0] = 1
	return i
}

func yuan(n int64) money.Amount { return money.Micros(n*money.Micro, cny) }

func at(s string) timex.Instant {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return timex.At(t)
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
