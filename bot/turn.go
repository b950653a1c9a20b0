package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"recourse/bot/faq"
	"recourse/bot/nlu"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/ids"
)

// Name is how the bot signs.
const Name = "Recourse"

// Assistant runs turns.
type Assistant struct {
	Dialogs dialog.Store
	Ledger  *cases.Ledger
	Policy  func(version string) *policy.Policy
	Now     func() time.Time
	Log     *slog.Logger
	// Desk is Floor's: what a buyer can expect who waits for a person; nil: nothing is said of it.
	Desk func(ctx context.Context, conv dialog.Conversation) (dialog.Desk, error)
	// Complaints is the ledger of complaints; its Policy and Now are those of Ledger.
	Complaints *complaints.Ledger
	// Payment reads the payment channel's record of the refund with an order's key; nil: nobody can be asked.
	Payment func(ctx context.Context, key string) (cases.RefundRecord, error)
	// FAQ gives the reviewed answers as they are now; nil: those that are built in.
	FAQ func() *faq.Book

	// Understander and Phraser are models that help, within Think a turn; nil: none.
	Understander Understander
	Phraser      Phraser
	Think        time.Duration
	// Reader looks at a buyer's picture, for at most Glance each; nil: nobody does. Picture fetches it, made small.
	Reader  Reader
	Glance  time.Duration
	Picture func(ctx context.Context, evidence string) (media string, raw []byte, err error)
	// Show shows the buyer a text under way, "" takes it back; nil: he sees it when it is said.
	Show func(ctx context.Context, id dialog.ID, client, text string)
	// Watch is told how a text was understood, each time a turn decides on it; nil: nobody is.
	Watch func(e dialog.Entry, u Understood)
	// Revise may change what was decided before it is carried out; nil: nobody does. It is for finding out whether
	// anybody would notice (bot/replay/mutate), and for nothing else.
	Revise func(conv dialog.Conversation, plan dialog.Plan) dialog.Plan
}

// Understood is what a text was taken for.
type Understood struct {
	Heard dialog.Heard
	Found faq.Found // what it asks of the FAQ; the zero value if the answers are not ready
}

// tries bounds how often one entry is decided anew because the conversation moved meanwhile.
const tries = 8

// Turn deals with everything a conversation is owed an answer for, one entry after the other.
func (a *Assistant) Turn(ctx context.Context, id dialog.ID) error {
	conflicts, begun := 0, time.Now() // of the entry at hand, by the wall clock: models are waited for in real time
	for {
		more, err := a.step(ctx, id, begun)
		switch {
		case errors.Is(err, dialog.ErrConflict), errors.Is(err, dialog.ErrNotHolder):
			// Somebody else moved the conversation: look again, and perhaps be silent.
			if conflicts++; conflicts > tries {
				return fmt.Errorf("turn of %s: %w", id, err)
			}
		case err != nil:
			return fmt.Errorf("turn of %s: %w", id, err)
		case !more:
			return nil
		default:
			begun = time.Now()
		}
	}
}

