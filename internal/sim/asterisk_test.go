package sim

import (
	"bytes"
	"testing"
)

func TestAsteriskCSVIsTheSameForTheSameSeed(t *testing.T) {
	make := func(rows int, seed uint64) []byte {
		var b bytes.Buffer
		if err := AsteriskCSV(&b, rows, seed); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	a := make(20_000, 1)
	if !bytes.Equal(a, make(20_000, 1)) {
		t.Error("two runs differ")
	}
	if bytes.Equal(a, make(20_000, 2)) {
		t.Error("two seeds give the same")
	}
	if !bytes.HasPrefix(a, make(100, 1)) {
		t.Error("a shorter file is not the beginning of a longer one")
	}
	if n := bytes.Count(a, []byte("\n")); n != 20_000 {
		t.Errorf("%d rows", n)
	}
	if mean := len(a) / 20_000; mean < 280 || mean > 298 {
		t.Errorf("%d bytes a row, want about 289", mean)
	}
	answered := bytes.Count(a, []byte(`"ANSWERED"`))
	if answered < 7_500 || answered > 8_500 {
		t.Errorf("%d of 20,000 answered, want two in five", answered)
	}
}
