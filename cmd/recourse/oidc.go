package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"recourse/web"
	"recourse/web/redisweb"
	"recourse/web/sso"
)

// oidcSettings are those of single sign-on, which is optional. The secret has no flag, so that it stands in no list of
// processes: it comes from RECOURSE_OIDC_CLIENT_SECRET or a file.
type oidcSettings struct {
	issuer, clientID, secret, secretFile string
	redirect                             string
	scopes, roles                        []string
	loginClaim, roleClaim                string
	makes                                bool
}

func (o *oidcSettings) serveFlags(f *pflag.FlagSet) {
	f.StringVar(&o.issuer, "oidc-issuer", "", "OpenID Connect provider that lets agents in, e.g. https://id.example; without it there are passwords alone. Its client's secret comes from RECOURSE_OIDC_CLIENT_SECRET or --oidc-client-secret-file")
	f.StringVar(&o.clientID, "oidc-client-id", "", "this program's client id at the provider")
	f.StringVar(&o.secretFile, "oidc-client-secret-file", "", "file with the client's secret; a public client has none")
	f.StringVar(&o.redirect, "oidc-redirect", "", "address of the console as agents' browsers see it, registered at the provider, e.g. https://desk.example/console")
	f.StringSliceVar(&o.scopes, "oidc-scope", []string{"profile", "email"}, "scopes to ask for besides openid")
	f.StringVar(&o.loginClaim, "oidc-login-claim", "email", "claim that names the account's login: email, preferred_username, …")
	f.StringVar(&o.roleClaim, "oidc-role-claim", "groups", "claim that --oidc-role looks at; a path with dots leads into objects")
	f.StringSliceVar(&o.roles, "oidc-role", nil, "which role a value of the role claim gives, e.g. refund-leads=supervisor; may be given several times, the highest counts. With it, an account's role follows the provider at every login, and who has none of the values is refused; without it, roles are given here")
	f.BoolVar(&o.makes, "oidc-make-accounts", false, "give somebody without an account one at his first login; otherwise only accounts that there are come in")
}

// readSecret takes the client's secret from the environment or the file.
func (o *oidcSettings) readSecret(getenv func(string) string) error {
	return readSecret(&o.secret, getenv("RECOURSE_OIDC_CLIENT_SECRET"), "--oidc-client-secret-file", o.secretFile)
}

func (o *oidcSettings) check() error {
	if o.issuer == "" {
		if o.clientID != "" || o.redirect != "" || len(o.roles) > 0 || o.makes {
			return errors.New("single sign-on needs --oidc-issuer")
		}
		return nil
	}
	var errs []error
	if !safeURL(o.issuer) {
		errs = append(errs, errors.New("--oidc-issuer must be like https://id.example (plain http only on this machine)"))
	}
	if o.clientID == "" {
		errs = append(errs, errors.New("--oidc-issuer needs --oidc-client-id"))
	}
	if u, err := url.Parse(o.redirect); err != nil || !safeURL(o.redirect) || !strings.HasSuffix(u.Path, "/console") {
		errs = append(errs, errors.New("--oidc-redirect must be the console's address, like https://desk.example/console (plain http only on this machine)"))
	}
	if o.loginClaim == "" || len(o.roles) > 0 && o.roleClaim == "" {
		errs = append(errs, errors.New("--oidc-login-claim and --oidc-role-claim must name claims"))
	}
	_, err := o.roleMap()
	return errors.Join(append(errs, err)...)
}

// safeURL says whether a URL may carry what lets people in: by https, or to this very machine.
func safeURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// roleMap reads --oidc-role. Values may have = in them, as names of directories do; roles do not.
func (o *oidcSettings) roleMap() (map[string]string, error) {
	out := map[string]string{}
	for _, pair := range o.roles {
		at := strings.LastIndex(pair, "=")
		if at <= 0 || !slices.Contains(web.Roles(), pair[at+1:]) {
			return nil, fmt.Errorf("--oidc-role %q must be like value=role, with a role of %s", pair, strings.Join(web.Roles(), ", "))
		}
		if was, twice := out[pair[:at]]; twice && was != pair[at+1:] {
			return nil, fmt.Errorf("--oidc-role gives %q two roles", pair[:at])
		}
		out[pair[:at]] = pair[at+1:]
	}
	return out, nil
}

// open makes single sign-on; nil if there is none. The provider is not asked before somebody wants to come in.
func (o *oidcSettings) open(ctx context.Context, shared *redisweb.Store) (*web.SSO, error) {
	if o.issuer == "" {
		return nil, nil
	}
	key, err := shared.Secret(ctx, "sso")
	if err != nil {
		return nil, err
	}
	roles, err := o.roleMap()
	if err != nil {
		return nil, err
	}
	return &web.SSO{
		Provider: sso.New(sso.Options{
			Issuer: o.issuer, ClientID: o.clientID, Secret: o.secret, Redirect: o.redirect, Scopes: o.scopes,
			LoginClaim: o.loginClaim, RoleClaim: o.roleClaim, Roles: roles, Now: time.Now,
		}),
		Key: key, MakesAccounts: o.makes, Secure: strings.HasPrefix(o.redirect, "https:"),
	}, nil
}
