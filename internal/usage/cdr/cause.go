package cdr

import (
	"strings"

	"waihu/internal/usage"
)

// resultOfQ850 is how a call that nobody answered ended, by the cause value of
// ITU-T Q.850. Causes that say nothing about the called side are Failed.
func resultOfQ850(cause int) usage.Result {
	switch cause {
	case 17:
		return usage.Busy
	case 16, 18, 19, 20, 31: // cleared, no response, no answer, absent, normal
		return usage.NoAnswer
	case 21:
		return usage.Rejected
	case 1, 2, 3, 22, 28: // unallocated, no route (2), changed, bad format
		return usage.Unassigned
	case 34, 38, 41, 42, 44, 46, 47:
		return usage.Congestion
	}
	return usage.Failed
}

// resultOfSIP is how an INVITE with this final response ended (RFC 3261,
// section 21). 2xx is Answered.
func resultOfSIP(code int) usage.Result {
	switch {
	case code >= 200 && code < 300:
		return usage.Answered
	case code == 486 || code == 600:
		return usage.Busy
	case code == 408 || code == 480:
		return usage.NoAnswer
	case code == 403 || code == 603 || code == 607 || code == 608:
		return usage.Rejected
	case code == 404 || code == 410 || code == 484 || code == 604:
		return usage.Unassigned
	case code == 503 || code == 500 || code == 502 || code == 504:
		return usage.Congestion
	case code == 487:
		return usage.Canceled
	}
	return usage.Failed
}

// hangupCauses are FreeSWITCH's names of hang-up causes and what each says of
// a call that was not answered. A name that is not here is no FreeSWITCH cause.
var hangupCauses = map[string]usage.Result{
	"NONE": usage.Failed, "UNALLOCATED_NUMBER": usage.Unassigned, "NO_ROUTE_TRANSIT_NET": usage.Unassigned,
	"NO_ROUTE_DESTINATION": usage.Unassigned, "CHANNEL_UNACCEPTABLE": usage.Failed,
	"CALL_AWARDED_DELIVERED": usage.Failed, "NORMAL_CLEARING": usage.NoAnswer, "USER_BUSY": usage.Busy,
	"NO_USER_RESPONSE": usage.NoAnswer, "NO_ANSWER": usage.NoAnswer, "SUBSCRIBER_ABSENT": usage.NoAnswer,
	"CALL_REJECTED": usage.Rejected, "NUMBER_CHANGED": usage.Unassigned,
	"REDIRECTION_TO_NEW_DESTINATION": usage.Failed, "EXCHANGE_ROUTING_ERROR": usage.Failed,
	"DESTINATION_OUT_OF_ORDER": usage.Failed, "INVALID_NUMBER_FORMAT": usage.Unassigned,
	"FACILITY_REJECTED": usage.Failed, "RESPONSE_TO_STATUS_ENQUIRY": usage.Failed,
	"NORMAL_UNSPECIFIED": usage.NoAnswer, "NORMAL_CIRCUIT_CONGESTION": usage.Congestion,
	"NETWORK_OUT_OF_ORDER": usage.Congestion, "NORMAL_TEMPORARY_FAILURE": usage.Congestion,
	"SWITCH_CONGESTION": usage.Congestion, "ACCESS_INFO_DISCARDED": usage.Failed,
	"REQUESTED_CHAN_UNAVAIL": usage.Congestion, "PRE_EMPTED": usage.Failed,
	"FACILITY_NOT_SUBSCRIBED": usage.Failed, "OUTGOING_CALL_BARRED": usage.Rejected,
	"INCOMING_CALL_BARRED": usage.Rejected, "BEARERCAPABILITY_NOTAUTH": usage.Failed,
	"BEARERCAPABILITY_NOTAVAIL": usage.Failed, "SERVICE_UNAVAILABLE": usage.Congestion,
	"BEARERCAPABILITY_NOTIMPL": usage.Failed, "CHAN_NOT_IMPLEMENTED": usage.Failed,
	"FACILITY_NOT_IMPLEMENTED": usage.Failed, "SERVICE_NOT_IMPLEMENTED": usage.Failed,
	"INVALID_CALL_REFERENCE": usage.Failed, "INCOMPATIBLE_DESTINATION": usage.Failed,
	"INVALID_MSG_UNSPECIFIED": usage.Failed, "MANDATORY_IE_MISSING": usage.Failed,
	"MESSAGE_TYPE_NONEXIST": usage.Failed, "WRONG_MESSAGE": usage.Failed, "IE_NONEXIST": usage.Failed,
	"INVALID_IE_CONTENTS": usage.Failed, "WRONG_CALL_STATE": usage.Failed,
	"RECOVERY_ON_TIMER_EXPIRE": usage.Failed, "MANDATORY_IE_LENGTH_ERROR": usage.Failed,
	"PROTOCOL_ERROR": usage.Failed, "INTERWORKING": usage.Failed, "SUCCESS": usage.Failed,
	"ORIGINATOR_CANCEL": usage.Canceled, "CRASH": usage.Failed, "SYSTEM_SHUTDOWN": usage.Failed,
	"LOSE_RACE": usage.Canceled, "MANAGER_REQUEST": usage.Canceled, "BLIND_TRANSFER": usage.Failed,
	"ATTENDED_TRANSFER": usage.Failed, "ALLOTTED_TIMEOUT": usage.NoAnswer, "USER_CHALLENGE": usage.Failed,
	"MEDIA_TIMEOUT": usage.Failed, "PICKED_OFF": usage.Canceled, "USER_NOT_REGISTERED": usage.Failed,
	"PROGRESS_TIMEOUT": usage.NoAnswer, "INVALID_GATEWAY": usage.Failed, "GATEWAY_DOWN": usage.Failed,
	"INVALID_URL": usage.Failed, "INVALID_PROFILE": usage.Failed, "NO_PICKUP": usage.NoAnswer,
	"SRTP_READ_ERROR": usage.Failed, "BOWOUT": usage.Failed, "BUSY_EVERYWHERE": usage.Busy,
	"DECLINE": usage.Rejected, "DOES_NOT_EXIST_ANYWHERE": usage.Unassigned, "NOT_ACCEPTABLE": usage.Failed,
	"UNWANTED": usage.Rejected, "NO_IDENTITY": usage.Failed, "BAD_IDENTITY_INFO": usage.Failed,
	"UNSUPPORTED_CERTIFICATE": usage.Failed, "INVALID_IDENTITY": usage.Failed, "STALE_DATE": usage.Failed,
	"REJECT_ALL": usage.Rejected,
}

// isHangupCause tells whether s is a name FreeSWITCH gives a hang-up cause.
func isHangupCause(s string) bool {
	_, ok := hangupCauses[s]
	return ok
}

// resultOfHangupCause is how an unanswered FreeSWITCH call ended; an unknown
// name is Failed.
func resultOfHangupCause(name string) usage.Result {
	if r, ok := hangupCauses[strings.ToUpper(name)]; ok {
		return r
	}
	return usage.Failed
}
