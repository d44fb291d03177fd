package phone

var pow10 = [16]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// isSound tells a Number that Parse could have made from any other uint64.
func (n Number) isSound() bool {
	l := n.Len()
	return l >= 1 && l <= MaxDigits && n.Value() < pow10[l&15]
}

// first is the first k digits as a number, -1 if there are fewer. The Number is
// sound.
func (n Number) first(k int) int {
	if n.Len() < k {
		return -1
	}
	return int(n.Value() / pow10[(n.Len()-k)&15])
}

// after is what follows the first k digits, the zero Number if nothing does.
func (n Number) after(k int) Number {
	l := n.Len() - k
	if l <= 0 {
		return 0
	}
	return Of(n.Value()%pow10[l&15], l)
}

// digitSet is a set of numbers below 1024.
type digitSet [16]uint64

func (s *digitSet) has(n int) bool { return uint(n) < 1024 && s[n>>6]>>(n&63)&1 == 1 }

// setOf reads numbers separated by single spaces.
func setOf(list string) (s digitSet) {
	n := 0
	for i := 0; i <= len(list); i++ {
		if i < len(list) && list[i] != ' ' {
			n = n*10 + int(list[i]-'0')
			continue
		}
		s[n>>6&15] |= 1 << (n & 63)
		n = 0
	}
	return s
}
