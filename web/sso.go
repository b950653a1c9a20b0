package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/golang-jwt/jwt/v5"

	"recourse/web/wire"
)

// SSO is single sign-on: an identity provider vouches for agents.
type SSO struct {
	Provider IdentityProvider
	// Key signs what a browser keeps while it is at the provider; at least 32 bytes, the same on every node.
	Key []byte
	// MakesAccounts: somebody without an account gets one at his first login; otherwise he is refused.
	MakesAccounts bool
	// Secure: the console is served over https, and the cookie may only go there.
	Secure bool
}

// IdentityProvider says who somebody is (package sso).
type IdentityProvider interface {
	// Ask is where a browser goes to be vouched for. It answers ErrSSOAway.
	Ask(ctx context.Context, a Asked) (string, error)
	// Check is whom the provider vouches for by the code that a browser came back with. It answers ErrSSOAway,
	// ErrSSOFailed, ErrSSORole.
	Check(ctx context.Context, a Asked, code string) (Identity, error)
}

// Asked is what ties the provider's answer to the browser that asked.
type Asked struct {
	State    string `json:"state"`    // comes back with the browser
	Nonce    string `json:"nonce"`    // comes back in the ID token
	Verifier string `json:"verifier"` // of PKCE: goes with the code; only its hash has gone before
}

// Identity is whom a provider vouches for.
type Identity struct {
	ID    string // issuer and subject
	Login string
	Name  string // "" if it is not said
	Role  string // "": the provider says nothing of it
}

// Entered is what came of a login by single sign-on.
type Entered struct {
	Session string
	Expires time.Time
	Agent   Agent
	Made    bool   // the account is new
	WasRole string // the role that the account had, if the provider has changed it
}

// ViaSSO marks sessions that were begun by single sign-on.
const ViaSSO = "sso"

var (
	// ErrSSOAway: the provider does not answer, or is at fault.
	ErrSSOAway = errors.New("the identity provider cannot be reached")
	// ErrSSOFailed: the provider does not vouch for him, or what it says is not to be believed.
	ErrSSOFailed = errors.New("the identity provider does not vouch for it")
	// ErrSSORole: none of what the provider says of him is a role here.
	ErrSSORole = errors.New("the identity provider names no role that is known here")
	// ErrSSOIdentity: the account is another person's at the provider.
	ErrSSOIdentity = errors.New("the account belongs to another identity")
	// ErrSSOUsed: this login was tried before.
	ErrSSOUsed = errors.New("the login was used before")
	// ErrDisabled: the account is disabled. Only who was vouched for is told.
	ErrDisabled = errors.New("the account is disabled")
)

// askedLasts is how long somebody may be at the provider.
const askedLasts = 10 * time.Minute

// cookie names what a browser keeps while it is at the provider. The prefix has it refuse one that a neighbour host set.
func (s *SSO) cookie() string {
	if s.Secure {
		return "__Host-recourse_sso"
	}
	return "recourse_sso"
}

type askedClaims struct {
	jwt.RegisteredClaims
	Asked
}

// keep is the cookie that a question is kept in.
func (s *SSO) keep(a Asked, now time.Time) (http.Cookie, error) {
	claims := askedClaims{jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(now.Add(askedLasts))}, a}
	value, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(s.Key)
	if err != nil {
		return http.Cookie{}, fmt.Errorf("sign what was asked: %w", err)
	}
	return http.Cookie{
		Name: s.cookie(), Value: value, Path: "/", MaxAge: int(askedLasts / time.Second),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}, nil
}

// kept is the question that a browser comes back with, if its state is that of the answer.
func (s *SSO) kept(header, state string, now func() time.Time) (Asked, error) {
	cookies, err := http.ParseCookie(header)
	if err != nil {
		return Asked{}, refuse(CodeSSOExpired) // none, or none that can be read
	}
	for _, c := range cookies {
		var claims askedClaims
		if c.Name != s.cookie() {
			continue
		}
		_, err := jwt.ParseWithClaims(c.Value, &claims, func(*jwt.Token) (any, error) { return s.Key, nil },
			jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(now))
		if err == nil && state != "" && claims.State == state {
			return claims.Asked, nil
		}
	}
	return Asked{}, refuse(CodeSSOExpired)
}

// ssoAnswer is an answer that sets a cookie.
type ssoAnswer[V any] struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      V
}

