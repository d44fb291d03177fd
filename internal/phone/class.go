package phone

// Kind is the kind of line a number belongs to. The words are those of
// usage.Line.
type Kind string

const (
	Unknown    Kind = "" // the number does not tell
	Mobile     Kind = "mobile"
	Landline   Kind = "landline"
	TollFree   Kind = "toll_free"   // the called side pays: 800, 0800
	SharedCost Kind = "shared_cost" // 400, 0570
	Premium    Kind = "premium"
	VoIP       Kind = "voip"
	Short      Kind = "short" // a service number: 110, 12345, 95xxx
)

// Class is what a number tells by itself.
type Class struct {
	Region string // ISO 3166 alpha-2; empty if no one country has the number
	Kind   Kind
}

// Classify says where an E.164 number belongs and what kind of line it is, as
// far as its digits tell. The region is known for every assigned country code,
// the kind for China, Taiwan, Hong Kong, Macao, Singapore, Japan, the United
// Kingdom and, for services, North America. Numbers that were ported, and lines
// that were taken abroad, are where their digits say.
func Classify(n Number) Class {
	c := world.of(n)
	if c.digits == 0 {
		return Class{}
	}
	return Class{Region: c.regionOf(n), Kind: c.plan.kind(n.after(c.digits))}
}

// kind is the kind of a national number.
func (p plan) kind(n Number) Kind {
	switch p {
	case planCN:
		return kindCN(n)
	case planTW:
		return kindTW(n)
	case planHK:
		return kindHK(n)
	case planNANP:
		return kindNANP(n)
	case planMO:
		return kindMO(n)
	case planSG:
		return kindSG(n)
	case planJP:
		return kindJP(n)
	case planGB:
		return kindGB(n)
	case planTollFree:
		return TollFree
	case planShared:
		return SharedCost
	case planPremium:
		return Premium
	}
	return Unknown
}
