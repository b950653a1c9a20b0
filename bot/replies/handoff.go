package replies

import (
	"fmt"
	"time"

	"recourse/cases"
	"recourse/dialog"
)

// Crossing is a change of who has the floor, with what the buyer may be told beside it.
type Crossing struct {
	From, To dialog.Conversation
	By       dialog.AuthorKind // whose doing it is
	Why      dialog.Reason     // why the bot has it back; why a human is wanted stands in To
	Case     *cases.Case       // whose clock runs on meanwhile; nil: none
	Desk     dialog.Desk       // asked before; what is not known is not said
}

// Floor is the entry that tells a change of who has the floor. One who waits reads one of three ends: which place he
// has, or until when nobody is there and that he leaves it here; that an agent is here, he reads when one is. There is
// one such entry for an epoch.
func (w Words) Floor(x Crossing, now time.Time) dialog.Entry {
	client := fmt.Sprintf("floor:%d", x.To.Epoch)
	why := x.Why
	var e dialog.Entry
	switch x.To.Holder {
	case dialog.HeldWaiting:
		why = x.To.Handoff
		e = w.waiting(x, client, now)
	case dialog.HeldByHuman:
		key := "handoff.joined"
		if x.From.Holder == dialog.HeldByHuman {
			key = "handoff.taken_over"
		}
		e = w.System(key, dialog.Slots{"name": x.To.AgentName, "before": x.From.AgentName}, client, now)
	default:
		e = w.System(backKey(x), dialog.Slots{"name": x.From.AgentName}, client, now)
	}
	b := dialog.Cross(x.From, x.To, x.By, why)
	if x.To.Holder == dialog.HeldWaiting {
		promise(b, x.Desk, now)
	}
	e.Floor = b
	return e
}

func backKey(x Crossing) string {
	switch {
	case x.Why == dialog.BackResolved:
		return "handoff.resolved"
	case x.By == dialog.FromAgent:
		return dialog.ReturnedKey
	case x.By == dialog.FromBuyer && x.From.Holder == dialog.HeldByHuman:
		return "handoff.left_agent"
	case x.By == dialog.FromBuyer:
		return "handoff.left_queue"
	}
	return "handoff.idle"
}

// promise writes down what the sentence promises.
func promise(b *dialog.Boundary, d dialog.Desk, now time.Time) {
	b.End = d.Ends()
	switch {
	case b.End == dialog.EndPlace && d.Place > 0:
		b.Place, b.Of, b.About = d.Place, max(d.Waiting+1, d.Place), int(d.About.Seconds())
	case d.Closed(now):
		b.OpensAt = d.OpensAt
	}
}

// waiting says why a human comes, which of the ends he has, and which clock runs on. The way back is a button.
func (w Words) waiting(x Crossing, client string, now time.Time) dialog.Entry {
	key, lead, c := "handoff.waiting", "handoff.lead."+string(x.To.Handoff), x.Case
	switch {
	case x.From.Holder == dialog.HeldByHuman && x.By == dialog.FromAgent:
		key, lead = "handoff.transferred", "handoff.lead.transferred"
	case x.From.Holder == dialog.HeldByHuman:
		key, lead = "handoff.requeued", "handoff.lead.requeued"
	case x.To.Handoff == dialog.HandoffEscalation:
		key = "handoff.escalation"
	case x.To.Handoff == dialog.HandoffDistress:
		key, c = "handoff.distress", nil // no clock of a refund now
	}
	slots := dialog.Slots{
		"lead": "", "end": w.end(x.Desk, x.To.Handoff, x.From.Knows(now, w.Policy.Zone()), now), "away": x.Desk.Known && x.Desk.Ends() == dialog.EndLater,
	}
	if w.Has(lead) {
		slots["lead"] = w.Say(lead, dialog.Slots{"name": x.From.AgentName})
	}
	if c != nil {
		turn := c.Turn()
		until, then := turn.Until, w.then(*c)
		if c.State == cases.Draft && c.Verdict != nil && !c.Verdict.Deadline.IsZero() {
			until, then = c.Verdict.Deadline, w.Say("card.verdict_deadline", nil)
		}
		if !until.IsZero() && now.Before(until) {
			slots["until"], slots["then"] = until, then
		}
	}
	e := w.System(key, slots, client, now)
	if x.To.Handoff == dialog.HandoffAsked || x.To.Handoff == dialog.HandoffReopened {
		e.Basis = &dialog.Basis{Topic: dialog.TopicHuman, Policy: w.Policy.Version}
	}
	e.Card = w.wayBack()
	return e
}

