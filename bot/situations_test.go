package bot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/redis/go-redis/v9"

	"recourse/bot/nlu"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// Every situation of the domain runs in both languages on both stores, from its fixture to its gold expectation.
func TestGoldSituations(t *testing.T) {
	list := readGold(t)
	if len(list) != 18 {
		t.Fatalf("%d situations, the domain has 18", len(list))
	}
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		for _, g := range list {
			for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
				t.Run(g.ID+" "+string(locale), func(t *testing.T) {
					r := newRun(t, rdb, g, readSituation(t, g.ID), locale)
					r.play()
					r.check()
					r.flush(rdb)
				})
			}
		}
	})
}

// There is a run for every situation, none for anything else, and each looks at all five parts or says why not.
func TestEverySituationLooksAtAllItsParts(t *testing.T) {
	files, err := filepath.Glob("testdata/situations/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list := readGold(t)
	if len(files) != len(list) {
		t.Errorf("%d files for %d situations", len(files), len(list))
	}
	for _, g := range list {
		s := readSituation(t, g.ID)
		for part := range s.NA {
			if !slices.Contains(goldParts, part) {
				t.Errorf("%s: there is no part %q", g.ID, part)
			}
		}
		// The gold's own dash is the reason why a part may be left out; anything else must be looked at.
		for part, text := range map[string]string{"evidence": g.Evidence, "freight": g.Freight} {
			if _, left := s.NA[part]; left && text != "-" && text != "n/a" && s.NA[part] == "" {
				t.Errorf("%s leaves out %s, which the gold has: %s", g.ID, part, text)
			}
		}
		if len(s.Also.ZH) < 5 || len(s.Also.EN) < 5 {
			t.Errorf("%s: %d and %d other ways to say it, want five each", g.ID, len(s.Also.ZH), len(s.Also.EN))
		}
	}
}

// What is forbidden can be found: each situation has a bad line that its own patterns catch, and each pattern of
// §6.1 catches one.
func TestForbiddenLinesAreFound(t *testing.T) {
	raw, err := os.ReadFile("testdata/situations/bad_lines.json")
	if err != nil {
		t.Fatal(err)
	}
	var bad map[string]struct{ ZH, EN []string }
	if err := json.Unmarshal(raw, &bad); err != nil {
		t.Fatal(err)
	}
	caught := func(name string, lines, patterns []string) {
		t.Helper()
		for _, p := range patterns {
			if len(broken(lines, []string{p})) == 0 {
				t.Errorf("%s: no bad line shows that %s can fail", name, p)
			}
		}
		for _, line := range lines {
			if len(broken([]string{line}, patterns)) == 0 {
				t.Errorf("%s: the bad line passes: %s", name, line)
			}
		}
	}
	for _, g := range readGold(t) {
		s := readSituation(t, g.ID)
		caught(g.ID+" zh", bad[g.ID].ZH, s.Never.ZH)
		caught(g.ID+" en", bad[g.ID].EN, s.Never.EN)
	}
	caught("always zh", bad["always"].ZH, neverAtAll[dialog.ZH])
	caught("always en", bad["always"].EN, neverAtAll[dialog.EN])
}

// The same thing said in other words is understood the same way: the rules generalise beyond the domain's text.
func TestSituationsAreUnderstoodInOtherWords(t *testing.T) {
	for _, g := range readGold(t) {
		s := readSituation(t, g.ID)
		for _, text := range slices.Concat([]string{g.Story, s.EN}, s.Also.ZH, s.Also.EN) {
			h := nlu.Understand(text, nil)
			if got := (heardAs{h.Topic, h.Intent, h.Reason}); s.Heard.Topic != "" && got.Topic != s.Heard.Topic ||
				s.Heard.Intent != "" && got.Intent != s.Heard.Intent || s.Heard.Reason != "" && got.Reason != s.Heard.Reason {
				t.Errorf("%s %q: heard %+v doubts %v, want %+v", g.ID, text, got, h.Doubts, s.Heard)
			}
		}
	}
}

// played is a situation in Chinese up to where its steps end, with changes to its fixture.
func played(t *testing.T, id string, change func(*situation)) *playing {
	t.Helper()
	list := readGold(t)
	i := slices.IndexFunc(list, func(g gold) bool { return g.ID == id })
	s := readSituation(t, id)
	change(&s)
	r := newRun(t, redistest.Embedded(t), list[i], s, dialog.ZH)
	r.play()
	return r
}

// The variant of Q15: five workdays later the record is looked up and a person takes over; no money moves.
func TestLateMoneyGoesToAPersonWithTheRecord(t *testing.T) {
	r := played(t, "Q15", func(s *situation) { s.Clock = "2026-11-27 15:00" })
	if conv := r.load(); conv.Holder != dialog.HeldWaiting || conv.Handoff != dialog.HandoffPayment {
		t.Errorf("held by %s for %s", conv.Holder, conv.Handoff)
	}
	for _, want := range []string{"已过 5 个工作日", policy.Default().EvidenceName("payment_record", "zh")} {
		if !strings.Contains(r.transcript(), want) {
			t.Errorf("%q is not said:\n%s", want, r.transcript())
		}
	}
	if c := r.theCase(); c.State != cases.Refunded || c.Refund.Tries != 1 {
		t.Errorf("%s after %d payments", c.State, c.Refund.Tries)
	}
}

// The other half of B28: there was a reaction. He is told to stop and see a doctor, and a person is offered.
func TestAnAllergicReactionGoesToAPerson(t *testing.T) {
	r := played(t, "B28", func(s *situation) {
		s.Steps = append(s.Steps, chatStep{Press: dialog.ActPickReason, Args: dialog.Args{"reason": "allergy_or_injury"}})
	})
	r.s.Expect.Evidence.Required = []policy.EvidenceKind{"item_photo", "medical_record"}
	r.evidence()
	r.never()
	if !strings.Contains(r.transcript(), "请先停用，不舒服请就医") {
		t.Errorf("he is not told to stop:\n%s", r.transcript())
	}
	if v := r.theCase().Verdict; !slices.Contains(v.Alerts, policy.HumanSafety) && v.Code != policy.HumanSafety {
		t.Errorf("verdict %+v", v)
	}
	r.offered(dialog.ActHuman, nil)
	if h := r.load().Holder; h != dialog.HeldWaiting {
		t.Errorf("held by %s", h)
	}
}

// Q16 without a report of the page: he is asked what happens, and each time it does not help the next step of
// the domain's order is said, at last a person.
func TestUploadTroubleGoesThroughItsStepsInOrder(t *testing.T) {
	r := played(t, "Q16", func(s *situation) { s.Reports, s.Steps = nil, nil })
	r.offered(dialog.ActTrouble, dialog.Args{"code": "told_picker"})
	for range 3 {
		r.say("还是传不上去")
		r.turn()
	}
	said, at := r.transcript(), 0
	for _, want := range []string{"允许使用相机和相册", "都保存好了", "更新到最新版本", "重装也不会丢", "换个网络", "要不要请人工客服来"} {
		i := strings.Index(said[at:], want)
		if i < 0 {
			t.Fatalf("%q does not follow:\n%s", want, said)
		}
		at += i
	}
	r.never()
}

// With agents at work a buyer who asks for one reads his place, not that nobody is there.
func TestAWaitingBuyerReadsHisPlace(t *testing.T) {
	r := played(t, "Q17", func(s *situation) { s.Desk.Agents = 2 })
	if said := r.transcript(); !strings.Contains(said, "您排在第 4 位（共 4 位在等）") || strings.Contains(said, "没有客服在线") {
		t.Error(said)
	}
}

// An amount is the buyer's to fill in and the case's to check: more than was paid is refused in words.
func TestAPartIsFilledInAndChecked(t *testing.T) {
	r := played(t, "Q23", func(s *situation) { s.Steps = s.Steps[:2] })
	for _, tt := range []struct{ amount, want string }{{"12001", "最多可以申请 ¥120.00"}, {"0", "金额不对"}, {"many", "金额不对"}, {"3500", "请上传"}} {
		e, args, ok := r.find(dialog.ActAsk, dialog.Args{"type": "partial"})
		if !ok {
			t.Fatal("no form is offered")
		}
		args["amount_fen"] = tt.amount
		before := len(r.log())
		if err := dialog.CheckPress(r.load(), &e, dialog.Pressed{On: e.Seq, Action: dialog.ActAsk, Args: args}); err != nil {
			t.Fatalf("%s: %v", tt.amount, err)
		}
		r.put(dialog.Entry{Kind: dialog.Press, On: e.Seq, Action: dialog.ActAsk, Args: args})
		r.turn()
		var said string
		for _, e := range r.log()[before:] {
			said += e.Text
		}
		if !strings.Contains(said, tt.want) {
			t.Errorf("%s: said %q, want %s", tt.amount, said, tt.want)
		}
	}
	if c := r.theCase(); c.AmountFen != 3500 || c.Type != policy.Partial {
		t.Errorf("asks for %s of %d", c.Type, c.AmountFen)
	}
}

// Answers stay short: §6.2 gives an answer 120 Chinese characters besides its slots.
func TestAnswersAreShort(t *testing.T) {
	redis := redistest.Embedded(t)
	for _, g := range readGold(t) {
		r := newRun(t, redis, g, readSituation(t, g.ID), dialog.ZH)
		r.play()
		for _, e := range r.log()[r.start:] {
			if n := han(e.Text); e.Author.Kind == dialog.FromBot && n > 120 {
				t.Errorf("%s %s: %d characters: %s", g.ID, e.Key, n, e.Text)
			}
		}
		r.flush(redis)
	}
}

func han(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}
