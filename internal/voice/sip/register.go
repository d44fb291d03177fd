package sip

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	lib "github.com/emiago/sipgo/sip"
)

// onRegister takes the registration of a phone (RFC 3261, 10.3). Who it is comes
// first: before that, every account gets the same answer.
func (e *Endpoint) onRegister(req *lib.Request, tx lib.ServerTransaction) {
	if e.phones == nil {
		e.onOther(req, tx)
		return
	}
	account, no := e.stranger(req)
	if no == nil {
		no = e.register(account, req)
	}
	_ = tx.Respond(no)
}

// register is the answer to a REGISTER of an account that logged in.
func (e *Endpoint) register(account string, req *lib.Request) *lib.Response {
	if req.To().Address.User != account {
		return e.response(req, 403, "Forbidden") // nobody registers as somebody else
	}
	phones, why := e.bind(account, req)
	if why != nil {
		res := e.response(req, why.code, why.why)
		if name, value, has := strings.Cut(strings.TrimSuffix(why.extra, "\r\n"), ": "); has {
			res.AppendHeader(header(name, value))
		}
		return res
	}
	res := e.response(req, 200, "OK", header("Date", e.now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")))
	if path, _ := pathOf(req); path != "" {
		res.AppendHeader(header("Supported", "path"))
		res.AppendHeader(header("Path", path))
	}
	for _, p := range phones {
		left := (p.Until.Sub(e.now()) + time.Second - 1) / time.Second
		res.AppendHeader(header("Contact", fmt.Sprintf("<%s>;expires=%d", p.Contact, left)))
	}
	return res
}

// bind does what a REGISTER asks for: nothing, to forget all, or contacts with
// their times.
func (e *Endpoint) bind(account string, req *lib.Request) ([]Phone, *refused) {
	contacts := req.GetHeaders("Contact")
	usual, asked := usualLease, false
	if h := req.GetHeader("Expires"); h != nil {
		usual, asked = lease(h.Value(), usual), true
	}
	call, sequence := req.CallID().Value(), req.CSeq().SeqNo
	var changes []binding
	for _, h := range contacts {
		if h.Value() == "*" {
			if len(contacts) != 1 || !asked || usual != 0 {
				return nil, bad("Contact * Stands Alone And With Expires 0")
			}
			return nil, whyNot(e.phones.clear(account, call, sequence))
		}
		b, why := e.binding(account, h.Value(), usual, req)
		if why != nil {
			return nil, why
		}
		b.call, b.sequence = call, sequence
		changes = append(changes, b)
	}
	if len(changes) > perAccount {
		return nil, &refused{code: 403, why: "Too Many Contacts"}
	}
	phones, err := e.phones.update(account, changes)
	return phones, whyNot(err)
}

// binding reads one contact.
func (e *Endpoint) binding(account, value string, span time.Duration, req *lib.Request) (b binding, why *refused) {
	a, ok := parseNameAddr(value)
	if !ok || !sipURI(a.uri) {
		return b, bad("Malformed Contact")
	}
	b.instance = a.uri
	for _, p := range a.params {
		switch strings.ToLower(p.name) {
		case "expires":
			span = lease(p.value, span)
		case "+sip.instance":
			b.instance = p.value
		}
	}
	if span > 0 && span < e.phones.least {
		return b, &refused{code: 423, why: "Interval Too Brief", extra: fmt.Sprintf("Min-Expires: %d\r\n", e.phones.least/time.Second)}
	}
	now := e.now()
	b.Phone = Phone{Account: account, Contact: a.uri, Source: req.Source(), Transport: req.Transport(), Since: now, Until: now.Add(span)}
	if h := req.GetHeader("User-Agent"); h != nil {
		b.Agent = h.Value()
	}
	b.Path, why = pathOf(req)
	return b, why
}

// lease reads a time a phone asks for; what is no number is as if it were not
// there (RFC 3261, 10.2.1.1).
func lease(value string, otherwise time.Duration) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 32)
	if err != nil {
		return otherwise
	}
	return min(time.Duration(n)*time.Second, maxLease)
}

// whyNot is what a refusal of the book is answered with.
func whyNot(err error) *refused {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errStale):
		return &refused{code: 500, why: "Request Out Of Order"}
	}
	return &refused{code: 503, why: "Too Many Phones", extra: "Retry-After: 60\r\n"}
}

// maxPath is how many proxies may stand between us and a phone.
const maxPath = 8

// pathOf are the proxies a REGISTER came through, the nearest first.
func pathOf(req *lib.Request) (string, *refused) {
	var all []string
	for _, h := range req.GetHeaders("Path") {
		list, ok := splitList(h.Value())
		for _, one := range list {
			a, fine := parseNameAddr(one)
			ok = ok && fine && sipURI(a.uri)
		}
		if all = append(all, list...); !ok || len(all) > maxPath {
			return "", bad("Malformed Header Field Path")
		}
	}
	return strings.Join(all, ", "), nil
}
