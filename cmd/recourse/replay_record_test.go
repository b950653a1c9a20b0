package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recourse/bot/replay/suite"
	"recourse/dialog"
	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/wire"
)

// stocked is a library with two conversations; an answer of the first is flagged.
func stocked(t *testing.T) (lib *library, talked dialog.ID, flag string, now time.Time) {
	t.Helper()
	lib, now = &library{rdb: redistest.Embedded(t)}, time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	for buyer, said := range map[string]string{"b1": "退货寄到哪里呀，电话13812345678", "b2": "运费谁出"} {
		at := now
		if buyer == "b2" {
			at = now.AddDate(0, 0, -30)
		}
		conv, err := lib.dialogs().Open(t.Context(), buyer, dialog.ZH, at)
		if err == nil {
			_, err = lib.dialogs().Append(t.Context(), conv.ID, dialog.Append{Entry: dialog.Entry{At: at, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Text: said}})
		}
		if err == nil {
			conv, err = lib.dialogs().Load(t.Context(), conv.ID)
		}
		if err == nil {
			conv.UpdatedAt = at
			answer := dialog.Entry{At: at, Author: dialog.Author{Kind: dialog.FromBot}, Kind: dialog.Text, Key: "faq", Text: "一般三天", Basis: &dialog.Basis{Topic: "pay-arrival"}}
			_, err = lib.dialogs().Commit(t.Context(), conv.ID, dialog.Change{Expect: conv.Version, Next: conv, Entries: []dialog.Entry{answer}})
		}
		if err != nil {
			t.Fatal(err)
		}
		if buyer == "b1" {
			x, err := lib.shared().FlagAnswer(t.Context(), wire.Ticket{Kind: "wrong_answer", Why: "wrong_topic", Topic: "ret-address", Conversation: string(conv.ID), Entry: 2, By: "li", At: at})
			if err != nil {
				t.Fatal(err)
			}
			talked, flag = conv.ID, x.ID
		}
	}
	if _, err := lib.dialogs().Open(t.Context(), "b3", dialog.ZH, now); err != nil {
		t.Fatal(err)
	}
	return lib, talked, flag, now
}

