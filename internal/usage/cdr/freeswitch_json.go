package cdr

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"waihu/internal/fault"
)

// FreeSWITCHJSON reads what mod_json_cdr writes or posts: single objects,
// arrays, one a line or one after another, and bodies of form posts ("cdr="
// with the record as it is, URL-encoded or in base64).
//
// Params: "direction" overrules the direction of every record.
func FreeSWITCHJSON() Format {
	return Format{
		Name:   "freeswitch-json",
		Title:  "FreeSWITCH mod_json_cdr",
		Sniff:  sniffFreeSWITCHJSON,
		Read:   readFreeSWITCHJSON,
		Params: map[string]string{"direction": directionHelp},
	}
}

func sniffFreeSWITCHJSON(head []byte, _ string) (int, Why) {
	head = bytes.TrimLeft(head, "\ufeff \t\r\n[")
	if rest, ok := bytes.CutPrefix(head, []byte("cdr={")); ok {
		head = append([]byte("{"), rest...)
	} else if line, _, _ := bytes.Cut(head, []byte("\n")); isForm(line) {
		if head = formHead(head); head == nil {
			head = formHead(line)
		}
	}
	if !bytes.HasPrefix(head, []byte("{")) {
		return 0, Why{}
	}
	found := 0
	for _, key := range []string{"core-uuid", "channel_data", "variables", "callflow", "switchname", "start_uepoch", "billusec"} {
		if bytes.Contains(head, []byte(`"`+key+`"`)) {
			found++
		}
	}
	switch {
	case found >= 3:
		return 95, because("freeswitch_json", "keys", strconv.Itoa(found))
	case found == 2:
		return 70, because("freeswitch_json_two")
	}
	return 0, Why{}
}

func readFreeSWITCHJSON(in *Input, out Out) error {
	f, err := newForeign(in, out, "freeswitch")
	if err != nil {
		return err
	}
	s := newJSONObjects(in.R, "")
	for {
		p, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if p.stray && bytes.Equal(bytes.TrimSpace(p.raw), []byte("cdr=")) {
			continue // the record follows as it is
		}
		row := Row{Line: p.line, Raw: string(p.raw)}
		if p.stray && isForm(p.raw) {
			p.raw, err = s.restOfForm(p.raw)
			if err != nil {
				return err
			}
			row.Raw = string(p.raw)
			if body, ok := formBody(p.raw); ok {
				p.raw, p.wrong = body, ""
			} else {
				p.wrong = "the body of this form post is neither URL-encoded JSON nor base64"
			}
		}
		if err := f.freeswitchJSON(row, p); err != nil {
			return err
		}
	}
}

func (f *foreign) freeswitchJSON(row Row, p jsonPiece) error {
	rec, bad := parseFreeSWITCHJSON(&p)
	if bad != nil {
		f.rejected(row, *bad)
		return nil
	}
	return f.report(row, f.freeswitchCall(rec))
}

type freeswitchJSONRecord struct {
	Variables map[string]jsonText `json:"variables"`
	Channel   json.RawMessage     `json:"channel_data"`
	Callflow  json.RawMessage     `json:"callflow"`
}

type freeswitchCallflow struct {
	Profile struct {
		UUID       jsonText        `json:"uuid"`
		From       jsonText        `json:"caller_id_number"`
		To         jsonText        `json:"destination_number"`
		Originator json.RawMessage `json:"originator"`
	} `json:"caller_profile"`
	Times        map[string]jsonText `json:"times"`
	ProfileIndex jsonText            `json:"profile_index"`
}

// parseFreeSWITCHJSON reads one object. Of several callflow entries the one
// with the highest profile_index tells the number called.
func parseFreeSWITCHJSON(p *jsonPiece) (*freeswitchRecord, *fault.Problem) {
	const expected = "a record of mod_json_cdr, with variables and a callflow"
	var r freeswitchJSONRecord
	if bad := p.decode(&r, expected); bad != nil {
		return nil, bad
	}
	if r.Variables == nil && r.Callflow == nil {
		return nil, &fault.Problem{What: "the object has neither variables nor a callflow", Expected: expected}
	}
	rec := &freeswitchRecord{vars: texts(r.Variables)}
	var channel struct {
		Direction jsonText `json:"direction"`
	}
	if json.Unmarshal(r.Channel, &channel) == nil { // only a help where variables lack it
		rec.channel = string(channel.Direction)
	}
	flows, err := callflows(r.Callflow)
	if bad := jsonProblem(err, expected); bad != nil {
		return nil, bad
	}
	if last := newestCallflow(flows); last != nil {
		rec.profile = map[string]string{
			"uuid": string(last.Profile.UUID), "caller_id_number": string(last.Profile.From),
			"destination_number": string(last.Profile.To),
		}
		rec.times = texts(last.Times)
		rec.bleg = len(last.Profile.Originator) > len("null")
	}
	return rec, nil
}

// callflows takes an object or an array, which changed between versions.
func callflows(raw json.RawMessage) ([]freeswitchCallflow, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	if raw[0] == '[' {
		var many []freeswitchCallflow
		err := json.Unmarshal(raw, &many)
		return many, err
	}
	var one freeswitchCallflow
	err := json.Unmarshal(raw, &one)
	return []freeswitchCallflow{one}, err
}

func newestCallflow(flows []freeswitchCallflow) *freeswitchCallflow {
	var newest *freeswitchCallflow
	best := -1
	for i := range flows {
		if n, _ := strconv.Atoi(string(flows[i].ProfileIndex)); n > best {
			newest, best = &flows[i], n
		}
	}
	return newest
}

func texts(m map[string]jsonText) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = string(v)
	}
	return out
}
