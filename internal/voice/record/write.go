package record

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// Write makes a recording of sound that is there already: what we said and what the
// other side said, in the law of the file, of equal length and at most MaxLength.
// Marks that say paused are made silent.
func Write(file File, law audio.Law, ours, theirs []byte, made ...Mark) (_ Sum, err error) {
	defer fault.Wrap(&err, "writing the recording")
	if len(ours) != len(theirs) || len(ours) > int(MaxLength/time.Second)*audio.Rate || len(made) > MaxMarks {
		return Sum{}, fault.New(fault.Invalid, "two sides of equal length, at most %v, and at most %d marks were expected", MaxLength, MaxMarks)
	}
	rows := make([]byte, 2*len(ours))
	for i := range ours {
		rows[2*i], rows[2*i+1] = ours[i], theirs[i]
	}
	const perMilli = 2 * audio.Rate / 1000
	var paused int64
	for _, m := range made {
		if m.From < 0 || m.To <= m.From || m.To > int64(len(rows))/perMilli {
			return Sum{}, fault.New(fault.Invalid, "a mark from %d to %d ms is not in the recording", m.From, m.To)
		}
		if m.What == Paused {
			law.Fill(rows[m.From*perMilli : m.To*perMilli])
			paused += m.To - m.From
		}
	}
	for _, b := range [][]byte{audio.Header(law, 2, int64(len(rows))), rows} {
		if _, err := file.Write(b); err != nil {
			return Sum{}, err
		}
	}
	sum, err := sumOf(file, law, int64(len(rows)))
	sum.Paused, sum.Marks = time.Duration(paused)*time.Millisecond, made
	return sum, err
}
