package phone

import "strings"

// zonesOf lists the IANA time zones of regions, as far as people live in them: the
// most first. A region that is not here has none that this package knows.
const zonesOf = "CN Asia/Shanghai;TW Asia/Taipei;HK Asia/Hong_Kong;MO Asia/Macau;SG Asia/Singapore;MY Asia/Kuala_Lumpur;JP Asia/Tokyo;KR Asia/Seoul;KP Asia/Pyongyang;" +
	"TH Asia/Bangkok;VN Asia/Ho_Chi_Minh;PH Asia/Manila;KH Asia/Phnom_Penh;LA Asia/Vientiane;MM Asia/Yangon;BN Asia/Brunei;TL Asia/Dili;" +
	"ID Asia/Jakarta Asia/Makassar Asia/Jayapura;IN Asia/Kolkata;LK Asia/Colombo;BD Asia/Dhaka;NP Asia/Kathmandu;BT Asia/Thimphu;PK Asia/Karachi;MV Indian/Maldives;" +
	"AF Asia/Kabul;IR Asia/Tehran;IQ Asia/Baghdad;SY Asia/Damascus;LB Asia/Beirut;JO Asia/Amman;IL Asia/Jerusalem;PS Asia/Gaza;SA Asia/Riyadh;AE Asia/Dubai;OM Asia/Muscat;" +
	"QA Asia/Qatar;BH Asia/Bahrain;KW Asia/Kuwait;YE Asia/Aden;TR Europe/Istanbul;CY Asia/Nicosia;GE Asia/Tbilisi;AM Asia/Yerevan;AZ Asia/Baku;" +
	"KZ Asia/Almaty Asia/Aqtau;UZ Asia/Tashkent;TM Asia/Ashgabat;KG Asia/Bishkek;TJ Asia/Dushanbe;MN Asia/Ulaanbaatar Asia/Hovd;" +
	"GB Europe/London;IE Europe/Dublin;IM Europe/Isle_of_Man;JE Europe/Jersey;GG Europe/Guernsey;FR Europe/Paris;DE Europe/Berlin;NL Europe/Amsterdam;BE Europe/Brussels;" +
	"LU Europe/Luxembourg;CH Europe/Zurich;LI Europe/Vaduz;AT Europe/Vienna;IT Europe/Rome;SM Europe/San_Marino;VA Europe/Vatican;MT Europe/Malta;MC Europe/Monaco;AD Europe/Andorra;" +
	"ES Europe/Madrid Atlantic/Canary;PT Europe/Lisbon Atlantic/Azores;GI Europe/Gibraltar;DK Europe/Copenhagen;FO Atlantic/Faroe;NO Europe/Oslo;SJ Arctic/Longyearbyen;SE Europe/Stockholm;" +
	"FI Europe/Helsinki;AX Europe/Mariehamn;IS Atlantic/Reykjavik;EE Europe/Tallinn;LV Europe/Riga;LT Europe/Vilnius;PL Europe/Warsaw;CZ Europe/Prague;SK Europe/Bratislava;HU Europe/Budapest;" +
	"SI Europe/Ljubljana;HR Europe/Zagreb;BA Europe/Sarajevo;RS Europe/Belgrade;ME Europe/Podgorica;MK Europe/Skopje;AL Europe/Tirane;XK Europe/Belgrade;GR Europe/Athens;BG Europe/Sofia;" +
	"RO Europe/Bucharest;MD Europe/Chisinau;UA Europe/Kyiv;BY Europe/Minsk;" +
	"RU Europe/Moscow Europe/Kaliningrad Europe/Samara Asia/Yekaterinburg Asia/Omsk Asia/Krasnoyarsk Asia/Irkutsk Asia/Yakutsk Asia/Vladivostok Asia/Magadan Asia/Kamchatka;" +
	"EG Africa/Cairo;LY Africa/Tripoli;TN Africa/Tunis;DZ Africa/Algiers;MA Africa/Casablanca;NG Africa/Lagos;GH Africa/Accra;KE Africa/Nairobi;TZ Africa/Dar_es_Salaam;" +
	"UG Africa/Kampala;ET Africa/Addis_Ababa;ZA Africa/Johannesburg;ZM Africa/Lusaka;ZW Africa/Harare;MZ Africa/Maputo;AO Africa/Luanda;CM Africa/Douala;CI Africa/Abidjan;SN Africa/Dakar;" +
	"CD Africa/Kinshasa Africa/Lubumbashi;MU Indian/Mauritius;RE Indian/Reunion;MG Indian/Antananarivo;" +
	"MX America/Mexico_City America/Cancun America/Hermosillo America/Tijuana;GT America/Guatemala;SV America/El_Salvador;HN America/Tegucigalpa;NI America/Managua;CR America/Costa_Rica;PA America/Panama;" +
	"CU America/Havana;HT America/Port-au-Prince;CO America/Bogota;VE America/Caracas;EC America/Guayaquil Pacific/Galapagos;PE America/Lima;BO America/La_Paz;PY America/Asuncion;UY America/Montevideo;" +
	"AR America/Argentina/Buenos_Aires;CL America/Santiago Pacific/Easter;BR America/Sao_Paulo America/Manaus America/Rio_Branco America/Noronha;" +
	"DO America/Santo_Domingo;PR America/Puerto_Rico;VI America/St_Thomas;JM America/Jamaica;BS America/Nassau;BB America/Barbados;TT America/Port_of_Spain;BM Atlantic/Bermuda;KY America/Cayman;" +
	"AU Australia/Sydney Australia/Brisbane Australia/Adelaide Australia/Darwin Australia/Perth;NZ Pacific/Auckland Pacific/Chatham;FJ Pacific/Fiji;PG Pacific/Port_Moresby;NC Pacific/Noumea;" +
	"GU Pacific/Guam;MP Pacific/Saipan;AS Pacific/Pago_Pago;" +
	"CA America/Toronto America/Vancouver America/Edmonton America/Winnipeg America/Regina America/Halifax America/St_Johns;" +
	"US America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles America/Anchorage Pacific/Honolulu"

