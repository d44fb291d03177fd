package phone

// The numbering plans of Taiwan (886), Hong Kong (852), Macao (853), Singapore
// (65) and Japan (81), by national number without the trunk 0.

// areaTW is how many digits of a national number are its area code, 0 if it is
// no landline.
func areaTW(n Number) int {
	switch n.first(3) {
	case 826, 836:
		return 3
	}
	switch two := n.first(2); two {
	case 37, 49, 82, 89:
		return 2
	case 20: // 0204, 0209: no Taipei number begins with 0
		return 0
	}
	if one := n.first(1); one >= 2 && one <= 8 {
		return 1
	}
	return 0
}

func kindTW(n Number) Kind {
	l, three := n.Len(), n.first(3)
	switch {
	case n.first(1) == 9 && l == 9:
		return Mobile
	case (three == 800 || three == 809) && l == 9:
		return TollFree
	case (three == 204 || three == 209) && l == 9:
		return Premium
	case n.first(2) == 70 && l == 10:
		return VoIP
	case l == 3 && (n.first(2) == 11 || three >= 165 && three <= 168 || three == 123), l == 4 && n.first(2) == 19:
		return Short // not all of 1xx: extensions look like it
	case three == 412 && (l == 7 || l == 8):
		return SharedCost
	case areaTW(n) > 0 && l == lengthTW(n) && n.after(areaTW(n)).first(1) >= 2:
		return Landline
	}
	return Unknown
}

// lengthTW is how many digits a landline of an area has: nine in Taipei,
// Taichung and Nantou, eight elsewhere.
func lengthTW(n Number) int {
	switch two := n.first(2); {
	case two/10 == 2, two/10 == 4:
		return 9
	}
	return 8
}

func kindHK(n Number) Kind {
	l, one, three := n.Len(), n.first(1), n.first(3)
	switch {
	case three == 800 && l == 9:
		return TollFree
	case three == 900 && l == 11:
		return Premium
	case l == 3 && (three == 999 || three == 992 || three == 112), l == 4 && (three == 108 || n.first(2) == 18),
		l >= 5 && l <= 7 && n.first(2) >= 17 && n.first(2) <= 19:
		return Short
	case l != 8:
		return Unknown
	case one == 2 || one == 3:
		return Landline
	case one >= 4 && one <= 7 || one == 9:
		return Mobile
	case one == 8:
		return VoIP // 81 to 83, numbers that move with their owner
	}
	return Unknown
}

func kindMO(n Number) Kind {
	l, one := n.Len(), n.first(1)
	switch {
	case l == 8 && one == 6:
		return Mobile
	case l == 8 && (one == 2 || one == 8):
		return Landline
	case l == 3 && (n.first(2) == 11 || n.first(2) == 99):
		return Short
	}
	return Unknown
}

func kindSG(n Number) Kind {
	l, one, four := n.Len(), n.first(1), n.first(4)
	switch {
	case n.first(3) == 800 && l == 10, four == 1800 && l == 11:
		return TollFree
	case four == 1900 && l == 11:
		return Premium
	case n.first(2) == 99 && l == 3, n.first(2) >= 16 && n.first(2) <= 18 && l == 4:
		return Short
	case l != 8:
		return Unknown
	case one == 8 || one == 9:
		return Mobile
	case one == 6:
		return Landline
	case one == 3:
		return VoIP
	}
	return Unknown
}

func kindJP(n Number) Kind {
	l, two, three := n.Len(), n.first(2), n.first(3)
	switch {
	case three == 120 && l == 9, three == 800 && l == 10:
		return TollFree
	case three == 570 && l == 9:
		return SharedCost
	case three == 990 && l == 9:
		return Premium
	case l == 3 && (two == 11 || three == 104 || three == 171 || three == 177 || three == 188 || three == 189):
		return Short
	case l == 10 && two == 50:
		return VoIP
	case l == 10 && (two == 60 || two == 70 || two == 80 || two == 90):
		return Mobile
	case l == 9 && n.first(1) >= 1 && two%10 != 0:
		return Landline
	}
	return Unknown
}
