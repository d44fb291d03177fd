package access_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"waihu/internal/access"
	"waihu/internal/fault"
)

// device is a passkey holder made of software, for a site.
type device struct {
	site virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	cred virtualwebauthn.Credential
}

// newDevice makes one whose public key has both coordinates in full: the library
// of this test leaves out leading zeros, and a key without them is refused, as it
// should be.
func newDevice() *device {
	cred := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	for range 20 {
		if len(cred.Key.AttestationData()) == 7+2*(3+32) { // COSE_Key of P-256, RFC 9053 section 7.1.1
			break
		}
		cred = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	return &device{virtualwebauthn.RelyingParty{ID: "waihu.example.com", Name: "Waihu", Origin: "https://waihu.example.com"},
		virtualwebauthn.NewAuthenticator(), cred}
}

func (d *device) create(t *testing.T, options []byte) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(string(options))
	must(t, err)
	user, err := base64.RawURLEncoding.DecodeString(o.UserID)
	if err != nil || len(user) != 16 {
		user = []byte(o.UserID)
	}
	d.auth.Options.UserHandle = user
	d.auth.AddCredential(d.cred)
	return []byte(virtualwebauthn.CreateAttestationResponse(d.site, d.auth, d.cred, *o))
}

func (d *device) get(t *testing.T, options []byte) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(string(options))
	must(t, err)
	return []byte(virtualwebauthn.CreateAssertionResponse(d.site, d.auth, d.cred, *o))
}

func TestPasskeyIsBothFactors(t *testing.T) {
	w := newWorld(t)
	var err error
	w.g.Passkeys, err = access.NewPasskeys("https://waihu.example.com")
	must(t, err)
	s := w.person("fin@example.com", access.Member{Role: access.Finance})
	d := newDevice()
	ch, err := w.g.BeginPasskey(t.Context(), w.actor(s.Token))
	must(t, err)
	answer := d.create(t, ch.Options)
	s, err = w.g.FinishPasskey(t.Context(), w.actor(s.Token), ch.Flow, "phone", answer)
	must(t, err)
	if s.Session.Stage != access.Full || s.User.Passkeys != 1 {
		t.Fatalf("stage %s with %d passkeys", s.Session.Stage, s.User.Passkeys)
	}
	ch, err = w.g.BeginPasskeyLogin(t.Context())
	must(t, err)
	answer = d.get(t, ch.Options)
	in, err := w.g.FinishPasskeyLogin(t.Context(), ch.Flow, answer, home)
	must(t, err)
	if in.Session.Stage != access.Full || in.User.ID != s.User.ID {
		t.Fatalf("stage %s as %s", in.Session.Stage, in.User.Email)
	}
	_, err = w.g.FinishPasskeyLogin(t.Context(), ch.Flow, answer, home)
	w.wantRefusal(err, access.BadCredentials) // a challenge is good once

	ch, err = w.g.BeginPasskeyLogin(t.Context())
	must(t, err)
	wrong := newDevice()
	wrong.auth.Options.UserHandle = d.auth.Options.UserHandle
	wrong.cred.ID = d.cred.ID
	wrong.auth.AddCredential(wrong.cred)
	_, err = w.g.FinishPasskeyLogin(t.Context(), ch.Flow, wrong.get(t, ch.Options), home)
	w.wantRefusal(err, access.BadCredentials)

	ch, err = w.g.BeginPasskeyLogin(t.Context())
	must(t, err)
	elsewhere := *d
	elsewhere.site.Origin = "https://waihu.example.net"
	_, err = w.g.FinishPasskeyLogin(t.Context(), ch.Flow, elsewhere.get(t, ch.Options), home)
	w.wantRefusal(err, access.BadCredentials)

	ch, err = w.g.BeginPasskeyLogin(t.Context())
	must(t, err)
	w.after(11 * time.Minute)
	_, err = w.g.FinishPasskeyLogin(t.Context(), ch.Flow, d.get(t, ch.Options), home)
	w.wantRefusal(err, access.BadCredentials)
}

// provider is another system's log-in, as far as OpenID Connect needs it.
type provider struct {
	*httptest.Server
	key    *rsa.PrivateKey
	claims map[string]any
	nonce  string // of the request that was seen last
}

