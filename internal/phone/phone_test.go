package phone_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"waihu/internal/phone"
)

func e164(t testing.TB, s string) phone.Number {
	t.Helper()
	n, ok := phone.Parse(s)
	if !ok && s != "" {
		t.Fatalf("%q is not a number", s)
	}
	return n
}

func ExampleNormalize() {
	for _, s := range []string{"0138 0013 8000", "02162345678", "0085223456789", "95588", "801"} {
		n, ok := phone.Normalize(s, "CN")
		fmt.Println(n, ok, phone.Classify(n).Region, phone.Classify(n).Kind)
	}
	// Output:
	// 8613800138000 true CN mobile
	// 862162345678 true CN landline
	// 85223456789 true HK landline
	// 8695588 true CN short
	//  false
}

func TestClassify(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(`
8613800138000 CN mobile
8619912345678 CN mobile
8614712345678 CN mobile
8612012345678 CN -
861381234567 CN -
861062345678 CN landline
8610110 CN short
862162345678 CN landline
8675523456789 CN landline
864713456789 CN landline
868936012345 CN landline
8640062345678 CN -
864006234567 CN shared_cost
868008201234 CN toll_free
8695588 CN short
869501312345678 CN short
8695188123 CN short
869518812345 CN landline
8696110 CN short
86110 CN short
8610086 CN short
8612345 CN short
8675512345 CN short
86116114 CN short
861 CN -
86 CN -
886912345678 TW mobile
886800123456 TW toll_free
886204123456 TW premium
886209123456 TW premium
886223456789 TW landline
88632345678 TW landline
88637234567 TW landline
886492345678 TW landline
88682623456 TW landline
8867012345678 TW voip
886110 TW short
8861922 TW short
886101 TW -
85251234567 HK mobile
85261234567 HK mobile
85291234567 HK mobile
85223456789 HK landline
85235001234 HK landline
852800123456 HK toll_free
85290012345678 HK premium
85290012345 HK mobile
852999 HK short
8521823 HK short
85366123456 MO mobile
85328123456 MO landline
12125551234 US -
14165551234 CA -
18764251234 JM -
17875551234 PR -
18005551234 - toll_free
18335551234 - toll_free
19005551234 - premium
15005551234 - -
1911 - short
6591234567 SG mobile
6581234567 SG mobile
6561234567 SG landline
6531234567 SG voip
658001234567 SG toll_free
6519001234567 SG premium
6518001234567 SG toll_free
819012345678 JP mobile
81312345678 JP landline
815012345678 JP voip
81120123456 JP toll_free
818001234567 JP toll_free
81570123456 JP shared_cost
81990123456 JP premium
81110 JP short
447400123456 GB mobile
447624123456 IM mobile
441624123456 IM landline
441481123456 GG landline
442079460000 GB landline
443301234567 GB landline
448081570000 GB toll_free
448451234567 GB shared_cost
449061234567 GB premium
445512345678 GB voip
44999 GB short
447012345678 GB -
79161234567 RU -
77011234567 KZ -
4915112345678 DE -
390669812345 VA -
390612345678 IT -
3581812345 AX -
262269123456 YT -
262262123456 RE -
59997171234 CW -
5997171234 BQ -
38344123456 XK -
80012345678 - toll_free
80812345678 - shared_cost
979123456789 - premium
870773123456 - -
881612345678 - -
2101234567 - -
999123 - -
0123456 - -
7 RU -
8 - -
9 - -
80 - -`), "\n") {
		f := strings.Fields(line)
		c := phone.Classify(e164(t, f[0]))
		got := phone.Class{Region: strings.Trim(f[1], "-"), Kind: phone.Kind(strings.Trim(f[2], "-"))}
		if c != got {
			t.Errorf("%s: %+v, want %+v", f[0], c, got)
		}
	}
	if c := phone.Classify(0); c != (phone.Class{}) {
		t.Errorf("the zero Number is %+v", c)
	}
}

