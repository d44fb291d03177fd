package phone

// Digits are read eight at a time where there are so many.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// load is the first eight bytes of s, the first in the low bits.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// areDigits tells whether eight bytes are digits.
func areDigits(x uint64) bool {
	x ^= '0' * ones
	return (x+0x76*ones|x)&highs == 0 // adding 0x76 carries 10 and more into the high bit
}

// eight is the value of eight digits: pairs, then pairs of pairs.
func eight(x uint64) uint64 {
	x &= 0x0f * ones
	x = (x*10 + x>>8) & 0x00ff00ff00ff00ff
	x = (x*100 + x>>16) & 0x0000ffff0000ffff
	return (x*10_000 + x>>32) & 0xffffffff
}

// mobileCN reads a Chinese mobile number with nothing before it, which is most
// of what an outbound centre in China dials.
func mobileCN(s string) (Number, bool) {
	if len(s) != 11 || s[0] != '1' || s[1] < '3' || !areDigits(load(s)) || !areDigits(load(s[3:])) {
		return 0, false
	}
	v := eight(load(s))*1000 + eight(load(s[3:]))%1000
	return Of(86_000_0000_0000+v, 13), true
}