// zonesOfAreas lists the time zones of area codes of the United States and Canada.
// A code in two zones has both. Numbers move with their owners: it is where the
// line was, and an address counts beside it.
const zonesOfAreas = "America/New_York 201 202 203 207 212 215 216 220 223 227 229 234 239 240 248 252 260 267 272 276 301 302 304 305 313 315 317 321 324 326 329 330 332 336 339 340 347 351 352 363 380 386 " +
	"401 404 407 410 412 413 419 423 434 440 443 445 448 463 470 472 475 478 484 502 508 513 516 517 518 540 551 561 567 570 571 574 582 585 586 606 607 609 610 614 616 617 624 631 640 645 646 656 667 678 679 680 681 686 689 " +
	"703 704 706 716 717 718 724 726 727 728 732 734 740 743 754 757 762 765 770 771 772 774 781 784 786 802 803 804 810 812 813 814 821 826 828 835 838 839 843 845 848 850 854 856 857 859 860 862 863 864 865 878 " +
	"904 906 908 910 912 914 917 919 929 930 934 937 941 943 947 948 954 959 965 973 978 980 983 984 989;" +
	"America/Chicago 205 210 214 217 218 219 224 225 228 251 254 256 262 269 270 274 281 308 309 312 314 316 318 319 320 325 327 331 334 337 346 353 361 364 402 405 409 414 417 430 432 447 464 469 479 " +
	"501 504 507 512 515 531 534 539 557 563 572 573 580 601 605 608 612 615 618 620 629 630 636 641 651 659 660 662 682 701 708 712 713 715 726 730 731 737 763 769 773 779 785 806 812 815 816 817 830 832 847 850 861 870 872 " +
	"901 903 906 913 915 918 920 924 930 931 936 938 940 945 952 956 972 975 979 985;" +
	"America/Denver 208 303 307 308 385 406 435 505 575 605 620 701 719 720 785 801 915 970 983 986;" +
	"America/Phoenix 480 520 602 623 928;" +
	"America/Los_Angeles 206 208 209 213 253 279 310 323 341 350 360 408 415 424 425 442 458 503 509 510 530 541 559 562 564 619 626 628 650 657 661 669 702 707 714 725 738 747 760 775 805 818 820 831 837 840 858 909 916 925 949 951 971 986;" +
	"America/Anchorage 907;Pacific/Honolulu 808;" +
	"America/Toronto 226 249 257 263 289 343 354 365 367 382 387 416 418 437 438 450 468 514 519 548 579 581 613 647 683 705 742 753 807 819 873 905 942;" +
	"America/Winnipeg 204 431 584 807;America/Regina 306 474 639;America/Edmonton 368 403 587 780 825 867;America/Vancouver 236 250 604 672 778;America/Halifax 428 506 782 902;America/St_Johns 709 879"

// clocks finds time zones by region and by area code. It is made once and never
// changes.
type clocks struct {
	byRegion map[string][]string
	byArea   map[int][]string
}

var around = newClocks()

func newClocks() *clocks {
	c := &clocks{map[string][]string{}, map[int][]string{}}
	for line := range strings.SplitSeq(zonesOf, ";") {
		f := strings.Fields(line)
		c.byRegion[f[0]] = f[1:]
	}
	for line := range strings.SplitSeq(zonesOfAreas, ";") {
		f := strings.Fields(line)
		for _, area := range f[1:] {
			n := int(area[0]-'0')*100 + int(area[1]-'0')*10 + int(area[2]-'0')
			c.byArea[n] = append(c.byArea[n], f[0])
		}
	}
	return c
}

// Zones are the time zones a number may be in, as IANA names them, the likeliest
// first; none where it does not tell. They are not to be changed.
func Zones(n Number) []string {
	region := Classify(n).Region
	if region == "US" || region == "CA" {
		if zones := around.byArea[n.after(1).first(3)]; len(zones) > 0 {
			return zones
		}
	}
	return around.byRegion[region]
}

// ZonesIn are the time zones of a region by its ISO 3166 letters, none where this
// package knows of none. They are not to be changed.
func ZonesIn(region string) []string { return around.byRegion[strings.ToUpper(region)] }