func TestNormalize(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(`
CN +8613800138000 8613800138000
CN +86-(0)10-6234/5678 861062345678
CN 13800138000 8613800138000
CN 013800138000 8613800138000
CN 008613800138000 8613800138000
CN 8613800138000 8613800138000
CN 01062345678 861062345678
CN 1062345678 861062345678
CN 075523456789 8675523456789
CN 0471-3456789 864713456789
CN 75523456789 8675523456789
CN 62345678 -
CN 4006234567 864006234567
CN 8008201234 868008201234
CN 95588 8695588
CN 110 86110
CN 12345 8612345
CN 075512345 8675512345
CN 10086 8610086
CN 0012125551234 12125551234
CN 00442079460000 442079460000
CN 442079460000 442079460000
CN 0085223456789 85223456789
CN 85223456789 85223456789
CN 88637234567 88637234567
CN 886223456789 886223456789
CN 6591234567 6591234567
CN sip:+8613800138000@10.0.0.1;user=phone 8613800138000
CN sip:13800138000@10.0.0.1 8613800138000
CN tel:+85223456789 85223456789
CN 801 -
CN 8001 -
CN 200 -
CN sip:8001@10.0.0.1 -
CN sip:alice@10.0.0.1 -
CN anonymous -
CN - -
CN *97 -
CN +0138 -
CN +9991234567 -
CN +86 -
CN 00 -
CN 0 -
CN 000123 -
CN 138001380001380013800138001380013800 -
TW 0912345678 886912345678
TW 912345678 886912345678
TW 0223456789 886223456789
TW 0800123456 886800123456
TW 0204123456 886204123456
TW 0028613800138000 8613800138000
TW 0098613800138000 8613800138000
TW 00886912345678 886912345678
TW 008613800138000 8613800138000
TW 0027821234567 27821234567
TW 8613800138000 8613800138000
TW 110 886110
TW 101 -
TW 23456789 -
HK 91234567 85291234567
HK 2345-6789 85223456789
HK 85291234567 85291234567
HK 0018613800138000 8613800138000
HK 008613800138000 8613800138000
HK 0012125551234 12125551234
HK 8613800138000 8613800138000
HK 999 852999
HK 1001 -
HK 800123456 852800123456
MO 66123456 85366123456
US 2125551234 12125551234
US 12125551234 12125551234
US (212) 555-1234 12125551234
US 0118613800138000 8613800138000
US 008613800138000 8613800138000
US 911 1911
US 5551234 -
US 8613800138000 8613800138000
US 1001 -
CA 4165551234 14165551234
JM 8764251234 18764251234
SG 91234567 6591234567
SG 6591234567 6591234567
SG 0018613800138000 8613800138000
JP 0312345678 81312345678
JP 09012345678 819012345678
JP 0120123456 81120123456
JP 0108613800138000 8613800138000
JP 010 -
GB 02079460000 442079460000
GB 07400123456 447400123456
GB +44(0)2079460000 442079460000
GB 0044(0)2079460000 442079460000
GB 999 44999
IM 07624123456 447624123456
DE 03012345678 493012345678
DE 015112345678 4915112345678
DE 4915112345678 4915112345678
FR 0612345678 33612345678
FR 612345678 33612345678
FR 33612345678 33612345678
IT 0612345678 390612345678
IT 3931234567 393931234567
NO 22123456 4722123456
NO 4722123456 4722123456
RU 89161234567 79161234567
RU 9161234567 79161234567
RU 79161234567 79161234567
RU 8108613800138000 8613800138000
BR 21987654321 5521987654321
IN 9123456789 919123456789
DE 1001 -
- 8613800138000 8613800138000
- +8613800138000 8613800138000
- 008613800138000 8613800138000
- 1001 -`), "\n") {
		home, rest, _ := strings.Cut(line, " ")
		i := strings.LastIndexByte(rest, ' ')
		s, want := strings.TrimPrefix(rest[:i], "-"), strings.Trim(rest[i+1:], "-")
		n, ok := phone.Normalize(s, strings.Trim(home, "-"))
		if n.String() != want || ok != (want != "") {
			t.Errorf("%s %q: %q %v, want %q", home, s, n, ok, want)
		}
	}
}

