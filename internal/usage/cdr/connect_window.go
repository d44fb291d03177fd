package cdr

import "container/list"

const (
	// maxHeldContacts and maxHeldBytes bound what waits for a newer record of
	// the same contact: a day of a large site, in about 150 MB at the worst.
	maxHeldContacts = 50_000
	maxHeldBytes    = 64 << 20
)

const superseded = "superseded by another record of the same contact"

// contactWindow holds contacts until they cannot be superseded any more.
type contactWindow struct {
	*foreign
	order *list.List // of *heldContact, oldest first
	byID  map[string]*list.Element
	bytes int
}

type heldContact struct {
	row Row
	contactFinding
}

func newContactWindow(f *foreign) *contactWindow {
	return &contactWindow{foreign: f, order: list.New(), byID: map[string]*list.Element{}}
}

// take holds a sound contact and reports every other record at once.
func (w *contactWindow) take(row Row, v *contactFinding) error {
	if v.bad != nil || v.ignore != "" {
		return w.report(row, &v.finding)
	}
	id := v.call.ID
	if e := w.byID[id]; e != nil {
		held := e.Value.(*heldContact)
		if v.updated <= held.updated {
			w.ignored(row, superseded)
			return nil
		}
		w.ignored(held.row, superseded)
		w.drop(e)
	}
	w.byID[id] = w.order.PushBack(&heldContact{row, *v})
	w.bytes += len(row.Raw)
	for w.order.Len() > maxHeldContacts || w.bytes > maxHeldBytes {
		if err := w.release(); err != nil {
			return err
		}
	}
	return nil
}

// release reports the oldest contact held.
func (w *contactWindow) release() error {
	e := w.order.Front()
	held := e.Value.(*heldContact)
	w.drop(e)
	return w.report(held.row, &held.finding)
}

func (w *contactWindow) drop(e *list.Element) {
	held := e.Value.(*heldContact)
	w.order.Remove(e)
	delete(w.byID, held.call.ID)
	w.bytes -= len(held.row.Raw)
}

// flush reports every contact held.
func (w *contactWindow) flush() error {
	for w.order.Len() > 0 {
		if err := w.release(); err != nil {
			return err
		}
	}
	return nil
}
