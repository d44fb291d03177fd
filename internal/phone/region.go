package phone

// plan names a national numbering plan this package knows more about than its
// country code.
type plan uint8

const (
	noPlan plan = iota
	planNANP
	planCN
	planTW
	planHK
	planMO
	planSG
	planJP
	planGB
	planTollFree // +800, and so on: services of the world
	planShared
	planPremium
)

// country is one assigned country code.
type country struct {
	code   int
	digits int
	region string // ISO 3166 alpha-2, empty for codes no country has
	plan   plan
	finer  bool // parts has more
}

// assigned is every country code of ITU-T E.164 in use, with its region. Codes
// that several regions share carry the largest; parts has the others. XK is the
// code in general use for Kosovo, which ISO 3166 has not assigned. "--" is no
// country: satellites, networks and services of the world.
const assigned = "1 -- 7 RU 20 EG 211 SS 212 MA 213 DZ 216 TN 218 LY 220 GM 221 SN 222 MR 223 ML 224 GN 225 CI 226 BF 227 NE 228 TG 229 BJ " +
	"230 MU 231 LR 232 SL 233 GH 234 NG 235 TD 236 CF 237 CM 238 CV 239 ST 240 GQ 241 GA 242 CG 243 CD 244 AO 245 GW 246 IO 247 SH 248 SC 249 SD " +
	"250 RW 251 ET 252 SO 253 DJ 254 KE 255 TZ 256 UG 257 BI 258 MZ 260 ZM 261 MG 262 RE 263 ZW 264 NA 265 MW 266 LS 267 BW 268 SZ 269 KM 27 ZA " +
	"290 SH 291 ER 297 AW 298 FO 299 GL 30 GR 31 NL 32 BE 33 FR 34 ES 350 GI 351 PT 352 LU 353 IE 354 IS 355 AL 356 MT 357 CY 358 FI 359 BG 36 HU " +
	"370 LT 371 LV 372 EE 373 MD 374 AM 375 BY 376 AD 377 MC 378 SM 379 VA 380 UA 381 RS 382 ME 383 XK 385 HR 386 SI 387 BA 389 MK 39 IT " +
	"40 RO 41 CH 420 CZ 421 SK 423 LI 43 AT 44 GB 45 DK 46 SE 47 NO 48 PL 49 DE 500 FK 501 BZ 502 GT 503 SV 504 HN 505 NI 506 CR 507 PA 508 PM 509 HT " +
	"51 PE 52 MX 53 CU 54 AR 55 BR 56 CL 57 CO 58 VE 590 GP 591 BO 592 GY 593 EC 594 GF 595 PY 596 MQ 597 SR 598 UY 599 CW " +
	"60 MY 61 AU 62 ID 63 PH 64 NZ 65 SG 66 TH 670 TL 672 NF 673 BN 674 NR 675 PG 676 TO 677 SB 678 VU 679 FJ 680 PW 681 WF 682 CK 683 NU 685 WS " +
	"686 KI 687 NC 688 TV 689 PF 690 TK 691 FM 692 MH 81 JP 82 KR 84 VN 850 KP 852 HK 853 MO 855 KH 856 LA 86 CN 880 BD 886 TW " +
	"90 TR 91 IN 92 PK 93 AF 94 LK 95 MM 960 MV 961 LB 962 JO 963 SY 964 IQ 965 KW 966 SA 967 YE 968 OM 970 PS 971 AE 972 IL 973 BH 974 QA 975 BT " +
	"976 MN 977 NP 98 IR 992 TJ 993 TM 994 AZ 995 GE 996 KG 998 UZ 800 -- 808 -- 870 -- 878 -- 881 -- 882 -- 883 -- 888 -- 979 --"

// part is a region that shares the country code of a larger one.
type part struct {
	prefix int // country code and what follows it
	digits int
	region string
}

