package mutate_test

import (
	"testing"

	"recourse/bot/faq"
	"recourse/bot/replay/mutate"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases/policy"
	"recourse/dialog"
)

// cases are a small suite: a talk up to the filing, and a question.
func smallSuite(judging bool) []suite.Case {
	order := suite.Order{Order: "o1", Title: suite.Said{ZH: "智能手环"}, GoodsFen: 19900, Status: policy.Signed, Signed: stage.At("2026-11-09 14:00")}
	say := &suite.Said{ZH: "手环充了一晚上电都开不了机，我要退款"}
	steps := []suite.Step{
		{Say: say}, {Press: dialog.ActPickOrder}, {Press: dialog.ActPickReason}, {Upload: []policy.EvidenceKind{"item_photo", "fault_video"}}, {Press: dialog.ActSubmit},
	}
	if judging {
		steps[0].Expect = &suite.Expect{Card: dialog.CardOrders}
		steps[4].Expect = &suite.Expect{State: "merchant_review"}
	}
	return []suite.Case{
		{ID: "talk", Locale: dialog.ZH, Tier: suite.Regression, Conversation: &suite.Conversation{Fixture: suite.Fixture{Clock: stage.At("2026-11-10 09:00"), Orders: []suite.Order{order}}, Steps: steps}},
		{ID: "q", Locale: dialog.ZH, Tier: suite.Regression, Question: &suite.Question{Text: "退款多久到账", Topic: "pay-arrival"}},
	}
}

func TestASpoiltBotIsNoticed(t *testing.T) {
	if _, err := faq.Builtin().Learn(""); err != nil {
		t.Fatal(err)
	}
	o := mutate.Options{Stage: stage.Options{FAQ: faq.Builtin()}, Seed: 3, N: 24}
	run := func(judging bool, o mutate.Options) mutate.Report {
		t.Helper()
		rep, err := mutate.Run(t.Context(), smallSuite(judging), o)
		if err != nil {
			t.Fatal(err)
		}
		if len(rep.Mutants) == 0 || rep.Cases != 2 {
			t.Fatalf("%d mutants on %d cases", len(rep.Mutants), rep.Cases)
		}
		for _, m := range rep.Mutants {
			if (m.Fate == mutate.Missed) != (m.By == "") {
				t.Errorf("%s is %s by %q", m.ID, m.Fate, m.By)
			}
		}
		return rep
	}
	rep, again := run(true, o), run(true, o)
	for _, f := range []mutate.Family{mutate.FAQ, mutate.Flow, mutate.Policy, mutate.Threshold} {
		if rep.Count(f, mutate.Caught)+rep.Count(f, mutate.Changed)+rep.Count(f, mutate.Missed) == 0 {
			t.Errorf("no mutant of family %s was drawn", f)
		}
	}
	for i := range rep.Mutants {
		if again.Mutants[i].ID != rep.Mutants[i].ID || again.Mutants[i].Fate != rep.Mutants[i].Fate {
			t.Errorf("the same seed: %+v, then %+v", rep.Mutants[i], again.Mutants[i])
		}
	}
	// Every flow, by who looks and by who expects nothing.
	o.Only, o.N = []mutate.Family{mutate.Flow}, 1000
	fates := func(r mutate.Report) map[string]mutate.Fate {
		out := map[string]mutate.Fate{}
		for _, m := range r.Mutants {
			out[m.ID] = m.Fate
		}
		return out
	}
	seeing, blind := fates(run(true, o)), fates(run(false, o))
	for id, want := range map[string][2]mutate.Fate{
		"flow/summary/without/submit":        {mutate.Caught, mutate.Caught}, // it cannot be pressed
		"flow/order/bare":                    {mutate.Caught, mutate.Caught},
		"flow/summary/undone":                {mutate.Caught, mutate.Changed},
		"flow/evidence/twice":                {mutate.Changed, mutate.Changed},
		"flow/complaint_story/silent":        {mutate.Missed, mutate.Missed}, // nobody complains here
		"flow/complaint_kind/without/submit": {"", ""},
	} {
		if got := [2]mutate.Fate{seeing[id], blind[id]}; got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}
