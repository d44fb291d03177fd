// Package manual is the documentation that comes with the program: chapters in
// three languages, made into pages.
//
// It owns the order of chapters, how Markdown becomes HTML and what a chapter
// may link to. It does not own the text (docs/guide) nor how pages look
// (package console).
//
// What always holds: every chapter exists in every language with the same code
// blocks; HTML in a chapter is shown as text, never taken as HTML.
package manual
