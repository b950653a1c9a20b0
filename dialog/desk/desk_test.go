package desk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/dialog"
)

var (
	wall   = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	market = time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	rules  = Default()
)

func at(d time.Duration) Now { return Now{wall.Add(d), market.Add(d)} }

// agents come to the desk with room for some conversations.
func agents(s *State, capacity int, logins ...string) {
	for _, l := range logins {
		s.Arrive(Agent{Login: l, Name: l, Capacity: capacity}, rules)
	}
}

// wait makes a conversation wait since a while.
func wait(s *State, id string, since time.Duration, change ...func(*dialog.Conversation)) dialog.Conversation {
	c := dialog.Wait(dialog.Conversation{ID: dialog.ID(id), Version: 1, Epoch: 1, Locale: dialog.ZH}, dialog.HandoffAsked, market.Add(since))
	for _, f := range change {
		f(&c)
	}
	s.Follow(c, time.Time{}, at(0))
	return c
}

func take(t *testing.T, s *State, c dialog.Conversation, login string, now Now) dialog.Conversation {
	t.Helper()
	c, err := dialog.Claim(c, login, login, c.Epoch, now.Market)
	if err != nil {
		t.Fatal(err)
	}
	c.Version++
	s.Follow(c, time.Time{}, now)
	return c
}

func offers(s *State) map[dialog.ID]string {
	out := map[dialog.ID]string{}
	for id, c := range s.Chats {
		if c.Offer != nil {
			out[id] = c.Offer.To
		}
	}
	return out
}

func wantOffers(t *testing.T, s *State, want map[dialog.ID]string) {
	t.Helper()
	if diff := cmp.Diff(want, offers(s)); diff != "" {
		t.Errorf("offers (-want +got):\n%s", diff)
	}
}

