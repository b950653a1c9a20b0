package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/orders"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/memdialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/redistest"
)

// desks are all that a buyer can find.
var desks = map[string]struct {
	desk   dialog.Desk
	err    error
	end    dialog.End
	zh, en string // what it says, and no other of them
}{
	"agents there": {desk: dialog.Desk{Known: true, Agents: 2, Place: 3, Waiting: 2, About: 4 * time.Minute}, end: dialog.EndPlace, zh: "您排在第 3 位（共 3 位在等），大约要等 4 分钟", en: "number 3 of 3, in about 4 min"},
	"nobody, open": {desk: dialog.Desk{Known: true, Hours: "9:00-22:00"}, end: dialog.EndLater, zh: "现在没有客服在线", en: "Nobody is on duty now. Please"},
	"closed":       {desk: dialog.Desk{Known: true, OpensAt: time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)}, end: dialog.EndLater, zh: "明天 9:00 上班", en: "we open tomorrow 9:00"},
	"not known":    {err: errors.New("the desk went away"), end: dialog.EndLater, zh: "已转给人工客服。请把情况写在这里", en: "It is passed on to a person. Leave it here"},
}

// trigger brings a human into a conversation that the bot has.
type trigger struct {
	why dialog.Reason
	do  func(s *seat)
	// soft: where it is known that nobody is there, the bot stays and offers to leave it to a human.
	soft bool
}

// inLocale is a text of "Chinese|English" in a language.
func inLocale(l dialog.Locale, text string) string {
	zh, en, _ := strings.Cut(text, "|")
	if l == dialog.EN {
		return en
	}
	return zh
}

// says writes texts in the language of the conversation: "Chinese|English".
func says(texts ...string) func(*seat) {
	return func(s *seat) {
		for _, text := range texts {
			s.say(inLocale(s.load().Locale, text))
			s.turn()
		}
	}
}

var triggers = map[string]trigger{
	"asked":          {why: dialog.HandoffAsked, do: says("转人工|talk to a person")},
	"asked, pressed": {why: dialog.HandoffAsked, do: func(s *seat) { s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActHuman}); s.turn() }},
	"asked, no orders": {why: dialog.HandoffAsked, do: func(s *seat) {
		s.as.Ledger.Orders = away{}
		says("转人工|talk to a person")(s)
	}},
	"alert": {why: dialog.HandoffVerdict, do: func(s *seat) {
		s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActHuman, Args: dialog.Args{"why": "verdict"}})
		s.turn()
	}},
	"not understood":   {why: dialog.HandoffConfused, soft: true, do: says("就那个那个嘛|you know, the thingy", "我说的是上次那个|that thing from before")},
	"angry":            {why: dialog.HandoffAnger, soft: true, do: says("气死我了！！！|this is ridiculous!!!", "你们太过分了！！！|unacceptable, I am furious")},
	"distress":         {why: dialog.HandoffDistress, do: says("我不想活了|I don't want to live any more")},
	"threat":           {why: dialog.HandoffSafety, do: says("我要去你们公司砍人|I'll hurt the seller")},
	"escalation":       {why: dialog.HandoffEscalation, do: escalates},
	"after the period": {why: dialog.HandoffVerdict, do: wants("6920251100010009", policy.QualityDefect, "verdict.HUMAN_AFTER_VALIDITY")},
	"somebody hurt":    {why: dialog.HandoffVerdict, do: wants("6920251100010003", policy.AllergyOrInjury, "alert.HUMAN_SAFETY")},
	"a fake":           {why: dialog.HandoffVerdict, do: wants("6920251100010003", policy.Counterfeit, "alert.HUMAN_COUNTERFEIT")},
	"much money":       {why: dialog.HandoffVerdict, do: wants("6920251100010010", policy.QualityDefect, "alert.HUMAN_HIGH_VALUE")},
	"reopened": {why: dialog.HandoffReopened, do: func(s *seat) {
		conv := s.load()
		conv.Work.ResolvedAt = turnNow
		s.commit(conv)
		says("转人工|talk to a person")(s)
	}},
	"supervisor": {why: dialog.HandoffSupervisor, do: func(s *seat) {
		if err := s.as.Floor().Handoff(s.ctx, s.id, dialog.HandoffSupervisor); err != nil {
			s.t.Fatal(err)
		}
	}},
	"fault": {why: dialog.HandoffFault, do: func(s *seat) {
		if err := s.as.Floor().GiveUp(s.ctx, s.id); err != nil {
			s.t.Fatal(err)
		}
	}},
	"payment": {why: dialog.HandoffPayment, do: func(s *seat) {
		if err := s.as.Floor().Handoff(s.ctx, s.id, dialog.HandoffPayment); err != nil {
			s.t.Fatal(err)
		}
	}},
}

