package workspace

import (
	"strings"

	"waihu/internal/id"
	"waihu/internal/vendorbill"
)

// mappingKey is how bills are told to be of one make: by their columns.
func mappingKey(c id.Company, l *vendorbill.Looked) string {
	return c.Named("co") + "|" + strings.Join(l.Columns, "\x00")
}

// maxRemembered bounds the mappings that are remembered.
const maxRemembered = 1_000

// remember keeps what a company said; what guests say is not asked for again, and
// must not push out what companies did.
func (s *Shelf) remember(c id.Company, l *vendorbill.Looked, m *vendorbill.Mapping) {
	if c == (id.Company{}) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mappings) >= maxRemembered || s.mappings == nil {
		s.mappings = map[string]*vendorbill.Mapping{}
	}
	s.mappings[mappingKey(c, l)] = m
}

// remembered is what a company said of the last bill with these columns; nobody
// in particular is remembered nothing.
func (s *Shelf) remembered(c id.Company, l *vendorbill.Looked) *vendorbill.Mapping {
	if l == nil || c == (id.Company{}) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mappings[mappingKey(c, l)]
}
