package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"recourse/web"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

// door is a yard that people come into by a provider.
type door struct {
	*yard
	idp *idp
}

func newDoor(t *testing.T, more func(*oidcSettings)) *door {
	t.Helper()
	d := &door{idp: newIDP(t)}
	o := oidcSettings{
		issuer: d.idp.srv.URL, clientID: idpClient, secret: idpSecret, redirect: "http://127.0.0.1:8080/console", scopes: []string{"profile", "email"},
		loginClaim: "email", roleClaim: "groups",
	}
	if more != nil {
		more(&o)
	}
	if err := o.check(); err != nil {
		t.Fatal(err)
	}
	d.yard = newYard(t, func(cfg *web.Config) {
		var err error
		if cfg.SSO, err = o.open(t.Context(), cfg.Accounts.(*redisweb.Store)); err != nil {
			t.Fatal(err)
		}
	})
	return d
}

// tab is a browser of its own.
type tab struct {
	*door
	*http.Client
}

func (d *door) tab() *tab {
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return &tab{d, &http.Client{Jar: jar}}
}

func (b *tab) post(path string, body any) (int, http.Header, []byte) {
	b.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := b.Post(b.srv.URL+path, "application/json", bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	checkAnswer(b.t, "POST", path, res.StatusCode, res.Header, answer)
	return res.StatusCode, res.Header, answer
}

// begin is where the browser is sent to, and the state that comes back with it.
func (b *tab) begin() (to, state string) {
	b.t.Helper()
	status, header, raw := b.post("/api/agent/sso", nil)
	to = into[wire.SSOBegun](b.t, status, raw).URL
	cookie := header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/"} {
		if !strings.Contains(cookie, want) {
			b.t.Errorf("the cookie %q lacks %s", cookie, want)
		}
	}
	u, err := url.Parse(to)
	if err != nil {
		b.t.Fatal(err)
	}
	return to, u.Query().Get("state")
}

// enter signs in with claims; code is the public code of the refusal.
func (d *door) enter(claims jwt.MapClaims) (in wire.LoginResult, code string) {
	d.t.Helper()
	d.idp.set(func() { d.idp.claims = claims })
	b := d.tab()
	to, state := b.begin()
	status, _, raw := b.post("/api/agent/sso/login", wire.SSOReturn{State: state, Code: d.idp.authorize(to)})
	if status != http.StatusOK {
		return in, errorCode(d.t, raw)
	}
	return into[wire.LoginResult](d.t, status, raw), ""
}

func (d *door) account(login, role string) {
	d.t.Helper()
	if _, err := d.shared.AddAccount(d.t.Context(), web.Agent{Login: login, Role: role}, nil); err != nil {
		d.t.Fatal(err)
	}
}

func mail(address string) jwt.MapClaims { return jwt.MapClaims{"email": address} }

func TestAgentsComeInBySingleSignOn(t *testing.T) {
	d := newDoor(t, nil)
	d.account("li.na@example.com", "senior")
	status, _, raw := d.ask("GET", "/api/agent/login", "", "", nil)
	if !into[wire.LoginWays](t, status, raw).SSO {
		t.Error("the console is not told")
	}
	in, code := d.enter(mail(" Li.Na@example.com"))
	if code != "" || in.Agent.Login != "li.na@example.com" || in.Agent.Role != "senior" || in.MustChange {
		t.Fatalf("%s %+v", code, in)
	}
	status, _, raw = d.ask("GET", "/api/agent/sessions", in.Session, "", nil)
	if list := into[wire.SessionList](t, status, raw).Sessions; len(list) != 1 || list[0].Via != "sso" || !list[0].This {
		t.Errorf("sessions: %+v", list)
	}
	// It is a session like any: an admin ends it.
	boss := d.session("boss", "admin")
	if status, _, raw := d.ask("POST", "/api/agent/accounts/li.na@example.com/disable", boss, "", nil); status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	if status, _, _ := d.ask("GET", "/api/agent/sessions", in.Session, "", nil); status != 401 {
		t.Errorf("a disabled account's session: %d", status)
	}
	if _, code := d.enter(mail("li.na@example.com")); code != "ACCOUNT_DISABLED" {
		t.Errorf("disabled: %q", code)
	}
	if x, err := d.shared.Account(t.Context(), "li.na@example.com"); err != nil || x.SSO != d.idp.srv.URL+" u-1" {
		t.Errorf("bound to %q, %v", x.SSO, err)
	}
	if _, code := d.enter(jwt.MapClaims{"email": "li.na@example.com", "sub": "u-2"}); code != "ACCOUNT_DISABLED" {
		t.Errorf("disabled, as somebody else: %q", code)
	}
	if _, code := d.enter(mail("nobody@example.com")); code != "SSO_NO_ACCOUNT" {
		t.Errorf("unknown: %q", code)
	}
	if list, err := d.shared.Accounts(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("accounts: %+v, %v", list, err)
	}
	got := d.trail(boss, "login")
	if want := []string{"li.na@example.com login done", "li.na@example.com login.failed ACCOUNT_DISABLED", "li.na@example.com login.failed ACCOUNT_DISABLED", "nobody@example.com login.failed SSO_NO_ACCOUNT"}; !slices.Equal(got, want) {
		t.Errorf("the trail: %q", got)
	}
}

