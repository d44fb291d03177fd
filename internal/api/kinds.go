package api

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"waihu/internal/exact"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// The types of the house as the document tells them: each stands for what its
// JSON looks like.
type (
	dateText    string
	timeText    string
	decimalText string
	idText      string
	curText     string
	numberText  string
)

// Day and Moment are dates and instants in the query of an address.
type (
	Day    struct{ timex.Date }
	Moment struct{ timex.Instant }
)

func (Day) Schema(r huma.Registry) *huma.Schema    { return dateText("").Schema(r) }
func (Moment) Schema(r huma.Registry) *huma.Schema { return timeText("").Schema(r) }

func (dateText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Format: "date", Examples: []any{"2026-03-01"}}
}

func (timeText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Format: "date-time", Examples: []any{"2026-03-01T01:30:00Z"}}
}

func (decimalText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Description: "An exact number: 12.5, 1/3.", MaxLength: ptr(60)}
}

func (idText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", MaxLength: ptr(40)}
}

func (numberText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", MaxLength: ptr(40), Description: "A telephone number in E.164.", Examples: []any{"8613800138000"}}
}

func (curText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Pattern: "^[A-Z]{3}$", Examples: []any{"CNY"}}
}

// schemaName names a type in the document; those of other rooms have the name of
// their room before them, since a step is one thing in life and another in
// dunning.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	room := path.Base(t.PkgPath())
	if t.Name() == "" || room == "api" || !strings.HasPrefix(t.PkgPath(), "waihu/") {
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

// alias tells the document how the types of the house look.
func alias(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[money.Amount](), reflect.TypeFor[Money]())
	r.RegisterTypeAlias(reflect.TypeFor[money.Currency](), reflect.TypeFor[curText]())
	r.RegisterTypeAlias(reflect.TypeFor[exact.Number](), reflect.TypeFor[decimalText]())
	r.RegisterTypeAlias(reflect.TypeFor[timex.Date](), reflect.TypeFor[dateText]())
	r.RegisterTypeAlias(reflect.TypeFor[timex.Instant](), reflect.TypeFor[timeText]())
	r.RegisterTypeAlias(reflect.TypeFor[id.ID](), reflect.TypeFor[idText]())
	r.RegisterTypeAlias(reflect.TypeFor[phone.Number](), reflect.TypeFor[numberText]())
}
