package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

var (
	// ErrNoCopilot: there is no model for agents.
	ErrNoCopilot = errors.New("no copilot")
	// ErrCopilotBusy: the model did not answer, or may not be asked now.
	ErrCopilotBusy = errors.New("the copilot does not answer now")
)

// Copilot writes for agents. What it writes is said by nobody until an agent does, and changes nothing.
type Copilot interface {
	// On says whether it can be asked for help at all.
	On() bool
	// Help answers ErrNoCopilot, or ErrCopilotBusy when there is nothing to be had now.
	Help(ctx context.Context, ask CopilotAsk) (wire.CopilotText, error)
	// Calls are the latest calls of models for a conversation, of all roles, oldest first.
	Calls(ctx context.Context, id dialog.ID, limit int) ([]wire.ModelCall, error)
}

// CopilotAsk is what a copilot is given.
type CopilotAsk struct {
	Kind         string
	Conversation dialog.ID
	Entries      []dialog.Entry // the latest, oldest first
	Facts        []string       // of the case, in words
	To           dialog.Locale
	Text         string
}

// copilotReads is how many entries of a conversation a copilot is given.
const copilotReads = 60

// copilotRoutes are for agents, who may read every conversation, as on the socket.
func (a *rest) copilotRoutes() {
	type ask struct {
		ID   string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
		Body wire.CopilotAsk
	}
	agentOperation(a, may(huma.Operation{
		OperationID: "agentCopilot", Method: http.MethodPost, Path: "/api/agent/conversations/{id}/copilot", Tags: []string{tagDesk},
		Summary: "Ask the copilot", Description: "A language model sums up, suggests a reply, or translates. What it writes is for the agent to read and is sent to nobody.",
	}, CodeNoConversation, CodeCopilotOff, CodeCopilotBusy, CodeTextEmpty), func(ctx context.Context, agent Agent, in *ask) (*answer[wire.CopilotText], error) {
		conv, err := a.Dialogs.Load(ctx, dialog.ID(in.ID))
		if err != nil {
			return nil, err
		}
		if a.Copilot == nil {
			return nil, ErrNoCopilot
		}
		help, err := a.copilotAsk(ctx, conv, agent, in.Body)
		if err != nil {
			return nil, err
		}
		out, err := a.Copilot.Help(ctx, help)
		return &answer[wire.CopilotText]{out}, err
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentListModelCalls", Method: http.MethodGet, Path: "/api/agent/conversations/{id}/model-calls", Tags: []string{tagDesk},
		Summary:     "List the calls of language models for a conversation",
		Description: "What was asked and answered, what it cost, and what became of it. Kept for 30 days after the last, at most 200 of a conversation.",
	}, CodeNoConversation, CodeCopilotOff), func(ctx context.Context, _ Agent, in *struct {
		ID    string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
		Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most so many, the latest."`
	},
	) (*answer[wire.ModelCalls], error) {
		if _, err := a.Dialogs.Load(ctx, dialog.ID(in.ID)); err != nil {
			return nil, err
		}
		if a.Copilot == nil {
			return nil, ErrNoCopilot
		}
		calls, err := a.Copilot.Calls(ctx, dialog.ID(in.ID), in.Limit)
		if err != nil {
			return nil, err
		}
		if calls == nil {
			calls = []wire.ModelCall{}
		}
		return &answer[wire.ModelCalls]{wire.ModelCalls{Calls: calls}}, nil
	})
}

// copilotAsk gathers what a copilot may read.
func (a *rest) copilotAsk(ctx context.Context, conv dialog.Conversation, agent Agent, in wire.CopilotAsk) (CopilotAsk, error) {
	ask := CopilotAsk{Kind: in.Kind, Conversation: conv.ID, Text: in.Text, To: localeIn(ctx)}
	switch {
	case in.To != "":
		ask.To = dialog.ParseLocale(in.To)
	case in.Kind == "suggest":
		ask.To = conv.Locale
	}
	if in.Kind == "translate" {
		if strings.TrimSpace(in.Text) == "" {
			return ask, refuse(CodeTextEmpty)
		}
		return ask, nil
	}
	var err error
	if ask.Entries, err = a.Dialogs.Entries(ctx, conv.ID, max(0, conv.Last-copilotReads), copilotReads); err != nil {
		return ask, err
	}
	if conv.Flow.Case == "" {
		return ask, nil
	}
	v, err := a.caseView(ctx, conv.Flow.Case, cases.Party{Actor: cases.Agent, By: agent.Login, Role: agent.Role}, "agent:"+agent.Login, ask.To)
	if errors.Is(err, cases.ErrNoCase) {
		return ask, nil
	}
	ask.Facts = factsOf(v)
	return ask, err
}

// factsOf are the facts of a case in words.
func factsOf(v dialog.CaseView) []string {
	out := []string{v.Order.Title, v.StateName, v.Sentence}
	for _, text := range []string{v.ReasonName, v.TypeName, v.Freight, v.WaitsForName, v.Then} {
		if text != "" {
			out = append(out, text)
		}
	}
	for _, r := range v.Amounts {
		out = append(out, r.Label+": "+r.Value)
	}
	for _, s := range v.Timeline {
		out = append(out, strings.TrimSuffix(s.Who+" "+s.What+": "+s.Text, ": "))
	}
	return out
}
