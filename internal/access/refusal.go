package access

import (
	"fmt"
	"time"
)

// Refusal is why somebody was not let in or may not do a thing. Code is stable,
// Msg is for people and tells nothing an attacker would want.
type Refusal struct {
	Code string
	Msg  string
	Wait time.Duration // how long until trying again makes sense; 0: it never does
}

func (r *Refusal) Error() string { return r.Msg }

// The codes of refusals.
const (
	BadCredentials = "bad_credentials"      // 401
	NoCredentials  = "credentials_needed"   // 401
	NotYet         = "second_factor_needed" // 403
	ProveAgain     = "proof_needed"         // 403
	Forbidden      = "forbidden"            // 403
	TooMany        = "too_many_attempts"    // 429
	SecondPerson   = "second_person_needed" // 403
	WrongAddress   = "address_not_allowed"  // 403
	ProviderDown   = "provider_down"        // 503
)

func refuse(code, format string, args ...any) error {
	return &Refusal{Code: code, Msg: fmt.Sprintf(format, args...)}
}

// errLogin is the one answer to every wrong log-in.
func errLogin() error {
	return refuse(BadCredentials, "the address, the password or the code is wrong")
}
