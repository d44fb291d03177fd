package cdr

import (
	"strconv"
	"strings"
	"time"

	"waihu/internal/usage"
)

// vicidialResult reads a status: how the call ended, and who answered where the
// status tells. A status of the site's own is given by an agent at the end of a
// call, so it was answered if it has any length.
func vicidialResult(status string, length time.Duration) (usage.Result, usage.AnsweredBy) {
	status = strings.ToUpper(status)
	if by, ok := vicidialAnswered[status]; ok {
		return usage.Answered, by
	}
	if r, ok := vicidialUnanswered[status]; ok {
		return r, ""
	}
	if code, ok := strings.CutPrefix(status, "HUC"); ok { // enhanced disconnect logging: a cause of Q.850
		if cause, err := strconv.Atoi(code); err == nil {
			return resultOfQ850(cause), ""
		}
	}
	if length > 0 {
		return usage.Answered, ""
	}
	return usage.NoAnswer, ""
}

// vicidialAnswered are the system's statuses of answered calls.
var vicidialAnswered = map[string]usage.AnsweredBy{
	// given by an agent who spoke to someone
	"SALE": usage.Person, "NI": usage.Person, "NP": usage.Person, "DEC": usage.Person, "DNC": usage.Person,
	"CALLBK": usage.Person, "CBHOLD": usage.Person, "XFER": usage.Person, "RAXFER": usage.Person,
	// machines, found by the agent or by detection
	"A": usage.Machine, "AA": usage.Machine, "AM": usage.Machine, "AL": usage.Machine, "AMDXFR": usage.Machine,
	"LTMGAD": usage.Machine, "XAMMAD": usage.Machine, "AFAX": usage.Fax,
	// answered, by whom is not told
	"ADAIR": "", "DROP": "", "XDROP": "", "PDROP": "", "SRDROP": "", "TIMEOT": "", "AFTHRS": "", "NANQUE": "",
	"IQNANQ": "", "WAITTO": "", "HOLDTO": "", "QVMAIL": "", "RQXFER": "", "HXFER": "", "CLOSOP": "", "MAXCAL": "",
	"PU": "", "PM": "", "ERI": "", "DONEM": "", "DISPO": "", "DISMX": "", "INCALL": "", "IVRXFR": "", "SVYCLM": "",
	"SVYEXT": "", "SVYVM": "", "SVYHU": "", "SVYREC": "", "UNKXFR": "", "UNKAM": "", "UNKAL": "", "INBND": "",
}

// vicidialUnanswered are the system's statuses of calls that nobody answered.
var vicidialUnanswered = map[string]usage.Result{
	"NA": usage.NoAnswer, "N": usage.NoAnswer, "CPDNA": usage.NoAnswer, "NEW": usage.NoAnswer, "QUEUE": usage.NoAnswer,
	"B": usage.Busy, "AB": usage.Busy, "CPDB": usage.Busy,
	"DC": usage.Unassigned, "ADC": usage.Unassigned, "ADCCAR": usage.Unassigned, "CPDINV": usage.Unassigned, "CPDSV": usage.Unassigned,
	"ADCT": usage.Congestion, "CPDATB": usage.Congestion, "CPDSUA": usage.Congestion, "CPDSNC": usage.Congestion, "CPDSR": usage.Congestion,
	"CPDREJ": usage.Rejected, "CPDSI": usage.Failed, "CPDSUK": usage.Failed, "CPDUK": usage.Failed, "CPDERR": usage.Failed,
	"LRERR": usage.Failed, "DNCL": usage.Failed, "DNCC": usage.Failed, "DNCCAR": usage.Failed,
}