func TestDialingWithAreaAndCodes(t *testing.T) {
	for _, c := range []struct {
		dialing phone.Dialing
		s, want string
	}{
		{phone.Dialing{Home: "CN", Area: "010"}, "62345678", "861062345678"},
		{phone.Dialing{Home: "CN", Area: "755"}, "23456789", "8675523456789"},
		{phone.Dialing{Home: "CN", Area: "471"}, "3456789", "864713456789"},
		{phone.Dialing{Home: "CN", Area: "10"}, "8001", ""},
		{phone.Dialing{Home: "CN", Area: "10"}, "95588", "8695588"},
		{phone.Dialing{Home: "CN", Area: "ten"}, "62345678", ""},
		{phone.Dialing{Home: "TW", Area: "02"}, "23456789", "886223456789"},
		{phone.Dialing{Home: "TW", Area: "7"}, "2345678", "88672345678"},
		{phone.Dialing{Home: "US", Area: "212"}, "5551234", "12125551234"},
		{phone.Dialing{Home: "GB", Area: "020"}, "79460000", "442079460000"},
		{phone.Dialing{Home: "CN", Strip: []string{"9"}}, "913800138000", "8613800138000"},
		{phone.Dialing{Home: "CN", Strip: []string{"9"}}, "9013800138000", "8613800138000"},
		{phone.Dialing{Home: "CN", Strip: []string{"9"}}, "90085223456789", "85223456789"},
		{phone.Dialing{Home: "CN", Strip: []string{"9"}}, "95588", "8695588"},
		{phone.Dialing{Home: "CN", Strip: []string{"9"}}, "995588", "8695588"},
		{phone.Dialing{Home: "CN", Strip: []string{"9"}}, "13800138000", "8613800138000"},
		{phone.Dialing{Home: "CN", Strip: []string{"0"}}, "0013800138000", "8613800138000"},
		{phone.Dialing{Home: "CN", Strip: []string{"0"}}, "008613800138000", "8613800138000"},
		{phone.Dialing{Home: "CN", Strip: []string{"17909", "9"}}, "1790902162345678", "862162345678"},
		{phone.Dialing{Home: "CN", Strip: []string{"", "9"}}, "913800138000", "8613800138000"},
		{phone.Dialing{Home: "US", Strip: []string{"9"}}, "912125551234", "12125551234"},
		{phone.Dialing{Home: "US", Strip: []string{"9"}}, "9122345678", "19122345678"},
		{phone.Dialing{Home: "CN", Strip: []string{"9"}}, "+8613800138000", "8613800138000"},
	} {
		n, ok := c.dialing.Normalize(c.s)
		if n.String() != c.want || ok != (c.want != "") {
			t.Errorf("%+v %q: %q %v, want %q", c.dialing, c.s, n, ok, c.want)
		}
	}
}

func TestReach(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(`
861062345678 861082345678 local
861062345678 862182345678 long_distance
8675523456789 8675588888888 local
864713456789 864723456789 long_distance
8613800138000 861062345678 -
861062345678 8613800138000 -
861062345678 8695588 -
861062345678 864006234567 -
861062345678 85223456789 international
861062345678 85366123456 international
861062345678 886223456789 international
85223456789 85366123456 international
861062345678 12125551234 international
861062345678 881612345678 international
861062345678 80012345678 -
85223456789 85291234567 local
6561234567 6591234567 local
85366123456 85328123456 local
886223456789 886287654321 local
886223456789 88672345678 long_distance
886223456789 886912345678 -
88632345678 88637234567 long_distance
12125551234 12125559876 local
12125551234 14155551234 long_distance
12125551234 14165551234 international
12125551234 17875551234 long_distance
14165551234 17875551234 international
12125551234 18005551234 -
442079460000 442079460001 local
442079460000 441614960000 long_distance
441614960000 441614960001 local
441865123456 441865123457 local
442079460000 441481123456 long_distance
442079460000 353123456789 international
81312345678 81345678901 local
81312345678 81612345678 long_distance
81451234567 81451239999 local
81451234567 81454567890 -
79161234567 77011234567 international
493012345678 493012345679 -
290123456 247123456 -
999123 861062345678 -
861062345678 999123 -`), "\n") {
		f := strings.Fields(line)
		if got := phone.Reach(e164(t, f[0]), e164(t, f[1])); string(got) != strings.Trim(f[2], "-") {
			t.Errorf("%s to %s: %q, want %s", f[0], f[1], got, f[2])
		}
	}
	if got := phone.Reach(0, 0); got != phone.Untold {
		t.Errorf("no numbers are %s", got)
	}
}

