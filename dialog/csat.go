package dialog

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// How the buyer is asked whether he was helped (CSAT). The bot and people are scored apart: each by segments, a segment
// being what one of them led without a break. When it is over the buyer is asked once, and only if
//
//   - there was something to score: an agent has written to him in it, or the bot has dealt with a matter of his;
//   - it ended in a way that is an end: an agent resolved it or gave it back; to the bot, his case is over or he says
//     that it is solved. Chats that ran into the sand, queues that were left, and agents who vanished are not scored;
//   - nothing of his is unanswered;
//   - no adverse decision was told within the last day (CoolOff): who was refused a moment ago would score the refusal.
//     What was put off is asked when he says thanks, or that it is solved, while it can be answered at all;
//   - it was the buyer who wanted the agent. One who takes a chat from the bot unasked is scored at most once a day, so
//     that nobody collects scores by taking and giving back.
//
// What came of the case is kept beside each score.
const (
	// ScoreFor is how long a segment may be scored after it ended.
	ScoreFor = 72 * time.Hour
	// ScoreChange is how long a score and its comment may be changed after the first press.
	ScoreChange = 10 * time.Minute
	// CoolOff is how long after an adverse decision nobody is asked.
	CoolOff = 24 * time.Hour
	// CommentRunes is the most that a comment may have.
	CommentRunes = 500
	// Stars are the most that a score has; the least is 1.
	Stars = 5
	// keepScores is how many scores stay in the conversation; all of them are in the record of scores.
	keepScores = 8
	// unasked is how long after a question about an agent another is not asked, if he took the chat unasked.
	unasked = 24 * time.Hour
)

// Result is what came of a case, as far as a score may depend on it.
type Result string

// The results.
const (
	ResultNone    Result = ""        // there was no case
	ResultOpen    Result = "open"    // nothing is decided yet
	ResultHelped  Result = "helped"  // he has money, a replacement, or an agreement
	ResultAdverse Result = "adverse" // refused, ruled against, lapsed, or not eligible
	ResultDropped Result = "dropped" // he withdrew it himself
)

// ResultOf is what came of a case; nil is none.
func ResultOf(c *cases.Case) Result {
	switch {
	case c == nil:
		return ResultNone
	case c.State == cases.ClosedNotSupported, c.State == cases.ClosedExpired, c.State == cases.ClosedIneligible, c.State == cases.MerchantRejected,
		c.State == cases.Draft && c.Verdict != nil && c.Verdict.Kind == policy.NotEligible:
		return ResultAdverse
	case c.State == cases.Refunded, c.State == cases.SettledNoRefund, c.State == cases.RulingExecution, c.State == cases.RefundPending:
		return ResultHelped
	case c.State == cases.ClosedWithdrawn:
		return ResultDropped
	}
	return ResultOpen
}

// cooling says that an adverse decision on a case was told a short while ago.
func cooling(c *cases.Case, now time.Time) bool {
	if ResultOf(c) != ResultAdverse {
		return false
	}
	at := c.UpdatedAt
	if c.State == cases.ClosedNotSupported && !c.Arbitration.RuledAt.IsZero() {
		at = c.Arbitration.RuledAt
	}
	return now.Sub(at) < CoolOff
}

// Segment is a part of a conversation that is scored by itself.
type Segment struct {
	// ID names it in its conversation: who led it, the epoch in which, and the case if the bot did.
	ID      string     `json:"id"`
	By      AuthorKind `json:"by"`              // agent or bot
	Agent   string     `json:"agent,omitempty"` // login of who ended it
	Name    string     `json:"name,omitempty"`  // of him, as the buyer knows it
	EndedAt time.Time  `json:"ended_at"`        // when it was over
}

// Open says whether the segment can still be scored.
func (s Segment) Open(now time.Time) bool { return now.Sub(s.EndedAt) < ScoreFor }

// Score is a question about a segment and its answer.
type Score struct {
	Segment
	AskedAt time.Time `json:"asked_at"`
	// Stars are 1 to 5; 0: not scored.
	Stars   int    `json:"stars,omitempty"`
	Comment string `json:"comment,omitempty"`
	// Declined says that he does not want to score it. He may think better of it.
	Declined bool `json:"declined,omitempty"`
	// AnsweredAt is when he scored it first, ChangedAt when he changed it last.
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	ChangedAt  time.Time `json:"changed_at,omitzero"`
	// Case is the case at hand, and State and Result what had come of it when it was scored, or asked for.
	Case   cases.ID    `json:"case,omitempty"`
	State  cases.State `json:"case_state,omitempty"`
	Result Result      `json:"result,omitempty"`
}

