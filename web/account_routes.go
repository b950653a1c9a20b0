package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/dialog"
	"recourse/web/wire"
)

const tagAccounts = "accounts"

type oneAccount struct {
	ID string `path:"id" maxLength:"64" doc:"The login." example:"li.na"`
}

// accountRoutes let admins keep accounts, and everybody his own password and sessions.
func (a *rest) accountRoutes() {
	a.ownAccount()
	agentOperation(a, huma.Operation{
		OperationID: "agentListAccounts", Method: http.MethodGet, Path: "/api/agent/accounts", Tags: []string{tagAccounts}, Summary: "List the accounts",
		Description: "With how many sessions each has and when it was last seen.",
	}, func(ctx context.Context, _ Agent, _ *struct{}) (*answer[wire.AccountList], error) {
		list, err := a.Roster.Accounts(ctx)
		out := wire.AccountList{Accounts: []wire.AccountView{}}
		for _, x := range list {
			out.Accounts = append(out.Accounts, accountView(x))
		}
		return &answer[wire.AccountList]{out}, err
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentAddAccount", Method: http.MethodPost, Path: "/api/agent/accounts", Tags: []string{tagAccounts},
		Summary: "Add an account", Description: "With a temporary password, which is shown this once and lets in for three days, to choose another; or for single sign-on, without one.",
	}, CodeAccountTaken, CodeFieldRequired), func(ctx context.Context, _ Agent, in *struct{ Body wire.AddAccount }) (*answer[wire.AccountSecret], error) {
		b := in.Body
		trailIn(ctx).entry.Object = b.Login
		trailIn(ctx).detail("role", b.Role)
		var p *NewPassword
		if !b.SSO {
			p = &NewPassword{Text: TemporaryPassword(), Temporary: true}
		}
		agent := Agent{Login: b.Login}
		fillAccount(b.PutAccount, &agent)
		made, err := a.Roster.AddAccount(ctx, agent, p)
		return &answer[wire.AccountSecret]{a.secret(made, p)}, err
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentPutAccount", Method: http.MethodPut, Path: "/api/agent/accounts/{id}", Tags: []string{tagAccounts},
		Summary: "Change an account", Description: "All of it at once. Another role ends its sessions. An admin cannot change his own role.",
	}, CodeNotFound, CodeAccountOwn, CodeFieldRequired), func(ctx context.Context, agent Agent, in *struct {
		ID   string `path:"id" maxLength:"64" doc:"The login." example:"li.na"`
		Body wire.PutAccount
	},
	) (*answer[wire.AccountView], error) {
		if in.ID == agent.Login && in.Body.Role != agent.Role {
			return nil, refuse(CodeAccountOwn)
		}
		trailIn(ctx).detail("role", in.Body.Role)
		changed, err := a.Roster.ChangeAccount(ctx, in.ID, func(x *Agent) { fillAccount(in.Body, x) })
		return &answer[wire.AccountView]{accountView(changed)}, err
	})
	a.accountSwitch("disable", true, "Let an account in no more", "Its sessions and sockets end at once. An admin cannot disable his own.")
	a.accountSwitch("enable", false, "Let an account in again", "With the password that it had.")
	agentOperation(a, may(huma.Operation{
		OperationID: "agentResetAccount", Method: http.MethodPost, Path: "/api/agent/accounts/{id}/reset", Tags: []string{tagAccounts},
		Summary: "Give an account a temporary password", Description: "It is shown this once and lets in for three days, to choose another. The account's sessions and sockets end at once.",
	}, CodeNotFound, CodeAccountSSO), func(ctx context.Context, _ Agent, in *oneAccount) (*answer[wire.AccountSecret], error) {
		p := NewPassword{Text: TemporaryPassword(), Temporary: true}
		if err := a.Roster.SetPassword(ctx, in.ID, p); err != nil {
			return nil, err
		}
		x, err := a.Roster.Account(ctx, in.ID)
		return &answer[wire.AccountSecret]{a.secret(x, &p)}, err
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentListSessionsOf", Method: http.MethodGet, Path: "/api/agent/accounts/{id}/sessions", Tags: []string{tagAccounts},
		Summary: "List the sessions of an account",
	}, CodeNotFound), func(ctx context.Context, agent Agent, in *oneAccount) (*answer[wire.SessionList], error) {
		return a.sessionsOf(ctx, in.ID, agent)
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentEndSessionsOf", Method: http.MethodDelete, Path: "/api/agent/accounts/{id}/sessions", Tags: []string{tagAccounts},
		Summary: "End sessions of an account", Description: "One, or all; the sockets with it, at once. Again it changes nothing.",
	}, CodeNotFound), func(ctx context.Context, _ Agent, in *struct {
		ID      string `path:"id" maxLength:"64" doc:"The login." example:"li.na"`
		Session string `query:"session" maxLength:"32" doc:"Only this one."`
	},
	) (*answer[wire.Done], error) {
		trailIn(ctx).detail("session", in.Session)
		if err := a.Roster.Revoke(ctx, in.ID, in.Session); err != nil {
			return nil, err
		}
		return done(), nil
	})
}

