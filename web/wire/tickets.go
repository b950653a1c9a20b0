package wire

import "time"

// Ticket is something that a person, or a system beside this one, must see to.
type Ticket struct {
	// Names the ticket.
	ID string `json:"id" example:"k3j6qfzlbwkq7pzx"`
	// ticket: somebody must look; reminder: a deadline of the platform is near; merchant_liability and
	// merchant_penalty: for the system that keeps merchants' standing, a ruling for the buyer and one that the
	// merchant did not carry out.
	Kind string `json:"kind" example:"ticket"`
	// What it is about: payment_failed, refund_late, goods_back_late, no_return_address, sla_breached,
	// balance_without_consent; of a reminder its deadline.
	Why string `json:"why,omitempty" example:"payment_failed"`
	// The case.
	Case string `json:"case" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// The shop of the case.
	Shop string `json:"shop" example:"s1"`
	// Whose it is: supervisor, or nothing for any agent.
	Role string `json:"role,omitempty" example:"supervisor"`
	// How urgent: rises with every breach of the platform's own time.
	Priority int `json:"priority,omitempty" example:"1"`
	// When it came up.
	At time.Time `json:"at"`
	// When it was done.
	DoneAt time.Time `json:"done_at,omitzero"`
	// Who did it: an agent's login.
	DoneBy string `json:"done_by,omitempty" example:"li.na"`
}

// TicketList is a list of tickets.
type TicketList struct {
	// The most urgent first, of these the oldest.
	Tickets []Ticket `json:"tickets"`
}
