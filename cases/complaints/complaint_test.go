package complaints

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
	"recourse/cases/policy"
)

// at is an instant of a test, on the marketplace's clock.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, policy.Zone())
	if err != nil {
		panic(err)
	}
	return t
}

// story is a complaint that is told step by step.
type story struct {
	t     *testing.T
	c     Complaint
	line  LineRecord
	marks []Mark
	now   time.Time
	last  Result
	seq   int
}

const id ID = "k_001_TEST"

var band = policy.Line{OrderID: "o1", LineID: "1", BuyerID: "xiaoli", ShopID: "shuma", ShopName: "数码小站", Title: "智能手环", Status: policy.Signed}

// filed is a buyer's complaint of Friday 2026-03-06 10:00 that the merchant can see.
func filed(t *testing.T) *story {
	s := &story{t: t}
	s.open("2026-03-06 09:00", Opening{By: cases.Buyer, Who: "xiaoli", Conversation: "d_001_X", Line: band})
	s.do("2026-03-06 10:00", cases.Buyer, EvFile, nil)
	s.do("2026-03-06 10:00", cases.System, EvForward, nil)
	return s
}

// byShop is a merchant's complaint that the buyer can see.
func byShop(t *testing.T) *story {
	s := &story{t: t}
	s.open("2026-03-06 10:00", Opening{
		By: cases.Merchant, Who: "shuma", Conversation: "d_001_X", Line: band, Kind: "malicious_claim", Text: "买家反复申请又撤销",
	})
	s.do("2026-03-06 10:00", cases.System, EvForward, nil)
	return s
}

func (s *story) open(when string, o Opening) {
	s.t.Helper()
	s.now = at(when)
	res, err := Open(id, o, s.env())
	if err != nil {
		s.t.Fatalf("open: %v", err)
	}
	s.take(res)
}

func (s *story) env() Env { return Env{Policy: policy.Default(), Line: s.line, Now: s.now} }

func (s *story) take(r Result) {
	s.last, s.c, s.line = r, r.Complaint, r.Line
	s.marks = append(s.marks, r.Mark)
}

// event is one that fits: as its actor would send it if he did everything right.
func (s *story) event(who cases.Actor, kind cases.EventKind) Event {
	s.seq++
	ev := Event{Key: fmt.Sprint(s.seq), Kind: kind, Actor: who, By: map[cases.Actor]string{cases.Buyer: "xiaoli", cases.Merchant: "shuma", cases.Agent: "agent-1"}[who], Confirmed: true}
	if who == cases.Agent && s.c.State == AppealReview {
		ev.By = "agent-2"
	}
	switch kind {
	case EvFile:
		ev.Complaint, ev.Text = "service_attitude", "问了三天都不理人，最后骂我"
	case EvReply, EvAnswer, EvAppeal, EvNotSatisfied:
		ev.Text = "这是说明"
	case EvUphold:
		ev.Text, ev.Measure = "聊天记录显示确有不当言辞", Warning
	case EvOverturn:
		ev.Text, ev.Measure = "复核后认为处理过轻，予以改正", Penalty
	case EvNotUphold, EvAffirm:
		ev.Text = "现有材料不足以认定违规行为"
	case EvSupplement:
		k := policy.EvidenceKind("chat_screenshot")
		if who == cases.Merchant {
			k = "merchant_notice"
		}
		ev.Evidence = []cases.Evidence{{ID: cases.EvidenceID(fmt.Sprintf("e_001_%d", s.seq)), Kind: k, Media: "image/png", At: s.now}}
	}
	return ev
}

func (s *story) try(when string, who cases.Actor, kind cases.EventKind, change func(*Event)) error {
	s.t.Helper()
	if when != "" {
		s.now = at(when)
	}
	ev := s.event(who, kind)
	if change != nil {
		change(&ev)
	}
	before := s.c
	res, err := s.c.Apply(s.env(), ev)
	if diff := cmp.Diff(before, s.c); diff != "" {
		s.t.Fatalf("Apply changed its receiver: %s", diff)
	}
	if err == nil {
		s.take(res)
	}
	return err
}

