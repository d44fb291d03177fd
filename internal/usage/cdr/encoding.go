package cdr

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"waihu/internal/fault"
)

// Encodings are the names OpenOptions.Encoding takes.
func Encodings() []string { return []string{"utf-8", "utf-16le", "utf-16be", "gb18030", "big5"} }

func encodingOf(name string) encoding.Encoding {
	switch name {
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case "gb18030":
		return simplifiedchinese.GB18030
	case "big5":
		return traditionalchinese.Big5
	}
	return nil
}

// decoder gives a text in UTF-8. Until the first byte beyond ASCII the
// encodings that contain ASCII are the same, so it decides there, not before.
type decoder struct {
	src     *peeker
	name    string
	reason  Why
	guessed bool
	ascii   bool      // nothing beyond ASCII was met yet
	foreign io.Reader // of an encoding that is not UTF-8

	tail    [utf8.UTFMax]byte // UTF-8: a character cut by the end of a read
	tailLen int
	pending []byte // UTF-8: mended text not yet given out

	invalid int64 // bytes or characters replaced by U+FFFD
	nuls    int64 // NUL bytes met
}

// newDecoder decides by a byte order mark, by the pattern of zero bytes, or
// leaves it until there is something to see.
func newDecoder(src *peeker, head []byte, name, forced string) (*decoder, error) {
	d := &decoder{src: src}
	mark, size := byteOrderMark(head)
	switch {
	case forced != "":
		if d.name = strings.ToLower(forced); !isEncoding(d.name) {
			return nil, fault.Problem{File: name, Path: "encoding", Value: forced, What: "this encoding is not known",
				Expected: strings.Join(Encodings(), ", ")}
		}
		d.reason = because("asked")
		if d.name != mark {
			size = 0
		}
	case mark != "":
		d.name, d.reason = mark, because("mark")
	default:
		if d.name = zeroPattern(head); d.name != "" {
			d.reason = because("zeros")
		} else {
			d.name, d.reason, d.ascii = "utf-8", because("ascii"), true
		}
	}
	src.head = src.head[size:]
	d.begin()
	return d, nil
}

func isEncoding(name string) bool { return name == "utf-8" || encodingOf(name) != nil }

func (d *decoder) begin() {
	if e := encodingOf(d.name); e != nil {
		d.foreign = transform.NewReader(d.src, e.NewDecoder())
	}
}

func byteOrderMark(head []byte) (name string, size int) {
	switch {
	case hasPrefix(head, "\xef\xbb\xbf"):
		return "utf-8", 3
	case hasPrefix(head, "\xff\xfe"):
		return "utf-16le", 2
	case hasPrefix(head, "\xfe\xff"):
		return "utf-16be", 2
	}
	return "", 0
}

// zeroPattern tells UTF-16 without a mark: call records are mostly ASCII, so
// every other byte is zero.
func zeroPattern(head []byte) string {
	n := len(head) &^ 1
	if n < 4 {
		return ""
	}
	var zeros [2]int
	for i := range n {
		if head[i] == 0 {
			zeros[i&1]++
		}
	}
	switch half := n / 2; {
	case zeros[1] > half*7/10 && zeros[0] < half/20+1:
		return "utf-16le"
	case zeros[0] > half*7/10 && zeros[1] < half/20+1:
		return "utf-16be"
	}
	return ""
}

func (d *decoder) Read(b []byte) (n int, err error) {
	if d.ascii {
		if n, err = d.src.Read(b); isPlainText(b[:n]) {
			return n, err
		}
		n, err = d.endASCII(b, n, err)
	} else {
		n, err = d.read(b)
	}
	if bytes.IndexByte(b[:n], 0) >= 0 {
		d.nuls++
	}
	return n, err
}

// read reads what is known to be more than ASCII.
func (d *decoder) read(b []byte) (int, error) {
	if d.foreign != nil {
		n, err := d.foreign.Read(b)
		d.invalid += int64(bytes.Count(b[:n], []byte("\uFFFD")))
		return n, err
	}
	return d.readUTF8(b)
}

// endASCII hands through what of b[:n], which was just read, stands before the
// first byte beyond ASCII, and decides what the text is when it begins with it.
func (d *decoder) endASCII(b []byte, n int, err error) (int, error) {
	k := asciiLen(b[:n])
	if k == n {
		return n, err
	}
	d.src.unread(b[k:n])
	if err != nil {
		d.src.err = err
	}
	if k > 0 {
		return k, nil
	}
	sample, err := d.src.peek(headSize)
	if err != nil {
		return 0, err
	}
	d.ascii = false
	d.name, d.reason, d.guessed = guessEncoding(sample)
	d.begin()
	return d.read(b)
}

// readUTF8 checks what it reads in place; bytes that are no UTF-8 become U+FFFD
// and are counted.
func (d *decoder) readUTF8(b []byte) (int, error) {
	if len(d.pending) > 0 {
		n := copy(b, d.pending)
		d.pending = d.pending[n:]
		return n, nil
	}
	if len(b) < 2*utf8.UTFMax {
		return d.readShort(b)
	}
	n := copy(b, d.tail[:d.tailLen])
	d.tailLen = 0
	m, err := d.src.Read(b[n:])
	n += m
	if err == nil {
		keep := wholeRunes(b[:n])
		d.tailLen = copy(d.tail[:], b[keep:n])
		n = keep
	}
	if utf8.Valid(b[:n]) {
		return n, err
	}
	return d.mend(b, n, err)
}

// readShort serves a reader that asks for less than a few characters.
func (d *decoder) readShort(b []byte) (int, error) {
	room := make([]byte, 64)
	n, err := d.readUTF8(room)
	k := copy(b, room[:n])
	d.pending = append(room[k:n:n], d.pending...)
	if err != nil && len(d.pending) > 0 {
		d.src.err, err = err, nil
	}
	return k, err
}

// wholeRunes is the length of b without a character that is cut at its end.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax+1); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// mend replaces the invalid bytes of b[:n], which makes it longer.
func (d *decoder) mend(b []byte, n int, err error) (int, error) {
	mended := make([]byte, 0, n+n/8)
	for rest := b[:n]; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			d.invalid++
		}
		mended = utf8.AppendRune(mended, r)
		rest = rest[size:]
	}
	k := copy(b, mended)
	d.pending = mended[k:]
	if err != nil && len(d.pending) > 0 {
		d.src.err = err // it comes after what is pending
		err = nil
	}
	return k, err
}

// guessEncoding tells UTF-8, GB18030 and Big5 apart by a text that begins with
// the first byte beyond ASCII.
func guessEncoding(sample []byte) (name string, reason Why, guessed bool) {
	whole := sample[:wholeRunes(sample)]
	if len(whole) > 0 && utf8.Valid(whole) {
		return "utf-8", because("utf8"), false
	}
	gb, big5 := countPairs(sample)
	if gb.bad == 0 && big5.bad == 0 && gb.common == big5.common {
		return "gb18030", because("alike", "pairs", strconv.Itoa(gb.pairs)), true
	}
	if mostlyUTF8(sample) {
		return "utf-8", because("mostly_utf8"), true
	}
	if gb.better(big5) {
		return "gb18030", gb.reason("GB18030", big5), gb.close(big5)
	}
	return "big5", big5.reason("Big5", gb), big5.close(gb)
}

// mostlyUTF8 tells whether far more characters beyond ASCII are valid UTF-8 than
// are not.
func mostlyUTF8(sample []byte) bool {
	good, bad := 0, 0
	for len(sample) > 0 {
		r, size := utf8.DecodeRune(sample)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		sample = sample[size:]
	}
	return good > 10*bad
}