// Survey is what a conversation knows of its scores.
type Survey struct {
	Scores []Score `json:"scores,omitempty"` // by when they were asked for; the latest few
	// Owed is a segment that is over and was not asked about yet.
	Owed *Segment `json:"owed,omitempty"`
	// Comment is the segment that his next text is a comment on, until when.
	Comment string    `json:"comment,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	// Served counts what the bot dealt with since it has the floor, courtesies aside.
	Served int `json:"served,omitempty"`
}

func (s Survey) at(segment string) int {
	return slices.IndexFunc(s.Scores, func(x Score) bool { return x.ID == segment })
}

// with is the survey with a score changed.
func (s Survey) with(i int, x Score) Survey {
	s.Scores = slices.Clone(s.Scores)
	s.Scores[i] = x
	return s
}

// asked is the survey with a question asked.
func (s Survey) asked(seg Segment, c *cases.Case, now time.Time) Survey {
	s.Owed = nil
	s.Scores = append(slices.Clone(s.Scores[max(0, len(s.Scores)-keepScores+1):]), Score{Segment: seg, AskedAt: now}.about(c))
	return s
}

func (x Score) about(c *cases.Case) Score {
	if c == nil || x.Case != "" && x.Case != c.ID {
		return x
	}
	x.Case, x.State, x.Result = c.ID, c.State, ResultOf(c)
	return x
}

// Ended is a conversation that a human has left as from stands, with the question about it if it is to be asked now.
// c is the case at hand; nil: none.
func Ended(from, to Conversation, why Reason, c *cases.Case, now time.Time) (Conversation, *Segment) {
	to.Survey.Served = 0
	spoke := !from.SpokeAt.IsZero() && !from.SpokeAt.Before(from.HeldSince)
	if from.Holder != HeldByHuman || to.Holder != HeldByBot || why != BackReleased && why != BackResolved || !spoke {
		return to, nil
	}
	wanted := from.Handoff != "" && from.Handoff != HandoffSupervisor
	if !wanted && slices.ContainsFunc(to.Survey.Scores, func(x Score) bool { return x.By == FromAgent && now.Sub(x.AskedAt) < unasked }) {
		return to, nil
	}
	seg := Segment{ID: fmt.Sprintf("agent:%d", from.Epoch), By: FromAgent, Agent: from.Agent, Name: from.AgentName, EndedAt: now}
	if to.Survey.at(seg.ID) >= 0 {
		return to, nil
	}
	if from.Inbound > from.Answered || cooling(c, now) {
		to.Survey.Owed = &seg
		return to, nil
	}
	to.Survey = to.Survey.asked(seg, c, now)
	return to, &seg
}

// Solved is a conversation whose matter is over while the bot has it: his case has come to an end (c), or he says so. The
// question is about the bot, or about the agent before, if that was put off.
func Solved(conv Conversation, c *cases.Case, now time.Time) (Conversation, *Segment) {
	if conv.Holder != HeldByBot || cooling(c, now) {
		return conv, nil
	}
	if owed := conv.Survey.Owed; owed != nil {
		conv.Survey.Owed = nil
		if owed.Open(now) {
			conv.Survey = conv.Survey.asked(*owed, c, now)
			return conv, owed
		}
	}
	seg := Segment{ID: fmt.Sprintf("bot:%d", conv.Epoch), By: FromBot, EndedAt: now}
	if c != nil {
		seg.ID += ":" + string(c.ID)
	}
	if conv.Survey.Served == 0 || conv.Survey.at(seg.ID) >= 0 {
		return conv, nil
	}
	conv.Survey = conv.Survey.asked(seg, c, now)
	return conv, &seg
}

// The values of ActRate besides "1" to "5".
const (
	RateNo      = "no"      // he does not want to score it, or has nothing to add
	RateComment = "comment" // his next text is a comment
)

// starsOf is how many stars a value of ActRate gives; 0: none.
func starsOf(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > Stars {
		return 0
	}
	return n
}

// RateButtons are what the question about a segment offers.
func RateButtons(s Segment) []ButtonSpec {
	var out []ButtonSpec
	for n := Stars; n > 0; n-- {
		out = append(out, rateButton(s.ID, strconv.Itoa(n)))
	}
	return append(out, rateButton(s.ID, RateNo))
}

func rateButton(segment, value string) ButtonSpec {
	b := ButtonSpec{Action: ActRate, Args: Args{"segment": segment, "value": value}, Label: "button.rate." + value}
	if stars := starsOf(value); stars > 0 {
		b.Slots = Slots{"stars": stars}
	}
	return b
}

// rate takes a press on such a card. It leaves whatever is going on as it is, and nobody owes an answer for it.
func (t *turn) rate(p Pressed) {
	s := t.conv.Survey
	s.Comment, s.Until = "", time.Time{}
	defer func() { t.plan.Survey = &s }()
	i := s.at(p.Args["segment"])
	if i < 0 {
		t.say("csat.expired", nil)
		return
	}
	x := s.Scores[i]
	switch late := !x.AnsweredAt.IsZero() && t.now.Sub(x.AnsweredAt) >= ScoreChange; {
	case x.AnsweredAt.IsZero() && !x.Open(t.now):
		t.say("csat.expired", nil)
		return
	case late:
		t.say("csat.closed", Slots{"minutes": int(ScoreChange / time.Minute)})
		return
	}
	v := p.Args["value"]
	stars := starsOf(v)
	switch {
	case v == RateNo:
		x.Declined = x.Stars == 0
		s = s.with(i, x)
		t.say("csat.declined", nil)
	case v == RateComment:
		if t.conv.Holder != HeldByBot {
			t.say("csat.comment_human", nil) // what he writes now is for the agent
			return
		}
		s.Comment, s.Until = x.ID, t.now.Add(ScoreChange)
		card := choices(rateButton(x.ID, RateNo))
		card.Buttons[0].Label = "button.rate.no_comment"
		t.plan.Replies = append(t.plan.Replies, Reply{Key: "csat.comment_ask", Slots: Slots{"max": CommentRunes}, Card: &card})
	case stars > 0:
		if !x.AnsweredAt.IsZero() && x.Stars != stars {
			x.ChangedAt = t.now
		}
		if x.AnsweredAt.IsZero() {
			x.AnsweredAt = t.now
			x = x.about(t.scene.Case)
		}
		x.Stars, x.Declined = stars, false
		s = s.with(i, x)
		reply := Reply{Key: "csat.thanks", Slots: Slots{"stars": stars, "of": Stars, "minutes": int(ScoreChange / time.Minute)}}
		if t.conv.Holder == HeldByBot {
			card := choices(rateButton(x.ID, RateComment))
			reply.Card = &card
		}
		t.plan.Replies = append(t.plan.Replies, reply)
	}
}

// comments takes a text as the comment that he announced. What cannot be one is dealt with as ever: he wants a person,
// or has thought of something else to press.
func (t *turn) comments(in Input) bool {
	s := t.conv.Survey
	if s.Comment == "" {
		return false
	}
	if p, pressed := in.(Pressed); pressed && p.Action == ActRate {
		return false
	}
	id, until := s.Comment, s.Until
	s.Comment, s.Until = "", time.Time{}
	t.plan.Survey = &s
	h, heard := in.(Heard)
	i := s.at(id)
	if !heard || i < 0 || h.Past || h.Intent == IntentHuman || h.Intent == IntentEmpty || !t.now.Before(until) {
		return false
	}
	if len([]rune(h.Text)) > CommentRunes {
		s.Comment, s.Until = id, until
		card := choices(rateButton(id, RateNo))
		card.Buttons[0].Label = "button.rate.no_comment"
		t.plan.Replies = append(t.plan.Replies, Reply{Key: "csat.comment_long", Slots: Slots{"max": CommentRunes}, Card: &card})
		return true
	}
	x := s.Scores[i]
	x.Comment, x.ChangedAt = h.Text, t.now
	s = s.with(i, x)
	t.say("csat.commented", nil)
	return true
}

// serves notes that the bot has dealt with something, which may be scored.
func (t *turn) serves(in Input) {
	switch in := in.(type) {
	case Heard:
		answered := slices.ContainsFunc(t.plan.Replies, func(r Reply) bool { return r.Topic != "" })
		if !answered && (slices.Contains(small, in.Intent) || slices.Contains([]Intent{IntentHuman, IntentSolved, IntentDistress, IntentThreat}, in.Intent)) {
			return
		}
	case Pressed:
		if in.Action == ActRate || in.Action == ActHuman || in.Action == ActBot {
			return
		}
	}
	s := t.conv.Survey
	if t.plan.Survey != nil {
		s = *t.plan.Survey
	}
	s.Served++
	t.plan.Survey = &s
}

// solved: he says that it is.
func (t *turn) solved() {
	if t.draft() != nil && t.flow.Step != StepIdle {
		t.cancels() // then the draft may go
		return
	}
	t.say("solved", nil)
	t.plan.Solved = true
}
