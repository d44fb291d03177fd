package phone

import (
	"fmt"
	"testing"
)

func TestAmbiguous(t *testing.T) {
	for _, c := range []struct {
		s, home string
		want    string // the reading abroad; empty: there is one reading
	}{
		{"13122345678", "CN", "13122345678"}, // +86 131 2234 5678, or +1 312 234 5678 in Chicago
		{"13121234567", "CN", ""},            // no exchange begins with 1
		{"+13122345678", "CN", ""},
		{"8613122345678", "CN", ""}, // the country code is there
		{"0013122345678", "CN", ""}, // the prefix says abroad
		{"01012345678", "CN", ""},   // the prefix says at home
		{"110", "CN", ""},
		{"alice", "CN", ""},
		{"13122345678", "", ""},            // without a home there is one reading
		{"3122345678", "US", "3122345678"}, // Chicago again, or +31 in the Netherlands
	} {
		home, other, ok := Ambiguous(c.s, c.home)
		if got := other.String(); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s in %q: %s, %t; want %q", c.s, c.home, got, ok, c.want)
		}
		if n, read := Normalize(c.s, c.home); ok && (!read || n != home) {
			t.Errorf("%s in %q is read as %s, not %s", c.s, c.home, n, home)
		}
	}
}

// FuzzAmbiguous: where there are two readings, Normalize takes the one at home,
// and with a plus the other one is a number of its own.
func FuzzAmbiguous(f *testing.F) {
	f.Add("13122345678", "CN")
	f.Add("2025550123", "US")
	f.Add("447911123456", "GB")
	f.Fuzz(func(t *testing.T, s, home string) {
		at, other, ok := Ambiguous(s, home)
		if !ok {
			return
		}
		if n, read := Normalize(s, home); !read || n != at {
			t.Fatalf("%q in %q is read as %s, not %s", s, home, n, at)
		}
		if n, read := Normalize("+"+other.String(), home); !read || n != other || other == at {
			t.Fatalf("%q in %q could be %s, which is read as %s", s, home, other, n)
		}
	})
}

func ExampleAmbiguous() {
	home, other, _ := Ambiguous("131 2234 5678", "CN")
	fmt.Println(home, other)
	// Output: 8613122345678 13122345678
}
