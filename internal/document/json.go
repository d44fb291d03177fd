package document

import (
	"bytes"
	"encoding/json"
	"io"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
)

// JSON writes an invoice as indented JSON, the same bytes each time: fields in
// a fixed order, arguments of rules sorted, numbers as exact strings.
func JSON(w io.Writer, inv *invoice.Invoice) error {
	data, err := marshal(inv)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// ReadJSON reads what JSON wrote. A field it does not know is an Invalid
// error: the file was made by another version or by hand.
func ReadJSON(r io.Reader) (*invoice.Invoice, error) {
	inv := new(invoice.Invoice)
	if err := decodeStrict(r, inv); err != nil {
		return nil, fault.New(fault.Invalid, "this is not an invoice of version %d as JSON: %v", invoice.Version, err)
	}
	if inv.Version != invoice.Version {
		return nil, fault.New(fault.Invalid, "the invoice is of version %d, this program reads version %d", inv.Version, invoice.Version)
	}
	return inv, nil
}

// maxDocument is the most of a document that is read: an invoice of ten
// thousand lines is a tenth of it.
const maxDocument = 256 << 20

// decodeStrict reads one JSON value and nothing after it, refusing fields the
// type does not have and keys that are there twice: of two values one would be
// read by us and the other by somebody else.
func decodeStrict(r io.Reader, into any) error {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return err
	}
	if len(data) > maxDocument {
		return fault.New(fault.Invalid, "more than %d MiB", maxDocument>>20)
	}
	if err := once(data); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

func marshal(doc any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fault.New(fault.Internal, "a %T as JSON: %v", doc, err)
	}
	return b.Bytes(), nil
}
