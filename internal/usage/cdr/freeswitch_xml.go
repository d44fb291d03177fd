package cdr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"waihu/internal/fault"
)

// maxXMLDepth bounds how deep a record nests; real ones stay below 8.
const maxXMLDepth = 32

// FreeSWITCHXML reads what mod_xml_cdr writes: one <cdr> or many, one after
// another or in a wrapper. Entities other than XML's own five are refused, and
// so is a document type. Values are URL-decoded under the same rule as those of
// freeswitch-json.
//
// Params: "direction" overrules the direction of every record.
func FreeSWITCHXML() Format {
	return Format{
		Name:   "freeswitch-xml",
		Title:  "FreeSWITCH mod_xml_cdr",
		Sniff:  sniffFreeSWITCHXML,
		Read:   readFreeSWITCHXML,
		Params: map[string]string{"direction": directionHelp},
	}
}

func sniffFreeSWITCHXML(head []byte, _ string) (int, Why) {
	head = bytes.TrimLeft(head, "\ufeff \t\r\n")
	if !bytes.HasPrefix(head, []byte("<")) {
		return 0, Why{}
	}
	i := bytes.Index(head, []byte("<cdr"))
	if i < 0 {
		return 0, Why{}
	}
	for _, word := range []string{"core-uuid=", "<channel_data>", "<variables>", "<callflow"} {
		if bytes.Contains(head[i:], []byte(word)) {
			return 95, because("freeswitch_xml", "word", strings.Trim(word, "<>="))
		}
	}
	return 0, Why{}
}

func readFreeSWITCHXML(in *Input, out Out) error {
	f, err := newForeign(in, out, "freeswitch")
	if err != nil {
		return err
	}
	s := newXMLCDRs(in.R, in.Name)
	for {
		p, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		row := Row{Line: p.line, Raw: string(p.raw)}
		if p.wrong != "" {
			f.rejected(row, fault.Problem{What: p.wrong, Expected: "one element <cdr> a call"})
			continue
		}
		rec, bad := parseFreeSWITCHXML(p.raw)
		if bad != nil {
			bad.Expected = "a record of mod_xml_cdr, with variables and a callflow"
			f.rejected(row, *bad)
			continue
		}
		if err := f.report(row, f.freeswitchCall(rec)); err != nil {
			return err
		}
	}
}

// freeswitchXML gathers a record while its elements go by.
type freeswitchXML struct {
	rec   *freeswitchRecord
	path  []string
	text  strings.Builder
	index int // profile_index of the callflow that is open
	best  int // profile_index of the callflow taken so far
}

// parseFreeSWITCHXML reads one <cdr> element.
func parseFreeSWITCHXML(raw []byte) (*freeswitchRecord, *fault.Problem) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	g := &freeswitchXML{rec: &freeswitchRecord{vars: map[string]string{}}, best: -1}
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, notXML(err)
		}
		if wrong := g.take(t); wrong != "" {
			return nil, &fault.Problem{What: wrong}
		}
	}
	if len(g.rec.vars) == 0 && g.rec.profile == nil {
		return nil, &fault.Problem{What: "the element has neither variables nor a callflow"}
	}
	return g.rec, nil
}

func notXML(err error) *fault.Problem {
	text := err.Error()
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		text = syntax.Msg // without a line number, which would count from the record
	}
	return &fault.Problem{What: "this is no XML", Value: text}
}

// take notes one token; the answer is what is wrong with it, in words.
func (g *freeswitchXML) take(t xml.Token) string {
	switch t := t.(type) {
	case xml.StartElement:
		if len(g.path) >= maxXMLDepth {
			return wrongDeep
		}
		g.path = append(g.path, t.Name.Local)
		g.text.Reset()
		g.open(t)
	case xml.CharData:
		g.text.Write(t)
	case xml.EndElement:
		g.close(strings.TrimSpace(g.text.String()))
		g.path = g.path[:len(g.path)-1]
		g.text.Reset()
	case xml.Directive:
		return "a directive stands in the record; call records have none"
	}
	return ""
}

// open notes the callflow whose entry has the highest index: the last one.
func (g *freeswitchXML) open(t xml.StartElement) {
	n := len(g.path)
	switch {
	case n < 2 || g.path[1] != "callflow":
	case n == 2:
		g.index = 0
		for _, a := range t.Attr {
			if a.Name.Local == "profile_index" {
				g.index, _ = strconv.Atoi(a.Value)
			}
		}
		if g.index > g.best {
			g.best = g.index
			g.rec.profile, g.rec.times, g.rec.bleg = map[string]string{}, map[string]string{}, false
		}
	case n == 4 && g.path[2] == "caller_profile" && g.path[3] == "originator":
		g.rec.bleg = g.rec.bleg || g.index == g.best
	}
}

func (g *freeswitchXML) close(text string) {
	n := len(g.path)
	name := g.path[n-1]
	switch {
	case n == 3 && g.path[1] == "variables":
		g.rec.vars[name] = text
	case n == 3 && g.path[1] == "channel_data" && name == "direction":
		g.rec.channel = text
	case n == 4 && g.path[1] == "callflow" && g.index == g.best && g.path[2] == "caller_profile":
		g.rec.profile[name] = text
	case n == 4 && g.path[1] == "callflow" && g.index == g.best && g.path[2] == "times":
		g.rec.times[name] = text
	}
}