// step deals with the oldest entry that wants an answer and says whether there may be more.
func (a *Assistant) step(ctx context.Context, id dialog.ID, begun time.Time) (bool, error) {
	conv, entries, err := a.Dialogs.Read(ctx, id, -1, recent)
	if err != nil {
		return false, err
	}
	if conv.Holder != dialog.HeldByBot {
		return a.underHuman(ctx, conv)
	}
	from, to := owes(conv)
	if to <= from {
		return false, nil
	}
	// To the end of the log: that a human gave the floor back stands after what was said to him.
	if have := conv.Last - int64(len(entries)); have <= from {
		entries = entries[from-have:]
	} else if entries, err = a.Dialogs.Entries(ctx, id, from, int(conv.Last-from)); err != nil {
		return false, err
	}
	for i, e := range entries {
		if e.Seq > to || !owed(conv, e) {
			continue
		}
		later := entries[i+1:]
		f := foresight{
			begun: begun,
			past:  slices.ContainsFunc(later, dialog.Entry.Returns),
			more: e.Kind == dialog.Upload && slices.ContainsFunc(later, func(l dialog.Entry) bool {
				return l.Kind == dialog.Upload && l.Case == e.Case && l.Complaint == e.Complaint && l.Seq <= to && owed(conv, l)
			}),
		}
		next, words, err := a.decide(ctx, conv, e, f)
		if err != nil {
			return false, err
		}
		if f.past && e.Kind == dialog.Text && words.repeat(later) {
			next, words = a.touch(conv), said{live: -1} // he asked it twice, of a human, and reads the answer once
		}
		next.Answered, next.Carried = max(conv.Answered, e.Seq), max(conv.Carried, e.Seq)
		change := dialog.Moved(conv, next)
		change.Entries, change.LiveAt = words.entries, words.live
		done, err := a.Dialogs.Commit(ctx, id, change)
		if err != nil {
			a.hide(ctx, id, words)
			return true, err
		}
		from, to := owes(done) // what comes after the commit asks for a turn of its own
		return to > from, nil
	}
	// Only entries that nobody owes an answer to; the mark was ahead of them.
	conv.Answered, conv.Carried = max(conv.Answered, to), max(conv.Carried, to)
	_, err = a.Dialogs.Commit(ctx, id, dialog.Change{Expect: conv.Version, Next: a.touch(conv), LiveAt: -1})
	return true, err
}

// recent is how many entries are read with a conversation: mostly those that want an answer are among them.
const recent = 8

// owes is which part of the log may want an answer: the entries after from up to to.
func owes(conv dialog.Conversation) (from, to int64) {
	from, to = conv.Answered, max(conv.Inbound, conv.Pressed)
	if conv.Carried < conv.Pressed {
		from = min(from, conv.Carried) // a human answered past a press that nobody has carried out yet
	}
	return from, to
}

// owed says whether an entry still wants the bot's turn. What takes effect under a human too was perhaps carried out
// then.
func owed(conv dialog.Conversation, e dialog.Entry) bool {
	switch {
	case e.Author.Kind != dialog.FromBuyer:
		return false
	case e.Kind == dialog.Press && dialog.UnderHuman(e.Action):
		return e.Seq > conv.Carried
	case e.Kind == dialog.Upload:
		return e.Seq > conv.Carried && e.Seq > conv.Answered
	}
	return e.Seq > conv.Answered
}

func (a *Assistant) touch(c dialog.Conversation) dialog.Conversation {
	c.UpdatedAt = a.Now().UTC()
	return c
}

// foresight is what the log already has after an entry.
type foresight struct {
	past bool // it was said to a human who has gone since
	more bool // another upload to the same case or complaint waits for its answer
	// begun is when its turn was begun first, by the wall clock.
	begun time.Time
}

// decide is one turn up to the commit.
func (a *Assistant) decide(ctx context.Context, conv dialog.Conversation, e dialog.Entry, f foresight) (dialog.Conversation, said, error) {
	now := a.Now().UTC()
	scene, err := a.scene(ctx, conv, e, now)
	if errors.Is(err, errOrders) && e.Kind == dialog.Press && dialog.UnderHuman(e.Action) {
		err = nil // a right on the case, whose clock runs, needs nothing from the order system
	}
	if errors.Is(err, errOrders) {
		a.Log.WarnContext(ctx, "turn without the order system", "dialog", conv.ID, "err", err)
		return a.unavailable(ctx, conv, e, now)
	}
	if err != nil {
		return conv, said{}, err
	}
	if e.Kind == dialog.Text {
		if l, clear := nlu.Language(e.Text); clear {
			conv.Locale = l // he is answered in the language that he writes, and from then on
		}
	}
	in, found := a.input(e, scene, f)
	if up, is := in.(dialog.Uploaded); is {
		in = a.look(ctx, conv, scene, up)
	}
	heard, isText := in.(dialog.Heard)
	var thinks *thinking
	if isText {
		t, cancel := a.think(ctx, f.begun)
		defer cancel()
		heard = t.hear(conv, scene, e, heard)
		in, thinks = heard, t
		if a.Watch != nil {
			a.Watch(e, Understood{heard, found})
		}
	}
	plan := dialog.Next(conv, scene, in, now)
	if plan.LookUp {
		if scene.Refund = a.refund(ctx, scene.Case); scene.Refund != nil {
			plan = dialog.Next(conv, scene, in, now)
		}
	}
	if a.Revise != nil {
		plan = a.Revise(conv, plan)
	}
	if plan.Do != nil {
		if plan, err = a.act(ctx, conv, scene, plan, e); err != nil {
			return conv, said{}, err
		}
		if a.Revise != nil { // what follows from the outcome was decided only now
			plan = a.Revise(conv, plan)
		}
		if scene, err = a.scene(ctx, after(conv, plan), e, now); err != nil && !errors.Is(err, errOrders) {
			return conv, said{}, err
		}
	}
	next, s := a.word(ctx, conv, scene, plan, e, now)
	thinks.phrase(conv, scene, plan, heard, &s)
	return next, s, nil
}

