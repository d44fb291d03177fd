package console

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/receive"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// previewBytes is how much of a file a preview reads.
const previewBytes = 64 << 10

// preview reads the beginning of a file under a mapping and keeps nothing.
func (s *Server) preview(v *visit, u *receive.Uploaded, m cdr.Mapping) (*previewBody, error) {
	format, err := cdr.Mapped(m)
	if err != nil {
		return &previewBody{Wrong: err.Error()}, nil
	}
	opt, err := u.Upload.Options(nil)
	if err != nil {
		return nil, err
	}
	opt.Formats, opt.Format = []cdr.Format{format}, m.Name
	f, err := s.d.Uploads.OpenUpload(u.ID)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &previewBody{}
	head, err := headOf(f, u.Upload.Name)
	if err != nil {
		return nil, err
	}
	report, err := cdr.NewIntake(&previewSink{p: p, v: v}, opt).Read(v.r.Context(), strings.NewReader(head), u.Upload.Name, 0)
	var problem fault.Problem
	if err != nil && !errors.As(err, &problem) {
		p.Wrong = err.Error()
	} else if err != nil {
		p.Problems = append(p.Problems, problem)
	}
	p.Counts = report.Counts
	for _, t := range report.Tallies {
		for _, x := range t.Sample {
			if len(p.Problems) < 10 {
				p.Problems = append(p.Problems, x)
			}
		}
	}
	return p, nil
}

// headOf is the text a file begins with, up to a line end.
func headOf(r io.Reader, name string) (string, error) {
	opened, err := cdr.Open(r, name, cdr.OpenOptions{})
	if err != nil {
		return "", err
	}
	defer opened.Close()
	b, err := io.ReadAll(io.LimitReader(opened, previewBytes))
	text := string(b)
	if at := strings.LastIndexByte(text, '\n'); at > 0 && len(text) == previewBytes {
		text = text[:at+1]
	}
	return text, err
}

// previewSink keeps the first facts in words.
type previewSink struct {
	p *previewBody
	v *visit
}

const previewRows = 8

func (s *previewSink) add(c previewCall) error {
	if len(s.p.Calls) < previewRows {
		s.p.Calls = append(s.p.Calls, c)
	}
	return nil
}

func (s *previewSink) Call(c *usage.Call) error {
	return s.add(previewCall{Start: s.v.moment(c.Start), To: strings.Clone(c.To), Agent: strings.Clone(c.Agent), Result: word(s.v.Tag, "result", string(c.Result)), Talk: c.Seconds()})
}

func (s *previewSink) Seat(x usage.Seat) error {
	return s.add(previewCall{Other: fmt.Sprintf("%s: %s – %s", x.User, s.v.moment(x.From), s.v.moment(x.To))})
}

func (s *previewSink) Session(x usage.Session) error {
	return s.add(previewCall{Other: fmt.Sprintf("%s: %s – %s %s", x.User, s.v.moment(x.From), s.v.moment(x.To), word(s.v.Tag, "state", string(x.State)))})
}

func (s *previewSink) Module(x usage.Module) error {
	return s.add(previewCall{Other: fmt.Sprintf("%s: %s – %s", x.Module, s.v.moment(x.From), s.v.moment(x.To))})
}

func (s *previewSink) Rental(x usage.Rental) error {
	return s.add(previewCall{Other: fmt.Sprintf("%s: %s – %s", x.Item, s.v.moment(x.From), s.v.moment(x.To))})
}

func (s *previewSink) Event(x usage.Event) error {
	return s.add(previewCall{Other: fmt.Sprintf("%s: %s, %s", x.Kind, x.Quantity.String(), s.v.moment(x.At))})
}
