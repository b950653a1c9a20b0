package dialog

import (
	"errors"
	"strings"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

var scoredAt = time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)

// spokenTo is a conversation whose agent, whom the buyer wanted, has written to him.
func spokenTo() Conversation {
	c := Conversation{ID: "d_1", Buyer: "b", Holder: HeldByBot}
	c = Wait(c, HandoffAsked, scoredAt)
	c, _ = Claim(c, "li", "小李", c.Epoch, scoredAt.Add(time.Minute))
	c.SpokeAt = scoredAt.Add(2 * time.Minute)
	return c
}

func resolved(t *testing.T, c Conversation, about *cases.Case, now time.Time) (Conversation, *Segment) {
	t.Helper()
	next, err := Resolve(c, "li", c.Epoch, now)
	if err != nil {
		t.Fatalf("resolve: %v", err)
	}
	return Ended(c, next, BackResolved, about, now)
}

func rates(c Conversation, value string, now time.Time) (Conversation, Plan) {
	seg := c.Survey.Scores[len(c.Survey.Scores)-1].ID
	plan := Next(c, Scene{Policy: policy.Default(), Now: now}, Pressed{On: 3, Action: ActRate, Args: Args{"segment": seg, "value": value}}, now)
	if plan.Survey != nil {
		c.Survey = *plan.Survey
	}
	c.Flow = plan.Flow
	return c, plan
}

func last(c Conversation) Score { return c.Survey.Scores[len(c.Survey.Scores)-1] }

func TestAnAgentsPartIsAskedAboutOnceAndOnlyWhereThereIsSomethingToScore(t *testing.T) {
	end := scoredAt.Add(5 * time.Minute)
	for name, tc := range map[string]struct {
		conv  func() Conversation
		why   Reason
		about *cases.Case
		asked bool
		owed  bool
	}{
		"resolved":         {conv: spokenTo, why: BackResolved, asked: true},
		"given back":       {conv: spokenTo, why: BackReleased, asked: true},
		"nobody wrote":     {conv: spokenTo, why: BackIdle},
		"the buyer left":   {conv: spokenTo, why: BackLeft},
		"said nothing":     {conv: func() Conversation { c := spokenTo(); c.SpokeAt = scoredAt; return c }, why: BackResolved},
		"not all answered": {conv: func() Conversation { c := spokenTo(); c.Inbound, c.Answered = 9, 8; return c }, why: BackResolved, owed: true},
		"just refused":     {conv: spokenTo, why: BackResolved, about: &cases.Case{ID: "c_1", State: cases.ClosedNotSupported, UpdatedAt: end}, owed: true},
		"refused long ago": {conv: spokenTo, why: BackResolved, about: &cases.Case{ID: "c_1", State: cases.MerchantRejected, UpdatedAt: end.Add(-CoolOff)}, asked: true},
		"just not eligible": {
			conv: spokenTo, why: BackResolved, owed: true,
			about: &cases.Case{ID: "c_1", State: cases.Draft, Verdict: &policy.Verdict{Kind: policy.NotEligible}, UpdatedAt: end},
		},
		"refunded": {conv: spokenTo, why: BackResolved, about: &cases.Case{ID: "c_1", State: cases.Refunded, UpdatedAt: end}, asked: true},
	} {
		t.Run(name, func(t *testing.T) {
			from := tc.conv()
			to := Return(from, end)
			got, seg := Ended(from, to, tc.why, tc.about, end)
			if (seg != nil) != tc.asked || (got.Survey.Owed != nil) != tc.owed {
				t.Fatalf("asked %v, owed %v; want %v, %v", seg, got.Survey.Owed, tc.asked, tc.owed)
			}
			if !tc.asked {
				return
			}
			s := last(got)
			if s.By != FromAgent || s.Agent != "li" || s.Result != ResultOf(tc.about) || !s.AskedAt.Equal(end) {
				t.Errorf("score: %+v", s)
			}
			if again, twice := Ended(from, got, tc.why, tc.about, end.Add(time.Second)); twice != nil || len(again.Survey.Scores) != 1 {
				t.Errorf("the same part was asked about twice: %+v", again.Survey)
			}
		})
	}
}

