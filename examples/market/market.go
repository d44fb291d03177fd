// Package market holds the market offers that come with the program, as files:
// dated examples with their source, not quotes.
package market

import "embed"

// Files are the offers and the plans they name.
//
//go:embed *.yaml
var Files embed.FS
