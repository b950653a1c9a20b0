package bot

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"recourse/bot/faq"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// pressOn presses a button of the card at hand.
func pressOn(a dialog.Action, args dialog.Args) func(*seat) {
	return func(s *seat) { s.put(dialog.Entry{Kind: dialog.Press, On: s.load().Flow.Live, Action: a, Args: args}) }
}

// writes puts texts into the log, in the language of the conversation, and runs no turn: "Chinese|English".
func writes(texts ...string) func(*seat) {
	return func(s *seat) {
		for _, text := range texts {
			s.say(inLocale(s.load().Locale, text))
		}
	}
}

// comesBack gives the chat back as the desk does, with its boundary; why names how.
func (s *seat) comesBack(why dialog.Reason) {
	s.t.Helper()
	conv := s.load()
	if why == dialog.BackLeft {
		s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActBot})
		return
	}
	leave := dialog.Release
	if why == dialog.BackResolved {
		leave = dialog.Resolve
	}
	next, err := leave(conv, conv.Agent, conv.Epoch, s.as.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	next, told := s.as.Floor().Cross(s.ctx, conv, next, dialog.FromAgent, why)
	if _, err := s.dialogs.Commit(s.ctx, s.id, dialog.Change{Expect: conv.Version, Next: next, Entries: []dialog.Entry{told}, LiveAt: -1}); err != nil {
		s.t.Fatal(err)
	}
}

// answered are the keys of what the bot said since a position.
func (s *seat) answered(n int) []string {
	s.t.Helper()
	var out []string
	for _, e := range s.log()[n:] {
		if e.Author.Kind == dialog.FromBot {
			out = append(out, e.Key)
		}
	}
	return out
}

// left is what a buyer did while a human had the chat, and what the bot says of it when it has the chat back.
var left = []struct {
	name  string
	at    int // steps of bandStory before the human came
	does  func(*seat)
	wants []string
}{
	{"a question", 0, writes("运费谁出？|who pays the return postage?"), []string{"faq.ret-freight"}},
	{"thanks and a question", 0, writes("谢谢，那平台审理要多久？|thanks, how long does the platform take?"), []string{"faq.plat-duration"}},
	{"yes and a question", 0, writes("好的，那运费谁出？|ok, and who pays the return postage?"), []string{"faq.ret-freight"}},
	{"twice the same question", 0, writes("运费谁出？|who pays the return postage?", "退货运费谁出啊？|so who pays the postage for the return?"), []string{"faq.ret-freight"}},
	{"two questions", 0, writes("运费谁出？|who pays the return postage?", "平台介入要多久？|how long does the platform take?"), []string{"faq.ret-freight", "faq.plat-duration"}},
	{"a question that may be several", 0, writes("怎么弄|when does the money come?"), []string{"clarify"}},
	{"two of them", 0, writes("怎么弄|when does the money come?", "那个之前说的事呢？|so what about that thing?"), []string{"clarify", "clarify"}},
	{"a question within a step", 2, writes("运费谁出？|who pays the return postage?"), []string{"faq.ret-freight", "reason.confirm"}},
	{"a question that is not known, within a step", 2, writes("那个之前说的事呢？|so what about that thing?"), []string{"left.unclear", "reason.confirm"}},
	{"a matter of his own", 0, writes("手环开不了机，我要退款|my smart band does not turn on, I want a refund"), []string{"refund.start"}},
	{"an order number that a step waits for", 1, writes("订单号 band-1|order number band-1"), []string{"order.again"}},
	{"an order number that nothing waits for", 0, writes("订单号 band-1|order number band-1"), nil},
	{"a press of the step", 1, pressOn(dialog.ActPickOrder, dialog.Args{"order": "band-1", "line": "1"}), []string{"reason.confirm"}},
	{"a press on a topic", 0, pressOn(dialog.ActTopic, dialog.Args{"topic": "ret-freight"}), []string{"faq.ret-freight"}},
	{"an upload", 4, func(s *seat) { // its receipt came at once, from the system
		s.next++
		e := dialog.Entry{At: turnNow, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Upload, Client: "file", Case: string(s.theCase().ID), Evidence: &dialog.EvidenceItem{ID: "e_1", Kind: "item_photo"}}
		if _, err := s.dialogs.Append(s.ctx, s.id, dialog.Append{Entry: e, Wants: s.load().Holder == dialog.HeldByBot, Turn: true}); err != nil {
			s.t.Fatal(err)
		}
	}, nil},
	{"thanks", 0, writes("谢谢|thanks"), nil},
	{"yes", 2, writes("好的|yes"), nil},
	{"words among people", 0, writes("嗯嗯啊啊|hmm well"), nil},
	{"a greeting", 0, writes("你好|hello"), nil},
	{"where it stands", 7, writes("现在到哪一步了？|what is the status?"), []string{"status"}},
	{"where it stands, asked twice", 7, writes("现在到哪一步了？|what is the status?", "到哪一步了|any news on the status?"), []string{"status"}},
}

