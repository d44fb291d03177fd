package access

import (
	"encoding/json"
	"strings"

	"waihu/internal/id"
	"waihu/internal/store"
)

// Deed is a change as the audit log tells it.
type Deed struct {
	Company id.Company
	Action  string // invoice.issue
	Target  string // inv_01...
	Reason  string
	Before  any // nil: it was not there
	After   any // nil: it is not there any more
}

// Record writes a deed into the audit log, in the transaction of the deed itself:
// what was undone was not done. Secrets are left out.
func Record(tx store.Tx, a *Actor, d Deed) error {
	before, err := told(d.Before)
	if err != nil {
		return err
	}
	after, err := told(d.After)
	if err != nil {
		return err
	}
	return tx.Audit().Append(&store.AuditEntry{Company: d.Company, At: tx.Now(), Actor: a.Name, Action: d.Action, Target: d.Target,
		From: a.From, Reason: d.Reason, Before: before, After: after})
}

func told(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		return nil, err
	}
	return json.Marshal(redacted(tree))
}

// secretNames are parts of names whose values are never written down.
var secretNames = []string{"password", "secret", "token", "otp", "authorization", "api_key", "credential", "codes"}

// Secret tells whether a name says that its value must not be written down.
func Secret(name string) bool {
	name = strings.ToLower(name)
	for _, s := range secretNames {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

func redacted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if Secret(k) {
				v[k] = "(left out)"
				continue
			}
			v[k] = redacted(e)
		}
	case []any:
		for i, e := range v {
			v[i] = redacted(e)
		}
	}
	return v
}
