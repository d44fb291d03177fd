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
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	inv := new(invoice.Invoice)
	if err := dec.Decode(inv); err != nil {
		return nil, fault.New(fault.Invalid, "this is not an invoice of version %d as JSON: %v", invoice.Version, err)
	}
	if inv.Version != invoice.Version {
		return nil, fault.New(fault.Invalid, "the invoice is of version %d, this program reads version %d", inv.Version, invoice.Version)
	}
	return inv, nil
}

func marshal(inv *invoice.Invoice) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(inv); err != nil {
		return nil, fault.New(fault.Internal, "invoice %s as JSON: %v", inv.Number, err)
	}
	return b.Bytes(), nil
}
