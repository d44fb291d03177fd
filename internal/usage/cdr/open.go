package cdr

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"waihu/internal/fault"
)

const (
	// maxRatio is how many times its size a compressed input may unpack to, and
	// ratioFree what it may unpack to whatever the ratio. Call records compress 5
	// to 20 times; even one row repeated stays below 400 with gzip at most sizes.
	maxRatio  = 400
	ratioFree = 64 << 20
	// maxUnpacked is the most a compressed input may unpack to: 64 GiB, some 200
	// million records.
	maxUnpacked = 64 << 30
	// zstdMemory bounds what a zstd frame may ask for.
	zstdMemory = 128 << 20
)

// OpenOptions say how to open an input. The zero value finds everything out.
type OpenOptions struct {
	Encoding  string // utf-8, utf-16le, utf-16be, gb18030 or big5; empty: detected
	MaxRatio  int64  // times its size that a compressed input may unpack to; 0: 400
	MaxUnpack int64  // bytes a compressed input may unpack to; 0: 64 GiB
}

// Opened is an input, unpacked and in UTF-8.
type Opened struct {
	Compression string // gzip, zstd, or empty
	text        *peeker
	decoder     *decoder
	close       func()
}

// Open undoes compression and encoding, both told by the bytes themselves. Its
// errors, of kind Invalid, say what an input is that holds no records: an
// image, a PDF, a spreadsheet, a program, nothing at all.
func Open(r io.Reader, name string, o OpenOptions) (*Opened, error) {
	raw := &peeker{r: r}
	magic, err := raw.peek(512)
	if err != nil {
		return nil, err
	}
	if len(magic) == 0 {
		return nil, notRecords(name, "the file is empty")
	}
	out := &Opened{close: func() {}}
	plain, err := out.unpack(raw, magic, name, o)
	if err != nil {
		return nil, err
	}
	head, err := plain.peek(headSize)
	if err == nil {
		err = claims(head, name)
	}
	if err == nil {
		out.decoder, err = newDecoder(plain, head, name, o.Encoding)
	}
	if err != nil {
		out.close()
		return nil, err
	}
	out.text = &peeker{r: out.decoder}
	return out, nil
}

// unpack undoes the compression, if there is one.
func (o *Opened) unpack(raw *peeker, magic []byte, name string, opt OpenOptions) (*peeker, error) {
	counted := &counting{r: raw}
	limit := &bounded{name: name, packed: counted, ratio: orElse(opt.MaxRatio, maxRatio), most: orElse(opt.MaxUnpack, maxUnpacked), free: ratioFree}
	switch {
	case hasPrefix(magic, "\x1f\x8b"):
		z, err := gzip.NewReader(counted)
		if err != nil {
			return nil, notRecords(name, "it begins like gzip, but is damaged: "+err.Error())
		}
		o.Compression, limit.r = "gzip", z
	case hasPrefix(magic, "\x28\xb5\x2f\xfd"):
		z, err := zstd.NewReader(counted, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked),
			zstd.WithDecoderMaxWindow(zstdMemory), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, notRecords(name, "it begins like zstd, but is damaged: "+err.Error())
		}
		o.Compression, limit.r, o.close = "zstd", z, z.Close
	default:
		return raw, nil
	}
	return &peeker{r: limit}, nil
}

// Head is the beginning of the text, for Detect: up to 64 KiB.
func (o *Opened) Head() ([]byte, error) { return o.text.peek(headSize) }

// Encoding is what the text was written in, and what told so. It is final once
// the text is read: until its first byte beyond ASCII it may be several.
func (o *Opened) Encoding() (name string, reason Why) { return o.decoder.name, o.decoder.reason }

// Guessed tells whether another encoding would fit as well.
func (o *Opened) Guessed() bool { return o.decoder.guessed }

func (o *Opened) Read(b []byte) (int, error) { return o.text.Read(b) }

// Close frees what unpacking holds. It does not close the reader given to Open.
func (o *Opened) Close() { o.close() }

// counting counts what was read through it.
type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// bounded stops a small input that unpacks to a huge one.
type bounded struct {
	r           io.Reader
	name        string
	packed      *counting
	ratio, most int64
	free        int64 // unpacked bytes that are all right whatever the ratio
	n           int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	switch {
	case b.n > b.most:
		return 0, notRecords(b.name, fmt.Sprintf("it unpacks to more than %d MiB", b.most>>20))
	case b.n > b.free && b.n/b.ratio > b.packed.n:
		return 0, notRecords(b.name, fmt.Sprintf("it unpacks to more than %d times its size", b.ratio))
	case err != nil && err != io.EOF:
		return n, fault.Problem{File: b.name, What: "the compressed data are damaged or cut off: " + unwrapped(err),
			Fix: "copy the file again, or unpack what can be saved"}
	}
	return n, err
}

// unwrapped is the text of the innermost error, without our own context.
func unwrapped(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

func orElse(v, standard int64) int64 {
	if v == 0 {
		return standard
	}
	return v
}