// accountSwitch registers disabling or enabling.
func (a *rest) accountSwitch(verb string, disabled bool, does, more string) {
	agentOperation(a, may(huma.Operation{
		OperationID: "agent" + camel(verb) + "Account", Method: http.MethodPost, Path: "/api/agent/accounts/{id}/" + verb, Tags: []string{tagAccounts},
		Summary: does, Description: more,
	}, CodeNotFound, CodeAccountOwn), func(ctx context.Context, agent Agent, in *oneAccount) (*answer[wire.AccountView], error) {
		if disabled && in.ID == agent.Login {
			return nil, refuse(CodeAccountOwn)
		}
		x, err := a.Roster.ChangeAccount(ctx, in.ID, func(x *Agent) { x.Disabled = disabled })
		return &answer[wire.AccountView]{accountView(x)}, err
	})
}

// ownAccount is what everybody may do about his own.
func (a *rest) ownAccount() {
	agentOperation(a, may(huma.Operation{
		OperationID: "agentChangePassword", Method: http.MethodPost, Path: "/api/agent/password", Tags: []string{tagAccounts},
		Summary: "Choose another password", Description: "All other sessions of the account end. With a temporary password nothing else is allowed before (PASSWORD_CHANGE_REQUIRED).",
	}, CodeLoginFailed, CodePasswordWeak), func(ctx context.Context, agent Agent, in *struct{ Body wire.ChangePassword }) (*answer[wire.Done], error) {
		err := a.Accounts.ChangePassword(ctx, agent, in.Body.Old, in.Body.Password)
		if errors.Is(err, ErrNoAccess) {
			err = refuse(CodeLoginFailed)
		}
		return done(), err
	})
	agentOperation(a, huma.Operation{
		OperationID: "agentListSessions", Method: http.MethodGet, Path: "/api/agent/sessions", Tags: []string{tagAccounts}, Summary: "List one's own sessions",
		Description: "A session ends twelve hours after it was begun, or two hours after it was last used; an open socket uses it.",
	}, func(ctx context.Context, agent Agent, _ *struct{}) (*answer[wire.SessionList], error) {
		return a.sessionsOf(ctx, agent.Login, agent)
	})
	agentOperation(a, huma.Operation{
		OperationID: "agentEndSession", Method: http.MethodDelete, Path: "/api/agent/sessions/{id}", Tags: []string{tagAccounts}, Summary: "End one of one's own sessions",
	}, func(ctx context.Context, agent Agent, in *struct {
		ID string `path:"id" minLength:"1" maxLength:"32" doc:"The session." example:"9f86d081884c7d65"`
	},
	) (*answer[wire.Done], error) {
		if err := a.Roster.Revoke(ctx, agent.Login, in.ID); err != nil {
			return nil, err
		}
		return done(), nil
	})
}

func (a *rest) sessionsOf(ctx context.Context, login string, who Agent) (*answer[wire.SessionList], error) {
	list, err := a.Roster.Sessions(ctx, login)
	out := wire.SessionList{Sessions: []wire.SessionView{}}
	for _, s := range list {
		out.Sessions = append(out.Sessions, wire.SessionView{
			ID: s.ID, This: s.Login == who.Login && s.ID == who.Session, Begun: s.Begun, Seen: s.Seen, Expires: s.Expires, Idle: s.Idle,
			Address: s.Address, Client: s.Client, Via: s.Via,
		})
	}
	return &answer[wire.SessionList]{out}, err
}

// fillAccount makes an account what is asked for.
func fillAccount(in wire.PutAccount, x *Agent) {
	x.Name, x.Role, x.Capacity, x.Skills, x.Languages = strings.TrimSpace(in.Name), in.Role, in.Capacity, in.Skills, nil
	for _, l := range in.Languages {
		x.Languages = append(x.Languages, dialog.Locale(l))
	}
}

func accountView(x Account) wire.AccountView {
	return wire.AccountView{
		Login: x.Login, Name: x.Name, Role: x.Role, Disabled: x.Disabled, Languages: x.Languages, Skills: x.Skills, Capacity: x.Capacity,
		SSO: x.Federated, MustChange: x.MustChange, CreatedAt: x.CreatedAt, PasswordAt: x.PasswordAt,
		Sessions: x.Sessions, SeenAt: x.SeenAt,
	}
}

func (a *rest) secret(x Account, p *NewPassword) wire.AccountSecret {
	out := wire.AccountSecret{Account: accountView(x)}
	if p != nil {
		out.Password, out.Expires = p.Text, a.wall().UTC().Add(TemporaryLasts).Truncate(time.Second)
	}
	return out
}

// TemporaryPassword is twelve letters and digits in groups, for people to pass on: 60 bits.
func TemporaryPassword() string {
	t := strings.ToLower(rand.Text())
	return t[:4] + "-" + t[4:8] + "-" + t[8:12]
}

// agentView is an agent as his console knows him, with what his role may do.
func agentView(x Agent) wire.AgentView {
	v := wire.AgentView{Login: x.Login, Name: x.Name, Role: x.Role}
	for _, p := range Permissions() {
		if x.May(p) {
			v.May = append(v.May, string(p))
		}
	}
	return v
}
