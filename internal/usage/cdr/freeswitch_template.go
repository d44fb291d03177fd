package cdr

import (
	"regexp"
	"slices"
	"strings"
)

// freeswitchTemplate is a template of mod_cdr_csv: its columns by the names of
// the channel variables in them.
type freeswitchTemplate struct {
	name    string
	columns []string
}

// base is what most templates begin with, and all of "sql" and of the template
// compiled into the module.
var freeswitchBase = []string{"caller_id_name", "caller_id_number", "destination_number", "context",
	"start_stamp", "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid", "accountcode"}

// freeswitchTemplates are those of the module's configuration, in the order
// they are tried on a row.
func freeswitchTemplates() []freeswitchTemplate {
	with := func(more ...string) []string { return append(slices.Clone(freeswitchBase), more...) }
	return []freeswitchTemplate{
		{"asterisk", []string{"accountcode", "caller_id_number", "destination_number", "context", "caller_id",
			"channel_name", "bridge_channel", "last_app", "last_arg", "start_stamp", "answer_stamp", "end_stamp",
			"duration", "billsec", "hangup_cause", "amaflags", "uuid", "userfield"}},
		{"opencdrrate", []string{"uuid", "signal_bond", "direction", "ani", "destination_number", "answer_stamp",
			"end_stamp", "billsec", "accountcode", "userfield", "network_addr", "caller_id_known", "sip_gateway_name"}},
		{"sql", with()},
		{"example", with("read_codec", "write_codec")},
		{"snom", with("read_codec", "write_codec", "sip_user_agent", "call_clientcode", "sip_rtp_rxstat", "sip_rtp_txstat", "sofia_record_file")},
		{"linksys", with("read_codec", "write_codec", "sip_user_agent", "sip_p_rtp_stat")},
	}
}

func freeswitchTemplateNames() []string {
	var names []string
	for _, t := range freeswitchTemplates() {
		names = append(names, t.name)
	}
	return names
}

// fits tells whether a row can be one of the template: its stamps and
// durations stand where they should. exact wants the number of columns too;
// without it a row may have more, as home-made templates do.
func (t *freeswitchTemplate) fits(cells []string, exact bool) bool {
	if len(cells) < len(t.columns) || exact && len(cells) != len(t.columns) {
		return false
	}
	for i, name := range t.columns {
		s := cells[i]
		switch name {
		case "start_stamp", "end_stamp":
			if !stampLike(s) {
				return false
			}
		case "answer_stamp":
			if s != "" && !stampLike(s) {
				return false
			}
		case "duration", "billsec":
			if s == "" || strings.Trim(s, "-0123456789.") != "" {
				return false
			}
		case "direction":
			if s != "inbound" && s != "outbound" {
				return false
			}
		}
	}
	return true
}

// sure tells whether a row that fits can hardly be anything else: the cause is
// one of FreeSWITCH's, or the identifier is a UUID where the cause has no column.
func (t *freeswitchTemplate) sure(cells []string) bool {
	if i := slices.Index(t.columns, "hangup_cause"); i >= 0 {
		return isHangupCause(cells[i])
	}
	return isUUID(cells[slices.Index(t.columns, "uuid")])
}

// stampLike tells whether a cell can be meant as a date and time, in any order.
func stampLike(s string) bool {
	return len(s) >= 8 && len(s) <= 35 && s[0]-'0' <= 9 && strings.Count(s, ":") >= 1 &&
		strings.Trim(s, "0123456789-/.:+TZ ") == ""
}

var uuidShape = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func isUUID(s string) bool { return uuidShape.MatchString(s) }
