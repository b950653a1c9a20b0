package record_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/record"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// played plays a case and returns what its stores then hold.
func played(t *testing.T, c suite.Case) record.Source {
	t.Helper()
	var kept stage.Stores
	s := stage.New(stage.Options{FAQ: faq.Builtin(), Stores: func(ctx context.Context) (stage.Stores, error) {
		var err error
		kept, err = stage.Memory(ctx)
		return kept, err
	}})
	run, err := replay.Play(t.Context(), s, []suite.Case{c}, replay.Options{Seed: 1})
	if err != nil || run.Cases[0].Status != replay.Passed {
		t.Fatalf("%s: %v: %+v", c.ID, err, run.Cases)
	}
	conv, err := kept.Dialogs.Open(t.Context(), stage.Buyer, c.Locale, c.Conversation.Fixture.Clock.Time)
	if err != nil {
		t.Fatal(err)
	}
	src := record.Source{Conversation: conv}
	if src.Entries, err = kept.Dialogs.Entries(t.Context(), conv.ID, 0, 10_000); err != nil {
		t.Fatal(err)
	}
	ids, err := kept.Cases.OfBuyer(t.Context(), stage.Buyer, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		p := record.Past{}
		if p.Case, err = kept.Cases.Load(t.Context(), id); err == nil {
			p.Marks, err = kept.Cases.Marks(t.Context(), id)
		}
		if err != nil {
			t.Fatal(err)
		}
		src.Cases = append(src.Cases, p)
	}
	told, err := kept.Complaints.OfBuyer(t.Context(), stage.Buyer, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range told {
		marks, err := kept.Complaints.Marks(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		src.Complaints = append(src.Complaints, record.PastComplaint{ID: id, Marks: marks})
	}
	for _, o := range c.Conversation.Fixture.Orders {
		src.Lines = append(src.Lines, stage.Line(o, c.Locale))
	}
	return src
}

// reviewed is a recorded case as it comes back from a person who has read it.
func reviewed(t *testing.T, c suite.Case) suite.Case {
	t.Helper()
	c.Review = suite.Reviewed
	file := filepath.Join(t.TempDir(), "c.yaml")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := suite.WriteConversation(f, c); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	list, err := suite.Load(file)
	if err != nil {
		raw, _ := os.ReadFile(file)
		t.Fatalf("%v\n%s", err, raw)
	}
	return list[0]
}

// failing are the failures of a case on a stage; nil: it passes.
func failing(t *testing.T, o stage.Options, c suite.Case) []string {
	t.Helper()
	run, err := replay.Play(t.Context(), stage.New(o), []suite.Case{c}, replay.Options{Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	r := run.Cases[0]
	var out []string
	for _, tr := range r.Trials {
		for _, f := range tr.Failures {
			out = append(out, fmt.Sprintf("step %d: %s: want %s, got %s", f.Step, f.What, f.Want, f.Got))
		}
	}
	if r.Status != replay.Passed && len(out) == 0 {
		out = append(out, fmt.Sprint(r.Status, " ", r.Why))
	}
	return out
}

// Every conversation of the bot's own suites that begins without a past, recorded from the stores that it was played on,
// written as a suite, read, and played again.
func TestWhatIsRecordedComesAgain(t *testing.T) {
	if _, err := faq.Builtin().Learn(""); err != nil {
		t.Fatal(err)
	}
	list, err := suite.Load("../own/flows", "../own/situations")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range list {
		if c.Tier != suite.Regression || c.Locale != dialog.ZH || len(c.Conversation.Fixture.Past)+len(c.Conversation.Fixture.Reports) > 0 {
			continue // what a fixture brings along was not written in the conversation
		}
		rec, err := record.Case(played(t, c), []byte("key"))
		if errors.Is(err, record.ErrEmpty) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
		if got := failing(t, stage.Options{FAQ: faq.Builtin()}, reviewed(t, rec)); got != nil {
			t.Errorf("%s:\n  %s", c.ID, strings.Join(got, "\n  "))
		}
	}
	if n < 40 {
		t.Errorf("only %d were recorded", n)
	}
}

func TestWhatIsRecordedFailsOnAnotherAnswer(t *testing.T) {
	book := faq.Builtin()
	if _, err := book.Learn(""); err != nil {
		t.Fatal(err)
	}
	say := func(text string) suite.Step { return suite.Step{Say: &suite.Said{ZH: text, EN: text}} }
	order := suite.Order{Order: "6920251100030001", Title: suite.Said{ZH: "智能手环"}, GoodsFen: 19900, Status: policy.Signed, Signed: stage.At("2026-11-09 14:00")}
	other := order
	other.Order, other.Title, other.Status, other.Signed, other.Shipped = "6920251100030002", suite.Said{ZH: "相机包"}, policy.Shipped, suite.Time{}, stage.At("2026-11-09 15:00")
	src := played(t, suite.Case{ID: "talk", Locale: dialog.ZH, Tier: suite.Regression, Conversation: &suite.Conversation{
		Fixture: suite.Fixture{Clock: stage.At("2026-11-10 09:00"), Orders: []suite.Order{order, other}},
		Steps:   []suite.Step{say("运费谁出"), say("我要退款"), {Press: dialog.ActPickOrder, Args: dialog.Args{"order": order.Order}}, say("我电话13812345678，退到哪里")},
	}})
	for name, lines := range map[string][]policy.Line{"asked": src.Lines, "not asked": nil} {
		src := src
		src.Lines = lines
		rec, err := record.Case(src, []byte("key"))
		if err != nil {
			t.Fatal(err)
		}
		// The line that has no case: from the order system, or what the card said of it.
		if f := rec.Conversation.Fixture; len(f.Orders) != 2 || f.Orders[1].Title.ZH+f.Orders[0].Title.ZH != "智能手环相机包" && f.Orders[0].Title.ZH+f.Orders[1].Title.ZH != "智能手环相机包" {
			t.Errorf("%s: the orders are %+v", name, f.Orders)
		} else if i := slices.IndexFunc(f.Orders, func(o suite.Order) bool { return o.Title.ZH == "相机包" }); f.Orders[i].Status != policy.Shipped || !f.Orders[i].Shipped.Equal(other.Shipped.Time) {
			t.Errorf("%s: %+v", name, f.Orders[i])
		}
		rec = reviewed(t, rec)
		if got := failing(t, stage.Options{FAQ: book}, rec); got != nil {
			t.Errorf("%s: %v", name, got)
		}
		answers := slices.Clone(book.Topic("ret-freight").Answers)
		answers[len(answers)-1].ZH = "一律由商家承担。"
		spoilt, err := book.Reword("ret-freight", answers)
		if err != nil {
			t.Fatal(err)
		}
		if got := failing(t, stage.Options{FAQ: spoilt}, rec); len(got) != 1 || !strings.HasPrefix(got[0], "step 1: says: want ") {
			t.Errorf("%s, another answer: %v", name, got)
		}
		mute := func(conv dialog.Conversation, p dialog.Plan) dialog.Plan {
			if conv.Flow.Step == dialog.StepOrder {
				p.Replies = nil
			}
			return p
		}
		if got := failing(t, stage.Options{FAQ: book, Revise: mute}, rec); len(got) == 0 {
			t.Errorf("%s: a bot that does not answer passes", name)
		}
	}
	if got := [2]cases.State{record.StateAt(src, src.Entries[0].Seq), record.StateAt(src, int64(len(src.Entries)-1))}; got != [2]cases.State{"", cases.Draft} {
		t.Errorf("the states are %v", got)
	}
}
