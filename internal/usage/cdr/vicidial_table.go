package cdr

import (
	"bytes"
	"regexp"
	"strings"
)

// The tables of VICIdial that are read, by their MySQL names.
const (
	vdCallLog     = "call_log"
	vdDialerLog   = "vicidial_log"
	vdCloserLog   = "vicidial_closer_log"
	vdCarrierLog  = "vicidial_carrier_log"
	vdAgentLog    = "vicidial_agent_log"
	vdUserLog     = "vicidial_user_log"
	vdUserCallLog = "user_call_log"
)

// vicidialTable is a table: its columns in their order, which only ever grew at
// the end, and how few an old installation may have.
type vicidialTable struct {
	name    string
	columns []string
	least   int
	// tells says whether a row without names can be one of this table.
	tells func(cells []string) bool
}

// vicidialTables are the tables that are read, in the order a row without
// names is tried on them.
func vicidialTables() []vicidialTable {
	return []vicidialTable{
		{vdCallLog, words("uniqueid channel channel_group type server_ip extension number_dialed caller_code start_time start_epoch end_time end_epoch length_in_sec length_in_min"), 14,
			func(c []string) bool { return isUniqueID(c[0]) && looksLikeStamp(c[8]) && isDigits(c[9]) }},
		{vdDialerLog, words("uniqueid lead_id list_id campaign_id call_date start_epoch end_epoch length_in_sec status phone_code phone_number user comments processed user_group term_reason alt_dial called_count"), 13,
			func(c []string) bool { return isUniqueID(c[0]) && looksLikeStamp(c[4]) && isDigits(c[5]) }},
		{vdCarrierLog, words("uniqueid call_date server_ip lead_id hangup_cause dialstatus channel dial_time answered_time sip_hangup_cause sip_hangup_reason caller_code"), 9,
			func(c []string) bool {
				return isUniqueID(c[0]) && looksLikeStamp(c[1]) && isDialStatus(c[5]) && isDigits(c[7])
			}},
		{vdCloserLog, words("closecallid lead_id list_id campaign_id call_date start_epoch end_epoch length_in_sec status phone_code phone_number user comments processed queue_seconds user_group xfercallid term_reason uniqueid agent_only queue_position called_count"), 19,
			func(c []string) bool {
				return isDigits(c[0]) && looksLikeStamp(c[4]) && isDigits(c[5]) && isUniqueID(c[18])
			}},
		{vdAgentLog, words("agent_log_id user server_ip event_time lead_id campaign_id pause_epoch pause_sec wait_epoch wait_sec talk_epoch talk_sec dispo_epoch dispo_sec status user_group comments sub_status dead_epoch dead_sec processed uniqueid pause_type"), 14,
			func(c []string) bool {
				return isDigits(c[0]) && looksLikeStamp(c[3]) && isDigits(c[6]) && isDigits(c[7])
			}},
		{vdUserLog, words("user_log_id user event campaign_id event_date event_epoch user_group session_id server_ip extension computer_ip browser data phone_login server_phone phone_ip webserver login_url browser_width browser_height"), 6,
			func(c []string) bool {
				return isDigits(c[0]) && strings.HasPrefix(strings.TrimLeft(c[2], "TIMEOUFRCE -"), "LOG") && looksLikeStamp(c[4]) && isDigits(c[5])
			}},
		{vdUserCallLog, words("user_call_log_id user call_date call_type server_ip phone_number number_dialed lead_id callerid group_alias_id preset_name campaign_id customer_hungup customer_hungup_seconds xfer_hungup xfer_hungup_datetime"), 10,
			func(c []string) bool { return isDigits(c[0]) && looksLikeStamp(c[2]) && strings.Contains(c[3], "_") }},
	}
}

func words(s string) []string { return strings.Fields(s) }

// isDialStatus tells whether s is a DIALSTATUS of Asterisk.
func isDialStatus(s string) bool {
	switch s {
	case "ANSWER", "BUSY", "NOANSWER", "CANCEL", "CONGESTION", "CHANUNAVAIL", "DONTCALL", "TORTURE", "INVALIDARGS":
		return true
	}
	return false
}

// tableOfCells tells the table of a row without names; nil if none fits.
func (v *vicidial) tableOfCells(cells []string) *vicidialTable {
	for i := range v.tables {
		if t := &v.tables[i]; len(cells) >= t.least && len(cells) <= len(t.columns) && t.tells(cells) {
			return t
		}
	}
	return nil
}

// tableOfNames tells the table of a header; nil if none fits.
func (v *vicidial) tableOfNames(at map[string]int) *vicidialTable {
	for _, sign := range []struct{ table, columns string }{
		{vdAgentLog, "user pause_epoch wait_sec talk_sec"},
		{vdUserLog, "user event event_epoch"},
		{vdUserLog, "user event event_date"},
		{vdUserCallLog, "user call_type number_dialed"},
		{vdCarrierLog, "uniqueid dialstatus answered_time"},
		{vdCloserLog, "closecallid length_in_sec"},
		{vdCallLog, "uniqueid number_dialed length_in_sec"},
		{vdDialerLog, "uniqueid phone_number length_in_sec status"},
	} {
		if names := words(sign.columns); countColumns(at, names...) == len(names) {
			return v.table(sign.table)
		}
	}
	return nil
}

// table finds a table by its name; archives are called the same with _archive.
func (v *vicidial) table(name string) *vicidialTable {
	name = strings.TrimSuffix(strings.ToLower(name), "_archive")
	for i := range v.tables {
		if v.tables[i].name == name {
			return &v.tables[i]
		}
	}
	return nil
}

var insertOfVICIdial = regexp.MustCompile("(?i)(insert (ignore )?into|replace into|create table( if not exists)?)\\s+[`\"]?(vicidial_(closer_|carrier_|agent_|user_)?log|user_call_log|call_log)(_archive)?[`\"\\s(]")

// tableOfDump is the table of VICIdial that a dump fills or makes; nil if there is
// none. The words it must hold are looked for first: the pattern takes ten
// milliseconds over a head without them.
func tableOfDump(head []byte) []byte {
	lower := bytes.ToLower(head)
	if !bytes.Contains(lower, []byte("into")) && !bytes.Contains(lower, []byte("create table")) {
		return nil
	}
	if m := insertOfVICIdial.FindSubmatch(head); m != nil {
		return m[4]
	}
	return nil
}

// statementOfDump begins a line of a dump of whatever tables.
var statementOfDump = regexp.MustCompile(`(?im)^\s*(insert (ignore )?into|replace into|create table|drop table|lock tables)\s`)
