package lang

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// latinNames are what Chinese writes in Latin letters too: products, formats,
// currencies, terms of art. Anything else in a Chinese text was not translated.
var latinNames = strings.Fields(`Waihu Asterisk FreeSWITCH VICIdial Kamailio Twilio Amazon Connect Erlang
	AI API HTTP ASR TTS CRM IVR CSV JSON JSONL XLSX PDF XML YAML HTML UBL SIP MOS Q.850 KB MB GB PNG UTC ISO https SQL ZIP JPEG GIF Excel Word Windows FreePBX CNY HKD TWD USD SHA-256 Webhook gzip zstd Idempotency-Key
	ITU-T E.411 E.425 G.107 ASCII UUID SID Call-ID GB18030 Big5 UTF-8`)

// latinWords are words of files, fields and options that one phrase names.
var latinWords = map[string]string{
	"carrier.listening":          "Ctrl-C",
	"calling_report.zone_wrong":  "Asia Taipei",
	"calling_report.empty.lists": "waihu leads import",
	"doctor.address_any_fix":     "listen", "doctor.address_loopback_fix": "listen", "doctor.sip_port_fix": "listen",
	"doctor.address_foreign_fix": "ip address NAT voice.told",
	"doctor.trunk_closed":        "TLS", "doctor.trunk_no_tls": "TLS", "doctor.trunk_no_tls_fix": "TLS",
	"doctor.trunk_certificate_fix": "update-ca-certificates",
	"doctor.address_inner":         "NAT", "doctor.address_inner_fix": "NAT",
	"doctor.buffers_fix":      "sysctl -w net.core.rmem_max etc sysctl.d",
	"doctor.clock_free_fix":   "chrony systemd-timesyncd",
	"doctor.folder_small_fix": "recordings",
	"doctor.ports_none_fix":   "ports", "doctor.ports_taken_fix": "ports", "doctor.ports_few_fix": "ports",
	"doctor.secret_fix":         "waihu",
	"doctor.trunk_silent":       "OPTIONS",
	"doctor.trunk_unknown_fix":  "DNS",
	"account.passkeys_why":      "PIN",
	"approval.off_why":          "access.second_person",
	"brand.accent_hint":         "b5c66",
	"brand.host_wrong":          "calls.example.com",
	"mapping.results_hint":      "answered busy no_answer rejected unassigned congestion canceled failed",
	"people.no_address":         "name example.com",
	"service.none_why":          "service_levels",
	"webhook.new_why":           "Standard Webhooks",
	"webhook.topics_hint":       "invoice invoice.issued",
	"audit_page.plan_text":      "plan.yaml",
	"begin.way_freeswitch_text": "mod_json_cdr",
	"begin.wrong_email":         "name example.com",
	"begin.wrong_token":         "waihu user reset",
	"compare.note.no_seats":     "seats", "compare.note.no_sessions": "seats",
	"compare_page.file": "waihu-comparison",
	"plans.tiers_hint":  "graduated volume", "plans.tiers_wrong": "graduated volume",
	"recording.keys":    "Shift Home End",
	"prompts.file_hint": "WAV", "prompts.no_file": "WAV", "prompts.form": "Hz",
	"report.foot":                    "waihu bill",
	"said.no_time_expected":          "T09",
	"seats.type":                     "agent supervisor robot",
	"recognised.connect":             "ContactId",
	"recognised.freeswitch_dump":     "uuid billsec start_stamp hangup_cause",
	"recognised.freeswitch_header":   "uuid billsec",
	"recognised.freeswitch_json":     "mod_json_cdr core-uuid channel_data variables",
	"recognised.freeswitch_json_two": "mod_json_cdr",
	"recognised.freeswitch_most":     "mod_cdr_csv",
	"recognised.freeswitch_template": "mod_cdr_csv",
	"recognised.freeswitch_xml":      "cdr",
	"recognised.kamailio_header":     "method callid sip_code",
	"recognised.kamailio_sip":        "start_time duration",
	"recognised.kamailio_start":      "start_time duration",
	"recognised.twilio_header":       "sid status",
	"recognised.twilio_sid":          "sid status CA",
	"recognised.twilio_json":         "CA",
	"recognised.waihu_csv":           "fact",
	"recognised.waihu_csv_other":     "fact",
}

// latinText are words of the texts of plans and contracts, which the phrases about
// such a text (said.text_...) name as they are written there.
var latinText = strings.Fields(`unknown true false yes no months year days en zh-Hant zh-TW zh-Hans zh-CN GBK UTF-16 IANA Asia Shanghai CN auto
	rates commitments quantities talk_time calls credit credit_amount steps service_levels m h d`)

// quoting are phrases about files and forms, full of names of keys, columns and options:
// what Chinese has in Latin letters there stands in the English too.
var quoting = regexp.MustCompile(`^said\.(plan|file|people|compare|app|calling)_`)

// latinRun is more than a key, a column or a command: a sentence.
var latinRun = regexp.MustCompile(`[A-Za-z]+(?:,? [A-Za-z]+){3,}`)

var latinWord = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+._-]*[A-Za-z0-9]`)

// TestChineseIsTranslated finds English that was left standing in Chinese.
func TestChineseIsTranslated(t *testing.T) {
	for key, p := range catalogue().byKey {
		own := strings.Fields(latinWords[key])
		if strings.HasPrefix(key, "said.text_") {
			own = latinText
		}
		if quoting.MatchString(key) {
			own = latinWord.FindAllString(p.raw[English], -1)
		}
		for _, tag := range []Tag{Traditional, Simplified} {
			text := address.ReplaceAllString(written(p.tree[tag]), "")
			if left := latinRun.FindString(text); left != "" && quoting.MatchString(key) {
				t.Errorf("%s line %d %s: %s: %q is English in %q", p.file, p.line, key, tag, left, p.raw[tag])
			}
			for _, w := range latinWord.FindAllString(text, -1) {
				if !slices.Contains(latinNames, w) && !slices.Contains(own, w) {
					t.Errorf("%s line %d %s: %s: %q is not translated in %q", p.file, p.line, key, tag, w, p.raw[tag])
				}
			}
		}
	}
	for key := range latinWords {
		if !Has(key) {
			t.Errorf("no phrase %s: take its words off the list", key)
		}
	}
}

// address is the rest of a link behind a placeholder.
var address = regexp.MustCompile(`/[a-z]+\?[a-z]+=`)

// halfWidth is a western mark beside a Chinese character.
var halfWidth = regexp.MustCompile(`\p{Han}[,;:?!()]|[,;:?!()]\p{Han}`)

// TestFullWidthMarks: Chinese text has Chinese marks.
func TestFullWidthMarks(t *testing.T) {
	for key, p := range catalogue().byKey {
		for _, tag := range []Tag{Traditional, Simplified} {
			if bad := halfWidth.FindString(written(p.tree[tag])); bad != "" {
				t.Errorf("%s line %d %s: %s: %q has a half-width mark", p.file, p.line, key, tag, bad)
			}
		}
	}
}

// regional are words that are written in characters of both scripts, or turned
// from one into the other, and said on one side only: what is said instead.
var regional = map[Tag]map[string]string{
	Traditional: {"軟件": "軟體", "硬件": "硬體", "網絡": "網路", "服務器": "伺服器", "數據": "資料", "默認": "預設", "短信": "簡訊", "打印": "列印", "視頻": "影片", "登錄": "登入",
		"接口": "介面", "鏈接": "連結", "屏幕": "螢幕", "硬盤": "硬碟", "內存": "記憶體", "文件夾": "資料夾", "菜單": "選單", "字符": "字元", "搜索": "搜尋", "質量": "品質", "導出": "匯出", "導入": "匯入", "充值": "儲值"},
	Simplified: {"软体": "软件", "硬体": "硬件", "网路": "网络", "伺服器": "服务器", "预设": "默认", "简讯": "短信", "列印": "打印", "登入": "登录", "资讯": "信息", "讯息": "消息", "支援": "支持",
		"介面": "界面", "连结": "链接", "萤幕": "屏幕", "汇出": "导出", "汇入": "导入", "储存": "存储", "检视": "查看", "模组": "模块", "字元": "字符", "搜寻": "搜索", "档案": "文件", "储值": "充值"},
}

// TestRegionalWords: Traditional text speaks as Taiwan does, Simplified text as
// the mainland does; changing the characters is no translation.
func TestRegionalWords(t *testing.T) {
	for key, p := range catalogue().byKey {
		for tag, words := range regional {
			for bad, good := range words {
				if strings.Contains(p.raw[tag], bad) {
					t.Errorf("%s line %d %s: %s says %s, here %s is said", p.file, p.line, key, tag, bad, good)
				}
			}
		}
	}
}

// written is what a phrase says by itself, without what it is filled with.
func written(nodes []node) string {
	var b strings.Builder
	for _, n := range nodes {
		b.WriteString(n.text)
		if n.op != 0 && n.sub == nil {
			b.WriteByte(' ')
		}
		b.WriteString(written(n.sub))
	}
	return b.String()
}