func (s *story) do(when string, who cases.Actor, kind cases.EventKind, change func(*Event)) {
	s.t.Helper()
	if err := s.try(when, who, kind, change); err != nil {
		s.t.Fatalf("%s by %s in %s: %v", kind, who, s.c.State, err)
	}
}

func (s *story) refuses(code cases.Code, when string, who cases.Actor, kind cases.EventKind, change func(*Event)) {
	s.t.Helper()
	if err := s.try(when, who, kind, change); cases.CodeOf(err) != code {
		s.t.Fatalf("%s by %s in %s: %v, want %s", kind, who, s.c.State, err, code)
	}
}

func (s *story) is(want State) {
	s.t.Helper()
	if s.c.State != want {
		s.t.Fatalf("complaint is %s, want %s", s.c.State, want)
	}
}

func (s *story) told(who cases.Actor, key string) {
	s.t.Helper()
	if !slices.Contains(s.last.Notices, cases.Notice{To: who, Key: key}) {
		s.t.Errorf("%s: %v does not tell %s %q", s.last.Transition, s.last.Notices, who, key)
	}
}

func (s *story) until(t cases.Timer, want string) {
	s.t.Helper()
	if got := s.c.Deadlines[t]; !got.Equal(at(want)) {
		s.t.Errorf("%s is due %s, want %s", t, got.In(policy.Zone()), want)
	}
}

// The road of domain §3.10 and F3-36 to F3-40, with the clocks that the policy sets.
func TestAComplaintGoesFromFilingToTheBuyersConfirmation(t *testing.T) {
	s := &story{t: t}
	s.open("2026-03-06 09:00", Opening{By: cases.Buyer, Who: "xiaoli", Line: band})
	s.until(TimerDraft, "2026-03-13 09:00")
	s.do("2026-03-06 09:30", cases.Buyer, EvSupplement, nil)
	s.do("2026-03-06 10:00", cases.Buyer, EvFile, nil)
	s.is(Filed)
	s.told(cases.Buyer, "filed")
	s.until(TimerAudit, "2026-03-18 00:00") // seven workdays from filing (F3-08)
	s.do("2026-03-06 10:05", cases.System, EvForward, nil)
	s.is(MerchantReplyDue)
	s.told(cases.Merchant, "received")
	s.until(TimerReply, "2026-03-08 10:05")
	s.do("2026-03-07 10:00", cases.Merchant, EvReply, nil)
	s.is(SolutionProposed)
	s.told(cases.Buyer, "replied")
	s.told(cases.Agent, "waiting")
	s.do("2026-03-09 10:00", cases.Agent, EvClaim, nil)
	s.do("2026-03-09 11:00", cases.Agent, EvUphold, nil)
	s.is(UserConfirm)
	s.told(cases.Buyer, "upheld")
	s.told(cases.Merchant, "upheld_against")
	if s.last.Measure != Warning {
		t.Errorf("measure %q, want a warning", s.last.Measure)
	}
	s.until(TimerConfirm, "2026-03-16 11:00")
	s.refuses(cases.CodeEvidenceLocked, "", cases.Buyer, EvSupplement, nil)
	s.do("2026-03-10 09:00", cases.Buyer, EvConfirm, nil)
	s.is(ClosedResolved)
	s.refuses(cases.CodeDeadlinePassed, "", cases.Buyer, EvAppeal, nil) // he said that it is settled
	if len(s.c.Deadlines) != 0 || len(s.line.Open) != 0 {
		t.Errorf("a settled complaint leaves %v and %v", s.c.Deadlines, s.line.Open)
	}
}