// parts are looked at in order, the first that fits holds.
var parts = [...]part{
	{76, 2, "KZ"}, {77, 2, "KZ"},
	{441481, 6, "GG"}, {447781, 6, "GG"}, {447839, 6, "GG"}, {447911, 6, "GG"},
	{441534, 6, "JE"}, {447509, 6, "JE"}, {447797, 6, "JE"}, {447829, 6, "JE"}, {447937, 6, "JE"},
	{441624, 6, "IM"}, {447524, 6, "IM"}, {447624, 6, "IM"}, {447924, 6, "IM"},
	{262269, 6, "YT"}, {262639, 6, "YT"},
	{35818, 5, "AX"}, {4779, 4, "SJ"}, {3906698, 7, "VA"}, {6189162, 7, "CC"}, {6189164, 7, "CX"},
	{5993, 4, "BQ"}, {5994, 4, "BQ"}, {5997, 4, "BQ"}, {2125288, 7, "EH"}, {2125289, 7, "EH"},
}

// directory finds countries by code and by region. It is made once and never
// changes.
type directory struct {
	countries []country
	byCode    [1000]uint8 // by the first three digits; 0 is not assigned
	byRegion  [26 * 26]uint8
	byArea    [1024]uint8 // of North America: place in areasNANP + 1, 0 for the United States
}

var world = newDirectory()

func newDirectory() *directory {
	d := &directory{countries: make([]country, 1, 256)}
	for i := 0; i < len(assigned); {
		c := country{}
		for ; assigned[i] != ' '; i++ {
			c.code = c.code*10 + int(assigned[i]-'0')
			c.digits++
		}
		if c.region = assigned[i+1 : i+3]; c.region == "--" {
			c.region = ""
		}
		i += 4
		c.plan = planOf(c.code)
		d.add(c)
	}
	for _, p := range parts {
		at := d.byCode[Of(uint64(p.prefix), p.digits).start()]
		d.countries[at].finer = true
		d.name(p.region, at)
	}
	for i, a := range areasNANP {
		d.name(a.region, d.byCode[100])
		codes := setOf(a.codes)
		for area := range d.byArea {
			if codes.has(area) {
				d.byArea[area] = uint8(i + 1)
			}
		}
	}
	d.name("US", d.byCode[100])
	return d
}

// add gives a country the three-digit starts that begin with its code.
func (d *directory) add(c country) {
	at := uint8(len(d.countries)) // fewer than 256 codes are assigned
	d.countries = append(d.countries, c)
	width := int(pow10[3-c.digits])
	for i := range width {
		d.byCode[c.code*width+i] = at
	}
	d.name(c.region, at)
}

// name lets a region be found; the first country code of a region holds.
func (d *directory) name(region string, at uint8) {
	if i, ok := regionSlot(region); ok && d.byRegion[i] == 0 {
		d.byRegion[i] = at
	}
}

// regionSlot is the place of two capital letters among all pairs of them.
func regionSlot(region string) (int, bool) {
	if len(region) != 2 || region[0]-'A' >= 26 || region[1]-'A' >= 26 {
		return 0, false
	}
	return int(region[0]-'A')*26 + int(region[1]-'A'), true
}

func planOf(code int) plan {
	switch code {
	case 1:
		return planNANP
	case 44:
		return planGB
	case 65:
		return planSG
	case 81:
		return planJP
	case 86:
		return planCN
	case 852:
		return planHK
	case 853:
		return planMO
	case 886:
		return planTW
	case 800:
		return planTollFree
	case 808:
		return planShared
	case 979:
		return planPremium
	}
	return noPlan
}

// unassigned is the country of no number.
func (d *directory) unassigned() *country { return &d.countries[0] }

// start is the first three digits of a sound number, zeros in place of the ones
// it does not have.
func (n Number) start() int {
	if l := n.Len(); l < 3 {
		return int(n.Value() * pow10[(3-l)&15])
	}
	return n.first(3)
}

// of finds the country whose code a number begins with; unassigned if none.
func (d *directory) of(n Number) *country {
	if !n.isSound() {
		return d.unassigned()
	}
	c := &d.countries[d.byCode[n.start()]]
	if n.Len() < c.digits {
		return d.unassigned()
	}
	return c
}

// home finds a country by region; unassigned if there is none.
func (d *directory) home(region string) *country {
	i, ok := regionSlot(region)
	if !ok {
		return d.unassigned()
	}
	return &d.countries[d.byRegion[i]]
}

// regionOf is the region of a number that begins with the code of c.
func (c *country) regionOf(n Number) string {
	if c.plan == planNANP {
		return regionNANP(n.after(1))
	}
	if c.finer {
		for i := range parts {
			if p := &parts[i]; n.first(p.digits) == p.prefix {
				return p.region
			}
		}
	}
	return c.region
}
