package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/dialog"
	"recourse/web/wire"
)

// ErrNoTicket: there is no ticket of that id.
var ErrNoTicket = errors.New("no such ticket")

// Tickets is the list of what a person, or a system beside this one, must see to: tickets of cases, breaches of
// the platform's own time, what a ruling means for the merchant's standing (domain §3.3, F1-31). It is fed from
// the outbox, once per order of a case, and kept until somebody has done it and after.
type Tickets interface {
	// OpenTickets lists what is not done, the most urgent first and of these the oldest; kind "" is every kind.
	OpenTickets(ctx context.Context, kind string, limit int) ([]wire.Ticket, error)
	// Ticket is one of them, done or not. It answers ErrNoTicket.
	Ticket(ctx context.Context, id string) (wire.Ticket, error)
	// TicketDone notes that a ticket is done, and what became of it (wire.Ticket.Outcome); again it changes nothing. It
	// answers ErrNoTicket.
	TicketDone(ctx context.Context, id, by, outcome string, now time.Time) (wire.Ticket, error)
	// FlagAnswer keeps that an entry of a conversation is wrong (kind wrong_answer), one ticket an entry: said again in
	// the same words by the same agent it changes nothing, otherwise the last word counts; one that was done is open
	// again.
	FlagAnswer(ctx context.Context, t wire.Ticket) (wire.Ticket, error)
	// Flags lists the wrong answers of a conversation, done or not, by where they stand.
	Flags(ctx context.Context, id dialog.ID) ([]wire.Ticket, error)
}

// ticketsRead is how many open tickets are looked at for those that an agent may see.
const ticketsRead = 1000

// ticketRoutes let agents see what is to be done. A ticket for supervisors is theirs alone.
func (a *rest) ticketRoutes() {
	agentOperation(a, huma.Operation{
		OperationID: "agentListTickets", Method: http.MethodGet, Path: "/api/agent/tickets", Tags: []string{tagDesk},
		Summary: "List what must be seen to", Description: "Open tickets, the most urgent first and of these the oldest. Tickets of role supervisor are shown to supervisors, those of a case or a conversation to whoever may see it.",
	}, func(ctx context.Context, agent Agent, in *struct {
		Kind  string `query:"kind" enum:"ticket,reminder,merchant_liability,merchant_penalty,wrong_answer" doc:"Only tickets of this kind."`
		Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most so many."`
	},
	) (*answer[wire.TicketList], error) {
		list, err := a.Tickets.OpenTickets(ctx, in.Kind, ticketsRead)
		if err != nil {
			return nil, err
		}
		list, err = a.ticketsFor(ctx, agent, list, in.Limit)
		return &answer[wire.TicketList]{wire.TicketList{Tickets: list}}, err
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentTicketDone", Method: http.MethodPost, Path: "/api/agent/tickets/{id}/done", Tags: []string{tagDesk},
		Summary: "Note that a ticket is done", Description: "Once and for all; the case is not changed by it.",
	}, CodeNotFound), func(ctx context.Context, agent Agent, in *struct {
		ID string `path:"id" maxLength:"64" doc:"The ticket." example:"k3j6qfzlbwkq7pzx"`
	},
	) (*answer[wire.Ticket], error) {
		t, err := a.Tickets.Ticket(ctx, in.ID)
		if err == nil {
			var ok bool
			if ok, err = a.seesTicket(ctx, agent, t); err == nil && !ok {
				err = ErrNoTicket
			}
		}
		if err == nil {
			trailIn(ctx).about(t.Conversation, t.Case)
			t, err = a.Tickets.TicketDone(ctx, in.ID, agent.Login, "", a.Now())
		}
		if errors.Is(err, ErrNoTicket) {
			err = refuse(CodeNotFound)
		}
		if err != nil {
			return nil, err
		}
		return &answer[wire.Ticket]{t}, nil
	})
}
