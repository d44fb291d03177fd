package cdr

import (
	"bytes"
	"fmt"
	"strings"

	"waihu/internal/fault"
)

// magics are the first bytes of files that hold no call records, though they
// may be called .csv.
var magics = []struct{ prefix, what, fix string }{
	{"\x89PNG\r\n", "a PNG image", ""},
	{"\xff\xd8\xff", "a JPEG image", ""},
	{"GIF8", "a GIF image", ""},
	{"%PDF-", "a PDF", "export the records as CSV instead"},
	{"PK\x03\x04", "a ZIP archive or an XLSX workbook", "unpack it, or save the sheet as CSV"},
	{"PK\x05\x06", "an empty ZIP archive", ""},
	{"\xd0\xcf\x11\xe0", "an old Excel or Word file", "save the sheet as CSV"},
	{"{\\rtf", "a text document (RTF)", "save it as CSV"},
	{"\x7fELF", "a program (ELF)", ""},
	{"MZ", "a Windows program", ""},
	{"\xcf\xfa\xed\xfe", "a macOS program", ""},
	{"SQLite format 3\x00", "an SQLite database", "export the table: sqlite3 FILE '.dump cdr'"},
	{"RIFF", "a sound or video file", ""},
	{"OggS", "a sound file", ""},
	{"ID3", "a sound file", ""},
	{"BZh", "packed with bzip2", "unpack it first, or pack it with gzip or zstd"},
	{"\xfd7zXZ\x00", "packed with xz", "unpack it first, or pack it with gzip or zstd"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"},
	{"Rar!\x1a\x07", "a RAR archive", "unpack it first"},
	{"\x04\x22\x4d\x18", "packed with LZ4", "unpack it first, or pack it with gzip or zstd"},
	{"\x1f\x8b", "packed with gzip twice", "unpack it once"},
	{"\x28\xb5\x2f\xfd", "packed with zstd twice", "unpack it once"},
	{"\xff\xfe\x00\x00", "in UTF-32", "save it in UTF-8"},
	{"\x00\x00\xfe\xff", "in UTF-32", "save it in UTF-8"},
}

// claims is an error of kind Invalid if the head is that of something that
// cannot hold call records; nil says nothing.
func claims(head []byte, name string) error {
	if len(head) == 0 {
		return notRecords(name, "the file is empty")
	}
	for _, m := range magics {
		if hasPrefix(head, m.prefix) && (m.prefix != "MZ" || bytes.IndexByte(head, 0) >= 0) {
			return fault.Problem{File: name, What: "this is " + m.what + ", no file of records", Expected: expectedText, Fix: m.fix}
		}
	}
	text := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head[:min(len(head), 1024)], []byte("\xef\xbb\xbf")), " \t\r\n")))
	switch {
	case text == "" && len(bytes.TrimSpace(head)) == 0:
		return notRecords(name, "the file holds nothing but blanks")
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"), strings.HasPrefix(text, "<head"):
		return fault.Problem{File: name, What: "this is a web page, no file of records", Expected: expectedText,
			Fix: "the download may have given a log-in or error page: open it in a browser"}
	}
	return controls(head, name)
}

// controls refuses what is full of control characters, unless it is UTF-16. NUL
// is left out: a crash leaves it at the end of a file.
func controls(head []byte, name string) error {
	if mark, _ := byteOrderMark(head); strings.HasPrefix(mark, "utf-16") || zeroPattern(head) != "" {
		return nil
	}
	odd := 0
	for _, c := range head {
		if c < 0x20 && c != 0 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			odd++
		}
	}
	if odd > len(head)/20 {
		return notRecords(name, fmt.Sprintf("this is no text: %d of its first %d bytes are control characters", odd, len(head)))
	}
	if bytes.Count(head, []byte{0}) == len(head) {
		return notRecords(name, "the file holds nothing but NUL bytes: it was never written, or lost in a crash")
	}
	return nil
}

const expectedText = "text: CSV, JSON, XML or SQL, plain or packed with gzip or zstd"

func notRecords(name, what string) error {
	return fault.Problem{File: name, What: what, Expected: expectedText}
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}
