// Package sso asks an OpenID Connect provider who somebody is: the authorization code flow with PKCE, and what its ID
// token says, verified. It knows nothing of accounts, sessions or cookies; package web ties the answer to the question.
package sso

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"recourse/web"
)

const (
	askWait = 5 * time.Second // for one request to the provider
	again   = 3 * time.Second // a provider that is away is not asked again sooner
)

// Options say which provider is asked, and how what it says is read.
type Options struct {
	// Issuer is the provider's address, as it writes it itself. It is asked when somebody wants to come in, not before.
	Issuer   string
	ClientID string
	Secret   string // "": a public client, whom PKCE alone protects
	// Redirect is where browsers come back to: the console's own address.
	Redirect string
	// Scopes are asked for besides openid.
	Scopes []string
	// LoginClaim names the account's login, email or preferred_username, say.
	LoginClaim string
	// RoleClaim is where Roles are looked up: a word or a list of words. A name with dots that there is not is a path into
	// objects (realm_access.roles). Of several roles the highest counts. Without Roles the provider says nothing of them.
	RoleClaim string
	Roles     map[string]string
	Now       func() time.Time
}

// Provider is an OpenID Connect provider. It implements web.IdentityProvider.
type Provider struct {
	Options
	http   *http.Client
	flight singleflight.Group

	mu     sync.Mutex
	found  *oidc.Provider // guarded by mu; nil until it was reached
	missed time.Time      // guarded by mu; when it was last away
	why    error          // guarded by mu; why it was away then
}

var _ web.IdentityProvider = (*Provider)(nil)

// New makes a provider; nothing is asked yet.
func New(o Options) *Provider {
	return &Provider{Options: o, http: &http.Client{Timeout: askWait}}
}

// discover is the provider as its discovery document describes it. One that was away is asked again, by the next who
// wants to come in.
func (p *Provider) discover() (*oidc.Provider, error) {
	p.mu.Lock()
	found, missed, why := p.found, p.missed, p.why
	p.mu.Unlock()
	if found != nil {
		return found, nil
	}
	if why != nil && p.Now().Sub(missed) < again {
		return nil, why
	}
	_, err, _ := p.flight.Do("", func() (any, error) {
		// Several wait for it, so it does not end with the request of one of them; the client's time limit does.
		found, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.http), p.Issuer)
		if err != nil {
			err = fmt.Errorf("discover %s: %w: %w", p.Issuer, web.ErrSSOAway, err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.found, p.missed, p.why = found, p.Now(), err
		return nil, err
	})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found, nil
}

// config is how the provider is spoken to with.
func (p *Provider) config(found *oidc.Provider) (*oauth2.Config, error) {
	var about struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&about); err != nil {
		return nil, fmt.Errorf("read the provider's description: %w: %w", web.ErrSSOAway, err)
	}
	at := found.Endpoint()
	// It is said how it wants to be told the secret; to try both ways would use up the code.
	at.AuthStyle = oauth2.AuthStyleInHeader
	if p.Secret == "" || slices.Contains(about.Methods, "client_secret_post") && !slices.Contains(about.Methods, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	scopes := append([]string{oidc.ScopeOpenID}, slices.DeleteFunc(slices.Clone(p.Scopes), func(s string) bool { return s == oidc.ScopeOpenID })...)
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: at, RedirectURL: p.Redirect, Scopes: scopes}, nil
}

// Ask is where a browser goes to be vouched for.
func (p *Provider) Ask(_ context.Context, a web.Asked) (string, error) {
	found, err := p.discover()
	if err != nil {
		return "", err
	}
	cfg, err := p.config(found)
	if err != nil {
		return "", err
	}
	return cfg.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// Check is whom the provider vouches for by the code that a browser came back with.
func (p *Provider) Check(ctx context.Context, a web.Asked, code string) (web.Identity, error) {
	found, err := p.discover()
	if err != nil {
		return web.Identity{}, err
	}
	cfg, err := p.config(found)
	if err != nil {
		return web.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.http)
	token, err := cfg.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return web.Identity{}, refusedOrAway(err)
	}
	claims, subject, err := p.verified(ctx, found, token, a.Nonce)
	if err != nil {
		return web.Identity{}, err
	}
	if p.lacks(claims) && found.UserInfoEndpoint() != "" {
		if err := more(ctx, found, token, subject, claims); err != nil {
			return web.Identity{}, err
		}
	}
	return p.identity(subject, claims)
}