// Floor moves conversations to people and back where no turn does.
func (a *Assistant) Floor() Floor {
	return Floor{Dialogs: a.Dialogs, Cases: a.Ledger.Store, Policy: a.Policy, Desk: a.Desk, Now: a.Now, Log: a.Log}
}

// paymentWait is how long a turn waits for the payment channel.
const paymentWait = 3 * time.Second

// refund is the payment channel's word on a case's refund. Without it the buyer is told what the case knows.
func (a *Assistant) refund(ctx context.Context, c *cases.Case) *cases.RefundRecord {
	if a.Payment == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, paymentWait)
	defer cancel()
	r, err := a.Payment(ctx, c.Refund.Key)
	if err != nil {
		a.Log.WarnContext(ctx, "answer without the payment channel", "case", c.ID, "err", err)
		return nil
	}
	return &r
}

// after is the conversation as far as the scene of a carried out plan depends on it.
func after(conv dialog.Conversation, plan dialog.Plan) dialog.Conversation {
	conv.Flow.Complaint.ID = plan.Flow.Complaint.ID
	return withCase(conv, plan.Case)
}

func withCase(conv dialog.Conversation, id cases.ID) dialog.Conversation {
	conv.Flow.Case = id
	return conv
}

// input is what an entry says to the flow, and what a text was found to ask.
func (a *Assistant) input(e dialog.Entry, scene dialog.Scene, f foresight) (dialog.Input, faq.Found) {
	switch e.Kind {
	case dialog.Press:
		return dialog.Pressed{On: e.On, Action: e.Action, Args: e.Args}, faq.Found{}
	case dialog.Upload:
		return dialog.Uploaded{Item: *e.Evidence, Case: cases.ID(e.Case), Complaint: complaints.ID(e.Complaint), At: e.At, More: f.more}, faq.Found{}
	default:
		lines := make([]policy.Line, len(scene.Lines))
		for i, l := range scene.Lines {
			lines[i] = l.Line
		}
		heard, found := a.wonder(nlu.Understand(e.Text, lines), scene)
		heard.Past = f.past
		return heard, found
	}
}

// wonder adds what a text may ask of the FAQ. A rule hears a topic by words alone; where the case stands elsewhere
// ("the merchant does nothing" after the waybill), it is what the topic means there, or what the examples say.
func (a *Assistant) wonder(h dialog.Heard, scene dialog.Scene) (dialog.Heard, faq.Found) {
	book := a.book()
	if h.Tail.Said != nil {
		if found, ok := book.Find(h.Tail.Text, faq.Context{State: scene.Where()}); ok {
			h.Tail.Question = found.Question()
		}
		h.Tail.Topic = book.Means(h.Tail.Topic, scene.Where())
		// "…, is that fair?" asks nothing without what stands before it: then it is one question.
		if q := h.Tail.Question; h.Tail.Topic == "" && q.Sure && faq.Outside(q.Topics[0]) {
			h.Tail = dialog.Tail{}
		}
	}
	h.Topic = book.Means(h.Topic, scene.Where())
	found, ok := book.Find(h.Text, faq.Context{State: scene.Where()})
	if !ok {
		return h, faq.Found{}
	}
	if q := found.Question(); q.Sure && q.Topics[0] == dialog.TopicOther && !found.Exact && nlu.Scant(h.Text) {
		return h, found // a sigh, a sign, one word: that it is none of our business cannot be told from it
	}
	put := h.Question
	h.Question = found.Question()
	h.Question.Form, h.Question.Wish = put.Form, put.Wish
	if found.Exact && h.Topic != "" && h.Question.Sure {
		h.Topic = h.Question.Topics[0] // somebody has reviewed exactly these words: no rule of words knows better
	}
	if h.Topic != "" && h.Question.Sure && !book.Usual(h.Topic, scene.Where()) && book.Usual(h.Question.Topics[0], scene.Where()) {
		h.Topic = h.Question.Topics[0]
	}
	return h, found
}