func (w Words) wayBack() *dialog.Card {
	return &dialog.Card{Kind: dialog.CardChoices, Buttons: w.Buttons([]dialog.ButtonSpec{{Action: dialog.ActBot}})}
}

// end words what a desk has for somebody who waits. told: he knows already that it is closed.
func (w Words) end(d dialog.Desk, why dialog.Reason, told bool, now time.Time) string {
	slots := dialog.Slots{"hours": d.Hours}
	switch {
	case d.Ends() == dialog.EndPlace && why == dialog.HandoffDistress:
		return w.Say("end.distress", slots)
	case d.Ends() == dialog.EndPlace && d.Place == 0:
		return w.Say("end.online", slots)
	case d.Ends() == dialog.EndPlace:
		slots["about"] = w.about(d.About)
		if d.Place == 1 {
			return w.Say("end.next", slots)
		}
		slots["place"], slots["of"] = d.Place, max(d.Waiting+1, d.Place)
		return w.Say("end.place", slots)
	case d.Closed(now) && told:
		return w.Say("end.closed_again", dialog.Slots{"opens": w.Near(d.OpensAt, now)})
	case d.Closed(now):
		return w.Say("end.closed", dialog.Slots{"opens": w.Near(d.OpensAt, now)})
	case d.Known:
		return w.Say("end.away", slots)
	}
	return w.Say("end.unknown", slots)
}

// Retell tells somebody who waits that it is otherwise now than he was told, and that his place is kept. It is told
// once in a wait.
func (w Words) Retell(c dialog.Conversation, d dialog.Desk, now time.Time) dialog.Entry {
	key := "handoff.now_away"
	if d.Closed(now) {
		key = "handoff.now_closed"
	}
	e := w.System(key, dialog.Slots{"opens": w.Near(d.OpensAt, now), "hours": d.Hours}, fmt.Sprintf("%s:%d", key, c.Epoch), now)
	e.Floor = dialog.Cross(c, c, dialog.FromSystem, c.Handoff)
	promise(e.Floor, d, now)
	e.Card = w.wayBack()
	return e
}

// Offer says that a human would be better and that nobody is there now: he may leave it to them, and the bot goes on
// with him if he does not.
func (w Words) Offer(c dialog.Conversation, why dialog.Reason, d dialog.Desk, client string, now time.Time) dialog.Entry {
	slots := dialog.Slots{"lead": "", "hours": d.Hours}
	if lead := "handoff.offer." + string(why); w.Has(lead) {
		slots["lead"] = w.Say(lead, nil)
	}
	if d.Closed(now) {
		slots["opens"] = w.Near(d.OpensAt, now)
	}
	e := w.System("handoff.offer", slots, client, now)
	e.Author, e.Kind = dialog.Author{Kind: dialog.FromBot}, dialog.Text
	e.Floor = dialog.Cross(c, c, dialog.FromBot, why)
	promise(e.Floor, d, now)
	e.Card = &dialog.Card{Kind: dialog.CardChoices, Buttons: w.Buttons([]dialog.ButtonSpec{{Action: dialog.ActHuman, Args: dialog.Args{"why": string(why)}, Style: "primary"}})}
	return e
}

// Slow tells a buyer that his agent has not answered for a while, and the way back to the bot.
func (w Words) Slow(c dialog.Conversation, now time.Time) dialog.Entry {
	e := w.System("handoff.slow", dialog.Slots{"name": c.AgentName}, fmt.Sprintf("slow:%d:%d", c.Epoch, max(c.AskedAt.UnixMilli(), c.SpokeAt.UnixMilli())), now)
	e.Card = w.wayBack()
	return e
}

// about is how long something takes, roughly: in minutes, above an hour in hours, rounded up. Nothing for 0.
func (w Words) about(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d <= time.Hour:
		return w.Say("span.minutes", dialog.Slots{"n": int((d + time.Minute - 1) / time.Minute)})
	}
	return w.Say("span.hours", dialog.Slots{"n": int((d + time.Hour - 1) / time.Hour)})
}

// Near is an instant as one says it to somebody who is to come back then: today and tomorrow by name, another day with
// its date and its day of the week, in the marketplace's zone.
func (w Words) Near(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(w.Policy.Zone()), now.In(w.Policy.Zone())
	clock := fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
	switch t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return w.Say("day.today", nil) + " " + clock
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		return w.Say("day.tomorrow", nil) + " " + clock
	}
	if w.Locale == dialog.EN {
		return t.Format("Mon 2 Jan ") + clock
	}
	return fmt.Sprintf("%d月%d日（周%s）%s", t.Month(), t.Day(), [...]string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()], clock)
}
