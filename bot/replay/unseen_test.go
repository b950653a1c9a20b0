package replay

import (
	"testing"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

func TestWhatCannotBeSeenIsCountedAndNotJudged(t *testing.T) {
	c := suite.Case{ID: "c", Locale: dialog.ZH, Conversation: &suite.Conversation{Steps: []suite.Step{{Look: true, Expect: &suite.Expect{
		Intent: "refund", State: "draft", Slots: map[string]string{"order": "o1", "asked": "seal"},
		Says: suite.Texts{ZH: []string{"11月12日 12:00", "退款"}}, Matches: suite.Texts{ZH: []string{`11月12日`, `¥129\.00`}},
	}}}}}
	v := View{Unseen: []string{"intent", "slots.asked", UnseenDates}}
	got := map[string]bool{}
	for _, f := range Score(c, []View{v}, nil) {
		got[f.What+" "+f.Want] = true
	}
	for _, want := range []string{"state draft", "slots order: o1", "says 退款", `matches ¥129\.00`} {
		if !got[want] {
			t.Errorf("%q was not judged: %v", want, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("judged: %v", got)
	}
	by, judged := unjudged(c, []View{v}, nil)
	if !judged || by["intent"] != 1 || by["slots.asked"] != 1 || by["texts with a date (moved)"] != 2 {
		t.Errorf("counted %v, judged %t", by, judged)
	}
	v.Unseen = []string{"intent", "state", "slots", UnseenDates}
	c.Conversation.Steps[0].Expect.Says, c.Conversation.Steps[0].Expect.Matches = suite.Texts{ZH: []string{"12:00"}}, suite.Texts{}
	if by, judged := unjudged(c, []View{v}, nil); judged || len(by) != 4 {
		t.Errorf("nothing can be seen, and judged is %t: %v", judged, by)
	}
	if by, judged := unjudged(suite.Case{Question: &suite.Question{Says: []string{"20 Nov 15:00"}}}, nil, &Answer{Unseen: []string{UnseenDates}}); !judged || len(by) != 1 {
		t.Errorf("of a question: %v, %t", by, judged)
	}
}
