package phone

// The North American Numbering Plan, country code 1: an area code, an exchange
// and four digits, ten in all. Mobiles have the same area codes as landlines, so
// a number does not tell them apart, and a number keeps its code when it moves.

// areas is the area codes of a region.
type areas struct {
	region string
	codes  string
}

// areasNANP lists the regions other than the United States, which has the rest.
var areasNANP = [...]areas{
	{"CA", "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 460 468 474 506 514 519 " +
		"537 548 568 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942"},
	{"DO", "809 829 849"}, {"PR", "787 939"}, {"JM", "658 876"},
	{"AG", "268"}, {"AI", "264"}, {"AS", "684"}, {"BB", "246"}, {"BM", "441"}, {"BS", "242"},
	{"DM", "767"}, {"GD", "473"}, {"GU", "671"}, {"KN", "869"}, {"KY", "345"}, {"LC", "758"},
	{"MP", "670"}, {"MS", "664"}, {"SX", "721"}, {"TC", "649"}, {"TT", "868"}, {"VC", "784"},
	{"VG", "284"}, {"VI", "340"},
}

// Area codes that are services, of no one region.
var (
	tollFreeNANP = setOf("800 833 844 855 866 877 888")
	noRegionNANP = setOf("500 521 522 523 524 525 526 527 528 529 533 544 566 577 588 600 622 633 644 655 677 688 700 900")
)

// isGeographicNANP tells whether a national number is ten digits of the form
// NXX NXX XXXX with an area code that belongs to a place.
func isGeographicNANP(n Number) bool {
	return isTenNANP(n) && !tollFreeNANP.has(n.first(3)) && !noRegionNANP.has(n.first(3))
}

func isTenNANP(n Number) bool {
	if n.Len() != 10 {
		return false
	}
	start := n.first(4) // N is 2 to 9; N11 is no area code
	return start >= 2000 && start%10 >= 2 && start/10%100 != 11
}

func regionNANP(n Number) string {
	area := n.first(3)
	if area < 200 || tollFreeNANP.has(area) || noRegionNANP.has(area) {
		return ""
	}
	if n.Len() == 3 { // 911: any of the regions
		return ""
	}
	if i := world.byArea[area]; i > 0 {
		return areasNANP[i-1].region
	}
	return "US"
}

func kindNANP(n Number) Kind {
	area := n.first(3)
	switch {
	case n.Len() == 3 && area >= 200 && (area%100 == 11 || area == 988):
		return Short
	case !isTenNANP(n):
		return Unknown
	case tollFreeNANP.has(area):
		return TollFree
	case area == 900:
		return Premium
	}
	return Unknown
}
