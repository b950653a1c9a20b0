package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"recourse/dialog"
	"recourse/web/wire"
)

// flagRoutes let agents say that the bot answered wrongly. They may read every conversation, as on the socket.
func (a *rest) flagRoutes() {
	agentOperation(a, huma.Operation{
		OperationID: "agentListTopics", Method: http.MethodGet, Path: "/api/agent/topics", Tags: []string{tagDesk},
		Summary: "List the topics that the bot answers",
	}, func(ctx context.Context, _ Agent, _ *struct{}) (*answer[wire.TopicList], error) {
		out := wire.TopicList{Topics: []wire.TopicName{}}
		if a.Topics != nil {
			out.Topics = append(out.Topics, a.Topics(localeIn(ctx))...)
		}
		return &answer[wire.TopicList]{out}, nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentListFlags", Method: http.MethodGet, Path: "/api/agent/conversations/{id}/flags", Tags: []string{tagDesk},
		Summary: "List the answers of a conversation that were flagged as wrong", Description: "In the order of the conversation, also those that were taken back or settled.",
	}, CodeNoConversation), func(ctx context.Context, _ Agent, in *struct {
		ID string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	},
	) (*answer[wire.TicketList], error) {
		if _, err := a.Dialogs.Load(ctx, dialog.ID(in.ID)); err != nil {
			return nil, err
		}
		list, err := a.Tickets.Flags(ctx, dialog.ID(in.ID))
		if err != nil {
			return nil, err
		}
		return &answer[wire.TicketList]{wire.TicketList{Tickets: append([]wire.Ticket{}, list...)}}, nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentFlagAnswer", Method: http.MethodPut, Path: "/api/agent/conversations/{id}/entries/{seq}/flag", Tags: []string{tagDesk},
		Summary:     "Flag an answer of the bot as wrong",
		Description: "For those who own the answers: a ticket of kind wrong_answer, one an entry. The same again changes nothing; other words, or another agent's, take the place of the last. The buyer is told nothing and the conversation goes on as it is.",
	}, CodeNoConversation, CodeNotFound), func(ctx context.Context, agent Agent, in *struct {
		ID   string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
		Seq  int64  `path:"seq" minimum:"1" doc:"The entry." example:"7"`
		Body wire.FlagAnswer
	},
	) (*answer[wire.Ticket], error) {
		conv, err := a.Dialogs.Load(ctx, dialog.ID(in.ID))
		if err != nil {
			return nil, err
		}
		entries, err := a.Dialogs.Entries(ctx, conv.ID, in.Seq-1, 1)
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 || entries[0].Author.Kind != dialog.FromBot {
			return nil, refuse(CodeNotFound)
		}
		t, err := a.Tickets.FlagAnswer(ctx, wire.Ticket{
			Kind: "wrong_answer", Why: in.Body.Why, Topic: in.Body.Topic, Text: in.Body.Text, Conversation: in.ID, Entry: in.Seq,
			Case: string(conv.Flow.Case), By: agent.Login, At: a.Now(),
		})
		return &answer[wire.Ticket]{t}, err
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentUnflagAnswer", Method: http.MethodDelete, Path: "/api/agent/conversations/{id}/entries/{seq}/flag", Tags: []string{tagDesk},
		Summary: "Take back that an answer is wrong", Description: "By whoever said so, or a supervisor. Again it changes nothing.",
	}, CodeNoConversation, CodeNotFound, CodeForbidden), func(ctx context.Context, agent Agent, in *struct {
		ID  string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
		Seq int64  `path:"seq" minimum:"1" doc:"The entry." example:"7"`
	},
	) (*answer[wire.Ticket], error) {
		list, err := a.Tickets.Flags(ctx, dialog.ID(in.ID))
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if t.Entry != in.Seq {
				continue
			}
			if t.By != agent.Login && !agent.May(MayTheirs) {
				return nil, refuse(CodeForbidden)
			}
			t, err := a.Tickets.TicketDone(ctx, t.ID, agent.Login, "taken_back", a.Now())
			if errors.Is(err, ErrNoTicket) {
				err = refuse(CodeNotFound)
			}
			return &answer[wire.Ticket]{t}, err
		}
		return nil, refuse(CodeNotFound)
	})
}
