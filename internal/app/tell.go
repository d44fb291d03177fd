package app

import (
	"encoding/json"
	"slices"

	"waihu/internal/charging/dunning"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// news is what a message says: as JSON to webhooks, and in the words of a letter
// where the catalogue has one for its topic.
type news interface{ words() map[string]string }

// letter is the body of a mail, which whoever sends it puts into words:
// mail.TOPIC.subject and mail.TOPIC.body of the catalogue.
type letter struct {
	Lang  lang.Tag          `json:"lang"`
	Topic string            `json:"topic"`
	Args  map[string]string `json:"args"`
}

// tell puts a message into the outbox, in the transaction that caused it: for
// the webhooks of the company, and as a letter where the topic has one and the
// company an address.
func (s *System) tell(tx store.Tx, c id.Company, topic string, n news) error {
	if !slices.Contains(Topics(), topic) {
		return fault.New(fault.Internal, "message %s: the topic is not in the list of topics", topic)
	}
	company, _, err := get[Company](tx, id.Platform, KindCompany, c.ID)
	if err != nil {
		return err
	}
	if err := s.send(tx, c, "webhook", "", topic, n); err != nil {
		return err
	}
	if company.Email == "" || !lang.Has("mail."+topic+".subject") {
		return nil
	}
	tag, err := lang.ParseTag(company.Lang)
	if err != nil {
		tag = lang.English
	}
	return s.send(tx, c, "mail", company.Email, topic, letter{tag, topic, n.words()})
}

func (s *System) send(tx store.Tx, c id.Company, channel, to, topic string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fault.New(fault.KindOf(err), "message %s: %v", topic, err)
	}
	m := &store.Message{Company: c, Channel: channel, To: to, Topic: topic, Body: b, Due: tx.Now(), State: store.Waiting, Created: tx.Now()}
	if m.ID, err = s.newID(tx); err != nil {
		return err
	}
	return tx.Outbox().Add(m)
}

// contractNews is what messages say of a contract.
type contractNews struct {
	Contract id.ID      `json:"contract"`
	Name     string     `json:"name"`
	State    string     `json:"state"`
	EndsOn   timex.Date `json:"ends_on,omitzero"`
}

func (a *Agreement) brief() contractNews {
	return contractNews{a.ID, a.Contract, string(a.Life.State), a.Life.EndsOn}
}

func (n contractNews) words() map[string]string {
	return map[string]string{"name": n.Name, "ends": n.EndsOn.String()}
}

// invoiceNews is what messages say of an invoice or credit note.
type invoiceNews struct {
	Document id.ID        `json:"document"`
	Kind     string       `json:"kind"`
	Number   string       `json:"number"`
	Status   store.Status `json:"status"`
	Total    money.Amount `json:"total"`
	Open     money.Amount `json:"open"`
	DueOn    timex.Date   `json:"due_on,omitzero"`
}

func newsOf(d *store.Document) invoiceNews {
	return invoiceNews{d.ID, string(d.Kind), d.Number, d.Status, d.Total, openOf(d), d.DueOn}
}

func (n invoiceNews) words() map[string]string {
	return map[string]string{"number": n.Number, "total": n.Total.String(), "open": n.Open.String(), "due": n.DueOn.String()}
}

// dunningNews is what a reminder says.
type dunningNews struct {
	invoiceNews
	Action     dunning.Action `json:"action"`
	SuspendsOn timex.Date     `json:"suspends_on,omitzero"`
}

func (n dunningNews) words() map[string]string {
	out := n.invoiceNews.words()
	out["suspends"] = n.SuspendsOn.String()
	return out
}

// companyNews is what messages say of a company's service.
type companyNews struct {
	Name string `json:"name"`
}

func (n companyNews) words() map[string]string { return map[string]string{"name": n.Name} }

// walletNews is what messages say of a wallet: a level that was crossed, or how
// much is to be bought. Whoever collects the money answers with a TopUp.
type walletNews struct {
	Wallet  string       `json:"wallet"`
	Balance money.Amount `json:"balance"`
	Amount  money.Amount `json:"amount"`
}

func (n walletNews) words() map[string]string {
	return map[string]string{"wallet": n.Wallet, "balance": n.Balance.String(), "amount": n.Amount.String()}
}
