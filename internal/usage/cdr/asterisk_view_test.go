package cdr

import (
	"bytes"
	"context"
	"reflect"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
)

// TestTextsHoldAsLongAsTheyMust bills the same rows with the fast lane, whose
// texts change as the next block is read, and without it. A meter that kept one
// would gather something else: examples of what has no price, agents with a
// package each, the evidence.
func TestTextsHoldAsLongAsTheyMust(t *testing.T) {
	text := simRows(t, 4_000, 11) // several blocks
	terms := centreTerms(t)
	terms.Plan.Components[0].Included = &catalog.Included{Quantity: exact.Int(10), Scope: catalog.PerSeat}
	var told [2]*meter.Gathered
	for i := range told {
		format := AsteriskCSV()
		if read := format.Read; i == 1 {
			format.Read = func(in *Input, out Out) error { return read(in, slowly{out}) }
		}
		m, err := meter.New(terms, meter.Options{Evidence: true})
		if err != nil {
			t.Fatal(err)
		}
		in := NewIntake(m, Options{Formats: []Format{format}, Zone: terms.Loc})
		if _, err := in.Read(context.Background(), bytes.NewReader(text), "Master.csv", 0); err != nil {
			t.Fatal(err)
		}
		if told[i], err = m.Finish(); err != nil {
			t.Fatal(err)
		}
	}
	if len(told[0].Unpriced) == 0 || !reflect.DeepEqual(told[0], told[1]) {
		t.Errorf("with the fast lane:\n%+v\nwithout:\n%+v", told[0], told[1])
	}
}
