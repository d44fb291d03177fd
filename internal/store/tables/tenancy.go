package tables

import "waihu/internal/id"

// firm is a company and the short number it has where rows are many.
type firm struct {
	id id.Company
	n  int64
}

// pk is the number of a row of the company at a position.
func (f firm) pk(position int64) int64 { return f.n<<positionBits | position }

// Tenancy is how a statement about rows that are many says whose they are. The
// short number is enough where all rows are in one file; on a server, which may
// lay companies onto several machines, each row has the identifier of its
// company as well, first in every key, in a column tenant.
type Tenancy struct {
	is     string // before other conditions
	column string // before other columns
	mark   string // before other values
	all    string // the condition that asks for all rows of a company
}

// By number, or by number and identifier.
var (
	ByNumber = Tenancy{all: "pk >> 40 = ?"}
	ByTenant = Tenancy{is: "tenant = ? AND ", column: "tenant, ", mark: "?, ", all: "tenant = ?"}
)

// args is what is handed in for is or mark, and then the rest.
func (t Tenancy) args(c firm, rest ...any) []any {
	if t.is == "" {
		return rest
	}
	return append([]any{c.id}, rest...)
}

// who is what is handed in for all.
func (t Tenancy) who(c firm) any {
	if t.is == "" {
		return c.n
	}
	return c.id
}
