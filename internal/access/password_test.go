package access_test

import (
	"strings"
	"testing"

	"waihu/internal/access"
)

func TestPasswordsThatAreTriedFirst(t *testing.T) {
	// A selection of those that head every published count.
	for _, p := range strings.Fields(`123456789 12345678 password qwerty123 qwertyuiop 1q2w3e4r 11111111 Password1 iloveyou sunshine1 princess 1qaz2wsx
		letmein123 Dragon2024 monkey123! P@ssw0rd p@55w0rd admin123 welcome1 Welcome2026! football1 baseball99 superman12 trustno1 zxcvbnm123
		qazwsxedc abcd1234 abc12345 aaaaaaaa abababab asdfghjkl 87654321 00000000 woaini1314 woaini520 5201314woaini mima12345 waihu2026 asterisk1
		Summer2025 Winter2026! january01 callcenter1 changeme123 Passw0rd! secret123 99999999 12341234 asdf1234 1234qwer qwer1234 loveyou123`) {
		if access.CheckPassword(p) == nil {
			t.Errorf("%q was taken", p)
		}
	}
	for _, p := range []string{"correct horse battery staple", "tuna-violin-42-harbour", "我喜歡在雨天吃麵", "Zp4#vKq9mW", "grandfather clocks hum", strings.Repeat("aB3$xY", 21) + "zz"} {
		if err := access.CheckPassword(p); err != nil {
			t.Errorf("%q was refused: %v", p, err)
		}
	}
	if access.CheckPassword("chenxiaoming88", "chen.xiaoming@example.com") == nil {
		t.Error("the person's own name was taken")
	}
	if access.CheckPassword(strings.Repeat("word ", 40)) == nil {
		t.Error("a password of 200 characters was taken")
	}
}

// TestCommonRuleCovers says how many passwords the rule refuses at the least: the
// first three thousand are made of these pieces.
func TestCommonRuleCovers(t *testing.T) {
	words := strings.Fields("password welcome dragon monkey football superman princess sunshine letmein admin secret master shadow iloveyou baseball batman charlie michael jordan summer winter woaini company manager")
	tails := strings.Fields("123 1234 12345 123456 01 007 11 12 69 88 99 520 666 888 1990 1995 2000 2020 2021 2022 2023 2024 2025 2026 ! !! 1! 123! 2024! 2025! 2026! @123 #1 . 1. 000")
	refused := 0
	for _, w := range words {
		for _, tail := range tails {
			for _, p := range []string{w + tail, tail + w, strings.ToUpper(w[:1]) + w[1:] + tail, strings.ReplaceAll(w, "o", "0") + tail} {
				if len(p) < access.PasswordMin {
					continue
				}
				if access.CheckPassword(p) == nil {
					t.Errorf("%q was taken", p)
				}
				refused++
			}
		}
	}
	if refused < 3000 {
		t.Errorf("only %d were tried, 3000 are asked for", refused)
	}
}

func TestHashIsMadeAgainWhenItCostsTooLittle(t *testing.T) {
	h := access.NewHasher()
	cheap, err := h.Hash(t.Context(), password, false)
	must(t, err)
	ok, again, err := h.Verify(t.Context(), password, cheap, true)
	if err != nil || !ok || !again {
		t.Errorf("a usual hash of staff: ok %v, again %v, %v", ok, again, err)
	}
	ok, again, err = h.Verify(t.Context(), password, cheap, false)
	if err != nil || !ok || again {
		t.Errorf("a usual hash: ok %v, again %v, %v", ok, again, err)
	}
	if !strings.HasPrefix(cheap, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the floor is not 19 MiB, 2, 1: %s", cheap)
	}
	dear, err := h.Hash(t.Context(), password, true)
	must(t, err)
	if !strings.HasPrefix(dear, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("staff's is not 64 MiB, 3, 4: %s", dear)
	}
	if ok, _, _ := h.Verify(t.Context(), password+"x", dear, true); ok {
		t.Error("a wrong password was right")
	}
	for _, bad := range []string{"$argon2id$v=19$m=4294967295,t=2,p=1$AAAA$AAAA", "plain", "$argon2i$v=19$m=1,t=1,p=1$AA$AA"} {
		if _, _, err := h.Verify(t.Context(), password, bad, true); err == nil {
			t.Errorf("the stored hash %q was read", bad)
		}
	}
}

func BenchmarkPassword(b *testing.B) {
	h := access.NewHasher()
	for _, staff := range []bool{false, true} {
		name := "usual"
		if staff {
			name = "staff"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.Hash(b.Context(), password, staff); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