func TestTheNearestDeadlineGoesFirstThenTheLongestWait(t *testing.T) {
	s := New()
	for id, due := range map[string]time.Duration{"none": 0, "late": 72 * time.Hour, "day": 20 * time.Hour, "hour": 50 * time.Minute, "over": -time.Minute} {
		c := wait(s, id, -time.Minute)
		if due != 0 {
			s.Follow(c, market.Add(due), at(0))
		}
	}
	wait(s, "older", -time.Hour)
	var got []string
	for _, c := range s.Queue(at(0), rules) {
		got = append(got, string(c.Conversation))
	}
	if diff := cmp.Diff([]string{"hour", "over", "day", "older", "late", "none"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestTheLastAgentFirstThenFewestOpenThenLongestIdle(t *testing.T) {
	s := New()
	agents(s, 3, "a", "b", "c")
	take(t, s, wait(s, "1", 0), "a", at(0))
	take(t, s, wait(s, "2", 0), "b", at(time.Second))
	wait(s, "known", -3*time.Minute, func(c *dialog.Conversation) { c.Work.LastAgent = "a" })
	wait(s, "new", -2*time.Minute)
	wait(s, "next", -time.Minute)
	s.Assign(at(time.Minute), rules)
	// a had "known" before; c has nothing; then b and c have one each, and b has had nothing for longer.
	wantOffers(t, s, map[dialog.ID]string{"known": "a", "new": "c", "next": "b"})
}

func TestNobodyIsOfferedWhatHeCannotDoWhileAnotherCan(t *testing.T) {
	s := New()
	s.Arrive(Agent{Login: "zh", Name: "zh", Capacity: 9, Languages: []dialog.Locale{dialog.ZH}}, rules)
	s.Arrive(Agent{Login: "en", Name: "en", Capacity: 1, Languages: []dialog.Locale{dialog.EN}, Skills: []string{"appeal"}}, rules)
	english := func(c *dialog.Conversation) { c.Locale = dialog.EN }
	wait(s, "1", -2*time.Minute, english)
	wait(s, "2", -time.Minute, english)
	wait(s, "3", -time.Second, func(c *dialog.Conversation) { c.Work.Skill = "appeal" })
	s.Assign(at(0), rules)
	// Nobody has Chinese and appeals; the skill counts for more, and its agent is busy.
	wantOffers(t, s, map[dialog.ID]string{"1": "en"})
	s.Present("en", false, at(0))
	s.Expire(at(0).plus(rules.Accept), rules)
	s.Assign(at(0).plus(rules.Accept), rules)
	// Nobody at work has English any more: somebody is better than nobody.
	wantOffers(t, s, map[dialog.ID]string{"1": "zh", "2": "zh", "3": "zh"})
}

func (n Now) plus(d time.Duration) Now { return Now{n.Wall.Add(d), n.Market.Add(d)} }

func TestAnOfferThatIsNotTakenGoesOnWithItsAge(t *testing.T) {
	s := New()
	agents(s, 1, "a", "b")
	wait(s, "x", -time.Hour)
	now := at(0)
	s.Assign(now, rules)
	wantOffers(t, s, map[dialog.ID]string{"x": "a"})
	now = now.plus(rules.Accept)
	if gone := s.Expire(now, rules); len(gone) != 1 || !gone[0].Since.Equal(market.Add(-time.Hour)) {
		t.Fatalf("ran out: %+v", gone)
	}
	s.Assign(now, rules)
	wantOffers(t, s, map[dialog.ID]string{"x": "b"})
	if !s.Decline("x", "b", now) || s.Decline("x", "b", now) {
		t.Error("an offer is declined once, by whom it is made")
	}
	s.Assign(now, rules)
	wantOffers(t, s, map[dialog.ID]string{}) // both have let it pass
	now = Now{s.Next(now, rules), now.Market}
	s.Assign(now, rules)
	wantOffers(t, s, map[dialog.ID]string{"x": "a"}) // asked anew, and a was asked longer ago
	if st := s.Agents["a"].Status; st != Online {
		t.Errorf("after one miss a is %s", st)
	}
}

func TestTwoMissesInARowSetAwayAndBackOnlineForgetsThem(t *testing.T) {
	s := New()
	agents(s, 2, "a")
	wait(s, "1", -time.Hour)
	wait(s, "2", -time.Minute)
	s.Assign(at(0), rules)
	s.Expire(at(rules.Accept), rules)
	if a := s.Agents["a"]; a.Status != Away || a.Misses != 2 {
		t.Errorf("after two misses: %+v", a)
	}
	s.Set("a", Online)
	if a := s.Agents["a"]; a.Status != Online || a.Misses != 0 {
		t.Errorf("back: %+v", a)
	}
}

func TestWhatWaitsForTheBuyerFreesItsPlaceUntilHeWrites(t *testing.T) {
	s := New()
	agents(s, 1, "a")
	c := wait(s, "quiet", -time.Hour)
	c.Inbound = 1
	c = take(t, s, c, "a", at(0))
	wait(s, "next", -time.Minute)
	if s.Assign(at(time.Hour), rules); len(offers(s)) != 0 {
		t.Errorf("offered while the buyer is owed an answer: %v", offers(s))
	}
	c.Answered, c.Last = 2, 2
	s.Follow(c, time.Time{}, at(time.Hour))
	if s.Assign(at(time.Hour), rules); len(offers(s)) != 0 {
		t.Errorf("offered as soon as the agent has answered: %v", offers(s))
	}
	free := at(time.Hour + rules.Quiet)
	if next := s.Next(at(time.Hour), rules); !next.Equal(free.Wall) {
		t.Errorf("next %s, want %s", next, free.Wall)
	}
	s.Assign(free, rules)
	wantOffers(t, s, map[dialog.ID]string{"next": "a"})
	c.Inbound, c.Last = 3, 3
	s.Follow(c, time.Time{}, free)
	if loads := s.Loads(free, rules); loads["a"] != 2 {
		t.Errorf("he writes again: %v, want 2 of 1", loads)
	}
}

func TestAnAgentWhoIsGoneKeepsHisForAGraceAndThenItIsLost(t *testing.T) {
	s := New()
	agents(s, 1, "a")
	take(t, s, wait(s, "x", -time.Hour), "a", at(0))
	s.Present("a", false, at(time.Minute))
	gone := at(time.Minute).plus(rules.Grace)
	if lost := s.Lost(gone.plus(-time.Second), rules); len(lost) != 0 {
		t.Errorf("lost within the grace: %v", lost)
	}
	if next := s.Next(at(time.Minute), rules); !next.Equal(gone.Wall) {
		t.Errorf("next %s, want %s", next, gone.Wall)
	}
	if lost := s.Lost(gone, rules); len(lost) != 1 || lost[0].Agent != "a" {
		t.Errorf("lost: %v", lost)
	}
	s.Arrive(Agent{Login: "a", Name: "a", Capacity: 1}, rules)
	if lost := s.Lost(gone, rules); len(lost) != 0 {
		t.Errorf("lost though he is back: %v", lost)
	}
}

func TestPassedOnToAColleagueItIsOfferedToHimFirst(t *testing.T) {
	s := New()
	agents(s, 2, "a", "b", "c")
	c := take(t, s, wait(s, "x", -time.Hour), "a", at(0))
	c, err := dialog.Transfer(c, "a", dialog.Target{Agent: "c"}, c.Epoch, market)
	if err != nil {
		t.Fatal(err)
	}
	c.Version++
	s.Follow(c, time.Time{}, at(0))
	s.Assign(at(0), rules)
	wantOffers(t, s, map[dialog.ID]string{"x": "c"})
	s.Decline("x", "c", at(0))
	s.Follow(c, time.Time{}, at(0)) // told again, he has still let it pass
	if s.Chats["x"].Passed["c"].IsZero() {
		t.Error("that he let it pass is forgotten")
	}
	s.Assign(at(0), rules)
	wantOffers(t, s, map[dialog.ID]string{"x": "b"}) // not to who passed it on, though he had it last
}

func TestAnOlderStateIsNotFollowed(t *testing.T) {
	s := New()
	agents(s, 1, "a")
	waiting := wait(s, "x", 0)
	take(t, s, waiting, "a", at(0))
	s.Follow(waiting, time.Time{}, at(0))
	if s.Chats["x"].Agent != "a" {
		t.Errorf("went back: %+v", s.Chats["x"])
	}
}

func TestTheEstimateIsARangeAndHiddenWhileThereIsTooLittleToTell(t *testing.T) {
	s := New()
	agents(s, 1, "a", "b")
	take(t, s, wait(s, "1", 0), "a", at(0))
	take(t, s, wait(s, "2", 0), "b", at(0))
	if w := s.Estimate(1, at(0), rules); w != (Wait{}) {
		t.Errorf("with nothing handled: %v", w)
	}
	s.Handled = []time.Duration{4 * time.Minute, 8 * time.Minute, 10 * time.Minute, 12 * time.Minute, 40 * time.Minute}
	if w := s.Estimate(2, at(0), rules); w != (Wait{8 * time.Minute, 12 * time.Minute}) {
		t.Errorf("second of two agents: %v", w)
	}
	s.Set("b", Away)
	if w := s.Estimate(2, at(0), rules); w != (Wait{16 * time.Minute, 24 * time.Minute}) {
		t.Errorf("second of one agent: %v", w)
	}
	s.Set("a", Away)
	if w := s.Estimate(1, at(0), rules); w != (Wait{}) {
		t.Errorf("with nobody: %v", w)
	}
}

func TestThePromiseIsAPlaceOrWhenTheDeskOpens(t *testing.T) {
	s := New()
	h, err := ParseHours("h", []byte("zone: UTC\nweek: {mon: [\"09:00-18:00\"]}"))
	if err != nil {
		t.Fatal(err)
	}
	opens := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC) // the market's day is a Monday, 8:00
	wait(s, "1", -time.Hour)
	if d := s.Promise(dialog.ZH, time.Time{}, at(0), rules, h); d.Agents != 0 || d.Place != 0 || !d.OpensAt.Equal(opens) {
		t.Errorf("with nobody there: %+v", d)
	}
	agents(s, 1, "a")
	take(t, s, wait(s, "2", -time.Hour), "a", at(0))
	s.Handled = []time.Duration{time.Minute, 4 * time.Minute, 4 * time.Minute, 4 * time.Minute, 4 * time.Minute}
	want := dialog.Desk{Known: true, Place: 2, Waiting: 1, Agents: 1, About: 8 * time.Minute}
	if diff := cmp.Diff(want, s.Promise(dialog.ZH, time.Time{}, at(0), rules, h)); diff != "" {
		t.Errorf("with an agent (-want +got):\n%s", diff)
	}
	if d := s.Promise(dialog.ZH, market.Add(time.Hour), at(0), rules, h); d.Place != 1 {
		t.Errorf("with a deadline within the hour: %+v", d)
	}
}

// Who passes a conversation on is offered it again only after everybody else, though he had it last.
func TestWhatIsPassedOnDoesNotComeStraightBack(t *testing.T) {
	for _, tt := range []struct {
		name  string
		to    dialog.Target
		other bool
		want  map[dialog.ID]string
	}{
		{"to a skill that somebody has", dialog.Target{Skill: "appeal"}, true, map[dialog.ID]string{"a": "wang"}},
		{"to a colleague", dialog.Target{Agent: "wang"}, true, map[dialog.ID]string{"a": "wang"}},
		{"and everybody else is gone", dialog.Target{Skill: "appeal"}, false, map[dialog.ID]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := New()
			agents(s, 3, "li")
			s.Arrive(Agent{Login: "wang", Name: "wang", Capacity: 3, Skills: []string{"appeal"}}, rules)
			c := take(t, s, wait(s, "a", 0), "li", at(0))
			if !tt.other {
				s.Present("wang", false, at(0))
			}
			c, err := dialog.Transfer(c, "li", tt.to, c.Epoch, at(0).Market)
			if err != nil {
				t.Fatal(err)
			}
			c.Version++
			s.Follow(c, time.Time{}, at(0))
			s.Assign(at(0), rules)
			wantOffers(t, s, tt.want)
			if tt.other {
				return
			}
			if next := s.Next(at(0), rules); !next.Equal(wall.Add(rules.Again)) {
				t.Errorf("looked at again at %s", next)
			}
			s.Assign(at(rules.Again), rules) // rather he than nobody
			wantOffers(t, s, map[dialog.ID]string{"a": "li"})
		})
	}
}

func TestTheDeskKnowsWhoHasASkill(t *testing.T) {
	s := New()
	s.Arrive(Agent{Login: "wang", Name: "wang", Capacity: 3, Skills: []string{"appeal"}}, rules)
	s.Arrive(Agent{Login: "none", Name: "none", Skills: []string{"watch"}}, rules)
	for _, tt := range []struct {
		skill, but string
		now, ever  bool
	}{{"appeal", "li", true, true}, {"appeal", "wang", false, false}, {"customs", "li", false, false}, {"watch", "li", false, true}} {
		if now, ever := s.Skilled(tt.skill, tt.but); now != tt.now || ever != tt.ever {
			t.Errorf("%s but %s: %v, %v", tt.skill, tt.but, now, ever)
		}
	}
	s.Set("wang", Away)
	if now, ever := s.Skilled("appeal", "li"); now || !ever {
		t.Errorf("away: %v, %v", now, ever)
	}
}