func TestASilentMerchantIsAuditedAndFlagged(t *testing.T) {
	s := filed(t)
	if err := s.try("2026-03-08 09:59", cases.System, cases.TimerEvent(TimerReply), nil); !errors.Is(err, cases.ErrStale) {
		t.Fatalf("too early: %v", err)
	}
	s.refuses(cases.CodeDeadlinePassed, "2026-03-08 10:00", cases.Merchant, EvReply, nil)
	s.do("2026-03-08 10:00", cases.System, cases.TimerEvent(TimerReply), nil)
	s.is(PlatformAudit)
	if !s.c.Silent {
		t.Error("silence is not flagged")
	}
	s.told(cases.Buyer, "silent")
	s.told(cases.Merchant, "time_over")
	if err := s.try("", cases.System, cases.TimerEvent(TimerReply), nil); !errors.Is(err, cases.ErrStale) {
		t.Fatalf("fired twice: %v", err)
	}
	s.refuses(cases.CodeNotAssigned, "", cases.Agent, EvUphold, nil) // claim first
	s.do("2026-03-18 00:00", cases.System, cases.TimerEvent(TimerAudit), nil)
	s.is(PlatformAudit) // late is flagged; no clock decides
	if !s.c.Audit.Late {
		t.Error("late is not flagged")
	}
}

func TestSilenceOfTheBuyerClosesAndLeavesTheAppealOpen(t *testing.T) {
	s := filed(t)
	s.do("2026-03-07 10:00", cases.Merchant, EvReply, nil)
	s.do("2026-03-09 10:00", cases.Agent, EvClaim, nil)
	s.do("2026-03-09 11:00", cases.Agent, EvUphold, nil)
	s.do("2026-03-16 11:00", cases.System, cases.TimerEvent(TimerConfirm), nil)
	s.is(ClosedResolved)
	s.until(TimerAppeal, "2026-03-23 11:00")
	s.do("2026-03-23 11:00", cases.System, cases.TimerEvent(TimerAppeal), nil)
	s.refuses(cases.CodeDeadlinePassed, "", cases.Buyer, EvAppeal, nil)
}

func TestAnAppealIsDecidedByAnotherAgentAndOnlyOnce(t *testing.T) {
	s := filed(t)
	s.do("2026-03-07 10:00", cases.Merchant, EvReply, nil)
	s.do("2026-03-09 10:00", cases.Agent, EvClaim, nil)
	s.do("2026-03-09 11:00", cases.Agent, EvNotUphold, nil)
	s.is(ClosedNotUpheld)
	s.refuses(cases.CodeNotParty, "", cases.Merchant, EvAppeal, nil) // not his to appeal
	s.refuses(cases.CodeConfirmation, "", cases.Buyer, EvAppeal, func(ev *Event) { ev.Confirmed = false })
	s.do("2026-03-10 11:00", cases.Buyer, EvAppeal, nil)
	s.is(AppealReview)
	s.told(cases.Agent, "appealed")
	first := func(ev *Event) { ev.By = "agent-1" }
	s.refuses(cases.CodeNotAssigned, "", cases.Agent, EvClaim, first)
	s.refuses(cases.CodeNotAssigned, "", cases.Agent, EvClaim, func(ev *Event) { ev.By, ev.Role = "agent-1", "admin" })
	s.do("2026-03-11 09:00", cases.Agent, EvClaim, nil)
	s.refuses(cases.CodeNotAssigned, "", cases.Agent, EvAffirm, first)
	s.do("2026-03-11 10:00", cases.Agent, EvOverturn, nil)
	s.is(ClosedResolved)
	if s.c.Audit.Outcome != Upheld || s.last.Measure != Penalty {
		t.Errorf("overturned to %+v", s.c.Audit)
	}
	s.refuses(cases.CodeDeadlinePassed, "2026-03-11 11:00", cases.Buyer, EvAppeal, nil)
	more := *policy.Default() // what an appeal came to is final, however many may be made
	more.Values.Complaint.AppealMax.V = 3
	if may := s.c.Allowed(cases.Buyer, Env{Policy: &more, Line: s.line, Now: s.now}); slices.Contains(may, EvAppeal) {
		t.Errorf("a second appeal is open: %v", may)
	}
}

