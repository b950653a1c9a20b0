package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

// ErrNoWords: there is no wording for a notice. That is a mistake of this program; tests look for it.
var ErrNoWords = errors.New("no words")

// Notifier tells a buyer what happened to his case, whoever has the floor: a notice is the system's word,
// not an answer of the bot.
type Notifier struct {
	Dialogs    dialog.Store
	Ledger     *cases.Ledger
	Complaints *complaints.Ledger
	Policy     func(version string) *policy.Policy
	Now        func() time.Time
	// Desk and Log are Floor's.
	Desk func(ctx context.Context, conv dialog.Conversation) (dialog.Desk, error)
	Log  *slog.Logger
}

// Notify puts a notice into the conversation of the case, once per case version and key.
func (n *Notifier) Notify(ctx context.Context, id cases.ID, version int, notice cases.Notice) error {
	c, err := n.Ledger.Store.Load(ctx, id)
	if err != nil {
		return err
	}
	if c.Conversation == "" {
		return nil
	}
	conv, err := n.Dialogs.Load(ctx, dialog.ID(c.Conversation))
	if err != nil {
		return err
	}
	switch {
	case notice.To == cases.Agent && notice.Key == "payment_failed":
		// A conflict that lasts is tried again by the outbox.
		return Floor{Dialogs: n.Dialogs, Cases: n.Ledger.Store, Policy: n.Policy, Desk: n.Desk, Now: n.Now, Log: n.Log}.Handoff(ctx, conv.ID, dialog.HandoffPayment)
	case notice.To != cases.Buyer:
		return nil
	}
	words := replies.In(conv.Locale, n.Policy(c.Policy))
	text, ok := words.Notice(notice.Words(), c)
	if !ok {
		return fmt.Errorf("notice %s of case %s: %w", notice.Key, id, ErrNoWords)
	}
	rec, err := n.Ledger.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		return err
	}
	env := cases.Env{Policy: n.Policy(c.Policy), Line: rec, Now: n.Now()}
	kind := dialog.CardCase
	if c.State == cases.AwaitingReturn {
		kind = dialog.CardTracking
	}
	if notice.Key == "evidence_requested" {
		kind = dialog.CardEvidence
	}
	// Withdrawing is always in the case's own panel; under every notice it would invite a slip. So is sending what was
	// left out of a return, which few have to.
	buttons := slices.DeleteFunc(dialog.CaseButtons(c, env), func(b dialog.ButtonSpec) bool {
		return b.Action == dialog.ActWithdraw || b.Action == dialog.ActSendRest
	})
	if notice.Key == "arrival_asked" {
		buttons = append(buttons, dialog.ButtonSpec{Action: dialog.ActHuman})
	}
	spec := dialog.CardSpec{Kind: kind, Case: &c, Buttons: buttons}
	entry := words.Render(dialog.Reply{Card: &spec}, dialog.Author{Kind: dialog.FromSystem},
		noticeID(id, version, notice), n.Now(), dialog.Scene{Policy: env.Policy, Now: env.Now})
	entry.Kind, entry.Key, entry.Text = dialog.Notice, "notice."+notice.Words(), text
	entry.Card = words.NoticeCard(*entry.Card, c)
	_, err = n.Dialogs.Append(ctx, conv.ID, dialog.Append{Entry: entry})
	if err != nil && !errors.Is(err, dialog.ErrIDReused) { // told before; the case has moved on since, so the words would differ now
		return err
	}
	if err := n.ourFault(ctx, conv, words, id, version, notice.Key); err != nil {
		return err
	}
	return n.survey(ctx, conv.ID, words, c, notice.Key)
}

// survey asks how the bot helped when a case has come to an end, if the buyer is to be asked then.
func (n *Notifier) survey(ctx context.Context, id dialog.ID, words replies.Words, c cases.Case, notice string) error {
	if !c.State.Terminal() || dialog.ResultOf(&c) != dialog.ResultHelped || notice == "arrival_asked" { // that asks him something else
		return nil
	}
	conv, err := n.Dialogs.Load(ctx, id)
	if err != nil {
		return fmt.Errorf("ask about case %s: %w", c.ID, err)
	}
	now := n.Now().UTC()
	next, ask := dialog.Solved(conv, &c, now)
	if ask == nil {
		return nil
	}
	next.UpdatedAt = now
	change := dialog.Moved(conv, next)
	change.Entries = []dialog.Entry{words.Survey(*ask, now)}
	_, err = n.Dialogs.Commit(ctx, id, change)
	if err != nil { // a conflict is tried again by the outbox
		return fmt.Errorf("ask about case %s: %w", c.ID, err)
	}
	return nil
}

// ourFault notes for agents that a buyer's time ran out while our system did not take his evidence: a reason
// for a supervisor to reopen (domain §5 Q16).
func (n *Notifier) ourFault(ctx context.Context, conv dialog.Conversation, words replies.Words, id cases.ID, version int, key string) error {
	ts := conv.Flow.Trouble
	if ts == nil || ts.Ours == 0 || conv.Flow.Case != id || key != "expired" && key != "evidence_defaulted" {
		return nil
	}
	note := words.Note("note.deadline_ours", dialog.Slots{"kind": ts.Kind}, fmt.Sprintf("note:%s:%d:%s", id, version, key), n.Now())
	note.Case = string(id)
	if _, err := n.Dialogs.Append(ctx, conv.ID, dialog.Append{Entry: note}); err != nil && !errors.Is(err, dialog.ErrIDReused) {
		return fmt.Errorf("note our fault in case %s: %w", id, err)
	}
	return nil
}

// noticeID names a notice in its conversation, once per case version and key. A reminder is named by its
// deadline, too: a clock may move and end anew without a new version that speaks of it.
func noticeID(id cases.ID, version int, n cases.Notice) string {
	key := fmt.Sprintf("notice:%s:%d:%s", id, version, n.Key)
	if n.Timer != "" {
		key += fmt.Sprintf(":%d", n.Until.UnixMilli())
	}
	return key
}
