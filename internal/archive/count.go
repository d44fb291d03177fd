package archive

import (
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// countingSink counts the facts that are written.
type countingSink struct {
	*cdr.Writer
	n int64
}

func (c *countingSink) Call(f *usage.Call) error      { c.n++; return c.Writer.Call(f) }
func (c *countingSink) Seat(f usage.Seat) error       { c.n++; return c.Writer.Seat(f) }
func (c *countingSink) Session(f usage.Session) error { c.n++; return c.Writer.Session(f) }
func (c *countingSink) Module(f usage.Module) error   { c.n++; return c.Writer.Module(f) }
func (c *countingSink) Rental(f usage.Rental) error   { c.n++; return c.Writer.Rental(f) }
func (c *countingSink) Event(f usage.Event) error     { c.n++; return c.Writer.Event(f) }