func TestEveryCountryCodeHasAtMostOneRegion(t *testing.T) {
	regions := map[string]string{}
	for code := range 1000 {
		s := fmt.Sprintf("%03d", code)
		if c := phone.Classify(e164(t, s+"5000000")); c.Region != "" {
			regions[s] = c.Region
		}
	}
	if len(regions) < 700 { // most starts of three digits are of some country
		t.Errorf("%d starts have a region", len(regions))
	}
	for s, want := range map[string]string{"861": "CN", "852": "HK", "853": "MO", "886": "TW", "442": "GB", "999": "", "210": ""} {
		if regions[s] != want {
			t.Errorf("%s is %q, want %q", s, regions[s], want)
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	d := phone.Dialing{Home: "CN", Area: "10", Strip: []string{"9"}}
	from := e164(t, "861062345678")
	if n := testing.AllocsPerRun(100, func() {
		for _, s := range []string{"+8613800138000", "013800138000", "0012125551234", "62345678", "95588", "913800138000", "alice"} {
			n, _ := d.Normalize(s)
			m, _ := phone.Normalize(s, "TW")
			phone.Classify(n)
			phone.Reach(from, m)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func homes() []string {
	return []string{"", "CN", "TW", "HK", "MO", "US", "CA", "PR", "SG", "JP", "GB", "IM", "DE", "IT", "RU", "KZ", "FR", "XX", "no"}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"+8613800138000", "013800138000", "0044(0)2079460000", "0018613800138000", "sip:95588@a", "911"} {
		f.Add(s, "10", "9")
	}
	f.Fuzz(func(t *testing.T, s, area, code string) {
		for _, home := range homes() {
			d := phone.Dialing{Home: home, Area: area, Strip: []string{code}}
			n, ok := d.Normalize(s)
			if !ok {
				if n != 0 {
					t.Fatalf("%q at %s was refused as %s", s, home, n)
				}
				continue
			}
			if m, ok := phone.Parse(n.String()); !ok || m != n {
				t.Fatalf("%q at %s became %x, which is no number", s, home, uint64(n))
			}
			for _, other := range homes() {
				if m, ok := phone.Normalize("+"+n.String(), other); m != n || !ok {
					t.Fatalf("%q at %s became %s, and that at %s %s %v", s, home, n, other, m, ok)
				}
			}
			if strings.HasPrefix(n.String(), "0") {
				t.Fatalf("%q at %s became %s", s, home, n)
			}
		}
	})
}

// FuzzClassify holds any 64 bits against what a class may be, and Reach against
// its own mirror image.
func FuzzClassify(f *testing.F) {
	kinds := map[phone.Kind]bool{}
	for _, k := range strings.Split(",mobile,landline,toll_free,shared_cost,premium,voip,short", ",") { // the words of usage.Line
		kinds[phone.Kind(k)] = true
	}
	f.Add(uint64(1)<<63, uint64(0))
	f.Add(uint64(8613800138000)<<4|13, uint64(861062345678)<<4|12)
	f.Fuzz(func(t *testing.T, a, b uint64) {
		phone.Classify(phone.Number(a)) // any 64 bits
		n, m := phone.Of(a>>4%1e15, int(a&15)), phone.Of(b>>4%1e15, int(b&15))
		c := phone.Classify(n)
		if len(c.Region) != 0 && len(c.Region) != 2 || !kinds[c.Kind] {
			t.Fatalf("%s is %+v", n, c)
		}
		there, back := phone.Reach(n, m), phone.Reach(m, n)
		if there != back {
			t.Fatalf("%s to %s is %s, back it is %s", n, m, there, back)
		}
		if there == phone.International && c.Region != "" && c.Region == phone.Classify(m).Region {
			t.Fatalf("%s to %s is international within %s", n, m, c.Region)
		}
	})
}

func samples() []string {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]string, 4096)
	for i := range out {
		switch r.IntN(5) {
		case 0, 1:
			out[i] = fmt.Sprintf("1%d%09d", 3+r.IntN(7), r.IntN(1e9))
		case 2:
			out[i] = fmt.Sprintf("0%d%08d", 20+r.IntN(10), 20000000+r.IntN(7e7))
		case 3:
			out[i] = fmt.Sprintf("+1%d%07d", 201+r.IntN(700), 2000000+r.IntN(7e6))
		default:
			out[i] = fmt.Sprintf("00852%08d", 20000000+r.IntN(7e7))
		}
	}
	return out
}

func BenchmarkNormalize(b *testing.B) {
	list := samples()
	for i := 0; b.Loop(); i++ {
		phone.Normalize(list[i&4095], "CN")
	}
}

func BenchmarkClassify(b *testing.B) {
	var list []phone.Number
	for _, s := range samples() {
		n, _ := phone.Normalize(s, "CN")
		list = append(list, n)
	}
	for i := 0; b.Loop(); i++ {
		phone.Classify(list[i&4095])
	}
}

func BenchmarkReach(b *testing.B) {
	var list []phone.Number
	for _, s := range samples() {
		n, _ := phone.Normalize(s, "CN")
		list = append(list, n)
	}
	for i := 0; b.Loop(); i++ {
		phone.Reach(list[i&4095], list[(i*7)&4095])
	}
}

// TestMobilesAreReadAsEverything holds that the short way for Chinese mobile
// numbers says what the general one says, which a code to get out asks for.
func TestMobilesAreReadAsEverything(t *testing.T) {
	short, general := phone.Dialing{Home: "CN"}, phone.Dialing{Home: "CN", Strip: []string{"*"}}
	r := rand.New(rand.NewPCG(1, 86))
	for range 200_000 {
		b := fmt.Appendf(nil, "1%010d", r.Int64N(1e10))
		if r.IntN(4) == 0 {
			b[r.IntN(len(b))] = "+ -/:;0a\xff"[r.IntN(9)]
		}
		s := string(b)
		n, ok := short.Normalize(s)
		m, wantOK := general.Normalize(s)
		if n != m || ok != wantOK {
			t.Fatalf("%q: %v %v, want %v %v", s, n, ok, m, wantOK)
		}
	}
}
