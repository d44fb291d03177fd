package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/offer"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/timex"
)

// offerNew asks the checklist and writes an offer.
type offerNew struct {
	Plan    string `arg:"" help:"Plan file the offer is for; the offer is written beside it." type:"existingfile"`
	Answers string `help:"Take the answers from this file: one category: answer a line." placeholder:"FILE" type:"existingfile"`
	Out     string `help:"Where to write the offer; standard output if absent." placeholder:"FILE"`
	ID      string `help:"Identifier of the offer; the plan's if absent." placeholder:"NAME"`
	Lang    string `default:"en" help:"Language of the questions: en, zh-Hant, zh-Hans."`
}

// maxAnswers bounds the lines of an answer file.
const maxAnswers = 1000

// Run asks, checks and writes.
func (c *offerNew) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	a, err := readAgreement(e, c.Plan)
	if err != nil {
		return err
	}
	o := &offer.Offer{ID: c.ID, Plan: filepath.Base(c.Plan)}
	if o.ID == "" {
		o.ID = a.Plan.ID
	}
	if c.Answers != "" {
		err = c.fromFile(o)
	} else {
		err = ask(e, tag, o, a.Plan)
	}
	if err != nil {
		return err
	}
	written := *o
	o.Complete(a.Plan)
	problems := o.Check(a.Plan)
	for _, p := range problems.Warnings() {
		fmt.Fprintf(e.Err, "warning: %v\n", p)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if c.Out == "" {
		_, err = e.Out.Write(planfile.WriteOffer(&written))
		return err
	}
	return os.WriteFile(c.Out, planfile.WriteOffer(&written), 0o644)
}

// fromFile reads lines of "category: answer", and of vendor, source, read_on,
// confidence and the terms.
func (c *offerNew) fromFile(o *offer.Offer) error {
	data, err := os.ReadFile(c.Answers)
	if err != nil {
		return err
	}
	var errs []error
	lines := bytes.Split(data, []byte("\n"))
	if len(lines) > maxAnswers {
		return fault.New(fault.Invalid, "%s has more than %d lines", c.Answers, maxAnswers)
	}
	for i, line := range lines {
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(text, ":")
		if !ok {
			errs = append(errs, fmt.Errorf("%s:%d: %q: write category: answer", c.Answers, i+1, text))
			continue
		}
		if err := answer(o, strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", c.Answers, i+1, err))
		}
	}
	return errors.Join(errs...)
}

// answer sets one thing of an offer.
func answer(o *offer.Offer, key, value string) (err error) {
	switch key {
	case "vendor":
		o.Vendor = value
	case "source":
		o.Source = value
	case "confidence":
		o.Confidence = offer.Confidence(value)
	case "read_on":
		o.ReadOn, err = timex.ParseDate(value)
	default:
		for _, c := range offer.Categories() {
			if string(c) == key {
				f, err := offer.ParseAnswer(c, value)
				if err == nil && (f.Answer != offer.Unknown || f.Note != "") {
					o.Fees = append(o.Fees, f)
				}
				return err
			}
		}
		if k := offer.TermKey(key); slices.Contains(k.Choices(), key) {
			return o.AnswerTerm(k, value)
		}
		return fmt.Errorf("%q is no question of the checklist; there are vendor, source, read_on, confidence, %s, %s", key, strings.Join(offer.TermKey("").Choices(), ", "), strings.Join(offer.Category("").Choices(), ", "))
	}
	return err
}

// stopWord ends the questions; what is not answered by then stays unknown.
const stopWord = "."

// asked is one question: what it is called, and what an empty answer stands for.
type asked struct{ words, key, otherwise string }

// ask puts every question. An answer that cannot be read is asked again, an empty
// one takes what is shown in brackets or leaves the question open.
func ask(e *env, tag lang.Tag, o *offer.Offer, p *catalog.Plan) error {
	in := bufio.NewScanner(e.In)
	fmt.Fprintln(e.Err, lang.Phrase(tag, "offer_new.how", map[string]string{"stop": stopWord, "answers": "included, no, ?", "amounts": "plan talk; 500 once; 10..20 month; 0.02 minute; 5% renewal"}))
	for _, q := range questions(tag, p) {
		more, err := q.put(e, in, o)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	fmt.Fprintln(e.Err)
	return nil
}

// questions are those about the offer itself, where the plan does not say, the
// checklist, and the terms.
func questions(tag lang.Tag, p *catalog.Plan) []asked {
	var out []asked
	if p.Offer == nil {
		for _, key := range []string{"vendor", "source"} {
			out = append(out, asked{lang.Phrase(tag, "offer_new."+key, nil), key, ""})
		}
		out = append(out, asked{lang.Phrase(tag, "offer_new.read_on", nil), "read_on", timex.DateOf(time.Now()).String()},
			asked{lang.Phrase(tag, "offer_new.confidence", nil), "confidence", string(offer.ConfidenceD)})
	}
	for _, c := range offer.Categories() {
		out = append(out, asked{lang.Choice(tag, "fee_category", string(c)), string(c), "?"})
	}
	for _, k := range offer.TermKeys() {
		out = append(out, asked{lang.Phrase(tag, "offer_new."+string(k), map[string]string{"such": k.Example()}), string(k), "?"})
	}
	return out
}

// put asks until the answer can be read, and again where nothing stands for an
// empty one; more is false where nobody answers any more.
func (q *asked) put(e *env, in *bufio.Scanner, o *offer.Offer) (more bool, err error) {
	for {
		fmt.Fprintf(e.Err, "%s (%s)", q.words, q.key)
		if q.otherwise != "" {
			fmt.Fprintf(e.Err, " [%s]", q.otherwise)
		}
		fmt.Fprint(e.Err, ": ")
		if !in.Scan() {
			return false, in.Err()
		}
		text := strings.TrimSpace(in.Text())
		if text == stopWord {
			return false, nil
		}
		if text == "" && q.otherwise == "" { // an offer of nobody, read nowhere, is refused: not after thirty answers
			continue
		}
		if err := answer(o, q.key, cmp.Or(text, q.otherwise)); err != nil {
			fmt.Fprintln(e.Err, err)
			continue
		}
		return true, nil
	}
}