func TestAnAgentCannotAskForScores(t *testing.T) {
	c, _ := resolved(t, spokenTo(), nil, scoredAt.Add(5*time.Minute))
	now := scoredAt.Add(time.Hour)
	taken, err := TakeOver(c, "li", "小李", c.Epoch, now)
	if err != nil {
		t.Fatal(err)
	}
	taken.SpokeAt = now.Add(time.Minute)
	if _, seg := resolved(t, taken, nil, now.Add(2*time.Minute)); seg != nil {
		t.Errorf("an agent who took the chat unasked has the buyer asked again: %+v", seg)
	}
	wanted := Wait(c, HandoffReopened, now)
	if wanted, err = Claim(wanted, "li", "小李", wanted.Epoch, now); err != nil {
		t.Fatal(err)
	}
	wanted.SpokeAt = now.Add(time.Minute)
	if _, seg := resolved(t, wanted, nil, now.Add(2*time.Minute)); seg == nil {
		t.Error("the buyer wanted a person again, and is not asked how it was")
	}
}

func TestAScoreIsOneAndMayBeChangedForAWhile(t *testing.T) {
	asked := scoredAt.Add(5 * time.Minute)
	c, _ := resolved(t, spokenTo(), nil, asked)
	first := asked.Add(time.Hour)
	c, plan := rates(c, "2", first)
	if s := last(c); s.Stars != 2 || !s.AnsweredAt.Equal(first) || len(plan.Replies) != 1 || plan.Replies[0].Key != "csat.thanks" {
		t.Fatalf("scored: %+v, %+v", s, plan.Replies)
	}
	c, _ = rates(c, "2", first.Add(time.Minute)) // again
	if s := last(c); s.Stars != 2 || !s.ChangedAt.IsZero() || len(c.Survey.Scores) != 1 {
		t.Errorf("the same again: %+v", c.Survey)
	}
	c, _ = rates(c, "4", first.Add(ScoreChange-time.Second))
	if s := last(c); s.Stars != 4 || !s.AnsweredAt.Equal(first) {
		t.Errorf("changed: %+v", s)
	}
	c, plan = rates(c, "1", first.Add(ScoreChange))
	if s := last(c); s.Stars != 4 || plan.Replies[0].Key != "csat.closed" {
		t.Errorf("changed too late: %+v, %+v", s, plan.Replies)
	}
}

func TestAQuestionExpires(t *testing.T) {
	asked := scoredAt.Add(5 * time.Minute)
	c, _ := resolved(t, spokenTo(), nil, asked)
	if in, _ := rates(c, "5", asked.Add(ScoreFor-time.Second)); last(in).Stars != 5 {
		t.Errorf("in time: %+v", last(in))
	}
	c, plan := rates(c, "5", asked.Add(ScoreFor))
	if last(c).Stars != 0 || plan.Replies[0].Key != "csat.expired" {
		t.Errorf("too late: %+v, %+v", last(c), plan.Replies)
	}
}

func TestWhatWasPutOffIsAskedWhenHeIsContentAndInTime(t *testing.T) {
	end := scoredAt.Add(5 * time.Minute)
	refused := &cases.Case{ID: "c_1", State: cases.ClosedNotSupported, UpdatedAt: end}
	c, _ := resolved(t, spokenTo(), refused, end)
	if _, seg := Solved(c, refused, end.Add(CoolOff-time.Second)); seg != nil {
		t.Errorf("asked within a day of a refusal: %+v", seg)
	}
	got, seg := Solved(c, refused, end.Add(CoolOff))
	if seg == nil || seg.By != FromAgent || got.Survey.Owed != nil || last(got).Result != ResultAdverse {
		t.Errorf("a day later: %+v, %+v", seg, got.Survey)
	}
	if got, seg := Solved(c, nil, end.Add(ScoreFor)); seg != nil || got.Survey.Owed != nil {
		t.Errorf("too late to be answered: %+v, %+v", seg, got.Survey)
	}
}

func TestTheBotIsScoredApart(t *testing.T) {
	c := Conversation{ID: "d_1", Holder: HeldByBot, Survey: Survey{Served: 1}}
	refunded := &cases.Case{ID: "c_1", State: cases.Refunded, UpdatedAt: scoredAt}
	c, seg := Solved(c, refunded, scoredAt)
	if seg == nil || seg.By != FromBot || last(c).Result != ResultHelped || last(c).Case != "c_1" {
		t.Fatalf("asked: %+v, %+v", seg, c.Survey)
	}
	if _, again := Solved(c, refunded, scoredAt.Add(time.Hour)); again != nil {
		t.Errorf("twice: %+v", again)
	}
	idle := Conversation{ID: "d_2", Holder: HeldByBot}
	if _, seg := Solved(idle, refunded, scoredAt); seg != nil {
		t.Errorf("the bot did nothing and is to be scored: %+v", seg)
	}
	held := Conversation{ID: "d_3", Holder: HeldByHuman, Survey: Survey{Served: 1}}
	if _, seg := Solved(held, refunded, scoredAt); seg != nil {
		t.Errorf("asked about the bot while a human has the floor: %+v", seg)
	}
}