func TestNotSatisfiedOpensTheAppealAndAnAffirmedDecisionStandsWithItsMeasure(t *testing.T) {
	s := filed(t)
	s.do("2026-03-07 10:00", cases.Merchant, EvReply, nil)
	s.do("2026-03-09 10:00", cases.Agent, EvClaim, nil)
	s.do("2026-03-09 11:00", cases.Agent, EvUphold, nil)
	s.do("2026-03-10 11:00", cases.Buyer, EvNotSatisfied, nil)
	s.do("2026-03-11 11:00", cases.Buyer, EvAppeal, nil)
	s.do("2026-03-12 09:00", cases.Agent, EvClaim, nil)
	s.refuses(cases.CodeFieldRequired, "", cases.Agent, EvOverturn, func(ev *Event) { ev.Measure = Warning }) // that changes nothing
	s.do("2026-03-12 10:00", cases.Agent, EvAffirm, nil)
	s.is(ClosedResolved)
	if s.c.Audit.Measure != Warning || s.last.Measure != "" {
		t.Errorf("measure %q, ordered again %q", s.c.Audit.Measure, s.last.Measure)
	}
}

// F3-14, F3-15: a shop complains; the buyer is heard; nothing is left to confirm.
func TestAMerchantsComplaintHearsTheBuyerAndEndsWithTheAudit(t *testing.T) {
	s := byShop(t)
	s.is(BuyerAnswerDue)
	s.told(cases.Buyer, "received")
	s.refuses(cases.CodeNotParty, "", cases.Buyer, EvWithdraw, nil) // not his complaint
	s.do("2026-03-07 10:00", cases.Buyer, EvAnswer, nil)
	s.is(PlatformAudit)
	s.told(cases.Merchant, "answered")
	s.do("2026-03-09 10:00", cases.Agent, EvClaim, nil)
	s.do("2026-03-09 11:00", cases.Agent, EvUphold, nil)
	s.is(ClosedResolved)
	s.told(cases.Buyer, "upheld_against")
	s.refuses(cases.CodeNotParty, "", cases.Buyer, EvAppeal, nil)
	s.do("2026-03-10 11:00", cases.Merchant, EvAppeal, nil)
}

func TestWhatAComplaintMustSay(t *testing.T) {
	open := func() *story {
		s := &story{t: t}
		s.open("2026-03-06 09:00", Opening{By: cases.Buyer, Who: "xiaoli", Line: band})
		return s
	}
	long := strings.Repeat("长", policy.Default().Values.Evidence.DescriptionMax.V+1)
	for name, tc := range map[string]struct {
		code   cases.Code
		change func(*Event)
	}{
		"no kind":           {cases.CodeFieldRequired, func(ev *Event) { ev.Complaint = "" }},
		"a merchant's kind": {cases.CodeFieldRequired, func(ev *Event) { ev.Complaint = "malicious_claim" }},
		"no words":          {cases.CodeFieldRequired, func(ev *Event) { ev.Text = " \n" }},
		"too many words":    {cases.CodeFieldRequired, func(ev *Event) { ev.Text = long }},
		"no confirmation":   {cases.CodeConfirmation, func(ev *Event) { ev.Confirmed = false }},
		"another buyer":     {cases.CodeNotParty, func(ev *Event) { ev.By = "somebody" }},
		"a stale view":      {cases.CodeVersionConflict, func(ev *Event) { ev.Expect = 7 }},
		"evidence of the shop": {cases.CodeEvidenceRejected, func(ev *Event) {
			ev.Evidence = []cases.Evidence{{ID: "e", Kind: "merchant_notice", Media: "image/png"}}
		}},
	} {
		t.Run(name, func(t *testing.T) { open().refuses(tc.code, "", cases.Buyer, EvFile, tc.change) })
	}
	t.Run("the same grievance on the same line while it is open", func(t *testing.T) {
		s := open()
		s.line.Open = map[string]ID{"buyer:service_attitude": "k_001_OTHER"}
		err := s.try("", cases.Buyer, EvFile, nil)
		var refused *cases.Error
		if !errors.As(err, &refused) || refused.Code != cases.CodeAlreadyOpen || refused.OpenCase != "k_001_OTHER" {
			t.Fatalf("%v", err)
		}
		s.do("", cases.Buyer, EvFile, func(ev *Event) { ev.Complaint = "harassment" }) // another one may be
	})
	t.Run("a merchant's must be whole at once", func(t *testing.T) {
		_, err := Open(id, Opening{By: cases.Merchant, Who: "shuma", Line: band, Kind: "malicious_claim"}, open().env())
		if cases.CodeOf(err) != cases.CodeFieldRequired {
			t.Fatalf("%v", err)
		}
		_, err = Open(id, Opening{By: cases.Merchant, Who: "other", Line: band, Kind: "malicious_claim", Text: "x"}, open().env())
		if cases.CodeOf(err) != cases.CodeNotParty {
			t.Fatalf("%v", err)
		}
	})
}

