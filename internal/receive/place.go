package receive

import (
	"encoding/json"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// placeKind holds how far a source was read; unique "source".
const placeKind store.Kind = "received"

// Place is how far a source was read, kept in the transaction of what was read.
type Place struct {
	Source   string    `json:"source"`             // the name it is configured under
	Offset   int64     `json:"offset,omitempty"`   // of a file: bytes that were read
	Head     string    `json:"head,omitempty"`     // SHA-256 of its first bytes ...
	HeadLen  int64     `json:"head_len,omitempty"` // ... so many of them
	Last     string    `json:"last,omitempty"`     // of a table: the greatest key that was read
	Open     string    `json:"open,omitempty"`     // of a table: the key of the first row that is not done; reading goes on there
	Read     int64     `json:"read"`               // records, since ever
	Rejected int64     `json:"rejected"`
	Why      []Refusal `json:"why,omitempty"` // of the last records that were refused
}

// Refusal is a record that could not be read, or a fact that could not be kept.
type Refusal struct {
	What string `json:"what"`
	Text string `json:"text,omitempty"` // the beginning of it
}

// whyKept is how many refusals a place remembers.
const whyKept = 20

// placed is a place with its record.
type placed struct {
	Place
	rec store.Record
}

// place reads how far a source was read; of a new one it is the beginning.
func place(tx store.Tx, ids *id.Maker, c id.Company, source string) (*placed, error) {
	key := store.Key{Name: "source", Value: source}
	rec, err := tx.Records().ByKey(c, placeKind, key)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		i, err := ids.At(tx.Now())
		return &placed{Place{Source: source}, store.Record{Company: c, Kind: placeKind, ID: i, Unique: []store.Key{key}}}, err
	}
	if err != nil {
		return nil, err
	}
	p := &placed{rec: *rec}
	return p, json.Unmarshal(rec.Body, &p.Place)
}

func (p *placed) save(tx store.Tx) (err error) {
	if p.rec.Body, err = json.Marshal(&p.Place); err != nil {
		return err
	}
	return tx.Records().Put(&p.rec)
}

// count adds what became of a piece of the source.
func (p *Place) count(r *Result) {
	p.Read += r.Report.Counts.Read
	p.Rejected += r.Report.Counts.Rejected + r.Conflict + r.Rejected
	for _, t := range r.Report.Tallies {
		for _, s := range t.Sample {
			if t.Outcome == "rejected" {
				p.Why = append(p.Why, Refusal{s.What, s.Value})
			}
		}
	}
	for _, f := range r.Refused {
		p.Why = append(p.Why, Refusal{string(f.Outcome) + " " + f.Reason, f.ID})
	}
	p.Why = p.Why[max(len(p.Why)-whyKept, 0):]
}

// countAgain is count for rows that are looked at several times: only what was
// new counts, and refusals are those of the last look.
func (p *Place) countAgain(r *Result) {
	read := p.Read + r.Added + r.Ended
	p.Rejected, p.Why = 0, nil
	p.count(r)
	p.Read = read
}

// Places are all sources of a company.
func Places(tx store.Tx, c id.Company) ([]Place, error) {
	recs, err := tx.Records().List(c, placeKind, store.Key{}, store.Page{Limit: store.MaxPage})
	if err != nil {
		return nil, err
	}
	out := make([]Place, len(recs))
	for i := range recs {
		if err := json.Unmarshal(recs[i].Body, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