// wants picks an order and a reason, with a card that offers a person for what the policy says of them, and presses it.
func wants(order string, reason policy.ReasonID, said string) func(*seat) {
	return func(s *seat) {
		s.t.Helper()
		s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActStart})
		s.turn()
		for _, p := range []struct {
			do   dialog.Action
			with dialog.Args
		}{{dialog.ActPickOrder, dialog.Args{"order": order, "line": "1"}}, {dialog.ActPickReason, dialog.Args{"reason": string(reason)}}} {
			s.press(p.do, p.with)
			s.turn()
		}
		for _, e := range slices.Backward(s.log()) {
			if e.Key != said || e.Card == nil {
				continue
			}
			for _, b := range e.Card.Buttons {
				if b.Action == dialog.ActHuman {
					s.put(dialog.Entry{Kind: dialog.Press, On: e.Seq, Action: b.Action, Args: b.Args})
					s.turn()
					return
				}
			}
		}
		s.t.Fatalf("no card of %s offers a person: %v", said, keys(s.log()))
	}
}

// escalates files a case, which the merchant refuses, and asks for the platform.
func escalates(s *seat) {
	s.t.Helper()
	if conv := s.load(); conv.Flow.Case == "" {
		for _, step := range story[:3] {
			step(s)
			s.turn()
		}
		locale := conv.Locale // which the story changed
		conv = s.load()
		conv.Locale = locale
		s.commit(conv)
	}
	for _, ev := range []cases.Event{
		{Kind: cases.EvSupplement, Actor: cases.Buyer, By: buyer, Evidence: []cases.Evidence{{ID: "e_1", Kind: "item_photo", Media: "image/jpeg", At: turnNow}}},
		{Kind: cases.EvSupplement, Actor: cases.Buyer, By: buyer, Evidence: []cases.Evidence{{ID: "e_2", Kind: "fault_video", Media: "video/mp4", At: turnNow}}},
		{Kind: cases.EvSubmit, Actor: cases.Buyer, By: buyer, Confirmed: true},
		{Kind: cases.EvReject, Actor: cases.Merchant, By: "shop-shuma", Code: "MR04", Text: "已签收视为无误", Told: true},
	} {
		s.happens(ev)
	}
	s.pressCard(dialog.ActEscalate)
	s.turn()
}

// memSeat is a seat on the store in memory; cases stand in the embedded one.
func memSeat(t *testing.T, locale dialog.Locale) *seat {
	t.Helper()
	return seatOn(t, locale, memdialog.New(), redistest.Embedded(t))
}

// seatOn is a seat whose clock is pushed; cases stand in Redis.
func seatOn(t *testing.T, locale dialog.Locale, dialogs dialog.Store, rdb redis.UniversalClient) *seat {
	t.Helper()
	now := turnNow
	byVersion := func(string) *policy.Policy { return policy.Default() }
	clock := func() time.Time { return now }
	ledger := &cases.Ledger{Store: &rediscases.Store{RDB: rdb}, Orders: orders.NewDemo(turnNow), Policy: byVersion, Now: clock}
	s := newSeat(t, rdb)
	s.dialogs = dialogs
	s.as.Dialogs, s.as.Ledger = s.dialogs, ledger
	s.as.Complaints = &complaints.Ledger{Store: &rediscases.Complaints{RDB: rdb}, Policy: byVersion, Now: clock}
	s.as.Now = clock
	s.later = func(d time.Duration) { now = now.Add(d) }
	conv, err := s.dialogs.Open(s.ctx, buyer, locale, turnNow)
	if err != nil {
		t.Fatal(err)
	}
	s.id = conv.ID
	return s
}

// strict is a store that holds every commit to what a handoff promises: with the sentence stands the wait.
type strict struct {
	dialog.Store
	t *testing.T
}

func (s strict) Commit(ctx context.Context, id dialog.ID, c dialog.Change) (dialog.Conversation, error) {
	for _, e := range c.Entries {
		if e.Floor != nil && e.Floor.To != c.Next.Holder {
			s.t.Errorf("%q is said of %s, and %s is stored with it", e.Text, e.Floor.To, c.Next.Holder)
		}
	}
	return s.Store.Commit(ctx, id, c)
}

// newest are the entries after a position that a buyer reads.
func (s *seat) newest(n int) []dialog.Entry {
	s.t.Helper()
	return slices.DeleteFunc(s.log()[n:], func(e dialog.Entry) bool { return e.Kind == dialog.Note || e.Author.Kind == dialog.FromBuyer })
}

