package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"waihu/internal/api"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

// serviceFlags say where a service runs, and who asks it.
type serviceFlags struct {
	Service string `default:"http://localhost:8420" env:"WAIHU_SERVICE" help:"Address of the service, as in WAIHU_SERVICE; of several nodes, of the one that carries the call." placeholder:"URL"`
	Key     string `env:"WAIHU_API_KEY" help:"API key of a supervisor, of one company or of the operator. WAIHU_API_KEY is the better place: others on the machine can read command lines."`
	Company string `help:"With a key of the operator: whose calls, co_..." placeholder:"CO"`
	Lang    string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
}

// Bounds of what a service is given and says.
const (
	servicePatience = 30 * time.Second
	mostAnswered    = 16 << 20
)

// ask sends a request to the service and reads the answer into out; body nil: none is
// sent. What it refuses is told with its reason.
func (f *serviceFlags) ask(e *env, method, path string, body, out any) error {
	tag, err := lang.ParseTag(f.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	if f.Key == "" {
		return coded{exitUsage, errors.New("set WAIHU_API_KEY, or name a key with --key: waihu key add --role supervisor makes one")}
	}
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(e.ctx, method, strings.TrimSuffix(f.Service, "/")+path, &sent)
	if err != nil {
		return coded{exitUsage, fmt.Errorf("--service %s: expected an address such as https://waihu.example.com", f.Service)}
	}
	r.Header.Set("Authorization", "Bearer "+f.Key)
	r.Header.Set("Accept-Language", string(tag))
	r.Header.Set("Content-Type", "application/json")
	if f.Company != "" {
		r.Header.Set("Waihu-Company", f.Company)
	}
	answer, err := (&http.Client{Timeout: servicePatience}).Do(r)
	if err != nil {
		return fault.New(fault.Conflict, "no service answers: %v; see that it runs, and name it with --service or WAIHU_SERVICE", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswered))
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return refusedBy(f.Service, answer.StatusCode, text)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fault.New(fault.Invalid, "what answers at %s is no Waihu service: %v", f.Service, err)
	}
	return nil
}

// refusedBy is what the service said no with: in words of the language asked for, and
// what is wrong this time.
func refusedBy(service string, status int, text []byte) error {
	var p api.Problem
	if err := json.Unmarshal(text, &p); err != nil || p.Code == "" {
		return fault.New(fault.Conflict, "what answers at %s is no Waihu service: it says %d", service, status)
	}
	kind := fault.Conflict
	if status == http.StatusNotFound {
		kind = fault.NotFound
	}
	said := p.Title
	for _, f := range p.Errors {
		said += fmt.Sprintf(": %s: %s", strings.TrimPrefix(f.Field, "body."), f.What)
		if f.Expected != "" {
			said += ", expected: " + f.Expected
		}
	}
	if len(p.Errors) == 0 && p.Detail != "" {
		said += ": " + p.Detail
	}
	return fault.New(kind, "%s", said)
}
