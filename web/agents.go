package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

// agentRoutes let agents in and out and show them cases; what they do to cases is in actions.go.
func (a *rest) agentRoutes() {
	openOperation(a, may(huma.Operation{
		OperationID: "agentLogin", Method: http.MethodPost, Path: "/api/agent/login", Tags: []string{tagDesk},
		Summary: "Begin a session", Description: "The session is for hello on the socket and for this API. Failed logins are counted per login and per address; after ten of a login, or fifty from an address, in a quarter of an hour they are RATE_LIMITED. With a temporary password (must_change) the session is for agentChangePassword and nothing else.",
	}, CodeLoginFailed, CodeRateLimited), func(ctx context.Context, in *struct{ Body wire.Login }) (*answer[wire.LoginResult], error) {
		from := originIn(ctx)
		session, agent, expires, err := a.Accounts.Login(ctx, in.Body.Login, in.Body.Password, From{Address: from.address, Client: from.client})
		if errors.Is(err, ErrNoAccess) {
			err = refuse(CodeLoginFailed)
		}
		a.recordLogin(ctx, in.Body.Login, agent, err)
		if err != nil {
			return nil, err
		}
		return &answer[wire.LoginResult]{wire.LoginResult{
			Session: session, Expires: expires, Agent: agentView(agent), MustChange: agent.MustChange,
		}}, nil
	})
	agentOperation(a, huma.Operation{
		OperationID: "agentLogout", Method: http.MethodPost, Path: "/api/agent/logout", Tags: []string{tagDesk}, Summary: "End the session",
	}, func(ctx context.Context, _ Agent, in *struct {
		Auth string `header:"Authorization" hidden:"true"`
	},
	) (*answer[wire.Done], error) {
		if err := a.Accounts.Logout(ctx, bearerToken(in.Auth)); err != nil {
			return nil, err
		}
		return done(), nil
	})
	agentOperation(a, huma.Operation{
		OperationID: "agentListEvidenceKinds", Method: http.MethodGet, Path: "/api/agent/evidence-kinds", Tags: []string{tagDesk},
		Summary: "List the kinds of evidence",
	}, func(ctx context.Context, _ Agent, _ *struct{}) (*answer[[]dialog.KindView], error) {
		return &answer[[]dialog.KindView]{a.Words.Kinds(localeIn(ctx))}, nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentGetCase", Method: http.MethodGet, Path: "/api/agent/cases/{id}", Tags: []string{tagDesk}, Summary: "Read a case",
	}, Code(cases.CodeNotFound)), func(ctx context.Context, agent Agent, in *oneCase) (*answer[dialog.CaseView], error) {
		c, err := a.Ledger.Store.Load(ctx, cases.ID(in.ID))
		if err != nil {
			return nil, err
		}
		v, err := a.show(ctx, c, cases.Party{Actor: cases.Agent, By: agent.Login, Role: agent.Role}, "agent:"+agent.Login)
		return &answer[dialog.CaseView]{v}, err
	})
	agentOperation(a, huma.Operation{
		OperationID: "agentUnknownAction", Method: http.MethodPost, Path: "/api/agent/cases/{id}/{action}", Hidden: true,
	}, func(context.Context, Agent, *struct{}) (*struct{}, error) { return nil, refuse(CodeUnknownAction) })
}

// recordLogin notes that somebody came in, or tried to. A trail that cannot be written keeps nobody out.
func (a *rest) recordLogin(ctx context.Context, login string, agent Agent, err error) {
	agent.Login = clip(login, 64)
	r := kept(MayDesk, "login")
	if err != nil {
		r.audit = "login.failed"
	}
	a.newTrail(agent, r, "rest", originIn(ctx)).end(ctx, outcomeOf(err))
}

func done() *answer[wire.Done] { return &answer[wire.Done]{wire.Done{OK: true}} }

// health tells whoever runs the program how it is.
func (a *rest) health() {
	openOperation(a, huma.Operation{
		OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Tags: []string{tagHealth}, Summary: "Whether the program runs",
	}, func(context.Context, *struct{}) (*answer[wire.Done], error) { return done(), nil })
	openOperation(a, huma.Operation{
		OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Tags: []string{tagHealth},
		Summary: "Whether the program can serve", Description: "Not while its store is away, and not while it is shutting down.",
	}, func(ctx context.Context, _ *struct{}) (*answer[wire.Done], error) {
		if err := a.Ready(ctx); err != nil || a.base.Err() != nil {
			return nil, refuse(CodeUnavailable)
		}
		return done(), nil
	})
}
