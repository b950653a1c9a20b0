package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

// ErrShortcutTaken: another canned reply of the desk, or of the same agent, has the shortcut.
var ErrShortcutTaken = errors.New("shortcut is taken")

// CannedReplies keeps canned replies.
type CannedReplies interface {
	// Canned lists those of the desk and an agent's own, by shortcut.
	Canned(ctx context.Context, login string) ([]wire.Canned, error)
	// PutCanned keeps a reply under its owner and id. It answers ErrShortcutTaken.
	PutCanned(ctx context.Context, c wire.Canned) error
	// DeleteCanned forgets a reply of an owner ("": the desk); again it changes nothing.
	DeleteCanned(ctx context.Context, owner, id string) error
}

// cannedRoutes let agents keep canned replies and take them, filled from the case.
func (a *rest) cannedRoutes() {
	agentOperation(a, huma.Operation{
		OperationID: "agentListCanned", Method: http.MethodGet, Path: "/api/agent/canned", Tags: []string{tagDesk},
		Summary: "List canned replies", Description: "Those of the desk and the agent's own, as they are written.",
	}, func(ctx context.Context, agent Agent, _ *struct{}) (*answer[wire.CannedList], error) {
		list, err := a.CannedReplies.Canned(ctx, agent.Login)
		if err != nil {
			return nil, err
		}
		return &answer[wire.CannedList]{wire.CannedList{Replies: append([]wire.Canned{}, list...), Slots: dialog.CannedSlots}}, nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentPutCanned", Method: http.MethodPut, Path: "/api/agent/canned/{id}", Tags: []string{tagDesk},
		Summary: "Keep a canned reply", Description: "Replies of the desk are kept by supervisors, an agent's own by himself. The same again changes nothing.",
	}, CodeForbidden, CodeShortcutTaken, CodeSlotUnknown, CodeTextEmpty), func(ctx context.Context, agent Agent, in *struct {
		ID   string `path:"id" minLength:"1" maxLength:"64" pattern:"^[a-zA-Z0-9_-]+$" patternDescription:"letters, digits, - and _" doc:"The reply; whoever makes it gives it an id." example:"ask-photos"`
		Body wire.PutCanned
	},
	) (*answer[wire.Canned], error) {
		c := wire.Canned{
			ID: in.ID, Shortcut: in.Body.Shortcut, Title: in.Body.Title, ZH: strings.TrimSpace(in.Body.ZH), EN: strings.TrimSpace(in.Body.EN), Macro: in.Body.Macro,
			UpdatedAt: a.Now().UTC(), UpdatedBy: agent.Login,
		}
		if in.Body.Own {
			c.Owner = agent.Login
		}
		if err := mayKeep(agent, c.Owner); err != nil {
			return nil, err
		}
		if err := checkCanned(c); err != nil {
			return nil, err
		}
		if err := a.CannedReplies.PutCanned(ctx, c); err != nil {
			return nil, err
		}
		return &answer[wire.Canned]{c}, nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentDeleteCanned", Method: http.MethodDelete, Path: "/api/agent/canned/{id}", Tags: []string{tagDesk},
		Summary: "Forget a canned reply", Description: "Again it changes nothing.",
	}, CodeForbidden), func(ctx context.Context, agent Agent, in *struct {
		ID  string `path:"id" minLength:"1" maxLength:"64" pattern:"^[a-zA-Z0-9_-]+$" patternDescription:"letters, digits, - and _" doc:"The reply; whoever makes it gives it an id." example:"ask-photos"`
		Own bool   `query:"own" doc:"The agent's own reply of that id, not the desk's."`
	},
	) (*answer[wire.Done], error) {
		owner := ""
		if in.Own {
			owner = agent.Login
		}
		if err := mayKeep(agent, owner); err != nil {
			return nil, err
		}
		if err := a.CannedReplies.DeleteCanned(ctx, owner, in.ID); err != nil {
			return nil, err
		}
		return done(), nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentFillCanned", Method: http.MethodGet, Path: "/api/agent/conversations/{id}/canned", Tags: []string{tagDesk},
		Summary: "List canned replies as they would be said", Description: "In the buyer's language, with what the case says in their slots. What the case does not say stays to be seen.",
	}, CodeNoConversation), func(ctx context.Context, agent Agent, in *struct {
		ID string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	},
	) (*answer[wire.FilledList], error) {
		conv, err := a.Dialogs.Load(ctx, dialog.ID(in.ID))
		if err != nil {
			return nil, err
		}
		list, err := a.CannedReplies.Canned(ctx, agent.Login)
		if err != nil {
			return nil, err
		}
		values, err := a.cannedValues(ctx, conv, agent)
		if err != nil {
			return nil, err
		}
		out := wire.FilledList{Replies: []wire.Filled{}}
		for _, c := range list {
			out.Replies = append(out.Replies, filled(c, conv.Locale, values))
		}
		return &answer[wire.FilledList]{out}, nil
	})
}

// mayKeep says whether an agent may change a reply of an owner: his own, or as a supervisor one of the desk.
func mayKeep(agent Agent, owner string) error {
	if owner == "" && !agent.May(MayWords) {
		return refuse(CodeForbidden)
	}
	return nil
}

// checkCanned refuses a reply that says nothing, or names what no case can fill in.
func checkCanned(c wire.Canned) error {
	if c.ZH == "" && c.EN == "" && (c.Macro == nil || len(c.Macro.Tags) == 0 && c.Macro.Note == "" && c.Macro.Then == "") {
		return refuse(CodeTextEmpty)
	}
	texts := []string{c.ZH, c.EN}
	if c.Macro != nil {
		texts = append(texts, c.Macro.Note)
	}
	for _, text := range texts {
		if len(dialog.UnknownSlots(text)) > 0 {
			return refuse(CodeSlotUnknown)
		}
	}
	return nil
}

// filled is a reply as it would be said to a buyer.
func filled(c wire.Canned, locale dialog.Locale, values map[string]string) wire.Filled {
	texts := map[dialog.Locale]string{dialog.ZH: c.ZH, dialog.EN: c.EN}
	f := wire.Filled{ID: c.ID, Shortcut: c.Shortcut, Title: c.Title, Own: c.Owner != ""}
	text := texts[locale]
	if text == "" {
		text = cmp.Or(c.ZH, c.EN)
		f.Other = text != ""
	}
	f.Text, f.Missing = dialog.FillCanned(text, values)
	if c.Macro != nil {
		m := *c.Macro
		var missing []string
		m.Note, missing = dialog.FillCanned(m.Note, values)
		for _, slot := range missing {
			if !slices.Contains(f.Missing, slot) {
				f.Missing = append(f.Missing, slot)
			}
		}
		f.Macro = &m
	}
	return f
}

// cannedValues are what the case of a conversation says, in the buyer's words.
func (a *rest) cannedValues(ctx context.Context, conv dialog.Conversation, agent Agent) (map[string]string, error) {
	values := map[string]string{"agent": agent.Name}
	if conv.Flow.Case == "" {
		return values, nil
	}
	c, err := a.Ledger.Store.Load(ctx, conv.Flow.Case)
	if errors.Is(err, cases.ErrNoCase) {
		return values, nil
	}
	if err != nil {
		return nil, err
	}
	for slot, value := range a.Words.CannedValues(c, conv.Locale) {
		values[slot] = value
	}
	return values, nil
}
