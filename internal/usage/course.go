package usage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"waihu/internal/timex"
)

// Side is who ended a call, seen from the system that placed or took it.
type Side string

const (
	OurSide    Side = "us"
	TheirSide  Side = "them"
	TheNetwork Side = "network" // nobody answered, a way failed, a machine stopped
)

// Choices lists them; empty means not known.
func (Side) Choices() []string { return []string{"us", "them", "network"} }

// MOS is how a line sounded, in hundredths: 100 (bad) to 500; 0 is not known.
// It is the E-model's estimate (ITU-T G.107), not a listener's word.
type MOS int64

// Quality is how one direction of a leg sounded; the zero value is not known.
type Quality struct {
	MOS     MOS
	Packets int64 // that were expected
	Lost    int64
	Late    int64 // came, but too late to be played
	Jitter  time.Duration
}

// Course is how a call went, as far as the system that carried it tells more
// than a record of a foreign switch does. A call without one has none: nothing
// is spent on it.
type Course struct {
	EndedBy Side
	Cause   int64  // ITU-T Q.850, 1 to 127; 0: not known
	Status  int64  // SIP, 100 to 699; 0: none was sent
	Why     string // bye, refused, canceled, interrupted ...

	Trying  timex.Instant // first response; Start of the call is when it was placed
	Ringing timex.Instant
	Early   timex.Instant // sound before the answer

	OtherLeg string // ID of the leg it was bridged with, in the same Source

	Heard Quality // what came from the other side
	Told  Quality // what the other side reports of ours

	Detected string // class of what answered: person, machine, fax, busy tone ...
	Sure     int64  // how sure that is, in percent

	Recording       string // where it is kept; without a digest: it was begun, and nothing could be kept
	RecordingSHA256 string // 64 hex digits, of the file
}

// IsZero tells whether it says nothing.
func (c *Course) IsZero() bool { return c == nil || *c == Course{} }

// Clone copies it with its texts; nil stays nil.
func (c *Course) Clone() *Course {
	if c == nil {
		return nil
	}
	out := *c
	for _, s := range []*string{(*string)(&out.EndedBy), &out.Why, &out.OtherLeg, &out.Detected, &out.Recording, &out.RecordingSHA256} {
		*s = strings.Clone(*s)
	}
	return &out
}

// maxReference bounds each text of a course, in bytes.
const maxReference = 255

// Wrong says what cannot be in a course, in words for its sender; empty:
// nothing is wrong. Instants are judged by whoever judges those of the call.
func (c *Course) Wrong() string {
	switch {
	case c == nil:
		return ""
	case c.EndedBy != "" && !slices.Contains(c.EndedBy.Choices(), string(c.EndedBy)):
		return fmt.Sprintf("side %q ended it: %s was expected", c.EndedBy, strings.Join(c.EndedBy.Choices(), ", "))
	case c.Cause < 0 || c.Cause > 127:
		return fmt.Sprintf("its cause is %d: 1 to 127 was expected (Q.850)", c.Cause)
	case c.Status != 0 && (c.Status < 100 || c.Status > 699):
		return fmt.Sprintf("its SIP status is %d: 100 to 699 was expected", c.Status)
	case c.Sure < 0 || c.Sure > 100:
		return fmt.Sprintf("it is sure to %d percent: 0 to 100 was expected", c.Sure)
	case c.RecordingSHA256 != "" && (len(c.RecordingSHA256) != 64 || strings.Trim(c.RecordingSHA256, "0123456789abcdef") != ""):
		return "the digest of its recording is not 64 small hex digits"
	}
	for _, s := range []string{c.Why, c.OtherLeg, c.Detected, c.Recording} {
		if len(s) > maxReference {
			return fmt.Sprintf("a text has %d bytes: at most %d were expected", len(s), maxReference)
		}
	}
	for _, q := range []Quality{c.Heard, c.Told} {
		if q.Packets < 0 || q.Lost < 0 || q.Late < 0 || q.Jitter < 0 || q.MOS != 0 && (q.MOS < 100 || q.MOS > 500) {
			return "its quality has counts below nought, or a MOS that is not 1 to 5"
		}
	}
	return ""
}

// appendCourse is the canonical form of a course, behind the other fields.
func appendCourse(dst []byte, c *Course) []byte {
	dst = text(dst, string(c.EndedBy))
	dst = number(number(dst, c.Cause), c.Status)
	dst = text(dst, c.Why)
	dst = instant(instant(instant(dst, c.Trying), c.Ringing), c.Early)
	dst = text(dst, c.OtherLeg)
	dst = quality(quality(dst, &c.Heard), &c.Told)
	dst = number(text(dst, c.Detected), c.Sure)
	return text(text(dst, c.Recording), c.RecordingSHA256)
}

func quality(dst []byte, q *Quality) []byte {
	known := *q != Quality{}
	if dst = flag(dst, known); !known {
		return dst
	}
	dst = number(number(dst, int64(q.MOS)), q.Packets)
	return duration(number(number(dst, q.Lost), q.Late), q.Jitter)
}

// course reads a course back. One that says nothing has no form.
func (r *reading) course() *Course {
	c := &Course{EndedBy: Side(r.text()), Cause: r.number64(), Status: r.number64(), Why: r.text(),
		Trying: r.instant(), Ringing: r.instant(), Early: r.instant(), OtherLeg: r.text(),
		Heard: r.quality(), Told: r.quality(), Detected: r.text(), Sure: r.number64(), Recording: r.text(), RecordingSHA256: r.text()}
	r.bad = r.bad || *c == Course{}
	return c
}

func (r *reading) quality() (q Quality) {
	if !r.flag() {
		return q
	}
	q = Quality{MOS(r.number64()), r.number64(), r.number64(), r.number64(), time.Duration(r.number64())}
	r.bad = r.bad || q == Quality{}
	return q
}

func (r *reading) number64() int64 { return int64(r.fixed()) }