// refusedOrAway tells a code that is not taken from a provider that does not answer. What it answers may hold secrets:
// only its code is kept.
func refusedOrAway(err error) error {
	if said, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		if said.Response != nil && said.Response.StatusCode < http.StatusInternalServerError {
			return fmt.Errorf("exchange the code: %w: the provider says %q (%d)", web.ErrSSOFailed, said.ErrorCode, said.Response.StatusCode)
		}
		return fmt.Errorf("exchange the code: %w: the provider is at fault", web.ErrSSOAway)
	}
	return fmt.Errorf("exchange the code: %w: %w", web.ErrSSOAway, err)
}

// verified are the claims of an ID token that is signed, current, and made for us and for this question.
func (p *Provider) verified(ctx context.Context, found *oidc.Provider, token *oauth2.Token, nonce string) (map[string]any, string, error) {
	none := func(why string, err error) (map[string]any, string, error) {
		return nil, "", fmt.Errorf("check the ID token: %w: %s: %w", web.ErrSSOFailed, why, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return none("there is none", errBad)
	}
	id, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return none("verify", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return none("it was made for another login (nonce)", errBad)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return none("access token", err)
		}
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return none("claims", err)
	}
	if azp, said := claims["azp"]; said && azp != p.ClientID || !said && len(id.Audience) > 1 {
		return none("it was made for another client (azp)", errBad)
	}
	if id.Subject == "" {
		return none("it names nobody", errBad)
	}
	return claims, id.Subject, nil
}

var errBad = errors.New("not acceptable")

// lacks says whether the ID token alone does not tell what is asked for.
func (p *Provider) lacks(claims map[string]any) bool {
	return claim(claims, p.LoginClaim) == nil || len(p.Roles) > 0 && claim(claims, p.RoleClaim) == nil
}

// more adds what the provider's userinfo says to what the token does not.
func more(ctx context.Context, found *oidc.Provider, token *oauth2.Token, subject string, claims map[string]any) error {
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if _, unanswered := errors.AsType[*url.Error](err); unanswered {
		return fmt.Errorf("ask for userinfo: %w: %w", web.ErrSSOAway, err)
	}
	if err != nil {
		return fmt.Errorf("ask for userinfo: %w: %w", web.ErrSSOFailed, err)
	}
	if info.Subject != subject {
		return fmt.Errorf("ask for userinfo: %w: it is about somebody else", web.ErrSSOFailed)
	}
	extra := map[string]any{}
	if err := info.Claims(&extra); err != nil {
		return fmt.Errorf("read userinfo: %w: %w", web.ErrSSOFailed, err)
	}
	for name, v := range extra {
		if _, have := claims[name]; !have {
			claims[name] = v
		}
	}
	return nil
}

// identity reads the claims.
func (p *Provider) identity(subject string, claims map[string]any) (web.Identity, error) {
	login, _ := claim(claims, p.LoginClaim).(string)
	id := web.Identity{ID: p.Issuer + " " + subject, Login: strings.ToLower(strings.TrimSpace(login))}
	if id.Login == "" {
		return id, fmt.Errorf("read the claims: %w: there is no %s", web.ErrSSOFailed, p.LoginClaim)
	}
	// Whoever may type any address is not vouched for by it. Some providers do not say, which is their yes.
	if v := claims["email_verified"]; p.LoginClaim == "email" && (v == false || v == "false") {
		return id, fmt.Errorf("read the claims: %w: the provider has not verified the address", web.ErrSSOFailed)
	}
	id.Name, _ = claims["name"].(string)
	if len(p.Roles) == 0 {
		return id, nil
	}
	best := -1
	for _, word := range words(claim(claims, p.RoleClaim)) {
		if role, mapped := p.Roles[word]; mapped {
			best = max(best, slices.Index(web.Roles(), role))
		}
	}
	if best < 0 {
		return id, fmt.Errorf("read the claims: %w", web.ErrSSORole)
	}
	id.Role = web.Roles()[best]
	return id, nil
}

// claim is a claim by its name, or, if there is none, by its path.
func claim(claims map[string]any, name string) any {
	if v, ok := claims[name]; ok {
		return v
	}
	first, rest, ok := strings.Cut(name, ".")
	if inner, isObject := claims[first].(map[string]any); ok && isObject {
		return claim(inner, rest)
	}
	return nil
}

// words are a claim's words.
func words(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
