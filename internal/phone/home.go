package phone

// How numbers are read that were written for use within one country.

// national reads a number with the trunk prefix or as it stands, in a country
// whose plan is known.
func (c *country) national(digits []byte) (Number, bool) {
	if c.plan == planNANP && len(digits) == 11 && digits[0] == '1' {
		digits = digits[1:]
	}
	if c.plan.hasTrunk() && digits[0] == '0' {
		return c.trunk(digits[1:])
	}
	n, ok := join(0, "", digits)
	if !ok || !c.plan.isNational(n) {
		return 0, false
	}
	return join(c.code, "", digits)
}

// trunk reads what follows the trunk 0, also where the plan is silent on it: it
// can be nothing but a number of the country.
func (c *country) trunk(digits []byte) (Number, bool) {
	if len(digits) == 0 || digits[0] == '0' {
		return 0, false
	}
	n, ok := join(0, "", digits)
	if !ok || len(digits) > 11 || len(digits) < 7 && c.plan.kind(n) == Unknown {
		return 0, false
	}
	return join(c.code, "", digits)
}

// isNational tells whether digits without any prefix are a number of the
// country.
func (p plan) isNational(n Number) bool {
	switch p {
	case planNANP:
		return isTenNANP(n) || kindNANP(n) == Short
	case planCN:
		if n.first(3) == 886 && n.Len() == 11 { // Taiwan; Nujiang has seven digits after its 886
			return false
		}
	}
	return p.kind(n) != Unknown
}

// within reads a number of an area.
func (c *country) within(area string, digits []byte) (Number, bool) {
	if area == "" || len(digits) < 5 {
		return 0, false
	}
	if c.plan.hasTrunk() && area[0] == '0' {
		area = area[1:]
	}
	n, ok := join(0, area, digits)
	if !ok || c.plan.kind(n) != Landline && (c.plan != planNANP || !isTenNANP(n)) {
		return 0, false
	}
	return join(c.code, area, digits)
}

// guess reads a number in a country whose plan is not known: after the trunk
// prefix it is national; as it stands it is national up to the length national
// numbers have, and E.164 if it is longer.
func (c *country) guess(digits []byte) (Number, bool) {
	l := len(digits)
	switch {
	case c.code == 7 && l == 11 && digits[0] == '8':
		return join(c.code, "", digits[1:])
	case digits[0] == '0' && c.keepsZero():
		return c.long(digits)
	case digits[0] == '0':
		return c.long(digits[1:])
	case l > c.longest(), l == 10 && c.isSmall() && c.isOwn(digits):
		return bare(digits)
	case l < 7: // an extension
		return 0, false
	}
	return c.long(digits)
}

// longest is how many digits a national number may have before it is taken for
// one of another country.
func (c *country) longest() int {
	switch c.code {
	case 43, 49, 55, 62: // Austria, Germany, Brazil, Indonesia
		return 11
	}
	return 10
}

// isSmall tells whether ten digits that begin with the country code are more
// likely to be all of a number than a national one.
func (c *country) isSmall() bool {
	return c.digits == 3 || c.code == 45 || c.code == 47 // Denmark, Norway: eight digits after it
}

// long puts the country code before a national number of six digits or more
// that does not begin with a prefix.
func (c *country) long(digits []byte) (Number, bool) {
	if len(digits) < 6 || digits[0] == '0' && !c.keepsZero() {
		return 0, false
	}
	return join(c.code, "", digits)
}

// isOwn tells whether digits begin with the country's code.
func (c *country) isOwn(digits []byte) bool {
	n, ok := join(0, "", digits)
	return ok && n.first(c.digits) == c.code
}

// keepsZero tells whether the 0 before a national number belongs to it.
func (c *country) keepsZero() bool {
	switch c.region {
	case "IT", "SM", "VA", "CI", "GA", "CG":
		return true
	}
	return false
}
