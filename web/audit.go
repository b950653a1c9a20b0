package web

import (
	"context"
	"time"

	"recourse/web/wire"
)

// Audit is the trail of what agents did. It is only ever appended to. What must be recorded, and when, stands in may.go;
// it is done in one place for operations (agentOperation) and one for frames (handleAgent).
type Audit interface {
	// Record appends an entry; its id, number and hash are the trail's to give.
	Record(ctx context.Context, e wire.AuditEntry) error
	// List lists entries, newest first, at most q.Limit, and where to go on ("": that was all). A page may be short, or
	// empty, and still not the last. It answers ErrBadCursor for a cursor that it did not make.
	List(ctx context.Context, q AuditQuery) (page []wire.AuditEntry, next string, err error)
	// Check checks numbers and hashes from the cursor on ("": from the beginning), oldest first, about most entries. A trail
	// that is broken is an answer and no error. It answers ErrBadCursor for a cursor that it did not make.
	Check(ctx context.Context, cursor string, most int) (AuditChecked, error)
}

// AuditFault says what is wrong with a trail.
type AuditFault string

// The faults of a trail.
const (
	AuditMissing    AuditFault = "missing"    // an entry is not there
	AuditChanged    AuditFault = "changed"    // an entry is not what was written
	AuditUnreadable AuditFault = "unreadable" // an entry is no entry
	AuditReplaced   AuditFault = "replaced"   // the last entry is not the one that was written last
)

// AuditChecked is how far a trail was checked.
type AuditChecked struct {
	N     int64      // every entry up to this one holds
	Hash  string     // its hash
	All   int64      // how many entries were written
	Next  string     // cursor to go on from; "": it is over
	Fault AuditFault // "": the entries hold
	At    int64      // the entry where the fault shows
}

// AuditQuery says which entries are wanted; its zero fields want nothing in particular.
type AuditQuery struct {
	Actor        string
	Conversation string
	Case         string
	// Action is an action, or the first part of its name: "case" wants case.claim, too.
	Action   string
	From, To time.Time // from From to before To
	Cursor   string
	Limit    int
}

// Wants says whether an entry is wanted.
func (q AuditQuery) Wants(e wire.AuditEntry) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(q.Actor, e.Actor) && is(q.Conversation, e.Conversation) && is(q.Case, e.Case) &&
		(is(q.Action, e.Action) || len(e.Action) > len(q.Action) && e.Action[:len(q.Action)+1] == q.Action+".") &&
		!e.At.Before(q.From) && (q.To.IsZero() || e.At.Before(q.To))
}

// Outcomes of an entry besides the public codes.
const (
	auditDone  = "done"
	auditBegun = "begun"
)

// trail is the entry of one operation or frame while it is carried out: whoever knows more adds it.
type trail struct {
	s     *Server
	rule  rule
	entry wire.AuditEntry
}

type trailKey struct{}

// trailIn is the entry of what is being carried out; one that nobody reads if nothing is recorded.
func trailIn(ctx context.Context) *trail {
	if t, ok := ctx.Value(trailKey{}).(*trail); ok {
		return t
	}
	return &trail{}
}

// detail adds something to the entry, by name. Texts of people do not belong there.
func (t *trail) detail(name, value string) {
	if value == "" {
		return
	}
	if t.entry.Details == nil {
		t.entry.Details = map[string]string{}
	}
	t.entry.Details[name] = value
}

// about says whose conversation and case it is.
func (t *trail) about(conversation, caseID string) {
	if conversation != "" {
		t.entry.Conversation = conversation
	}
	if caseID != "" {
		t.entry.Case = caseID
	}
}

// begin records what is recorded before it is done.
func (t *trail) begin(ctx context.Context) error {
	if !t.rule.first {
		return nil
	}
	t.entry.Outcome = auditBegun
	return t.s.record(ctx, t.entry)
}

// end records what came of it; what is done is done, so a fault of the trail is only logged.
func (t *trail) end(ctx context.Context, outcome string) {
	if t.rule.audit == "" {
		return
	}
	t.entry.Outcome = outcome
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer cancel()
	if err := t.s.record(ctx, t.entry); err != nil {
		t.s.log.ErrorContext(ctx, "not in the audit trail", "action", t.entry.Action, "actor", t.entry.Actor, "outcome", outcome, "err", err)
	}
}

// newTrail is the entry of an agent who is about to do something.
func (s *Server) newTrail(agent Agent, r rule, via string, from origin) *trail {
	return &trail{s: s, rule: r, entry: wire.AuditEntry{
		Actor: agent.Login, Role: agent.Role, Via: via, Action: r.audit, Address: from.address, Request: from.request,
	}}
}

// record appends an entry to the trail, now.
func (s *Server) record(ctx context.Context, e wire.AuditEntry) error {
	e.At = s.wall()
	return s.Audit.Record(ctx, e)
}

// outcomeOf is how the trail names what came of something.
func outcomeOf(err error) string {
	if err == nil {
		return auditDone
	}
	code := codeOf(err)
	if _, known := public[code]; !known {
		code = CodeInternal
	}
	return string(code)
}
