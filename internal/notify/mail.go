package notify

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// Letter is a mail in words of the catalogue: mail.TOPIC.subject and
// mail.TOPIC.body.
type Letter struct {
	To    string            `json:"-"`
	Lang  lang.Tag          `json:"lang"`
	Topic string            `json:"topic"`
	Args  map[string]string `json:"args"`
}

// Write puts a letter into the outbox, in the transaction that made it needed.
func Write(tx store.Tx, ids *id.Maker, c id.Company, l Letter) error {
	if !lang.Has("mail." + l.Topic + ".subject") {
		return fault.New(fault.Internal, "there is no letter %q", l.Topic)
	}
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	i, err := ids.At(tx.Now())
	if err != nil {
		return err
	}
	return tx.Outbox().Add(&store.Message{Company: c, ID: i, Channel: Mail, To: l.To, Topic: l.Topic, Body: b, Due: tx.Now(), State: Waiting, Created: tx.Now()})
}

// Invite writes the letter with which somebody chooses a password, at the
// address people open.
func Invite(tx store.Tx, ids *id.Maker, c id.Company, u *access.User, token, address string) error {
	return Write(tx, ids, c, Letter{To: u.Email, Lang: u.Lang, Topic: "invitation", Args: map[string]string{"name": u.Name, "token": token, "address": address}})
}

// Text is the subject and the body of a letter.
func (l *Letter) Text() (subject, body string) {
	tag := l.Lang
	if tag == "" {
		tag = lang.English
	}
	paragraph := func(key string) string { return strings.ReplaceAll(lang.Phrase(tag, key, l.Args), " / ", "\n\n") }
	return lang.Phrase(tag, "mail."+l.Topic+".subject", l.Args), paragraph("mail."+l.Topic+".body") + "\n\n" + lang.Phrase(tag, "mail.foot", l.Args) + "\n"
}

// Mailer sends mail.
type Mailer interface {
	Send(ctx context.Context, to, subject, body, messageID string) error
}

// SMTP is a mail server to hand mail to.
type SMTP struct {
	Host     string
	Port     int
	From     string
	User     string // empty: no log-in
	Password string
	Plain    bool        // no STARTTLS is asked for: a server on the same machine
	TLS      *tls.Config // nil: the usual
}

// mailTime bounds one mail.
const mailTime = 30 * time.Second

// Send hands over one mail. Encryption by STARTTLS is insisted on unless Plain.
func (s *SMTP) Send(ctx context.Context, to, subject, body, messageID string) error {
	m := mail.NewMsg()
	if err := m.From(s.From); err != nil {
		return fault.New(fault.Invalid, "mail.from: %v", err)
	}
	if err := m.To(to); err != nil {
		return fault.New(fault.Invalid, "the address of a mail cannot be used")
	}
	m.SetMessageIDWithValue(messageID)
	m.Subject(subject)
	m.SetBodyString(mail.TypeTextPlain, body)
	policy := mail.TLSMandatory
	if s.Plain {
		policy = mail.NoTLS
	}
	options := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(mailTime), mail.WithTLSPolicy(policy)}
	if s.TLS != nil {
		options = append(options, mail.WithTLSConfig(s.TLS))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	c, err := mail.NewClient(s.Host, options...)
	if err != nil {
		return fault.New(fault.Invalid, "mail: %v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	return c.DialAndSendWithContext(ctx, m)
}

// mail sends a letter out of the outbox.
func (p *Post) mail(ctx context.Context, m *store.Message) error {
	if p.Mail == nil {
		return fault.New(fault.Invalid, "no mail server is set up: set mail.host")
	}
	l := Letter{To: m.To}
	if err := json.Unmarshal(m.Body, &l); err != nil {
		return err
	}
	subject, body := l.Text()
	return p.Mail.Send(ctx, m.To, subject, body, m.ID.Named("msg")+"@waihu")
}