// act applies the command of a press. Its keys come from the entry, so a second run finds it done.
func (a *Assistant) act(ctx context.Context, conv dialog.Conversation, scene dialog.Scene, plan dialog.Plan, e dialog.Entry) (dialog.Plan, error) {
	shard := ids.Of(conv.Buyer)
	derived := cases.ID(ids.Derive("c", shard, string(conv.ID), fmt.Sprint(e.Seq)))
	var refused error
	id := plan.Do.Case
	var about complaints.ID
	switch {
	case plan.Do.Complaint != nil:
		about, refused = a.complain(ctx, conv, *plan.Do.Complaint, e)
	case plan.Do.Open != nil:
		c, err := a.Ledger.Open(ctx, derived, conv.Buyer, string(conv.ID), *plan.Do.Open)
		id, refused = c.ID, err
	case plan.Do.Event.Kind != "":
		ev := plan.Do.Event
		ev.Key = fmt.Sprintf("chat:%s/%d", conv.ID, e.Seq)
		ev.NewCase = ""
		if ev.Kind == cases.EvResubmit {
			ev.NewCase = derived
		}
		for i := range ev.Evidence { // his own words: the pieces that he uploads have their ids from the intake
			if ev.Evidence[i].ID == "" {
				ev.Evidence[i].ID = cases.EvidenceID(ids.Derive("e", shard, string(conv.ID), fmt.Sprint(e.Seq), fmt.Sprint(i)))
			}
		}
		_, refused = a.Ledger.Apply(ctx, id, ev)
		if refused == nil && ev.Kind == cases.EvResubmit {
			id = derived
		}
	}
	if cases.CodeOf(refused) == cases.CodeIdempotencyMismatch {
		// The key is this entry's own: an earlier run, cut off after it, put it differently because the case
		// was another then (a first waybill is filled in, a second one corrects it).
		refused = nil
	}
	if refused != nil && cases.CodeOf(refused) == "" {
		return plan, refused // not a refusal but a fault: the turn will run again
	}
	next := withCase(conv, plan.Case)
	if id != "" {
		next = withCase(conv, id)
	}
	if about != "" {
		next.Flow.Complaint.ID = about
	}
	fresh, err := a.scene(ctx, next, dialog.Entry{}, scene.Now)
	if err != nil && !errors.Is(err, errOrders) {
		return plan, err
	}
	if id != "" {
		plan.Case = id
	}
	return dialog.After(conv, fresh, plan, refused), nil
}

// word puts a plan into entries and the next state of the conversation.
func (a *Assistant) word(ctx context.Context, conv dialog.Conversation, scene dialog.Scene, plan dialog.Plan, e dialog.Entry, now time.Time) (dialog.Conversation, said) {
	words := replies.In(conv.Locale, scene.Policy)
	out := said{live: plan.LiveAt()}
	for i, r := range plan.Replies {
		client := fmt.Sprintf("re:%d:%d", e.Seq, i)
		out.entries = append(out.entries, words.Render(r, dialog.Author{Kind: dialog.FromBot, Name: Name}, client, now, scene))
	}
	for i, r := range plan.Notes {
		out.entries = append(out.entries, words.Note(r.Key, r.Slots, fmt.Sprintf("re:%d:note:%d", e.Seq, i), now))
	}
	next := conv
	next.Flow, next.UpdatedAt = plan.Flow, now
	next.Flow.Case = plan.Case
	if plan.Survey != nil {
		next.Survey = *plan.Survey
	}
	if plan.Solved {
		var ask *dialog.Segment
		if next, ask = dialog.Solved(next, scene.Case, now); ask != nil {
			out.entries = append(out.entries, words.Survey(*ask, now))
		}
	}
	switch {
	case plan.Handoff != "" && conv.Holder == dialog.HeldByBot:
		return a.handoff(ctx, conv, next, scene, plan, out, e, now)
	case plan.Return && conv.Holder == dialog.HeldByHuman && conv.SlowTold.IsZero():
		// The button is of the queue before. It was not offered since, and he is being talked to.
		out.entries = append(out.entries, words.System("handoff.still_here", dialog.Slots{"name": conv.AgentName}, fmt.Sprintf("re:%d:here", e.Seq), now))
	case plan.Return && conv.Holder != dialog.HeldByBot:
		back := dialog.Return(next, now)
		out.entries = append(out.entries, words.Floor(replies.Crossing{From: conv, To: back, By: dialog.FromBuyer, Why: dialog.BackLeft}, now))
		next = back
	}
	return next, out
}