// Every reason for a handoff has its way in the walk.
func TestEveryReasonForAHandoffIsWalked(t *testing.T) {
	for _, why := range dialog.HandoffReasons() {
		if !slices.ContainsFunc(slices.Collect(maps.Values(triggers)), func(w trigger) bool { return w.why == why }) {
			t.Errorf("no way leads to a human for %s", why)
		}
	}
}

// The walk on the stores that are served, as far as the store matters.
func TestNoWayToAHumanEndsInSilenceOnTheServedStores(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		for _, deskName := range []string{"agents there", "nobody, open"} {
			for name, way := range triggers {
				at := desks[deskName]
				t.Run(deskName+"/"+name, func(t *testing.T) {
					if err := rdb.FlushDB(t.Context()).Err(); err != nil {
						t.Fatal(err)
					}
					dialogs := &redisdialog.Store{RDB: rdb}
					s := seatOn(t, dialog.ZH, dialogs, rdb)
					s.as.Desk = func(context.Context, dialog.Conversation) (dialog.Desk, error) { return at.desk, at.err }
					s.as.Dialogs = strict{s.dialogs, t}
					n := len(s.log())
					way.do(s)
					s.endsAfter(n, way, at.end, false, dialog.ZH, at.zh, at.en)
				})
			}
		}
	})
}

// Every way to a human, whatever the desk is like, in both languages, with a case and without: exactly one end is said,
// and it is stored that he waits, or that the bot stays.
func TestNoWayToAHumanEndsInSilence(t *testing.T) {
	for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
		for deskName, at := range desks {
			for name, way := range triggers {
				for _, withCase := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/%s/case %v", locale, deskName, name, withCase), func(t *testing.T) {
						s := memSeat(t, locale)
						s.as.Desk = func(context.Context, dialog.Conversation) (dialog.Desk, error) { return at.desk, at.err }
						s.as.Dialogs = strict{s.dialogs, t}
						if withCase {
							for _, step := range story[:3] {
								step(s)
								s.turn()
							}
							conv := s.load()
							conv.Locale = locale
							s.commit(conv)
						}
						n := len(s.log())
						way.do(s)
						s.endsAfter(n, way, at.end, deskName == "not known", locale, at.zh, at.en)
					})
				}
			}
		}
	}
}

// endsAfter holds what was said after n to one of the ends.
func (s *seat) endsAfter(n int, way trigger, end dialog.End, unknown bool, locale dialog.Locale, zh, en string) {
	s.t.Helper()
	var said []dialog.Entry
	for _, e := range s.newest(n) {
		if e.Floor != nil && e.Floor.End != "" {
			said = append(said, e)
		}
	}
	if len(said) != 1 {
		s.t.Fatalf("%d ends are said: %v", len(said), keys(s.log()[n:]))
	}
	e, conv := said[0], s.load()
	if e.Floor.End != end || e.Floor.Why != way.why {
		s.t.Errorf("end %s for %s, want %s for %s", e.Floor.End, e.Floor.Why, end, way.why)
	}
	if way.soft && end == dialog.EndLater && !unknown {
		if conv.Holder != dialog.HeldByBot || e.Card == nil || e.Card.Buttons[0].Action != dialog.ActHuman {
			s.t.Errorf("held by %s, with %+v", conv.Holder, e.Card)
		}
		return
	}
	if conv.Holder != dialog.HeldWaiting || conv.Handoff != way.why || conv.WaitingSince.IsZero() || conv.Told.End != end || e.Floor.Epoch != conv.Epoch {
		s.t.Errorf("stored: %+v", conv)
	}
	if last := s.newest(n); last[len(last)-1].Seq != e.Seq {
		s.t.Errorf("something is said after it: %v", keys(last))
	}
	if conv.Locale != locale {
		s.t.Errorf("it is led in %s", conv.Locale)
	}
	want := zh
	if conv.Locale == dialog.EN {
		want = en
	}
	if way.why == dialog.HandoffDistress && end == dialog.EndPlace {
		return // nobody who may hurt himself is told a number
	}
	if !strings.Contains(e.Text, want) {
		s.t.Errorf("it says %q, want %q", e.Text, want)
	}
	for name, other := range desks {
		if text := map[dialog.Locale]string{dialog.ZH: other.zh, dialog.EN: other.en}[conv.Locale]; text != want && strings.Contains(e.Text, text) {
			s.t.Errorf("it says %q as well (%s)", text, name)
		}
	}
}