func newProvider(t *testing.T) *provider {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	p := &provider{key: key}
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		b := base64.RawURLEncoding
		answer(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": b.EncodeToString(key.N.Bytes()), "e": b.EncodeToString(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("code") != "good" || r.FormValue("code_verifier") == "" {
			w.WriteHeader(http.StatusBadRequest)
			answer(w, map[string]any{"error": "invalid_grant"})
			return
		}
		answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.token(t)})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) token(t *testing.T) string {
	all := map[string]any{"iss": p.URL, "aud": "waihu", "sub": "s-1", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "nonce": p.nonce}
	for k, v := range p.claims {
		all[k] = v
	}
	body, err := json.Marshal(all)
	must(t, err)
	b := base64.RawURLEncoding
	head := b.EncodeToString([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + b.EncodeToString(body)
	sum := sha256.Sum256([]byte(head))
	sig, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	must(t, err)
	return head + "." + b.EncodeToString(sig)
}

func TestLogInAtAnotherSystem(t *testing.T) {
	w := newWorld(t)
	p := newProvider(t)
	w.g.Provider = access.NewProvider(access.ProviderConfig{Issuer: p.URL, Client: "waihu", Secret: "s", Address: "https://waihu.example.com", Factors: true, HTTP: p.Client()})
	w.person("fin@example.com", access.Member{Role: access.Finance})
	try := func(code string, claims map[string]any) (*access.Step, error) {
		t.Helper()
		to, state, err := w.g.BeginProvider(t.Context(), access.ReturnToConsole, "/companies")
		must(t, err)
		u, err := url.Parse(to)
		must(t, err)
		q := u.Query()
		if q.Get("state") != state || q.Get("code_challenge_method") != "S256" || q.Get("redirect_uri") != "https://waihu.example.com/login/provider/return" {
			t.Fatalf("sent to %s", to)
		}
		p.nonce, p.claims = q.Get("nonce"), claims
		s, then, err := w.g.FinishProvider(t.Context(), state, code, home)
		if err == nil {
			if then != "/companies" {
				t.Errorf("and then to %q", then)
			}
			_, _, again := w.g.FinishProvider(t.Context(), state, code, home)
			w.wantRefusal(again, access.BadCredentials)
		}
		return s, err
	}
	up := w.g.Provider
	w.g.Provider = access.NewProvider(access.ProviderConfig{Issuer: p.URL + "/nothing", Client: "waihu", HTTP: p.Client()})
	_, _, err := w.g.BeginProvider(t.Context(), access.ReturnToConsole, "/")
	w.wantRefusal(err, access.ProviderDown)
	w.g.Provider = up
	_, err = try("good", map[string]any{"email": "fin@example.com", "email_verified": false})
	w.wantRefusal(err, access.BadCredentials)
	_, err = try("good", map[string]any{"email": "stranger@example.com", "email_verified": true})
	w.wantRefusal(err, access.BadCredentials)
	_, err = try("bad", nil)
	w.wantRefusal(err, access.BadCredentials)
	_, err = try("good", map[string]any{"email": "fin@example.com", "email_verified": true, "nonce": "replayed"})
	w.wantRefusal(err, access.BadCredentials)
	_, err = try("good", map[string]any{"email": "fin@example.com", "email_verified": true, "aud": "somebody else"})
	w.wantRefusal(err, access.BadCredentials)
	once, err := w.g.OneTimePassword(t.Context(), "fin@example.com", false)
	must(t, err)
	s, err := try("good", map[string]any{"email": "Fin@example.com", "email_verified": true})
	must(t, err)
	_, err = w.g.LogIn(t.Context(), "fin@example.com", once, home)
	w.wantRefusal(err, access.BadCredentials) // nobody needs it any more, and it would last
	if s.Session.Stage != access.Full {
		t.Errorf("stage %s", s.Session.Stage)
	}
	_, err = try("good", map[string]any{"email": "fin@example.com", "email_verified": true, "sub": "another person of the same address"})
	w.wantRefusal(err, access.BadCredentials)
	if _, err := try("good", map[string]any{}); err != nil {
		t.Errorf("the subject is known by now, without an address: %v", err)
	}
}

func TestSealedSecretsBelongToTheirKeyAndPurpose(t *testing.T) {
	a, err := access.NewSealer(make([]byte, 32))
	must(t, err)
	other := make([]byte, 32)
	other[0] = 1
	b, err := access.NewSealer(other)
	must(t, err)
	s := a.Seal([]byte("hush"), "totp")
	if got, err := a.Open(s, "totp"); err != nil || string(got) != "hush" {
		t.Errorf("%q, %v", got, err)
	}
	for _, err := range []error{second(a.Open(s, "webhook")), second(b.Open(s, "totp")), second(a.Open(s[:8], "totp")), second(a.Open("!", "totp"))} {
		if err == nil {
			t.Error("it was opened")
		}
	}
	if _, err := access.NewSealer(make([]byte, 16)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a short key was taken: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }
