package sip

import (
	"bufio"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// torture is what RFC 4475 sets a parser, each message written here anew from
// what the section says it has. {by} stands for our
// address, {id} for its Call-ID. The
// status is what the running server answers; 0 is silence.
var torture = []struct {
	name    string // as the RFC calls it
	status  int
	message string
}{
	// 3.1.1: valid
	{"wsinv", 481, "INVITE sip:vivek@h.example;unknownparam SIP/2.0\nTO :\n sip:vivek@h.example ;   tag    =\n" /* broken below: see wsinv2 */ +
		" a\nfrom   : \"J Rosenberg \\\\\\\"\"       <sip:j@h.example>\n  ;\n  tag = 98asjd8\nMaX-fOrWaRdS: 0068\nCall-ID: {id}\nContent-Length   : 0\ncseq: 0009\n  INVITE\nVia  : SIP  /   2.0\n /UDP\n    {by};branch=z9hG4bK{id}\ns :\nNewFangledHeader:   newfangled value\n continued newfangled value\nUnknownHeaderWithUnusualValue: ;;,,;;,;\nm:\"Quoted string \\\"\\\"\" <sip:j@h.example> ; newparam =\n      newvalue ;\n  secondparam ; q = 0.33\n\n"},
	{"wsinv without a dialog", 480, "INVITE sip:vivek@h.example SIP/2.0\nTO :\n sip:vivek@h.example\nfrom   : \"J Rosenberg \\\\\\\"\"       <sip:j@h.example>\n  ;\n  tag = 98asjd8\nMaX-fOrWaRdS: 0068\nCall-ID: {id}\nContent-Length   : 0\ncseq: 0009\n  INVITE\nVia  : SIP  /   2.0\n /UDP\n    {by};branch=z9hG4bK{id}\ns :\nRoute:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\nv:  SIP  / 2.0  / TCP     spindle.example.com   ;\n  branch  =   z9hG4bK9ikj8  ,\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\n z9hG4bK30239\nm:\"Quoted \\\"\\\"\" <sip:j@h.example> ; q = 0.33\n\n"},
	{"intmeth", 501, "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nTo: \"BEL:\\a NUL:\\b DEL:\\c\" <sip:1_unusual.URI~@example.com>\nFrom: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"works\";tag=_token~1'+`*%!-.\nCall-ID: {id}\nCSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\nMax-Forwards: 255\nContent-Length: 0\n\n"},
	{"esc01", 480, "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0\nTo: sip:%75se%72@example.com\nFrom: <sip:I%20have%20spaces@example.net>;tag=1234\nMax-Forwards: 87\nCall-ID: {id}\nCSeq: 234234 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>\nContent-Length: 0\n\n"},
	{"escnull", 405, "REGISTER sip:example.com SIP/2.0\nTo: sip:null-%00-null@example.com\nFrom: sip:null-%00-null@example.com;tag=8\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 14398234 REGISTER\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContact: <sip:%00@host5.example.com>\nL:0\n\n"},
	{"esc02", 501, "RE%47IST%45R sip:registrar.example.com SIP/2.0\nTo: \"%Z%45\" <sip:resource@example.com>\nFrom: \"%Z%45\" <sip:resource@example.com>;tag=f232\nCall-ID: {id}\nCSeq: 29344 RE%47IST%45R\nMax-Forwards: 70\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nL:0\n\n"},
	{"lwsdisp", 200, "OPTIONS sip:user@example.com SIP/2.0\nTo: sip:user@example.com\nFrom: caller<sip:caller@example.com>;tag=323\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 60 OPTIONS\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nl: 0\n\n"},
	{"longreq", 480, "INVITE sip:user@example.com SIP/2.0\nTo: \"I have a user name of " + strings.Repeat("extreme ", 20) + "proportion\"<sip:user@example.com:6000;unknownparam1=very" + strings.Repeat("long", 60) + "value>\nF: sip:" + strings.Repeat("amazing", 60) + "@example.net;tag=12982\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 3882340 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nUnknown-" + strings.Repeat("Long", 40) + ": " + strings.Repeat("unknown ", 60) + "\nContact: <sip:" + strings.Repeat("a", 200) + "@host5.example.net>\nContent-Length: 0\n\n"},
	{"dblreq", 405, "REGISTER sip:example.com SIP/2.0\nTo: sip:j.user@example.com\nFrom: sip:j.user@example.com;tag=43251j3j324\nMax-Forwards: 8\nCall-ID: {id}\nCSeq: 8 REGISTER\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n\nINVITE sip:joe@example.com SIP/2.0\nt: sip:joe@example.com\n"},
	{"semiuri", 200, "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0\nTo: sip:j_user@example.com\nFrom: sip:caller@example.org;tag=33242\nMax-Forwards: 3\nCall-ID: {id}\nCSeq: 8 OPTIONS\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nl: 0\n\n"},
	{"transports", 200, "OPTIONS sip:user@example.com SIP/2.0\nTo: sip:user@example.com\nFrom: <sip:caller@example.com>;tag=323\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 60 OPTIONS\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nVia: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf\nVia: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj\nVia: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en\nl: 0\n\n"},
	{"mpart01", 405, "MESSAGE sip:kumiko@example.org SIP/2.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nMax-Forwards: 70\nTo: <sip:kumiko@example.org>\nFrom: <sip:fluffy@example.com>;tag=ldgjf\nCall-ID: {id}\nCSeq: 22756 MESSAGE\nContent-Type: multipart/mixed;boundary=7a9\nContent-Length: 31\n\n--7a9\nContent-Type: text\n\nhi\n\x00\x01"},
	{"unreason", 0, "SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nCall-ID: {id}\nCSeq: 35 INVITE\nFrom: <sip:user@example.com>;tag=11\nTo: <sip:user@example.edu>;tag=2229\nContent-Length: 0\nContact: <sip:user@host198.example.com>\n\n"},
	{"noreason", 0, "SIP/2.0 100 \nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nCall-ID: {id}\nCSeq: 35 INVITE\nFrom: <sip:user@example.com>;tag=39\nTo: <sip:user@example.edu>;tag=2229\nContent-Length: 0\n\n"},
	// 3.1.2: invalid
	{"badinv01", 400, "INVITE sip:user@example.com SIP/2.0\nTo: sip:j.user@example.com\nFrom: sip:caller@example.net;tag=134161461246\nMax-Forwards: 7\nCall-ID: {id}\nCSeq: 8 INVITE\nVia: SIP/2.0/UDP {by};;,;,,;branch=z9hG4bK{id}\nContact: \"\" <> ;,\n ;\nContent-Length: 0\n\n"},
	{"clerr", 400, "INVITE sip:user@example.com SIP/2.0\nMax-Forwards: 80\nTo: sip:j.user@example.com\nFrom: sip:caller@example.net;tag=93942939o2\nContact: <sip:caller@h.example.net>\nCall-ID: {id}\nCSeq: 8 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Type: application/sdp\nContent-Length: 9999\n\nv=0\n"},
	{"ncl", 400, "INVITE sip:user@example.com SIP/2.0\nMax-Forwards: 254\nTo: sip:j.user@example.com\nFrom: sip:caller@example.net;tag=3\nCall-ID: {id}\nCSeq: 8 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContact: <sip:caller@h.example.net>\nContent-Length: -999\n\nv=0\n"},
	{"scalar02", 400, "REGISTER sip:example.com SIP/2.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nTo: <sip:user@example.com>\nFrom: <sip:user@example.com>;tag=239232jh3\nCSeq: 36893488147419103232 REGISTER\nCall-ID: {id}\nMax-Forwards: 255\nExpires: 10000000000000000000000000000000000000\nContact: <sip:user@host129.example.com>;expires=280297596632815\nContent-Length: 0\n\n"},
	{"scalarlg", 0, "SIP/2.0 503 Service Unavailable\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nTo: <sip:user@example.com>\nFrom: sip:other@example.net;tag=2\nCall-ID: {id}\nCSeq: 9292394834772304023312 OPTIONS\nRetry-After: 949302838503028349304023988\nWarning: 1812 overture \"In Progress\"\nContent-Length: 0\n\n"},
	{"quotbal", 400, "INVITE sip:user@example.com SIP/2.0\nTo: \"Mr. J. User <sip:j.user@example.com>\nFrom: sip:caller@example.net;tag=93334\nMax-Forwards: 10\nCall-ID: {id}\nContact: <sip:caller@h.example.net>\nCSeq: 8 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n"},
	{"ltgtruri", 400, "INVITE <sip:user@example.com> SIP/2.0\nTo: sip:user@example.com\nFrom: sip:caller@example.net;tag=39291\nMax-Forwards: 23\nCall-ID: {id}\nCSeq: 1 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n"},
	{"lwsruri", 400, "INVITE sip:user@example.com; lr SIP/2.0\nTo: sip:user@example.com;tag=3xfe-9921883-z9f\nFrom: sip:caller@example.net;tag=231413434\nMax-Forwards: 5\nCall-ID: {id}\nCSeq: 2130706432 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n"},
	{"lwsstart", 400, "INVITE  sip:user@example.com  SIP/2.0\nMax-Forwards: 8\nTo: sip:user@example.com\nFrom: sip:caller@example.net;tag=8814\nCall-ID: {id}\nCSeq: 1893884 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n"},
	{"trws", 400, "OPTIONS sip:remote-target@example.com SIP/2.0  \nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nTo: <sip:remote-target@example.com>\nFrom: <sip:local-resource@example.com>;tag=329429089\nCall-ID: {id}\nMax-Forwards: 70\nCSeq: 8 OPTIONS\nl: 0\n\n"},
	{"escruri", 400, "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0\nTo: sip:user@example.com\nFrom: sip:caller@example.net;tag=341518\nMax-Forwards: 7\nCall-ID: {id}\nCSeq: 149209342 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n"},
	{"baddate", 400, "INVITE sip:user@example.com SIP/2.0\nTo: sip:user@example.com\nFrom: sip:caller@example.net;tag=2234923\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 392934 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nDate: Fri, 01 Jan 2010 16:00:00 EST\nContent-Length: 0\n\n"},
	{"regbadct", 400, "REGISTER sip:example.com SIP/2.0\nTo: sip:user@example.com\nFrom: sip:user@example.com;tag=998332\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 1 REGISTER\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\nl: 0\n\n"},
	{"badaspec", 400, "OPTIONS sip:user@example.org SIP/2.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nMax-Forwards: 70\nFrom: \"Bell, Alexander\" <sip:a.g.bell@example.com>;tag=43\nTo: \"Watson, Thomas\" < sip:t.watson@example.org >\nCall-ID: {id}\nCSeq: 3923239 OPTIONS\nl: 0\n\n"},
	{"baddn", 400, "OPTIONS sip:t.watson@example.org SIP/2.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nMax-Forwards: 70\nFrom: Bell, Alexander <sip:a.g.bell@example.com>;tag=43\nTo: Watson, Thomas <sip:t.watson@example.org>\nCall-ID: {id}\nCSeq: 31415 OPTIONS\nl: 0\n\n"},
	{"badvers", 505, "OPTIONS sip:t.watson@example.org SIP/7.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nMax-Forwards: 70\nFrom: A. Bell <sip:a.g.bell@example.com>;tag=qweoiqpe\nTo: T. Watson <sip:t.watson@example.org>\nCall-ID: {id}\nCSeq: 1 OPTIONS\nl: 0\n\n"},
	{"mismatch01", 400, "OPTIONS sip:user@example.com SIP/2.0\nTo: sip:j.user@example.com\nFrom: sip:caller@example.net;tag=34525\nMax-Forwards: 6\nCall-ID: {id}\nCSeq: 8 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nl: 0\n\n"},
	{"mismatch02", 400, "NEWMETHOD sip:user@example.com SIP/2.0\nTo: sip:j.user@example.com\nFrom: sip:caller@example.net;tag=34525\nMax-Forwards: 6\nCall-ID: {id}\nCSeq: 8 INVITE\nContact: <sip:caller@host.example.net>\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nl: 0\n\n"},
	{"bigcode", 0, "SIP/2.0 4294967301 better not break the receiver\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nCall-ID: {id}\nCSeq: 353494 INVITE\nFrom: <sip:user@example.com>;tag=39ansfi3\nTo: <sip:user@example.edu>;tag=902jndnke3\nContent-Length: 0\n\n"},
	// 3.2 and 3.3: what a server must see beyond syntax
	{"badbranch", 400, "OPTIONS sip:user@example.com SIP/2.0\nTo: sip:user@example.com\nFrom: sip:caller@example.org;tag=33242\nMax-Forwards: 3\nVia: SIP/2.0/UDP {by};branch=z9hG4bK\nCall-ID: {id}\nCSeq: 8 OPTIONS\nl: 0\n\n"},
	{"insuf", 400, "INVITE sip:user@example.com SIP/2.0\nCSeq: 193942 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Type: application/sdp\nl: 0\n\n"},
	{"unkscm", 416, "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0\nTo: sip:user@example.com\nFrom: sip:caller@example.net;tag=384\nMax-Forwards: 3\nCall-ID: {id}\nCSeq: 3923423 OPTIONS\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n"},
	{"novelsc", 416, "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0\nTo: sip:user@example.com\nFrom: sip:caller@example.net;tag=384\nMax-Forwards: 3\nCall-ID: {id}\nCSeq: 3923423 OPTIONS\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n"},
	{"unksm2", 405, "REGISTER sip:example.com SIP/2.0\nTo: isbn:2983792873\nFrom: <http://www.example.com>;tag=3234233\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 234902 REGISTER\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContact: <name:John_Smith>\nl: 0\n\n"},
	{"bext01", 420, "OPTIONS sip:user@example.com SIP/2.0\nTo: sip:j_user@example.com\nFrom: sip:caller@example.net;tag=242etr\nMax-Forwards: 6\nCall-ID: {id}\nRequire: nothingSupportsThis, nothingSupportsThisEither\nProxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis\nCSeq: 8 OPTIONS\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Length: 0\n\n"},
	{"invut", 415, "INVITE sip:user@example.com SIP/2.0\nContact: <sip:caller@host5.example.net>\nTo: sip:j.user@example.com\nFrom: sip:caller@example.net;tag=8392034\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 235448 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nContent-Type: application/unknownformat\nContent-Length: 10\n\n<audio/>\n\n"},
	{"regaut01", 405, "REGISTER sip:example.com SIP/2.0\nTo: sip:j.user@example.com\nFrom: sip:j.user@example.com;tag=87321hj23128\nMax-Forwards: 8\nCall-ID: {id}\nCSeq: 9338 REGISTER\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nAuthorization: NoOneKnowsThisScheme opaque-data=here\nContent-Length:0\n\n"},
	{"multi01", 400, "INVITE sip:user@company.com SIP/2.0\nContact: <sip:caller@host25.example.net>\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nMax-Forwards: 70\nCSeq: 5 INVITE\nCall-ID: {id}\nCSeq: 59 INVITE\nCall-ID: other\nFrom: sip:caller@example.com;tag=3413415\nTo: sip:user@example.com\nTo: sip:other@example.net\nFrom: sip:caller@example.net;tag=2923420123\nContent-Type: application/sdp\nl: 0\nContact: <sip:caller@host36.example.net>\nMax-Forwards: 5\n\n"},
	{"mcl01", 400, "OPTIONS sip:user@example.com SIP/2.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nTo: sip:user@example.com\nFrom: sip:other@example.net;tag=3923942\nCall-ID: {id}\nCSeq: 15932 OPTIONS\nContent-Length: 13\nMax-Forwards: 60\nContent-Length: 5\nContent-Type: text/plain\n\nThere is no w"},
	{"bcast", 0, "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK{id}\nCall-ID: {id}\nCSeq: 35 INVITE\nFrom: <sip:user@example.com>;tag=11141343\nTo: <sip:user@example.edu>;tag=2229\nContent-Length: 0\n\n"},
	{"zeromf", 200, "OPTIONS sip:user@example.com SIP/2.0\nTo: sip:user@example.com\nFrom: sip:caller@example.net;tag=3ghsd41\nCall-ID: {id}\nCSeq: 39234321 OPTIONS\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nMax-Forwards: 0\nContent-Length: 0\n\n"},
	{"cparam01", 405, "REGISTER sip:example.com SIP/2.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nMax-Forwards: 70\nFrom: sip:watson@example.com;tag=DkfVgjkrtMwaerKKpe\nTo: sip:watson@example.com\nCall-ID: {id}\nCSeq: 2 REGISTER\nContact: sip:+19725552222@gw1.example.net;unknownparam\nl: 0\n\n"},
	{"cparam02", 405, "REGISTER sip:example.com SIP/2.0\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nMax-Forwards: 70\nFrom: sip:watson@example.com;tag=838293\nTo: sip:watson@example.com\nCall-ID: {id}\nCSeq: 3 REGISTER\nContact: <sip:+19725552222@gw1.example.net;unknownparam>\nl: 0\n\n"},
	{"regescrt", 405, "REGISTER sip:example.com SIP/2.0\nTo: sip:user@example.com\nFrom: sip:user@example.com;tag=8\nMax-Forwards: 70\nCall-ID: {id}\nCSeq: 14398234 REGISTER\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nM: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>\nL:0\n\n"},
	{"sdp01", 406, "INVITE sip:user@example.com SIP/2.0\nTo: sip:j_user@example.com\nContact: <sip:caller@host15.example.net>\nFrom: sip:caller@example.net;tag=234\nMax-Forwards: 5\nCall-ID: {id}\nCSeq: 2393029 INVITE\nVia: SIP/2.0/UDP {by};branch=z9hG4bK{id}\nAccept: text/nobodyKnowsThis\nContent-Length: 0\n\n"},
	{"inv2543", 400, "INVITE sip:UserB@example.com SIP/2.0\nVia: SIP/2.0/UDP {by}\nFrom: <sip:+13035551111@ift.client.example.net;user=phone>\nRecord-Route: <sip:UserB@example.com;maddr=ss1.example.com>\nTo: sip:+16505552222@ss1.example.net;user=phone\nCall-ID: {id}\nCSeq: 56 INVITE\nContent-Type: application/sdp\nContent-Length: 0\n\n"},
}

// statusOf is the status of an answer; 0: it is none.
func statusOf(m string) int {
	rest, is := strings.CutPrefix(m, "SIP/2.0 ")
	if !is || len(rest) < 3 {
		return 0
	}
	n, _ := strconv.Atoi(rest[:3])
	return n
}

// onWire is a message of the table as it is sent by a peer.
func onWire(text, by, id string) string {
	head, body, _ := strings.Cut(text, "\n\n")
	return strings.NewReplacer("\n", "\r\n", "{by}", by, "{id}", id).Replace(head) + "\r\n\r\n" + body
}

// TestTorture is traps 1 and 2: every message of RFC 4475 gets its answer of the
// running server, and the server goes on.
func TestTorture(t *testing.T) {
	server := endpoint(t, Config{Serve: func(c *Call) { c.Refuse(480, "Temporarily Unavailable", 0) }})
	peer := byHand(t)
	for i, c := range torture {
		id := fmt.Sprintf("m%d", i)
		peer.send(server.Addr(), onWire(c.message, peer.addr(), id))
		peer.send(server.Addr(), handMade("OPTIONS", peer.addr(), "p"+id, 1, "Content-Length: 0\r\n\r\n"))
		got, alive := 0, false
		for !alive || got == 0 && c.status != 0 {
			m, _ := peer.read(2 * time.Second)
			if m == "" {
				break
			}
			switch n := statusOf(m); {
			case strings.Contains(m, "Call-ID: p"+id+"\r\n"):
				alive = true
			case n >= 200 && (strings.Contains(m, "Call-ID: "+id+"\r\n") || !strings.Contains(m, "Call-ID") || strings.Contains(m, "Call-ID: other")) && got == 0:
				got = n
				if n == 480 {
					peer.send(server.Addr(), ackOf(m))
				}
			}
		}
		if got != c.status || !alive {
			t.Errorf("%s: answered %d, want %d; the server goes on: %v", c.name, got, c.status, alive)
		}
	}
}

// ackOf acknowledges a refusal.
func ackOf(m string) string {
	b := "ACK sip:100@127.0.0.1 SIP/2.0\r\n"
	for line := range strings.SplitSeq(m, "\r\n") {
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "Via", "From", "To", "Call-ID":
			b += line + "\r\n"
		case "CSeq":
			b += "CSeq: " + strings.Fields(value)[0] + " ACK\r\n"
		}
	}
	return b + "Content-Length: 0\r\n\r\n"
}

