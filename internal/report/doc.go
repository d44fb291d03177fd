// Package report turns what package explain tells into pages: it lays charts
// out as shapes, which a page or a PDF draws, and writes a document as one file
// of HTML.
//
// It owns layout and the look of pages. It decides no figure and no word: both
// come with the explain.Document. It does not write PDF or XLSX: package
// document does, with the shapes made here.
//
// What always holds: one document gives one sequence of bytes; a page needs
// nothing but itself; bars begin at zero; what is not known is hatched and open,
// never short; every shape lies within its drawing; every picture stands beside
// its table.
package report
