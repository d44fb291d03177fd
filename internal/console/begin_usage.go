package console

import (
	"context"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/store"
)

// ways are how usage comes in, in the order they are offered.
var ways = []string{"events", "freeswitch", "asterisk", "upload"}

// Ways are they, for the template.
func (b *beginBody) Ways() []string { return ways }

// beginUsage says what to paste where so that usage comes in, and watches for
// the first of it.
func (s *Server) beginUsage(w http.ResponseWriter, _ *http.Request, v *visit) error {
	if v.company.IsZero() {
		return errNoCompany
	}
	return s.usageStep(w, v, http.StatusOK, &beginBody{Form: v.blank()})
}

func (s *Server) usageStep(w http.ResponseWriter, v *visit, status int, b *beginBody) error {
	b.Step = "usage"
	err := s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
		b.Arrived, err = tx.Usage().Head(v.company)
		return err
	})
	if err != nil {
		return err
	}
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil {
		return err
	}
	_, zone := usualPlace(v.Tag)
	if len(deals) > 0 {
		zone = deals[0].Loc.String()
	}
	b.Lines = pasted(s.addressOf(v.r), v.company.Named("co"), b.Key, zone)
	return s.beginPage(w, v, status, b)
}

// takeKey makes the key that usage comes in with. It is shown this once; the same
// form again makes no other.
func (s *Server) takeKey(w http.ResponseWriter, _ *http.Request, v *visit) error {
	if v.company.IsZero() {
		return errNoCompany
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &beginBody{Form: v.blank()}
	_, again, err := s.once(v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		key, text, err := s.d.Gate.KeyFor(tx, v.actor, access.NewKey{Company: v.company, Name: "usage", Role: access.API})
		if err != nil {
			return access.Deed{}, "", err
		}
		b.Key = text
		return access.Deed{Action: "key.add", Target: key.ID.Named("key"), After: key}, "", nil
	})
	if again {
		err = fault.New(fault.Conflict, "this form made a key before: it was shown then")
	}
	if err != nil {
		return err
	}
	return s.usageStep(w, v, http.StatusOK, b)
}

// addressOf is what the visitor opened, without its path.
func (s *Server) addressOf(r *http.Request) string {
	if s.d.Address != "" {
		return strings.TrimSuffix(s.d.Address, "/")
	}
	return "http://" + r.Host
}

// pasted are the lines for each way, with the key in them where one was just
// made.
func pasted(address, company, key, zone string) map[string]string {
	if key == "" {
		key = "KEY"
	}
	fill := strings.NewReplacer("ADDRESS", address, "COMPANY", company, "KEY", key, "ZONE", zone)
	return map[string]string{
		"events": fill.Replace(`curl -fsS ADDRESS/v1/events \
  -H "Authorization: Bearer KEY" -H "Content-Type: application/json" \
  -d '{"specversion": "1.0", "id": "call-1", "source": "pbx", "type": "waihu.call",
    "data": {"result": "answered", "to": "13800138000", "agent": "agent01", "talk": 62,
      "start": "` + sampleDay() + `T12:30:00Z", "answer": "` + sampleDay() + `T12:30:08Z", "end": "` + sampleDay() + `T12:31:10Z"}}'
`),
		"freeswitch": fill.Replace(`<!-- conf/autoload_configs/json_cdr.conf.xml -->
<configuration name="json_cdr.conf" description="Call records to Waihu">
  <settings>
    <param name="url" value="ADDRESS/v1/receive/freeswitch"/>
    <param name="auth-scheme" value="basic"/>
    <param name="cred" value="waihu:KEY"/>
    <param name="encode" value="false"/>
    <param name="retries" value="2"/>
    <param name="delay" value="5"/>
    <param name="log-http-and-disk" value="false"/>
    <param name="err-log-dir" value="/var/log/freeswitch/json_cdr"/>
  </settings>
</configuration>
`),
		"asterisk": fill.Replace(`# waihu.yaml, read by: waihu serve --config waihu.yaml
sources:
  - name: pbx
    company: COMPANY
    kind: file
    path: /var/log/asterisk/cdr-csv/Master.csv
    format: asterisk-csv
    time_zone: ZONE
`),
		"upload": fill.Replace(`curl -fsS "ADDRESS/v1/uploads?name=Master.csv&zone=ZONE" \
  -H "Authorization: Bearer KEY" --data-binary @Master.csv
`),
	}
}

// sampleDay is the first day of this month: the example call is in the running
// period.
func sampleDay() string { return firstOfMonth().String() }