// TestTortureOverTCP: messages in pieces, two at once, and broken ones; what
// cannot be framed ends the connection, and only that.
func TestTortureOverTCP(t *testing.T) {
	server := endpoint(t, Config{})
	dial := func() (net.Conn, *bufio.Reader) {
		c, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if err := c.SetDeadline(time.Now().Add(bound)); err != nil {
			t.Fatal(err)
		}
		return c, bufio.NewReader(c)
	}
	next := func(r *bufio.Reader) int {
		for {
			line, err := r.ReadString('\n')
			if n := statusOf(line); n != 0 || err != nil {
				return n
			}
		}
	}
	c, r := dial()
	ok := strings.ReplaceAll(handMade("OPTIONS", c.LocalAddr().String(), "a", 1, "Content-Length: 2\r\n\r\nhi"), "/UDP", "/TCP")
	for _, b := range []byte(ok) {
		if _, err := c.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if n := next(r); n != 200 {
		t.Errorf("a message in pieces: %d", n)
	}
	second := strings.ReplaceAll(ok, "z9hG4bKa", "z9hG4bKb")
	bad := strings.ReplaceAll(strings.ReplaceAll(ok, "z9hG4bKa", "z9hG4bKc"), "CSeq: 1 OPTIONS", "CSeq: 1 INVITE")
	fmt.Fprint(c, "\r\n\r\n", second, bad)
	got := map[int]bool{next(r): true, next(r): true}
	if !got[200] || !got[400] {
		t.Errorf("two messages at once: %v", got)
	}
	fmt.Fprint(c, strings.Replace(ok, "Content-Length: 2", "Content-Length: -2", 1))
	if n := next(r); n != 400 {
		t.Errorf("a length that is none: %d", n)
	}
	if n := next(r); n != 0 {
		t.Errorf("the connection goes on: %d", n)
	}
	if c, r = dial(); true {
		fmt.Fprint(c, ok)
		if n := next(r); n != 200 {
			t.Errorf("the server does not go on: %d", n)
		}
	}
}

// TestFloodOfInvites and of REGISTERs: one source is let through at its rate; beyond it
// it is told so a few times, then nothing; other sources, and what ends calls, get through.
func TestFloodOfInvites(t *testing.T) {
	now := time.Unix(1000, 0)
	limits := newThrottle(10, 20, func() time.Time { return now })
	flood := hostOf(&net.UDPAddr{IP: net.IPv4(192, 0, 2, 1)})
	count := func(method string, n int) (passed, told int) {
		for range n {
			switch why := limits.admit(flood, &message{method: method}); {
			case why == nil:
				passed++
			case why.code == 503:
				told++
			}
		}
		return passed, told
	}
	if passed, told := count("INVITE", 10_000); passed != 20 || told != 3 {
		t.Errorf("%d passed, %d were told", passed, told)
	}
	if passed, _ := count("REGISTER", 10_000); passed != 0 {
		t.Errorf("%d REGISTERs passed beyond the rate", passed)
	}
	if passed, _ := count("BYE", 100); passed != 100 {
		t.Errorf("%d of 100 BYE passed", passed)
	}
	if limits.admit(hostOf(&net.UDPAddr{IP: net.IPv4(192, 0, 2, 2)}), &message{method: "INVITE"}) != nil {
		t.Error("another source pays for it")
	}
	now = now.Add(time.Second)
	if passed, _ := count("INVITE", 100); passed != 10 {
		t.Errorf("after a second %d passed", passed)
	}
	for i := range maxBuckets + 10 { // as many sources as may be: memory has its bound
		limits.admit(hostOf(&net.UDPAddr{IP: net.IPv4(10, byte(i>>16), byte(i>>8), byte(i))}), &message{method: "INVITE"})
	}
	if n := len(limits.requests); n > maxBuckets {
		t.Errorf("%d sources are remembered", n)
	}
}

// TestFloodOnTheWire: under a flood the server answers 503 with a time to come
// back, and a call from elsewhere goes through.
func TestFloodOnTheWire(t *testing.T) {
	server := endpoint(t, Config{Rate: 5, Burst: 5, Serve: func(c *Call) { c.Refuse(486, "Busy Here", 0) }})
	peer := byHand(t)
	seen := map[int]int{}
	for i := range 200 {
		peer.send(server.Addr(), handMade("OPTIONS", peer.addr(), fmt.Sprintf("f%d", i), 1, "Content-Length: 0\r\n\r\n"))
		m, _ := peer.read(30 * time.Millisecond)
		if n := statusOf(m); n == 503 && !strings.Contains(m, "Retry-After: 1") {
			t.Errorf("%s", m)
		} else {
			seen[n]++
		}
		if seen[503] > 0 && seen[0] > 3 {
			break
		}
	}
	if seen[200] < 5 || seen[503] == 0 || server.Counts().Throttled == 0 {
		t.Errorf("%v, %+v", seen, server.Counts())
	}
}

// TestAFloodOfBrokenMessagesIsNotSentBack: what is broken is answered no more often
// than what is whole.
func TestAFloodOfBrokenMessagesIsNotSentBack(t *testing.T) {
	server := endpoint(t, Config{Rate: 5, Burst: 5})
	peer := byHand(t)
	const sent = 200
	for i := range sent {
		peer.send(server.Addr(), handMade("OPTIONS", peer.addr(), fmt.Sprintf("b%d", i), 1, "CSeq: 2 OPTIONS\r\nContent-Length: 0\r\n\r\n"))
	}
	for began := time.Now(); server.Counts().Refused+server.Counts().Dropped < sent; time.Sleep(time.Millisecond) {
		if time.Since(began) > bound {
			t.Fatalf("%+v", server.Counts())
		}
	}
	if m, _ := peer.read(bound); statusOf(m) != 400 {
		t.Errorf("%s", m)
	}
	if c := server.Counts(); c.Refused > sent/2 {
		t.Errorf("%+v", c)
	}
}