// ssoRoutes let agents in by single sign-on. The provider sends the browser back to the console, which hands on what it
// came back with: so no session stands in an address, and whatever goes wrong is told there.
func (a *rest) ssoRoutes() {
	openOperation(a, huma.Operation{
		OperationID: "agentLoginWays", Method: http.MethodGet, Path: "/api/agent/login", Tags: []string{tagDesk}, Summary: "How agents come in",
	}, func(context.Context, *struct{}) (*answer[wire.LoginWays], error) {
		return &answer[wire.LoginWays]{wire.LoginWays{SSO: a.SSO != nil}}, nil
	})
	openOperation(a, may(huma.Operation{
		OperationID: "agentBeginSSO", Method: http.MethodPost, Path: "/api/agent/sso", Tags: []string{tagDesk}, Summary: "Begin single sign-on",
		Description: "Where the browser goes to sign in. It comes back to the console with a code and a state for agentFinishSSO, within ten minutes, and with the cookie that is set here.",
	}, CodeSSOOff, CodeSSOAway), func(ctx context.Context, _ *struct{}) (*ssoAnswer[wire.SSOBegun], error) {
		if a.SSO == nil {
			return nil, refuse(CodeSSOOff)
		}
		asked := Asked{State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text()} // a verifier has at least 43 characters
		to, err := a.SSO.Provider.Ask(ctx, asked)
		if err != nil {
			return nil, err
		}
		cookie, err := a.SSO.keep(asked, a.wall())
		return &ssoAnswer[wire.SSOBegun]{cookie, wire.SSOBegun{URL: to}}, err
	})
	openOperation(a, may(huma.Operation{
		OperationID: "agentFinishSSO", Method: http.MethodPost, Path: "/api/agent/sso/login", Tags: []string{tagDesk}, Summary: "Begin a session by single sign-on",
		Description: "With what the browser came back with from the identity provider. The session is like one of agentLogin; a temporary password need not be changed for it. Failures are counted per address with those of agentLogin.",
	}, CodeSSOOff, CodeSSOAway, CodeSSOExpired, CodeSSOFailed, CodeSSOCancelled, CodeSSONoAccount, CodeSSONoRole, CodeSSOIdentity, CodeAccountDisabled, CodeRateLimited), a.finishSSO)
}

type finishSSO struct {
	Cookie string `header:"Cookie" hidden:"true"`
	Body   wire.SSOReturn
}

func (a *rest) finishSSO(ctx context.Context, in *finishSSO) (*ssoAnswer[wire.LoginResult], error) {
	if a.SSO == nil {
		return nil, refuse(CodeSSOOff)
	}
	asked, err := a.SSO.kept(in.Cookie, in.Body.State, a.wall)
	if err != nil {
		return nil, err // not of this browser: nobody has tried to come in
	}
	from := originIn(ctx)
	var id Identity
	vouch := func(ctx context.Context) (Identity, error) {
		if in.Body.Error != "" || in.Body.Code == "" {
			return id, fmt.Errorf("the provider sent back %q: %w", clip(in.Body.Error, 64), refuse(CodeSSOCancelled))
		}
		var err error
		id, err = a.SSO.Provider.Check(ctx, asked, in.Body.Code)
		return id, err
	}
	entered, err := a.Accounts.Federate(ctx, asked.State, vouch, a.SSO.MakesAccounts, From{Address: from.address, Client: from.client, Via: ViaSSO})
	if errors.Is(err, ErrNoAccount) || errors.Is(err, ErrBadAccount) {
		err = fmt.Errorf("%w: %w", refuse(CodeSSONoAccount), err)
	}
	a.recordSSO(ctx, id, entered, err)
	if err != nil {
		if code := codeOf(err); public[code].status < http.StatusInternalServerError {
			// Whoever runs the program must learn what the code does not say: a wrong audience, or a claim that is not there.
			a.log.WarnContext(ctx, "single sign-on refused", "login", id.Login, "code", code, "request", from.request, "why", err)
		}
		return nil, err
	}
	over := http.Cookie{Name: a.SSO.cookie(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: a.SSO.Secure, SameSite: http.SameSiteLaxMode}
	return &ssoAnswer[wire.LoginResult]{over, wire.LoginResult{Session: entered.Session, Expires: entered.Expires, Agent: agentView(entered.Agent)}}, nil
}

// recordSSO notes that somebody came in by single sign-on, or tried to, and what that did to his account.
func (a *rest) recordSSO(ctx context.Context, id Identity, e Entered, err error) {
	note := func(agent Agent, action, object string, details ...string) {
		t := a.newTrail(agent, kept(MayDesk, action), ViaSSO, originIn(ctx))
		t.entry.Object = object
		for i := 0; i+1 < len(details); i += 2 {
			t.detail(details[i], details[i+1])
		}
		t.end(ctx, outcomeOf(err))
	}
	if err != nil {
		note(Agent{Login: clip(id.Login, 64)}, "login.failed", "", "identity", clip(id.ID, 300))
		return
	}
	if e.Made {
		note(e.Agent, "account.add", e.Agent.Login, "role", e.Agent.Role, "identity", clip(id.ID, 300))
	}
	if e.WasRole != "" {
		note(e.Agent, "account.change", e.Agent.Login, "role", e.Agent.Role, "role_was", e.WasRole)
	}
	note(e.Agent, "login", "")
}
