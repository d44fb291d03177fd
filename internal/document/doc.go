// Package document turns an invoice into what people and other programs read:
// text for a terminal, PDF, CSV, XLSX, JSON, the data of electronic invoices,
// and lists of rated calls.
//
// It owns the look of documents, the fonts they are printed with (fonts/) and
// the file formats; it alone knows the PDF and XLSX libraries. It decides no
// amount: every figure is the invoice's own, and a formula is only printed with
// an equals sign where it holds to the last digit.
//
// What always holds: the same invoice in the same language gives the same
// bytes; a character that no font can print is an error that names it; money
// is written from exact decimals. Numbers in XLSX cells are the floats the
// format has: up to 15 digits they read back as the same decimal, longer ones
// are written as text.
package document