// When a human is gone, however he went, the bot answers what he left open, once, in the buyer's language; what he
// answered it does not answer again.
func TestTheBotAnswersWhatWasLeftOpenAndNothingTwice(t *testing.T) {
	book := small(t)
	for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
		for _, tt := range left {
			for _, how := range []struct {
				name     string
				why      dialog.Reason
				answered bool // the agent answers all of it before
			}{{"released", dialog.BackReleased, false}, {"resolved", dialog.BackResolved, false}, {"left", dialog.BackLeft, false}, {"answered", dialog.BackReleased, true}} {
				t.Run(fmt.Sprintf("%s/%s/%s", locale, how.name, tt.name), func(t *testing.T) {
					s := onShelf(t, redistest.Embedded(t))
					for _, step := range bandStory[:tt.at] {
						step.do(s)
						s.turn()
					}
					s.as.FAQ = func() *faq.Book { return book }
					conv := s.load()
					conv.Locale = locale
					s.commit(conv)
					if how.why == dialog.BackLeft { // from the queue
						if err := s.as.Floor().Handoff(context.WithoutCancel(s.ctx), s.id, dialog.HandoffSupervisor); err != nil {
							t.Fatal(err)
						}
					} else {
						s.claim()
					}
					tt.does(s)
					s.turn()
					if how.answered {
						s.agentSays("您问的是这样的")
					}
					n := len(s.log())
					s.comesBack(how.why)
					s.turn()
					want := tt.wants
					if how.answered {
						want = nil
					}
					if diff := cmp.Diff(want, s.answered(n), cmpopts.EquateEmpty()); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
					if got := s.load().Locale; got != locale {
						t.Errorf("it is led in %s", got)
					}
					n = len(s.log())
					s.turn()
					if got := keys(s.log()[n:]); len(got) > 0 {
						t.Errorf("a further turn says %v", got)
					}
					if owed, err := s.dialogs.Unanswered(s.ctx, turnNow, 10); err != nil || len(owed) > 0 {
						t.Errorf("still owed: %v, %v", owed, err)
					}
				})
			}
		}
	}
}

// Whatever a human left that the bot does not understand, it does not send the buyer back to people by itself.
func TestWhatAHumanLeftCountsForNoFailureOfTheBot(t *testing.T) {
	book := small(t)
	s := onShelf(t, redistest.Embedded(t))
	s.as.FAQ = func() *faq.Book { return book }
	s.claim()
	for range policy.Default().Values.Handoff.AfterFailedTurns.V + 1 {
		writes("怎么弄|", "那个之前说的事呢？|")(s)
	}
	s.comesBack(dialog.BackReleased)
	s.turn()
	if conv := s.load(); conv.Holder != dialog.HeldByBot || conv.Flow.Misses != 0 {
		t.Errorf("held by %s after %d misses, said %v", conv.Holder, conv.Flow.Misses, keys(s.log()))
	}
}