// Where the console is served over https, the cookie goes nowhere else, and no neighbour host can set it.
func TestOverHTTPSTheCookieIsBoundToTheHost(t *testing.T) {
	d := newDoor(t, func(o *oidcSettings) { o.redirect = "https://desk.example/console" })
	status, header, raw := d.tab().post("/api/agent/sso", nil)
	into[wire.SSOBegun](t, status, raw)
	if cookie := header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-recourse_sso=") || !strings.Contains(cookie, "; Secure") || strings.Contains(cookie, "Domain") {
		t.Errorf("cookie %q", cookie)
	}
}

// trail is what single sign-on left in the audit trail.
func (d *door) trail(boss, action string) []string {
	d.t.Helper()
	status, _, raw := d.ask("GET", "/api/agent/audit?limit=200&action="+action, boss, "", nil)
	var got []string
	for _, e := range slices.Backward(into[wire.AuditList](d.t, status, raw).Entries) {
		if e.Via == "sso" {
			got = append(got, e.Actor+" "+e.Action+" "+e.Outcome)
		}
	}
	return got
}

// What the provider says is believed only if it was said by it, now, to us, and for this login.
func TestATokenThatIsNotForThisLoginLetsNobodyIn(t *testing.T) {
	d := newDoor(t, nil)
	d.account("li.na", "agent")
	other := newIDP(t)
	for what, c := range map[string]jwt.MapClaims{
		"another nonce":     {"nonce": "another"},
		"no nonce":          {"nonce": nil},
		"expired":           {"exp": time.Now().Add(-time.Second).Unix()},
		"another audience":  {"aud": "wiki"},
		"another client":    {"aud": []string{idpClient, "wiki"}, "azp": "wiki"},
		"several audiences": {"aud": []string{idpClient, "wiki"}},
		"another issuer":    {"iss": "https://id.example"},
		"nobody":            {"sub": ""},
		"no login":          {"email": nil},
		"not verified":      {"email_verified": false},
		"not verified, too": {"email_verified": "false"},
		"another token":     {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
	} {
		if _, has := c["email"]; !has {
			c["email"] = "li.na"
		}
		if _, code := d.enter(c); code != "SSO_FAILED" {
			t.Errorf("%s: %q", what, code)
		}
	}
	d.idp.set(func() { d.idp.signs = other.key })
	if _, code := d.enter(mail("li.na")); code != "SSO_FAILED" {
		t.Errorf("another key: %q", code)
	}
	d.idp.set(func() { d.idp.signs = d.idp.key })
	if in, code := d.enter(mail("li.na")); code != "" || in.Agent.Login != "li.na" {
		t.Errorf("a good one after all that: %q", code)
	}
}

func TestTheAnswerMustComeFromTheBrowserThatAskedOnce(t *testing.T) {
	d := newDoor(t, nil)
	d.account("li.na", "agent")
	d.idp.set(func() { d.idp.claims = mail("li.na") })
	mine, theirs := d.tab(), d.tab()
	to, state := mine.begin()
	otherTo, otherState := theirs.begin()
	fails := func(what, want string, b *tab, in wire.SSOReturn) {
		t.Helper()
		if status, _, raw := b.post("/api/agent/sso/login", in); status == 200 || errorCode(t, raw) != want {
			t.Errorf("%s: %d %s, want %s", what, status, raw, want)
		}
	}
	code := d.idp.authorize(to)
	fails("another state", "SSO_EXPIRED", mine, wire.SSOReturn{State: otherState, Code: code})
	fails("no state", "SSO_EXPIRED", mine, wire.SSOReturn{Code: code})
	fails("another browser", "SSO_EXPIRED", theirs, wire.SSOReturn{State: state, Code: code})
	fails("no cookie", "SSO_EXPIRED", d.tab(), wire.SSOReturn{State: state, Code: code})
	// A code that somebody else's login made does not fit this one's verifier (PKCE).
	fails("another's code", "SSO_FAILED", theirs, wire.SSOReturn{State: otherState, Code: code})

	code = d.idp.authorize(to)
	u, _ := url.Parse(d.srv.URL)
	kept := mine.Jar.Cookies(u)
	if status, header, raw := mine.post("/api/agent/sso/login", wire.SSOReturn{State: state, Code: code}); status != 200 || !strings.Contains(header.Get("Set-Cookie"), "Max-Age=0") {
		t.Fatalf("%d %s, cookie %q", status, raw, header.Get("Set-Cookie"))
	}
	fails("again", "SSO_EXPIRED", mine, wire.SSOReturn{State: state, Code: code})
	mine.Jar.SetCookies(u, kept)
	fails("again with the cookie", "SSO_EXPIRED", mine, wire.SSOReturn{State: state, Code: code})
	fails("again with another code", "SSO_EXPIRED", mine, wire.SSOReturn{State: state, Code: d.idp.authorize(otherTo)})

	// A cookie that was not made here.
	claims := jwt.MapClaims{"exp": time.Now().Add(time.Minute).Unix(), "state": "s", "nonce": "n", "verifier": strings.Repeat("v", 43)}
	forged, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	mine.Jar.SetCookies(u, []*http.Cookie{{Name: "recourse_sso", Value: forged, Path: "/"}})
	fails("a forged cookie", "SSO_EXPIRED", mine, wire.SSOReturn{State: "s", Code: code})

	// A code that the provider has taken already is refused by it, too.
	last := d.tab()
	to, state = last.begin()
	code = d.idp.authorize(to)
	d.idp.set(func() { delete(d.idp.codes, code) })
	fails("a used code", "SSO_FAILED", last, wire.SSOReturn{State: state, Code: code})
	_, state = last.begin()
	fails("cancelled at the provider", "SSO_CANCELLED", last, wire.SSOReturn{State: state, Error: "access_denied"})
}

func TestRolesFollowTheProvider(t *testing.T) {
	d := newDoor(t, func(o *oidcSettings) {
		o.roles, o.makes = []string{"desk=agent", "CN=leads,DC=example=supervisor", "old hands=senior"}, true
	})
	boss := d.session("boss", "admin")
	d.account("li.na", "supervisor")
	for _, c := range []struct {
		login, sub string
		groups     any
		role, code string
	}{
		{"li.na", "u-1", []any{"old hands", "desk", "wiki", 7}, "senior", ""},
		{"li.na", "u-1", "CN=leads,DC=example", "supervisor", ""},
		{"li.na", "u-1", []any{"wiki"}, "", "SSO_NO_ROLE"},
		{"li.na", "u-1", nil, "", "SSO_NO_ROLE"},
		{"li.na", "u-2", []any{"desk"}, "", "SSO_OTHER_IDENTITY"},
		{"bo", "u-3", []any{"desk"}, "agent", ""},
		{"Bo Wang+1", "u-4", []any{"desk"}, "", "SSO_NO_ACCOUNT"}, // cannot be a login
	} {
		in, code := d.enter(jwt.MapClaims{"email": c.login, "sub": c.sub, "groups": c.groups, "name": "小" + c.login})
		if code != c.code || in.Agent.Role != c.role {
			t.Errorf("%s as %v: %q, role %q", c.login, c.groups, code, in.Agent.Role)
		}
	}
	made, err := d.shared.Account(t.Context(), "bo")
	if err != nil || made.Name != "小bo" || !made.Federated || made.SSO != d.idp.srv.URL+" u-3" {
		t.Errorf("made %+v, %v", made, err)
	}
	if got, want := d.trail(boss, "account"), []string{"li.na account.change done", "li.na account.change done", "bo account.add done"}; !slices.Equal(got, want) {
		t.Errorf("the trail: %q", got)
	}
	// Another role ends what was begun with the one before; somebody who was made anew at the provider can be let in.
	in, _ := d.enter(jwt.MapClaims{"email": "li.na", "sub": "u-1", "groups": "desk"})
	if err := d.shared.Unlink(t.Context(), "li.na"); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := d.ask("GET", "/api/agent/sessions", in.Session, "", nil); status != 401 {
		t.Errorf("a session from before the account was unlinked: %d", status)
	}
	if _, code := d.enter(jwt.MapClaims{"email": "li.na", "sub": "u-2", "groups": "desk"}); code != "" {
		t.Errorf("made anew: %q", code)
	}
}

// Some providers say who somebody is in userinfo alone, and keep roles deep inside.
func TestUserinfoIsAskedForWhatTheTokenLacks(t *testing.T) {
	d := newDoor(t, func(o *oidcSettings) {
		o.loginClaim, o.roleClaim, o.roles = "preferred_username", "realm_access.roles", []string{"desk=senior"}
	})
	d.account("li.na", "agent")
	d.idp.set(func() {
		d.idp.info = map[string]any{"sub": "u-1", "preferred_username": "li.na", "realm_access": map[string]any{"roles": []string{"desk"}}}
	})
	if in, code := d.enter(nil); code != "" || in.Agent.Role != "senior" {
		t.Errorf("%q %+v", code, in.Agent)
	}
	d.idp.set(func() { d.idp.info["sub"] = "u-2" })
	if _, code := d.enter(nil); code != "SSO_FAILED" {
		t.Errorf("userinfo about somebody else: %q", code)
	}
}

// Whoever came in by the provider did not use the temporary password, and so need not change it.
func TestATemporaryPasswordIsNothingToSingleSignOn(t *testing.T) {
	d := newDoor(t, nil)
	if _, err := d.shared.AddAccount(t.Context(), web.Agent{Login: "li.na", Role: "agent"}, &web.NewPassword{Text: "correct horse", Temporary: true}); err != nil {
		t.Fatal(err)
	}
	in, code := d.enter(mail("li.na"))
	if code != "" || in.MustChange {
		t.Fatalf("%q, must change %v", code, in.MustChange)
	}
	if status, _, raw := d.ask("GET", "/api/agent/tickets", in.Session, "", nil); status != 200 {
		t.Errorf("by single sign-on: %d %s", status, raw)
	}
	token, agent, _, err := d.shared.Login(t.Context(), "li.na", "correct horse", web.From{})
	if err != nil || !agent.MustChange {
		t.Fatalf("%+v, %v", agent, err)
	}
	if _, _, raw := d.ask("GET", "/api/agent/tickets", token, "", nil); errorCode(t, raw) != "PASSWORD_CHANGE_REQUIRED" {
		t.Errorf("by the password: %s", raw)
	}
}

func TestAProviderThatIsAwayIsSaidAndAskedAgain(t *testing.T) {
	d := newDoor(t, nil)
	d.account("li.na", "agent")
	d.idp.set(func() { d.idp.away, d.idp.claims = true, mail("li.na") })
	b := d.tab()
	for range 2 {
		if status, _, raw := b.post("/api/agent/sso", nil); status != 503 || errorCode(t, raw) != "SSO_UNAVAILABLE" {
			t.Errorf("%d %s", status, raw)
		}
	}
	if status, _, raw := d.ask("GET", "/healthz", "", "", nil); status != 200 {
		t.Errorf("the server itself: %d %s", status, raw)
	}
	d.idp.set(func() { d.idp.away = false })
	until(t, "the provider to be asked again", func() bool {
		status, _, _ := b.post("/api/agent/sso", nil)
		return status == 200
	})
	// It goes away between the question and the answer.
	to, state := b.begin()
	code := d.idp.authorize(to)
	d.idp.set(func() { d.idp.away = true })
	if status, _, raw := b.post("/api/agent/sso/login", wire.SSOReturn{State: state, Code: code}); status != 503 || errorCode(t, raw) != "SSO_UNAVAILABLE" {
		t.Errorf("%d %s", status, raw)
	}
	d.idp.set(func() { d.idp.away = false })
	if _, code := d.enter(mail("li.na")); code != "" {
		t.Errorf("once it is back: %q", code)
	}
	d.idp.set(func() {
		if d.idp.asked != 1 {
			t.Errorf("its description was read %d times", d.idp.asked)
		}
	})
}

// Whoever tries codes is slowed down before the provider hears of him.
func TestFailedSingleSignOnIsThrottled(t *testing.T) {
	d := newDoor(t, nil)
	b := d.tab()
	last := ""
	for range 51 {
		_, state := b.begin()
		_, _, raw := b.post("/api/agent/sso/login", wire.SSOReturn{State: state, Code: "guess"})
		if last = errorCode(t, raw); last != "SSO_FAILED" {
			break
		}
	}
	if last != "RATE_LIMITED" {
		t.Errorf("the last of 51 guesses: %q", last)
	}
}

func TestWithoutAProviderThereIsNoSingleSignOn(t *testing.T) {
	y := newYard(t, nil)
	status, _, raw := y.ask("GET", "/api/agent/login", "", "", nil)
	if into[wire.LoginWays](t, status, raw).SSO {
		t.Error("the console would show a button")
	}
	for path, body := range map[string]any{"/api/agent/sso": nil, "/api/agent/sso/login": wire.SSOReturn{State: "s", Code: "c"}} {
		if status, _, raw := y.ask("POST", path, "", "", body); status != 404 || errorCode(t, raw) != "SSO_OFF" {
			t.Errorf("%s: %d %s", path, status, raw)
		}
	}
}

func TestSettingsOfSingleSignOnAreChecked(t *testing.T) {
	good := oidcSettings{issuer: "https://id.example/realms/desk", clientID: "c", redirect: "https://desk.example/console", loginClaim: "email", roleClaim: "groups", roles: []string{"a=b=admin"}}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	for what, change := range map[string]func(*oidcSettings){
		"plain http":               func(o *oidcSettings) { o.issuer = "http://id.example" },
		"a query":                  func(o *oidcSettings) { o.issuer += "?a=b" },
		"no client":                func(o *oidcSettings) { o.clientID = "" },
		"no way back":              func(o *oidcSettings) { o.redirect = "" },
		"another page":             func(o *oidcSettings) { o.redirect = "https://desk.example/" },
		"a way back in plain http": func(o *oidcSettings) { o.redirect = "http://desk.example/console" },
		"an unknown role":          func(o *oidcSettings) { o.roles = []string{"x=king"} },
		"no role":                  func(o *oidcSettings) { o.roles = []string{"x"} },
		"two roles":                func(o *oidcSettings) { o.roles = []string{"x=agent", "x=admin"} },
		"no provider":              func(o *oidcSettings) { o.issuer = "" },
		"no claim":                 func(o *oidcSettings) { o.loginClaim = "" },
	} {
		bad := good
		change(&bad)
		if bad.check() == nil {
			t.Errorf("%s is accepted", what)
		}
	}
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("of the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := func(string) string { return "of the environment" }
	for path, want := range map[string]string{"": "of the environment", file: "of the file"} {
		o := oidcSettings{secretFile: path}
		if err := o.readSecret(env); err != nil || o.secret != want {
			t.Errorf("%q, %v", o.secret, err)
		}
	}
	if err := (&oidcSettings{secretFile: file + "x"}).readSecret(env); err == nil {
		t.Error("a file that there is not")
	}
}

// The program starts whether its provider is there or not.
func TestServeStartsWithoutItsProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--oidc-issuer", "http://127.0.0.1:1", "--oidc-client-id", "desk", "--oidc-redirect", "http://127.0.0.1:8080/console")
	status, raw := w.call("GET", "/api/agent/login", "", nil, nil)
	if !into[wire.LoginWays](t, status, raw).SSO {
		t.Error("single sign-on is not told")
	}
	res, err := http.Post("http://"+w.addr+"/api/agent/sso", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if raw, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 503 || errorCode(t, raw) != "SSO_UNAVAILABLE" {
		t.Errorf("%d %s %v", res.StatusCode, raw, err)
	}
}