// Random walks: whatever is tried in whatever order, what must hold holds.
func TestInvariantsHoldOnEveryWalk(t *testing.T) {
	fired := map[string]int{}
	reached := map[State]bool{}
	for seed := range uint64(3000) {
		walk(t, rand.New(rand.NewPCG(seed, 7)), fired, reached)
	}
	for _, row := range Table() {
		if fired[row.ID] == 0 {
			t.Errorf("no walk fired %s (%s)", row.ID, row.Event)
		}
	}
	for _, s := range States() {
		if !reached[s.State] {
			t.Errorf("no walk reached %s", s.State)
		}
	}
}

func walk(t *testing.T, rng *rand.Rand, fired map[string]int, reached map[State]bool) {
	s := &story{t: t}
	if rng.IntN(3) == 0 {
		s.open("2026-03-06 10:00", Opening{By: cases.Merchant, Who: "shuma", Line: band, Kind: "malicious_claim", Text: "x"})
	} else {
		s.open("2026-03-06 10:00", Opening{By: cases.Buyer, Who: "xiaoli", Line: band})
		if rng.IntN(4) > 0 {
			s.do("", cases.Buyer, EvFile, nil)
			fired["K02"]++
		}
	}
	actors := []cases.Actor{cases.Buyer, cases.Merchant, cases.Agent, cases.System}
	for range 40 {
		reached[s.c.State] = true
		who, kind := actors[rng.IntN(len(actors))], table[rng.IntN(len(table))].Event
		if rng.IntN(3) > 0 { // somebody does what he is offered
			who = actors[rng.IntN(3)]
			if may := s.c.Allowed(who, s.env()); len(may) > 0 {
				kind = may[rng.IntN(len(may))]
			}
		}
		if (kind == EvWithdraw || kind == EvDiscard || kind == EvSupplement) && rng.IntN(8) > 0 { // or most walks would end early
			continue
		}
		ev := s.event(who, kind)
		if rng.IntN(8) == 0 {
			ev.By = "stranger"
		}
		if rng.IntN(8) == 0 {
			ev.Text, ev.Measure, ev.Confirmed = "", "", false
		}
		if rng.IntN(2) == 0 && ev.Kind == EvClaim {
			ev.By = []string{"agent-1", "agent-2"}[rng.IntN(2)]
		}
		allowed := s.c.Allowed(ev.Actor, s.env())
		was, marks := s.c, len(s.marks)
		res, err := s.c.Apply(s.env(), ev)
		if err == nil {
			s.take(res)
			fired[res.Transition]++
			check(t, s, was, ev, allowed)
			if again, err := s.c.Apply(s.env(), ev); err == nil && isTimer(ev) {
				t.Fatalf("%s fired twice: %+v", ev.Kind, again.Mark)
			}
		} else if len(s.marks) != marks {
			t.Fatal("a refused event left a mark")
		}
		s.now = s.now.Add(time.Duration(rng.IntN(20)) * time.Hour)
		idle := rng.IntN(12) == 0
		if idle {
			s.now = s.now.AddDate(0, 0, 7) // nobody does anything for a week
		}
		if idle || rng.IntN(3) == 0 { // the runner comes by
			for _, name := range slices.Sorted(maps.Keys(s.c.Deadlines)) {
				if !s.now.Before(s.c.Deadlines[name]) {
					res, err := s.c.Apply(s.env(), s.event(cases.System, cases.TimerEvent(name)))
					if err != nil {
						t.Fatalf("%s in %s is due and refused: %v", name, s.c.State, err)
					}
					fired[res.Transition]++
					s.take(res)
					reached[s.c.State] = true
				}
			}
		}
	}
	if got, err := Replay(s.marks, policy.Default()); err != nil || !cmp.Equal(got, s.c) {
		t.Fatalf("replay differs (%v): %s", err, cmp.Diff(s.c, got))
	}
}

