package wire

import "time"

// AuditEntry is one line of the audit trail: who did what, to what, from where, and what came of it. It names texts
// and files and never holds them.
type AuditEntry struct {
	// Where it stands: the cursor of whoever reads on from it.
	ID string `json:"id,omitempty" example:"1795406400000-42"`
	// Its number; the trail counts 1, 2, 3 and leaves none out.
	N int64 `json:"n,omitempty" example:"42"`
	// When, by the wall clock.
	At time.Time `json:"at"`
	// Who: an agent's login; of a failed login what was typed; command line.
	Actor string `json:"actor" example:"li.na"`
	// His role then.
	Role string `json:"role,omitempty" example:"senior"`
	// By which way: rest, socket, sso or command.
	Via string `json:"via" example:"rest"`
	// What he did, by subject: login.failed, chat.claim, case.rule_refund, evidence.original, account.disable …
	Action string `json:"action" example:"case.rule_refund"`
	// The conversation, if it was about one.
	Conversation string `json:"conversation,omitempty" example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// The case, if it was about one.
	Case string `json:"case,omitempty" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// What else it was about: an account, a complaint, a ticket, a file, a message.
	Object string `json:"object,omitempty" example:"m1"`
	// done; begun, of what cannot be taken back, before it is done; or the public code of the refusal.
	Outcome string `json:"outcome" example:"done"`
	// From which address.
	Address string `json:"address,omitempty" example:"192.0.2.7"`
	// The request, as in the header X-Request-Id and the log.
	Request string `json:"request,omitempty" example:"K3J6QFZLBWKQ7PZX"`
	// More, by name.
	Details map[string]string `json:"details,omitempty"`
	// SHA-256 over the hash of the entry before, the number and the entry as it was written; a changed or missing entry breaks the chain.
	Hash string `json:"hash,omitempty"`
}

// AuditList is a page of the audit trail.
type AuditList struct {
	// Newest first.
	Entries []AuditEntry `json:"entries"`
	// Cursor of the next page, which goes further back; none: that was all. A page may be short, or empty, and not the last.
	Next string `json:"next,omitempty"`
}

// AuditCheck is how far the hashes of the audit trail were checked, from its beginning, and whether they hold.
type AuditCheck struct {
	// Every entry up to this one is what was written.
	N int64 `json:"n" example:"42"`
	// The hash of that entry. Note number and hash elsewhere from time to time: whoever can write to the store can make the whole chain anew.
	Hash string `json:"hash,omitempty"`
	// How many entries there are.
	All int64 `json:"all" example:"42"`
	// Where to go on; none: it is over.
	Next string `json:"next,omitempty"`
	// The trail is broken: an entry is missing, was changed, cannot be read, or was replaced with all after it.
	Fault string `json:"fault,omitempty" enum:"missing,changed,unreadable,replaced"`
	// The number of the entry where it shows.
	At int64 `json:"at,omitempty" example:"17"`
}
