// Package money counts money: amounts in millionths of a currency's unit,
// with checked arithmetic, named rounding and splits that sum to the whole.
//
// It owns Currency and Amount. Prices and amounts that are not rounded yet are
// exact.Number; an Amount is what was rounded once and will not change again.
//
// What always holds: an Amount has a currency; amounts of two currencies never
// meet; overflow is an error, never a wrong number.
package money

import "fmt"

// Currency is an ISO 4217 code. The zero value is "no currency".
type Currency struct{ code [3]byte }

// exponents of the currencies whose minor unit is not a hundredth (ISO 4217).
var exponents = map[string]int{
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"CLF": 4, "UYW": 4,
}

// active lists the other codes in use: the ones with two decimals.
const active = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG "

// ParseCurrency reads an ISO 4217 code in capitals.
func ParseCurrency(s string) (Currency, error) {
	var c Currency
	if len(s) != 3 {
		return c, fmt.Errorf("%q is not an ISO 4217 currency code such as CNY", s)
	}
	copy(c.code[:], s)
	if _, odd := exponents[s]; !odd && !containsCode(s) {
		return Currency{}, fmt.Errorf("%q is not an ISO 4217 currency code such as CNY", s)
	}
	return c, nil
}

func containsCode(s string) bool {
	for i := 1; i+3 < len(active); i += 4 {
		if active[i:i+3] == s {
			return true
		}
	}
	return false
}

// MustCurrency is ParseCurrency for constants in code and tests.
func MustCurrency(s string) Currency {
	c, err := ParseCurrency(s)
	if err != nil {
		panic(err)
	}
	return c
}

// Exponent is the number of decimals of the minor unit: 2 for CNY, 0 for JPY.
func (c Currency) Exponent() int {
	if e, odd := exponents[c.String()]; odd {
		return e
	}
	return 2
}

func (c Currency) IsZero() bool { return c == Currency{} }

func (c Currency) String() string {
	if c.IsZero() {
		return ""
	}
	return string(c.code[:])
}

// MarshalText and UnmarshalText make a Currency a plain string in JSON and YAML.
func (c Currency) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (c *Currency) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = Currency{}
		return nil
	}
	v, err := ParseCurrency(string(b))
	*c = v
	return err
}
