package api_test

import (
	"time"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/store"
)

// secretOfA is a text that only company A's things hold.
const secretOfA = "harbour-of-A"

// furnish puts one of each noun into a company and names them, by the names they
// have in addresses.
func (w *world) furnish(c id.Company) map[string]string {
	w.Helper()
	out := map[string]string{}
	out["user"] = w.ask(w.keyA, "POST", "/v1/users", map[string]any{"email": "a@example.com", "name": secretOfA, "roles": []string{"agent"}}).want(201).field("id")
	out["key"] = w.ask(w.keyA, "POST", "/v1/keys", map[string]any{"name": secretOfA, "role": "api"}).want(201).field("id")
	out["webhook"] = w.ask(w.keyA, "POST", "/v1/webhooks", map[string]any{"url": "https://example.com/" + secretOfA}).want(201).field("id")
	w.ask(w.keyA, "POST", "/v1/webhooks/test", nil).want(202)
	out["workspace"] = w.ask(w.keyA, "POST", "/v1/workspaces", map[string]any{}, once("furnish")).want(201).field("id")
	w.ask(w.keyA, "POST", "/v1/workspaces/"+out["workspace"]+"/files?name="+secretOfA, "words", "Content-Type: application/octet-stream").want(201)
	out["list"] = w.ask(w.keyA, "POST", "/v1/lists", map[string]any{"name": secretOfA}, once("furnish-list")).want(201).field("id")
	out["campaign"] = w.ask(w.keyA, "POST", "/v1/campaigns", map[string]any{"name": secretOfA, "purpose": "sales", "mode": "preview", "lists": []any{map[string]any{"list": out["list"]}}}, once("furnish-campaign")).want(201).field("id")
	out["lead"] = w.ask(w.keyA, "POST", "/v1/leads", map[string]any{"list": out["list"], "name": secretOfA, "numbers": []any{map[string]any{"number": "8613800138000"}}}, once("furnish-lead")).want(201).field("id")
	out["script"] = w.ask(w.keyA, "POST", "/v1/scripts", map[string]any{"file": "script: " + secretOfA + "\nsteps: [{id: a, text: x}]\n"}, once("furnish-script")).want(201).field("id")
	out["prompt"] = w.ask(w.keyA, "POST", "/v1/prompts?title="+secretOfA, beepFile(100*time.Millisecond), rawFile).want(201).field("id")
	out["number"] = "8613800138009"
	w.ask(w.keyA, "POST", "/v1/dnc", map[string]any{"numbers": []string{out["number"]}, "source": secretOfA}, once("furnish-dnc")).want(200)
	must(w.TB, w.db.Update(w.Context(), func(tx store.Tx) error {
		all, err := tx.Outbox().List(c, "waiting", store.Page{Limit: 10})
		for _, m := range all {
			out["message"] = m.ID.Named("msg")
		}
		if err != nil {
			return err
		}
		p, err := w.gate.Ask(tx, access.System("test"), c, "invoice.credit", secretOfA, nil)
		if err == nil {
			out["approval"] = p.ID.Named("apr")
		}
		return err
	}))
	return out
}
