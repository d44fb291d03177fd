package phone

// The numbering plan of the United Kingdom and the islands that share it,
// country code 44, by national number without the trunk 0.

// areaGB is how many digits of a landline are its area code: 20 London, 113
// Leeds, 161 Manchester, 1865 Oxford. The few codes of five digits are taken by
// their first four.
func areaGB(n Number) int {
	switch three := n.first(3); {
	case n.first(1) == 2:
		return 2
	case n.first(1) != 1:
		return 0
	case three/10 == 11 || three%10 == 1:
		return 3
	}
	return 4
}

func kindGB(n Number) Kind {
	l, one, two, three := n.Len(), n.first(1), n.first(2), n.first(3)
	switch {
	case l == 3 && (three == 999 || three == 112 || three == 101 || three == 105 || three == 111 || three == 119), two == 11 && l == 6:
		return Short // 118xxx and 116xxx too
	case (three == 800 || three == 808 || three == 500) && (l == 10 || l == 9 || l == 7):
		return TollFree
	case l != 10 && l != 9:
		return Unknown
	case one == 1 || one == 2 || one == 3: // 03 costs what a landline costs
		return Landline
	case two == 55 || two == 56:
		return VoIP
	case two == 84 || two == 87:
		return SharedCost
	case one == 9:
		return Premium
	case one == 7 && two != 70 && (two != 76 || three == 762):
		return Mobile // 70 follows its owner, 76 is pagers but for the Isle of Man
	}
	return Unknown
}
