package receive

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/usage/cdr"
)

// Manager takes the Cdr events of Asterisk's manager interface (AMI). What
// happens while it is not connected is not told again: the file Master.csv is
// what counts, and the same call from both is kept once.
type Manager struct {
	To      Ingester
	Company id.Company
	Address string // host:5038
	User    string
	Secret  string
	Options cdr.Options // zone and source of the records
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
	Told    func(*Result) // of every record; nil: nobody
}

// Bounds of the manager interface.
const (
	amiLine    = 8 << 10 // bytes of a line
	amiLines   = 200     // of a message
	amiQuiet   = 90 * time.Second
	amiPing    = 30 * time.Second
	amiConnect = 10 * time.Second
)

// amiColumns are the fields of a Cdr event in the order of a row of Master.csv.
var amiColumns = []string{"AccountCode", "Source", "Destination", "DestinationContext", "CallerID", "Channel", "DestinationChannel", "LastApplication", "LastData",
	"StartTime", "AnswerTime", "EndTime", "Duration", "BillableSeconds", "Disposition", "AMAFlags", "UniqueID", "UserField"}

// Run connects, logs in and takes events until the connection or the context
// ends. Its error says why; who calls connects again after a while.
func (m *Manager) Run(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "manager %s", m.Address)
	dial := m.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: amiConnect}).DialContext
	}
	conn, err := dial(ctx, "tcp", m.Address)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()
	s := &session{m: m, conn: conn, r: bufio.NewReaderSize(conn, amiLine)}
	if err := s.logIn(); err != nil {
		return err
	}
	pings := make(chan struct{})
	defer close(pings)
	go s.keepAlive(pings)
	for { // ends with the connection
		msg, err := s.read()
		if err != nil {
			return err
		}
		if msg.Get("Event") != "Cdr" {
			continue
		}
		if err := m.take(ctx, msg); err != nil {
			return err
		}
	}
}

// session is one connection.
type session struct {
	m    *Manager
	conn net.Conn
	r    *bufio.Reader
}

// logIn reads the greeting and asks for events about finished calls only.
func (s *session) logIn() error {
	if err := s.conn.SetReadDeadline(time.Now().Add(amiConnect)); err != nil {
		return err
	}
	hello, err := s.line()
	if err != nil {
		return err
	}
	if !strings.HasPrefix(hello, "Asterisk Call Manager") {
		return fault.New(fault.Invalid, "it says %q: the greeting of a manager interface was expected", fault.Shorten(hello, 40))
	}
	if err := s.send("Action: Login", "ActionID: login", "Username: "+clean(s.m.User), "Secret: "+clean(s.m.Secret), "Events: cdr"); err != nil {
		return err
	}
	for range amiLines { // events may come before the answer
		msg, err := s.read()
		if err != nil {
			return err
		}
		switch {
		case msg.Get("Response") == "":
		case msg.Get("Response") == "Success":
			return nil
		default:
			return fault.New(fault.Invalid, "the log-in was refused: %s", fault.Shorten(msg.Get("Message"), 100))
		}
	}
	return errors.New("the log-in was not answered")
}

// clean keeps a value on its line.
func clean(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }

func (s *session) send(lines ...string) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(amiConnect)); err != nil {
		return err
	}
	_, err := io.WriteString(s.conn, strings.Join(lines, "\r\n")+"\r\n\r\n")
	return err
}

// keepAlive asks for a sign of life, so that a dead connection is found.
func (s *session) keepAlive(end <-chan struct{}) {
	tick := time.NewTicker(amiPing)
	defer tick.Stop()
	for {
		select {
		case <-end:
			return
		case <-tick.C:
			if s.send("Action: Ping") != nil {
				return // the reader finds out as well
			}
		}
	}
}

// read reads a message: lines of "Name: value" up to an empty one.
func (s *session) read() (textproto.MIMEHeader, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(amiQuiet)); err != nil {
		return nil, err
	}
	msg := textproto.MIMEHeader{}
	for range amiLines {
		line, err := s.line()
		if err != nil {
			return nil, err
		}
		if line == "" {
			if len(msg) == 0 {
				continue
			}
			return msg, nil
		}
		name, value, ok := strings.Cut(line, ":")
		if ok {
			msg.Set(name, strings.TrimPrefix(value, " "))
		}
	}
	return nil, fault.New(fault.Invalid, "a message has more than %d lines", amiLines)
}

func (s *session) line() (string, error) {
	line, err := s.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", fault.New(fault.Invalid, "a line has more than %d bytes", amiLine)
	}
	if err != nil {
		return "", err
	}
	return string(bytes.TrimRight(line, "\r\n")), nil
}

// take keeps the call of an event, read as a row of Master.csv is read.
func (m *Manager) take(ctx context.Context, msg textproto.MIMEHeader) error {
	row := make([]string, len(amiColumns))
	for i, name := range amiColumns {
		row[i] = msg.Get(name)
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	if err := w.Write(row); err != nil {
		return err
	}
	w.Flush()
	opt := m.Options
	opt.Format, opt.Repeats = "asterisk-csv", true
	result, err := Read(ctx, m.To, m.Company, opt, &text, fmt.Sprintf("manager %s", m.Address), int64(text.Len()))
	if err == nil && m.Told != nil {
		m.Told(result)
	}
	return err
}