func TestConversationsAreRecordedForReview(t *testing.T) {
	lib, talked, flag, now := stocked(t)
	for _, tc := range []struct {
		name string
		r    recording
		want int
		says string
	}{
		{"all", recording{since: "90d"}, 2, "1 conversations in which the buyer did nothing"},
		{"of late", recording{since: "2d"}, 1, flag},
		{"since a day", recording{since: "2026-11-25"}, 1, "1 recorded"},
		{"flagged", recording{flagged: true}, 1, "right would be ret-address"},
		{"by its id", recording{ids: []string{string(talked)}}, 1, "1 recorded"},
	} {
		dir := filepath.Join(t.TempDir(), "out")
		tc.r.out = dir
		since, err := tc.r.from(now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		var says bytes.Buffer
		if err := tc.r.record(t.Context(), lib, since, io.Discard, &says); err != nil || !strings.Contains(says.String(), tc.says) {
			t.Errorf("%s: %v: %s", tc.name, err, &says)
		}
		list, err := suite.Load(dir)
		if err != nil || len(list) != tc.want {
			t.Errorf("%s: %d cases, want %d: %v", tc.name, len(list), tc.want, err)
		}
		for _, c := range list {
			if c.Review != suite.Pending {
				t.Errorf("%s: %s is %q before anybody has read it", tc.name, c.ID, c.Review)
			}
		}
		says.Reset()
		if err := tc.r.record(t.Context(), lib, since, io.Discard, &says); err != nil || !strings.Contains(says.String(), " of them were there already") || strings.Contains(says.String(), ", 0 of them") {
			t.Errorf("%s, again: %v: %s", tc.name, err, &says)
		}
	}
	var out bytes.Buffer
	r := recording{flagged: true}
	if err := r.record(t.Context(), lib, time.Time{}, &out, io.Discard); err != nil || strings.Contains(out.String(), "138123") || !strings.Contains(out.String(), "<phone:") || !strings.Contains(out.String(), "review: pending") {
		t.Errorf("printed: %v\n%s", err, &out)
	}
	one := recording{since: "90d", out: filepath.Join(t.TempDir(), "all.yaml")}
	since, _ := one.from(now)
	if err := one.record(t.Context(), lib, since, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if list, err := suite.Load(one.out); err != nil || len(list) != 2 {
		t.Errorf("one file: %d cases, %v", len(list), err)
	}
	if err := one.record(t.Context(), lib, since, io.Discard, io.Discard); err == nil {
		t.Error("a file that is there was written over")
	}
	if _, err := lib.shared().TicketDone(t.Context(), flag, "li", "", now); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := r.record(t.Context(), lib, time.Time{}, &out, io.Discard); err != nil || out.Len() > 0 {
		t.Errorf("a settled flag still counts: %v\n%s", err, &out)
	}
	for _, bad := range []string{"soon", "2026-13-01"} {
		if _, err := (&recording{since: bad}).from(now); err == nil {
			t.Errorf("--since %s is taken", bad)
		}
	}
}

func TestAWrongAnswerIsPromoted(t *testing.T) {
	lib, _, flag, _ := stocked(t)
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "more.jsonl")
	do := func(p promotion) (string, error) {
		t.Helper()
		if err := p.check(); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err := p.promote(t.Context(), lib, &out)
		return out.String(), err
	}
	if _, err := do(promotion{flag: flag, as: "example", to: dir, text: "我电话13812345678，寄哪"}); !errors.Is(err, errPersonal) || !strings.Contains(err.Error(), "13812345678") {
		t.Errorf("a phone number: %v", err)
	}
	if _, err := do(promotion{flag: flag, as: "example", to: dir, topic: "no-such"}); err == nil {
		t.Error("a topic that is not there is taken")
	}
	if _, err := do(promotion{flag: "nothing", as: "example", to: dir}); !errors.Is(err, web.ErrNoTicket) {
		t.Errorf("no such flag: %v", err)
	}
	if x, err := lib.shared().Ticket(t.Context(), flag); err != nil || !x.DoneAt.IsZero() {
		t.Errorf("settled by what was refused: %+v, %v", x, err)
	}
	// With the topic that the flag names, in other words.
	mine := filepath.Join(dir, "mer-rejected.yaml")
	if err := os.WriteFile(mine, []byte("id: mer-rejected\nextends: true\nexamples:\n  zh: # ours\n  - 商家死活不认账咋整呀\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if says, err := do(promotion{flag: flag, as: "example", to: dir, topic: "mer-rejected", text: "店家就是不肯认这个账呀"}); err != nil {
		t.Errorf("%s, %v", says, err)
	}
	raw, err := os.ReadFile(mine)
	if want := "id: mer-rejected\nextends: true\nexamples:\n  zh: # ours\n  - 商家死活不认账咋整呀\n  - 店家就是不肯认这个账呀\n"; err != nil || string(raw) != want {
		t.Errorf("%v: %s", err, raw)
	}
	x, err := lib.shared().Ticket(t.Context(), flag)
	if err != nil || x.Outcome != "promoted" || x.DoneBy != "" {
		t.Errorf("the flag: %+v, %v", x, err)
	}
	if _, err := do(promotion{flag: flag, as: "example", to: dir}); err == nil || !strings.Contains(err.Error(), "settled") {
		t.Errorf("a settled flag: %v", err)
	}
	// Of a run, as a case.
	run := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(run, []byte(`{"format":1,"about":{"stage":"process","policy":"p","faq":"f"},"seed":1,"repeat":1,"complete":true,"cases":[`+
		`{"id":"q/1","pos":{"file":"a.jsonl","line":1},"lang":"zh-CN","tier":"regression","status":"failed","question":{"text":"运费到底谁出呀","topic":"ret-freight","state":"refunded"}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := do(promotion{run: run, id: "q/2", as: "case", to: file}); err == nil {
		t.Error("a question that the run has not is taken")
	}
	for i, want := range []error{nil, errKnown} {
		if _, err := do(promotion{run: run, id: "q/1", as: "case", to: file}); !errors.Is(err, want) {
			t.Errorf("time %d: %v", i+1, err)
		}
	}
	list, err := suite.Load(file)
	if err != nil || len(list) != 1 || list[0].Question.Topic != "ret-freight" || list[0].Question.State != "refunded" || list[0].Review == suite.Pending {
		t.Errorf("%+v, %v", list, err)
	}
	// As an example of a topic that the directory has nothing of; once.
	p := promotion{run: run, id: "q/1", as: "example", to: t.TempDir(), topic: "mer-rejected"}
	if says, err := do(p); err != nil || !strings.Contains(says, "mer-rejected.yaml") {
		t.Errorf("%s, %v", says, err)
	}
	if _, err := do(p); !errors.Is(err, errKnown) {
		t.Errorf("twice: %v", err)
	}
}

func TestReplayRecordAndPromoteWantTheirFlags(t *testing.T) {
	for _, args := range [][]string{
		{"record"},
		{"record", "--since", "soon"},
		{"promote", "--to", "x"},
		{"promote", "--flag", "a", "--run", "b", "--to", "x"},
		{"promote", "--run", "b", "--to", "x"},
		{"promote", "--flag", "a"},
		{"promote", "--flag", "a", "--as", "poem", "--to", "x"},
		{"promote", "--flag", "a", "--as", "case", "--to", "x.csv"},
		{"promote", "--run", filepath.Join(t.TempDir(), "none.json"), "--case", "q", "--to", "x"},
	} {
		_, err := command(t, nil, append([]string{"replay"}, args...)...)
		var e *exit
		if !errors.As(err, &e) || e.code != exitUsage {
			t.Errorf("%v: %v", args, err)
		}
	}
	out, err := command(t, nil, "replay", "record", "--since", "1h", "--data", t.TempDir())
	if err != nil || !strings.Contains(out, "0 recorded") {
		t.Errorf("an empty store: %v: %s", err, out)
	}
}
