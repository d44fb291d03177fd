package phone

// Ambiguous tells whether a number that was written without country code and
// without any prefix could also be country code and number of another country:
// 13122345678 is a mobile in China and a line in Chicago. Normalize takes the
// one at home; other is the one abroad. Nothing is allocated.
func Ambiguous(s, home string) (atHome, other Number, ok bool) {
	var buf [maxDialled]byte
	digits, plus := dialled(&buf, s)
	if len(digits) == 0 || plus || digits[0] == '0' {
		return 0, 0, false
	}
	h := world.home(home)
	if _, _, prefixed := abroad(h.exits(), digits); prefixed || h.digits == 0 || h.plan == noPlan {
		return 0, 0, false
	}
	if atHome, ok = h.national(digits); !ok {
		return 0, 0, false
	}
	other, ok = bare(digits)
	return atHome, other, ok && other != atHome
}
