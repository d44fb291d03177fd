package workspace

import (
	"bytes"
	"errors"

	"waihu/internal/charging/audit"
	"waihu/internal/document"
)

// maxEvidence bounds the file of evidence that a page gives, in bytes of CSV.
const maxEvidence = 64 << 20

// evidence is the files of evidence as they are written. What comes when there is
// no room is counted: the findings count it too, and the command writes all.
type evidence struct {
	plain, book bytes.Buffer
	asCSV       document.Evidence
	asBook      document.Evidence
	most        int
	leftOut     int64
}

func newEvidence(o document.DetailOptions, most int) (e *evidence, err error) {
	e = &evidence{most: most}
	if e.asCSV, err = document.NewEvidenceCSV(&e.plain, o); err != nil {
		return nil, err
	}
	e.asBook = document.NewEvidenceXLSX(&e.book, o)
	return e, nil
}

func (e *evidence) write(ev *audit.Evidence) error {
	if e.plain.Len() > e.most {
		e.leftOut++
		return nil
	}
	return errors.Join(e.asCSV.Write(ev), e.asBook.Write(ev))
}