func TestAPressWhileAHumanHoldsCountsAndMovesNothing(t *testing.T) {
	c, _ := resolved(t, spokenTo(), nil, scoredAt.Add(5*time.Minute))
	c = Wait(c, HandoffAsked, scoredAt.Add(time.Hour))
	c, _ = Claim(c, "wang", "小王", c.Epoch, scoredAt.Add(time.Hour))
	flow := c.Flow
	c, plan := rates(c, "5", scoredAt.Add(2*time.Hour))
	if last(c).Stars != 5 || last(c).Agent != "li" || plan.Do != nil || plan.Handoff != "" || plan.Return || plan.Flow.Step != flow.Step || plan.Replies[0].Card != nil {
		t.Errorf("plan %+v, score %+v", plan, last(c))
	}
	if _, plan = rates(c, RateComment, scoredAt.Add(2*time.Hour)); plan.Survey.Comment != "" || plan.Replies[0].Key != "csat.comment_human" {
		t.Errorf("a comment beside a human: %+v", plan)
	}
	if !UnderHuman(ActRate) || WantsAnswer(ActRate, HeldByHuman) {
		t.Error("a score must take effect whoever has the floor, and is for nobody to answer")
	}
}

func TestACommentIsTheNextTextAndNothingElse(t *testing.T) {
	c, _ := resolved(t, spokenTo(), nil, scoredAt.Add(5*time.Minute))
	now := scoredAt.Add(time.Hour)
	c, _ = rates(c, "3", now)
	c, _ = rates(c, RateComment, now)
	say := func(h Heard, at time.Time) Plan {
		return Next(c, Scene{Policy: policy.Default(), Now: at}, h, at)
	}
	if p := say(Heard{Text: "很好", Intent: IntentRefund}, now); p.Survey.Scores[0].Comment != "很好" || p.Survey.Comment != "" || p.Do != nil || p.Flow.Step != StepIdle {
		t.Errorf("a comment: %+v", p)
	}
	if p := say(Heard{Text: strings.Repeat("字", CommentRunes+1), Intent: IntentUnknown}, now); p.Survey.Scores[0].Comment != "" || p.Survey.Comment == "" || p.Replies[0].Key != "csat.comment_long" {
		t.Errorf("too long: %+v", p)
	}
	if p := say(Heard{Text: "转人工", Intent: IntentHuman}, now); p.Handoff != HandoffAsked || p.Survey.Scores[0].Comment != "" || p.Survey.Comment != "" {
		t.Errorf("wants a person: %+v", p)
	}
	if p := say(Heard{Text: "谢谢", Intent: IntentThanks}, now.Add(ScoreChange)); p.Survey.Scores[0].Comment != "" || p.Replies[0].Key != "thanks" {
		t.Errorf("later: %+v", p)
	}
}

func TestOnlyAButtonScores(t *testing.T) {
	c, seg := resolved(t, spokenTo(), nil, scoredAt)
	card := &Entry{Seq: 3, Card: &Card{Kind: CardChoices, Buttons: []Button{{Action: ActRate, Args: Args{"segment": seg.ID, "value": "5"}}}}}
	if err := CheckPress(c, card, Pressed{On: 3, Action: ActRate, Args: Args{"segment": seg.ID, "value": "5"}}); err != nil {
		t.Errorf("the button: %v", err)
	}
	for _, p := range []Pressed{
		{On: 3, Action: ActRate, Args: Args{"segment": seg.ID, "value": "9"}},
		{On: 3, Action: ActRate, Args: Args{"segment": "agent:99", "value": "5"}},
		{On: 0, Action: ActRate, Args: Args{"segment": seg.ID, "value": "5"}},
	} {
		on := card
		if p.On == 0 {
			on = nil
		}
		if err := CheckPress(c, on, p); !errors.Is(err, ErrUnknownAction) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestReopeningIsSoonAfterResolving(t *testing.T) {
	c, _ := resolved(t, spokenTo(), nil, scoredAt)
	const day = 24 * time.Hour
	if !c.Reopens(day, scoredAt.Add(day-time.Second)) || c.Reopens(day, scoredAt.Add(day)) || c.Work.LastAgent != "li" {
		t.Errorf("resolved: %+v", c.Work)
	}
	given := Return(spokenTo(), scoredAt)
	if given.Reopens(day, scoredAt) {
		t.Error("what was only given back is reopened")
	}
	c = Wait(c, HandoffReopened, scoredAt)
	if c, _ = Claim(c, "li", "小李", c.Epoch, scoredAt); c.Reopens(day, scoredAt) {
		t.Error("what somebody has again was resolved before")
	}
}
