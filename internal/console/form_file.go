package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"waihu/internal/fault"
	"waihu/internal/workspace"
)

// maxSigned bounds a signed document that is dropped on the page.
const maxSigned = 20 << 20

// formWithFile reads a form that may have a file with it. The file is not kept:
// its SHA-256 goes into a field.
func (v *visit) formWithFile(w http.ResponseWriter, file, into string) (*form, error) {
	if err := v.r.ParseForm(); err == nil && v.r.MultipartForm == nil && v.r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		f := v.blank()
		f.Values = v.r.PostForm
		return f, nil
	}
	v.r.Body = http.MaxBytesReader(w, v.r.Body, maxSigned+formBytes)
	if err := v.r.ParseMultipartForm(maxSigned + formBytes); err != nil {
		return nil, fault.New(fault.Invalid, "the form could not be read, or its file is larger than %d MiB: %v", maxSigned>>20, err)
	}
	f := v.blank()
	f.Values = v.r.MultipartForm.Value
	part, _, err := v.r.FormFile(file)
	if err != nil {
		return f, nil // no file was chosen
	}
	h := sha256.New()
	n, err := io.Copy(h, part)
	if err == nil && n > 0 {
		f.Values.Set(into, hex.EncodeToString(h.Sum(nil)))
	}
	return f, err
}

// maxParts bounds the fields of a form that comes with a file.
const maxParts = 20

// formAndFile reads a form and the file in one of its fields, with what the file was
// called; nil: none was chosen. Of a file that is larger than most, one byte more is
// read, so that the use case says that it is too large.
func (v *visit) formAndFile(w http.ResponseWriter, name string, most int) (f *form, file []byte, called string, err error) {
	v.r.Body = http.MaxBytesReader(w, v.r.Body, int64(2*most+formBytes))
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, nil, "", fault.New(fault.Invalid, "this is no form with a file: %v", err)
	}
	f = v.blank()
	room := formBytes
	for range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, file, called, nil
		}
		if err != nil {
			return nil, nil, "", fault.New(fault.Invalid, "the form could not be read, or its file is larger than %d KB: %v", most>>10, err)
		}
		if part.FormName() != name {
			if err := field(f.Values, part, &room); err != nil {
				return nil, nil, "", err
			}
			continue
		}
		if file, err = io.ReadAll(io.LimitReader(part, int64(most)+1)); err != nil {
			return nil, nil, "", err
		}
		if called = part.FileName(); len(file) == 0 {
			file = nil
		}
	}
	return nil, nil, "", fault.New(fault.Invalid, "the form has too many parts")
}

// field reads a field that stands beside a file, as far as there is room.
func field(values url.Values, part *multipart.Part, room *int) error {
	if part.FormName() == "file" {
		return nil // no file was chosen
	}
	text, err := workspace.ReadText(part.FormName(), part, room)
	if err == nil {
		values.Set(part.FormName(), text.Text)
	}
	return err
}
