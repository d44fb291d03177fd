package main

import "waihu/internal/usage"

// nothing takes facts and forgets them.
type nothing struct{}

func (nothing) Call(*usage.Call) error      { return nil }
func (nothing) Seat(usage.Seat) error       { return nil }
func (nothing) Session(usage.Session) error { return nil }
func (nothing) Module(usage.Module) error   { return nil }
func (nothing) Rental(usage.Rental) error   { return nil }
func (nothing) Event(usage.Event) error     { return nil }
