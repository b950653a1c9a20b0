package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// briefReads is how many entries of a conversation a brief is told from, the latest.
const briefReads = 1000

// briefRoutes tell agents what they must know of a conversation, in their language.
func (a *rest) briefRoutes() {
	agentOperation(a, may(huma.Operation{
		OperationID: "agentGetBrief", Method: http.MethodGet, Path: "/api/agent/conversations/{id}/brief", Tags: []string{tagDesk},
		Summary:     "Read the brief of a conversation",
		Description: "What is known and by whom, the verdict with its clauses, evidence that is there and that is missing, clocks, what the buyer was promised, his mood as the bot noticed it, and what the bot did. It is told from state by code; no model has part in it. It is in the language of the request, whatever the buyer's; quotations stay as they are.",
	}, CodeNoConversation), func(ctx context.Context, agent Agent, in *struct {
		ID string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	},
	) (*answer[dialog.Brief], error) {
		b, err := a.brief(ctx, dialog.ID(in.ID), agent)
		return &answer[dialog.Brief]{b}, err
	})
}

// brief reads what a brief is told from. The conversation is read first: what the log has beyond it is newer, and the
// next brief tells it.
func (a *rest) brief(ctx context.Context, id dialog.ID, agent Agent) (dialog.Brief, error) {
	conv, err := a.Dialogs.Load(ctx, id)
	if err != nil {
		return dialog.Brief{}, err
	}
	of := dialog.BriefOf{Conversation: conv, Kinds: map[policy.EvidenceKind]string{}, Topics: map[dialog.Topic]string{}}
	if of.Entries, err = a.Dialogs.Entries(ctx, id, max(0, conv.Last-briefReads), briefReads); err != nil {
		return dialog.Brief{}, err
	}
	locale := localeIn(ctx)
	for _, k := range a.Words.Kinds(locale) {
		of.Kinds[policy.EvidenceKind(k.Kind)] = k.Label
	}
	if a.Topics != nil {
		for _, t := range a.Topics(locale) {
			of.Topics[dialog.Topic(t.ID)] = t.Label
		}
	}
	if conv.Flow.Case == "" {
		return dialog.NewBrief(of), nil
	}
	c, err := a.Ledger.Store.Load(ctx, conv.Flow.Case)
	if errors.Is(err, cases.ErrNoCase) {
		return dialog.NewBrief(of), nil
	}
	if err != nil {
		return dialog.Brief{}, err
	}
	v, err := a.viewOf(ctx, c, cases.Party{Actor: cases.Agent, By: agent.Login, Role: agent.Role}, "agent:"+agent.Login, locale)
	if err != nil {
		return dialog.Brief{}, err
	}
	of.Case, of.View = &c, &v
	return dialog.NewBrief(of), nil
}
