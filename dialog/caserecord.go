package dialog

import "time"

// OfferView is what the merchant offers instead.
type OfferView struct {
	Kind      string    `json:"kind"`                 // partial or reship
	AmountFen int64     `json:"amount_fen,omitempty"` // of a partial refund, fen
	Text      string    `json:"text,omitempty"`       // as the merchant wrote it
	At        time.Time `json:"at"`                   // when it was made
	Until     time.Time `json:"until,omitzero"`       // when it lapses
}

// ParcelView is goods on their way: back to the merchant, or to the buyer.
type ParcelView struct {
	Address     string    `json:"address,omitempty"`     // where to
	Carrier     string    `json:"carrier,omitempty"`     // who carries them
	Waybill     string    `json:"waybill,omitempty"`     // the waybill number
	SentAt      time.Time `json:"sent_at,omitzero"`      // when the waybill became known
	SignedAt    time.Time `json:"signed_at,omitzero"`    // when they were signed for
	Corrections int       `json:"corrections,omitempty"` // how often the waybill was corrected
	Extended    bool      `json:"extended,omitempty"`    // the time to receive them was extended
	// Rest are the parcels with what the buyer left out of the return and sent after it.
	Rest []RestView `json:"rest,omitempty"`
}

// RestView is a parcel with what was left out of a return.
type RestView struct {
	Carrier string    `json:"carrier"` // who carries it
	Waybill string    `json:"waybill"` // its waybill number
	SentAt  time.Time `json:"sent_at"` // when the buyer named it
}

// ArbitrationView is the platform's side of a case, kept apart from its state.
type ArbitrationView struct {
	Status      string    `json:"status"`                    // queued, review, evidence, ruled or final
	Ground      string    `json:"ground,omitempty"`          // merchant_silent, merchant_rejected, parcel_lost, reship_late, reopened
	EscalatedAt time.Time `json:"escalated_at,omitzero"`     // when the platform was asked
	Outcome     string    `json:"outcome,omitempty"`         // support_buyer, support_merchant, dismissed, settled
	RuledAt     time.Time `json:"ruled_at,omitzero"`         // when it was decided
	Appeals     int       `json:"appeals,omitempty"`         // how often it was appealed
	AppealUntil time.Time `json:"appealable_until,omitzero"` // until when it can be
	Final       bool      `json:"final,omitempty"`           // no appeal is left
	Late        bool      `json:"late,omitempty"`            // the platform missed a date of its own
	Agent       string    `json:"agent,omitempty"`           // login of whose case it is; agents only
	FirstAgent  string    `json:"first_agent,omitempty"`     // login of who ruled first and does not hear the appeal; agents only
}

// ActionView is something the reader may do now, and what it takes.
type ActionView struct {
	Action   string   `json:"action"`                 // the event
	Href     string   `json:"href"`                   // where to POST it
	Required []string `json:"required"`               // fields it needs
	Optional []string `json:"optional,omitempty"`     // fields it takes besides
	Final    bool     `json:"irreversible,omitempty"` // it cannot be taken back
}
