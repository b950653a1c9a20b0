package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/dialog"
	"recourse/web/wire"
)

// workRoutes are for what agents keep of a conversation for their own work, and for reading it backwards.
func (a *rest) workRoutes() {
	agentOperation(a, may(huma.Operation{
		OperationID: "agentSetWork", Method: http.MethodPut, Path: "/api/agent/conversations/{id}/work", Tags: []string{tagDesk},
		Summary:     "Tag a conversation or put it off",
		Description: "Tags are anybody's to set who sees the conversation. Only the agent who has it puts it off: it leaves his list until the time is over or the buyer writes. The buyer learns nothing of either.",
	}, CodeNoConversation, CodeNotHolder), func(ctx context.Context, agent Agent, in *struct {
		ID   string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
		Body wire.SetWork
	},
	) (*answer[wire.WorkView], error) {
		now := a.Now().UTC()
		conv, err := a.change(ctx, dialog.ID(in.ID), func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
			if in.Body.Tags != nil {
				tags, err := dialog.CleanTags(*in.Body.Tags)
				if err != nil {
					return conv, nil, err
				}
				conv.Work.Tags = tags
			}
			if in.Body.Snooze != nil {
				var err error
				if conv, err = dialog.Snooze(conv, agent.Login, now.Add(time.Duration(*in.Body.Snooze)*time.Minute), now); err != nil {
					return conv, nil, err
				}
			}
			return conv, nil, nil
		})
		if err != nil {
			return nil, err
		}
		return &answer[wire.WorkView]{wire.WorkView{Tags: append([]string{}, conv.Work.Tags...), SnoozedUntil: conv.Snoozed()}}, nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentListEntries", Method: http.MethodGet, Path: "/api/agent/conversations/{id}/entries", Tags: []string{tagDesk},
		Summary: "Read a conversation backwards", Description: "A socket that watches with a tail is told the end of a conversation; what was before is read here.",
	}, CodeNoConversation), func(ctx context.Context, _ Agent, in *struct {
		ID     string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
		Before int64  `query:"before" minimum:"1" required:"true" doc:"Entries in front of this position." example:"120"`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"100" doc:"At most so many, those next to the position."`
	},
	) (*answer[wire.EntryList], error) {
		after := max(0, in.Before-1-int64(in.Limit))
		entries, err := a.Dialogs.Entries(ctx, dialog.ID(in.ID), after, in.Limit)
		if err != nil {
			return nil, err
		}
		entries = slices.DeleteFunc(entries, func(e dialog.Entry) bool { return e.Seq >= in.Before })
		return &answer[wire.EntryList]{wire.EntryList{Entries: append([]dialog.Entry{}, entries...), More: after > 0}}, nil
	})
}

// mention lets agents whom a note names see the conversation, and tells them of it; a name that is no agent's is only
// a word. It may be repeated.
func (s *Server) mention(ctx context.Context, id dialog.ID, note string, seq int64) error {
	var logins []string
	for _, login := range dialog.Mentioned(note) {
		_, err := s.Accounts.Agent(ctx, login)
		if err != nil && !errors.Is(err, ErrNoAccess) {
			return err
		}
		if err == nil {
			logins = append(logins, login)
		}
	}
	if len(logins) == 0 {
		return nil
	}
	_, err := s.change(ctx, id, func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		next := dialog.Mention(conv, logins, seq)
		for _, login := range logins {
			next.Work = next.Work.Let(login)
		}
		return next, nil, nil
	})
	return err
}