func isTimer(ev Event) bool { _, ok := ev.timer(); return ok }

func check(t *testing.T, s *story, was Complaint, ev Event, allowed []cases.EventKind) {
	t.Helper()
	c := s.c
	if ev.By == "stranger" && ev.Actor != cases.System && ev.Actor != cases.Agent {
		t.Fatalf("a stranger caused %s", ev.Kind)
	}
	if c.Version != was.Version+1 {
		t.Fatalf("version %d after %d", c.Version, was.Version)
	}
	if ev.Actor != cases.System && !slices.Contains(allowed, ev.Kind) {
		t.Fatalf("%s by %s was taken in %s but not offered", ev.Kind, ev.Actor, was.State)
	}
	if was.State.Terminal() && c.State != was.State && (ev.Kind != EvAppeal || was.Audit.Appeals > 0) {
		t.Fatalf("%s left %s for %s", ev.Kind, was.State, c.State)
	}
	if was.Audit.Outcome != c.Audit.Outcome && ev.Actor != cases.Agent {
		t.Fatalf("%s by %s made an outcome", ev.Kind, ev.Actor)
	}
	if c.Audit.Appeals == 1 && was.State == AppealReview && c.State != AppealReview && ev.By == c.Audit.FirstAgent {
		t.Fatal("the first agent decided the appeal")
	}
	if s.last.Measure != "" && (ev.Actor != cases.Agent || ev.Kind != EvUphold && ev.Kind != EvOverturn) {
		t.Fatalf("%s ordered a measure", ev.Kind)
	}
	info := c.State.Info()
	if !c.State.Terminal() && info.Timer != "" && c.Deadlines[info.Timer].IsZero() && (info.Waits != cases.Agent && info.Waits != cases.System || !c.Audit.Late) {
		t.Fatalf("%s has no deadline", c.State)
	}
	if !c.State.Terminal() && info.Waits != cases.System && len(c.Allowed(info.Waits, s.env())) == 0 {
		t.Fatalf("%s waits for %s, who can do nothing", c.State, info.Waits)
	}
	seen := map[cases.Actor]bool{}
	for _, n := range s.last.Notices {
		if seen[n.To] {
			t.Fatalf("%s tells %s twice", s.last.Transition, n.To)
		}
		seen[n.To] = true
	}
	if open := s.line.Open[openKey(c.By, c.Kind)] == c.ID; open != (!c.State.Terminal() && c.State != Draft) {
		t.Fatalf("%s, and the line says open: %v", c.State, open)
	}
}
