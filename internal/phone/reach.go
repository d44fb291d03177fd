package phone

// Distance is how far a call goes, seen from the calling number. The words are
// those of usage.Reach.
type Distance string

const (
	Untold        Distance = "" // the numbers do not tell
	Local         Distance = "local"
	LongDistance  Distance = "long_distance"
	International Distance = "international"
)

// Reach compares two E.164 numbers. Another country is International; Hong
// Kong, Macao and Taiwan are to mainland China and to each other. Within a
// country the area codes of two landlines decide: the same is Local, another
// LongDistance. Hong Kong, Macao and Singapore are one area. Mobiles and service
// numbers elsewhere do not tell: Untold.
//
// Territories dialled like the rest of their country (Guernsey in the United
// Kingdom, Puerto Rico in the United States) are LongDistance from it.
func Reach(from, to Number) Distance {
	a, b := world.of(from), world.of(to)
	if a.digits == 0 || b.digits == 0 {
		return Untold
	}
	if a != b {
		return apart(a, b)
	}
	ra, rb := a.regionOf(from), b.regionOf(to)
	switch {
	case ra == "" || rb == "":
		return Untold
	case ra != rb && sovereign(ra) == sovereign(rb):
		return LongDistance
	case ra != rb:
		return International
	}
	return a.plan.within(from.after(a.digits), to.after(b.digits))
}

// apart is the distance between two country codes. One region may have several,
// and a call to a service of the world may be answered next door.
func apart(a, b *country) Distance {
	if a.plan >= planTollFree || b.plan >= planTollFree || a.region != "" && a.region == b.region {
		return Untold
	}
	return International
}

// sovereign is the region whose carriers treat a territory as their own.
func sovereign(region string) string {
	switch region {
	case "PR", "VI", "GU", "MP", "AS":
		return "US"
	case "GG", "JE", "IM":
		return "GB"
	case "SJ":
		return "NO"
	case "AX":
		return "FI"
	case "CX", "CC":
		return "AU"
	}
	return region
}

// within compares two national numbers of one region.
func (p plan) within(a, b Number) Distance {
	switch p {
	case planHK, planMO, planSG:
		return Local
	case planNANP:
		if !isGeographicNANP(a) || !isGeographicNANP(b) {
			return Untold
		}
		return sameArea(a.first(3) == b.first(3))
	case planJP:
		return withinJP(a, b)
	}
	if p.kind(a) != Landline || p.kind(b) != Landline {
		return Untold
	}
	k, l := p.area(a), p.area(b)
	if k == 0 || l == 0 {
		return Untold
	}
	return sameArea(k == l && a.first(k) == b.first(l))
}

func sameArea(same bool) Distance {
	if same {
		return Local
	}
	return LongDistance
}

// area is how many digits of a national number are its area code, 0 if none.
func (p plan) area(n Number) int {
	switch p {
	case planCN:
		return areaCN(n)
	case planTW:
		return areaTW(n)
	case planGB:
		return areaGB(n)
	}
	return 0
}

// withinJP knows that Tokyo is 3 and Osaka 6, that no other area code spans two
// starts of two digits, and that the first five digits are one exchange. What
// lies between is not told.
func withinJP(a, b Number) Distance {
	if kindJP(a) != Landline || kindJP(b) != Landline {
		return Untold
	}
	one := a.first(1)
	switch {
	case one == b.first(1) && (one == 3 || one == 6):
		return Local
	case a.first(2) != b.first(2):
		return LongDistance
	case a.first(5) == b.first(5):
		return Local
	}
	return Untold
}