// handoff asks for a human: the state and the sentence in one commit, and the desk is asked before. Where the reason is
// the bot's own and nobody is there, he stays with the bot, which offers to leave it to a human.
func (a *Assistant) handoff(ctx context.Context, conv, next dialog.Conversation, scene dialog.Scene, plan dialog.Plan, out said, e dialog.Entry, now time.Time) (dialog.Conversation, said) {
	f, words := a.Floor(), replies.In(conv.Locale, scene.Policy)
	byBuyer := plan.Handoff == dialog.HandoffAsked || plan.Wanted
	if plan.Handoff == dialog.HandoffAsked && conv.Reopens(time.Duration(scene.Policy.Values.Handoff.ReopenHours.V)*time.Hour, now) {
		plan.Handoff = dialog.HandoffReopened
	}
	waits := dialog.Wait(next, plan.Handoff, now)
	d := f.desk(ctx, waits)
	if plan.Handoff.Soft() && !plan.Wanted && d.Known && d.Ends() == dialog.EndLater {
		out.entries = append(out.entries, words.Offer(conv, plan.Handoff, d, fmt.Sprintf("re:%d:offer", e.Seq), now))
		next.Flow.Misses, next.Flow.Anger = 0, dialog.Anger{}
		return next, out
	}
	if plan.Instead {
		out = said{live: -1}
		waits.Flow = conv.Flow
	}
	waits.Flow.Misses, waits.Flow.Anger = 0, dialog.Anger{}
	by := dialog.FromBot
	if byBuyer {
		by = dialog.FromBuyer
	}
	waits, told := f.waitAt(conv, waits, d, by, scene.Case, now)
	out.entries = append(out.entries, told)
	return waits, out
}

// unavailable is the honest answer when the order system cannot be asked.
func (a *Assistant) unavailable(ctx context.Context, conv dialog.Conversation, e dialog.Entry, now time.Time) (dialog.Conversation, said, error) {
	card := dialog.CardSpec{Kind: dialog.CardChoices, Buttons: []dialog.ButtonSpec{{Action: dialog.ActHuman, Style: "primary"}}}
	plan := dialog.Plan{Replies: []dialog.Reply{{Key: "error.UNAVAILABLE", Card: &card}}, Flow: conv.Flow, Case: conv.Flow.Case}
	var intent dialog.Intent
	if e.Kind == dialog.Text {
		intent = nlu.Understand(e.Text, nil).Intent
	}
	switch {
	case intent == dialog.IntentDistress, intent == dialog.IntentThreat:
		plan = dialog.Next(conv, dialog.Scene{Policy: a.Policy(""), Now: now}, dialog.Heard{Text: e.Text, Intent: intent}, now)
	case intent == dialog.IntentHuman, e.Kind == dialog.Press && e.Action == dialog.ActHuman:
		plan = dialog.Plan{Handoff: dialog.HandoffAsked, Flow: conv.Flow, Case: conv.Flow.Case}
	}
	next, s := a.word(ctx, conv, dialog.Scene{Policy: a.Policy(""), Now: now}, plan, e, now)
	return next, s, nil
}

// book is the reviewed answers as they are now.
func (a *Assistant) book() *faq.Book {
	if a.FAQ == nil {
		return faq.Builtin()
	}
	return a.FAQ()
}
