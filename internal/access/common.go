package access

import "strings"

// What is tried first is not a list here but the rule such lists follow: a
// common word, whole or with letters drawn as digits, with a few digits or
// signs before or behind; a walk over the keyboard; one piece again and again;
// a run up or down. That takes in the well-known first thousands and what is
// made from them next year.

// commonWords is what people take as a password before they think, in English
// and in the romanisation of Chinese.
const commonWords = `
password passwd passwort pass passphrase secret letmein welcome login logon admin administrator root user guest test
testing tester demo sample example default changeme change master super superuser superman batman spider dragon monkey
tiger lion shadow sunshine princess queen king prince angel baby babe love lover loveyou iloveyou iloveu mylove woaini
woaiwojia wodemima mima nihao beijing shanghai taiwan taipei hongkong china chinese asia company office sales agent
agents callcenter dialer waihu telecom phone mobile football soccer baseball basketball hockey tennis golf sports player
michael jordan michelle jessica jennifer daniel thomas george robert charlie andrew david joshua matthew anthony william
ashley amanda nicole hannah samantha maggie buster harley pepper ginger cookie chocolate banana orange apple cheese summer
winter spring autumn fall january february march april may june july august september october november december monday
tuesday wednesday thursday friday saturday sunday computer internet server system network database windows linux google
facebook twitter microsoft starwars pokemon matrix killer hunter ranger trustno freedom whatever nothing blessed jesus
christ heaven flower purple silver golden diamond money bank dollar lucky winner magic mustang ferrari corvette mercedes
access private security hello hallo bonjour qazwsx qweasd zxcvbn asdfgh qwerty qwertz azerty asdf zxcv abc abcd abcdef
aaa xxx temp temporary backup oracle postgres mysql asterisk freeswitch vicidial kamailio manager support service
operator finance supervisor auditor`

// keyboards are the rows that fingers walk along.
var keyboards = []string{"`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp", "abcdefghijklmnopqrstuvwxyz", "01234567890"}

// common tells whether a password follows the rule.
func common(password string, known ...string) bool {
	p := strings.ToLower(strings.TrimSpace(password))
	if repeated(p) || walked(p) {
		return true
	}
	words := strings.Fields(commonWords)
	for _, k := range known {
		words = append(words, strings.FieldsFunc(strings.ToLower(k), func(r rune) bool { return strings.ContainsRune("@. -_", r) })...)
	}
	for _, core := range []string{p, drawn(p)} {
		core = strings.Trim(core, "0123456789!@#$%^&*()-_=+.,?~ ")
		if len(core) < 3 || covered(core, words) {
			return true
		}
	}
	return strings.Trim(drawn(strings.Trim(p, "0123456789")), "!@#$%^&*.?") != "" && covered(drawn(strings.Trim(p, "0123456789!@#$%^&*.?")), words)
}

// covered tells whether a text is one to three of the words, one behind another,
// and nothing else.
func covered(text string, words []string) bool { return cover(text, words, 3) }

func cover(text string, words []string, left int) bool {
	if text == "" {
		return true
	}
	if left == 0 {
		return false
	}
	for _, w := range words {
		if len(w) >= 3 {
			if rest, ok := strings.CutPrefix(text, w); ok && cover(strings.TrimLeft(rest, "0123456789 -_."), words, left-1) {
				return true
			}
		}
	}
	return false
}

// drawn undoes letters drawn as digits and signs.
func drawn(p string) string {
	return strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i").Replace(p)
}

// repeated tells whether a text is one piece of up to four letters again and again.
func repeated(p string) bool {
	for n := 1; n <= 4 && n*2 <= len(p); n++ {
		if strings.HasPrefix(strings.Repeat(p[:n], len(p)/n+1), p) {
			return true
		}
	}
	return false
}

// walked tells whether a text is at most three walks along rows, forwards or
// backwards, of three keys and more.
func walked(p string) bool {
	for range 3 {
		n := 0
		for _, row := range keyboards {
			n = max(n, along(p, row), along(p, backwards(row)))
		}
		if n < 3 {
			return false
		}
		if p = p[n:]; p == "" {
			return true
		}
	}
	return false
}

// along counts the letters at the beginning of p that stand together in a row.
func along(p, row string) (n int) {
	for n < len(p) && strings.Contains(row, p[:n+1]) {
		n++
	}
	return n
}

func backwards(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
