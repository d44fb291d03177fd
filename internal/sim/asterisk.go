package sim

import (
	"bufio"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// AsteriskCSV writes so many rows of a Master.csv as Asterisk's cdr_csv does
// with uniqueid and userfield: 18 columns, about 289 bytes a row, stamps of the
// wall clock in the order of their start, from 1 March 2026 on.
//
// It is an outbound centre: nine in ten calls go to Chinese mobile numbers, the
// others to eight other countries; two in five are answered, and talk for a
// lognormal time with a median of 38 s.
func AsteriskCSV(w io.Writer, rows int, seed uint64) error {
	out := bufio.NewWriterSize(w, 64<<10)
	g := &asterisk{rng: rand.New(rand.NewPCG(seed, 0x5741494855)), at: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	for i := range rows {
		if _, err := out.Write(g.row(i)); err != nil {
			return err
		}
	}
	return out.Flush()
}

type asterisk struct {
	rng *rand.Rand
	at  time.Time
	buf []byte
}

// abroad are country codes and how many digits follow.
var abroad = []struct {
	code   string
	digits int
}{{"0085296", 6}, {"00886912", 6}, {"006591", 6}, {"0081901", 7}, {"0044771", 7}, {"0049151", 8}, {"0016135", 6}, {"0061412", 6}}

// mobiles are the first digits of mobile numbers in China.
var mobiles = []string{"134", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "177", "181", "186", "188", "189", "199"}

var accounts = []string{"sales-north", "sales-south", "service-desk", "survey-2026"}

// row makes one row. Most of its work is to look like what Asterisk writes.
func (g *asterisk) row(i int) []byte {
	g.at = g.at.Add(time.Duration(g.rng.IntN(3)) * time.Second)
	agent := strconv.Itoa(8000 + g.rng.IntN(400))
	number := g.number()
	account := accounts[g.rng.IntN(len(accounts))]
	ring, talk, disposition := g.outcome()
	answer := time.Time{}
	if talk > 0 {
		answer = g.at.Add(time.Duration(ring) * time.Second)
	}
	end := g.at.Add(time.Duration(ring+talk) * time.Second)
	unique := strconv.FormatInt(g.at.Unix()-8*3600, 10) + "." + strconv.Itoa(2*i)
	b := g.buf[:0]
	b = quote(b, account)
	b = quote(b, agent)
	b = quote(b, number)
	b = quote(b, "from-internal")
	b = append(b, `"""Agent `...)
	b = append(append(append(append(b, agent...), `"" <`...), agent...), `>",`...)
	b = quote(b, "PJSIP/"+agent+"-"+hex8(2*i))
	b = quote(b, "PJSIP/carrier-a-"+hex8(2*i+1))
	b = quote(b, "Dial")
	b = quote(b, "PJSIP/"+number+"@carrier-a,60,tT(rec)")
	b = stamp(b, g.at)
	b = stamp(b, answer)
	b = stamp(b, end)
	b = append(strconv.AppendInt(b, int64(ring+talk), 10), ',')
	b = append(strconv.AppendInt(b, int64(talk), 10), ',')
	b = quote(b, disposition)
	b = quote(b, "DOCUMENTATION")
	b = quote(b, unique)
	b = quote(b, "week-"+strconv.Itoa(1+g.rng.IntN(12)))
	b[len(b)-1] = '\n'
	g.buf = b
	return b
}

func (g *asterisk) number() string {
	if g.rng.IntN(10) > 0 {
		return mobiles[g.rng.IntN(len(mobiles))] + g.digits(8)
	}
	c := abroad[g.rng.IntN(len(abroad))]
	return c.code + g.digits(c.digits)
}

func (g *asterisk) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(g.rng.IntN(10))
	}
	return string(b)
}

// outcome is how long the call rang and talked, in seconds, and what Asterisk
// calls it.
func (g *asterisk) outcome() (ring, talk int, disposition string) {
	ring = 3 + g.rng.IntN(25)
	switch p := g.rng.IntN(100); {
	case p < 40:
		// A shape, not money: a float is right here.
		talk = min(3600, 1+int(math.Exp(math.Log(38)+1.1*g.rng.NormFloat64())))
		return ring, talk, "ANSWERED"
	case p < 80:
		return ring, 0, "NO ANSWER"
	case p < 92:
		return ring / 3, 0, "BUSY"
	case p < 98:
		return ring / 6, 0, "FAILED"
	}
	return 0, 0, "CONGESTION"
}

func quote(b []byte, s string) []byte {
	b = append(b, '"')
	b = append(b, s...)
	return append(b, `",`...)
}

func stamp(b []byte, t time.Time) []byte {
	b = append(b, '"')
	if !t.IsZero() {
		b = t.AppendFormat(b, time.DateTime)
	}
	return append(b, `",`...)
}

func hex8(n int) string {
	s := strconv.FormatInt(int64(n), 16)
	return "00000000"[:max(0, 8-len(s))] + s
}
