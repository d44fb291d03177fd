package app

import (
	"waihu/internal/store"
)

// Names of the index keys by which records stand in the order of a column. They are
// set with every record of the kind; schema 8 sets those of older books.
const (
	CompaniesByName   = "by.name"
	CompaniesByEmail  = "by.email"
	CompaniesBySeries = "by.series"
	MovementsByDay    = "by.on"
	MovementsByAmount = "by.amount"
)

// Orders are the places of a company in the orders of its list.
func (c *Company) Orders() []store.Key {
	return []store.Key{
		{Name: CompaniesByName, Value: store.OrderText(c.Name)},
		{Name: CompaniesByEmail, Value: store.OrderText(c.Email)},
		{Name: CompaniesBySeries, Value: store.OrderText(c.Series)},
	}
}

// Orders are the places of money that moved in the orders of its list.
func (m *Movement) Orders() []store.Key {
	return []store.Key{
		{Name: MovementsByDay, Value: m.On.String()},
		{Name: MovementsByAmount, Value: store.OrderMoney(m.Amount)},
	}
}

// PlaceIn is where keys put a record in an order: From of the page behind it.
func PlaceIn(keys []store.Key, by string) string {
	for _, k := range keys {
		if k.Name == by {
			return k.Value
		}
	}
	return ""
}
