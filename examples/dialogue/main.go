// Command dialogue is a small dialogue server to begin from: it asks who answers
// whether they want to hear of an offer, takes a number by keys, hands over to an agent,
// and takes a refusal for what it is. It needs nothing but Go and keeps nothing.
//
//	DIALOGUE_SECRET=whsec_... go run ./examples/dialogue --listen 127.0.0.1:8090
//
// docs/dialogue.md says what both sides send.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8090", "address to listen at")
	flag.Parse()
	secret := os.Getenv("DIALOGUE_SECRET")
	if secret == "" {
		log.Fatal("DIALOGUE_SECRET is not set: it is the secret of the robot lane, whsec_...")
	}
	server := &http.Server{Addr: *listen, Handler: handler(secret, time.Now), ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// turn is what comes in: the parts this program looks at.
type turn struct {
	Happened string `json:"happened"`
	Keys     string `json:"keys"`
	State    string `json:"state"`
	Person   *struct {
		Name string `json:"name"`
	} `json:"person"`
}

type (
	say    struct{ Prompt string }
	listen struct {
		Keys    int    `json:"keys"`
		End     string `json:"end,omitempty"`
		Seconds int    `json:"seconds,omitempty"`
	}
	outcome struct {
		Code  string `json:"code"`
		Notes string `json:"notes,omitempty"`
	}
	reply struct {
		Say     []say    `json:"say,omitempty"`
		Listen  *listen  `json:"listen,omitempty"`
		Outcome *outcome `json:"disposition,omitempty"`
		Agent   bool     `json:"agent,omitempty"`
		HangUp  bool     `json:"hang_up,omitempty"`
		State   string   `json:"state,omitempty"`
	}
)

// MarshalJSON writes a prompt as the interface names it.
func (s say) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"prompt": s.Prompt})
}

// answer is the whole dialogue. It keeps nothing: state is what it was told last.
func answer(t turn) reply {
	ask := reply{Say: []say{{"offer_ask"}}, Listen: &listen{Keys: 1, Seconds: 6}, State: "asked"} // 1 yes, 2 an agent, 9 never again
	switch {
	case t.Happened == "met":
		return ask
	case t.Happened == "no_agent":
		return reply{Say: []say{{"no_agent"}}, HangUp: true, Outcome: &outcome{Code: "not_there"}}
	case t.State == "size" && t.Keys != "":
		return reply{Say: []say{{"thanks"}}, HangUp: true, Outcome: &outcome{Code: "sale", Notes: "wants " + t.Keys}}
	case t.Keys == "1":
		return reply{Say: []say{{"how_many"}}, Listen: &listen{Keys: 3, End: "#", Seconds: 8}, State: "size"}
	case t.Keys == "2":
		return reply{Say: []say{{"one_moment"}}, Agent: true, State: "agent"}
	case t.Keys == "9":
		return reply{Say: []say{{"never_again"}}, HangUp: true, Outcome: &outcome{Code: "refused", Notes: "pressed 9"}}
	case t.State == "asked":
		ask.State = "asked_again"
		return ask
	}
	return reply{Say: []say{{"goodbye"}}, HangUp: true}
}

// handler answers turns that are signed with the secret.
func handler(secret string, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err != nil || r.Method != http.MethodPost {
			http.Error(w, "a turn was expected", http.StatusBadRequest)
			return
		}
		if !signed(secret, r.Header, body, now()) {
			http.Error(w, "the signature is not ours", http.StatusUnauthorized)
			return
		}
		var t turn
		if err := json.Unmarshal(body, &t); err != nil {
			http.Error(w, "the turn is none", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(answer(t)); err != nil {
			log.Print(err)
		}
	})
}

// signed tells whether a turn came from who has the secret, unchanged and just now. It
// is the signature of Standard Webhooks: a library for those does the same.
func signed(secret string, h http.Header, body []byte, now time.Time) bool {
	at, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(h.Get("webhook-id") + "." + h.Get("webhook-timestamp") + "."))
	m.Write(body)
	want := "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
	for _, got := range strings.Fields(h.Get("webhook-signature")) {
		if hmac.Equal([]byte(got), []byte(want)) {
			return true
		}
	}
	return false
}
