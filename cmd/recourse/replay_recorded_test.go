package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/redistest"
	"recourse/web/wire"
)

// What happened on a real store is recorded from it, read, and comes again; a wrong answer in it becomes a question that
// is asked where the case then stood.
func TestAStoredConversationIsPlayedAgain(t *testing.T) {
	if _, err := faq.Builtin().Learn(""); err != nil {
		t.Fatal(err)
	}
	rdb := redistest.Embedded(t)
	lib := &library{rdb: rdb}
	store := &rediscases.Store{RDB: rdb}
	stored := stage.Options{FAQ: faq.Builtin(), Stores: func(context.Context) (stage.Stores, error) {
		return stage.Stores{
			Dialogs: &redisdialog.Store{RDB: rdb}, Cases: store, Complaints: &rediscases.Complaints{RDB: rdb}, Due: store,
			Take: recordsOf(rdb), Close: func() error { return nil },
		}, nil
	}}
	play := func(o stage.Options, list []suite.Case) replay.Run {
		t.Helper()
		run, err := replay.Play(t.Context(), stage.New(o), list, replay.Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	list, err := suite.Load("../../bot/replay/own/flows/apply.yaml")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(c suite.Case) bool { return c.ID == "apply-fault-to-the-money/zh" })
	if r := play(stored, list[i:i+1]).Cases[0]; r.Status != replay.Passed {
		t.Fatalf("on the store: %+v", r)
	}
	var id dialog.ID
	if err := lib.dialogs().Each(t.Context(), func(d dialog.ID) error { id = d; return nil }); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := recording{ids: []string{string(id)}, out: dir}
	if err := r.record(t.Context(), lib, time.Time{}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	load := func() []suite.Case {
		t.Helper()
		list, err := suite.Load(dir)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d cases, %v", len(list), err)
		}
		return list
	}
	fresh := stage.Options{FAQ: faq.Builtin()}
	if r := play(fresh, load()).Cases[0]; r.Status != replay.Skipped {
		t.Errorf("what nobody has read is %s", r.Status)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err == nil {
		err = os.WriteFile(files[0], bytes.Replace(raw, []byte("review: pending"), []byte("review: reviewed"), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := play(fresh, load()).Cases[0]; r.Status != replay.Passed {
		t.Errorf("again: %s %s %+v", r.Status, r.Why, r.Trials[0].Failures)
	}
	answers := slices.Clone(faq.Builtin().Topic("pay-arrival").Answers)
	for i := range answers {
		answers[i].ZH = "明天一早就到。"
	}
	spoilt, err := faq.Builtin().Reword("pay-arrival", answers)
	if err != nil {
		t.Fatal(err)
	}
	if r := play(stage.Options{FAQ: spoilt}, load()).Cases[0]; r.Status != replay.Failed {
		t.Errorf("with another answer: %s", r.Status)
	}

	log, err := lib.entries(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	wrong := slices.IndexFunc(log, func(e dialog.Entry) bool { return e.Basis != nil && e.Basis.Topic == "pay-arrival" })
	flag, err := lib.shared().FlagAnswer(t.Context(), wire.Ticket{Kind: "wrong_answer", Why: "wrong_topic", Topic: "pay-not-arrived", Conversation: string(id), Entry: log[wrong].Seq, By: "li", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	p := promotion{flag: flag.ID, as: "case", to: filepath.Join(t.TempDir(), "more.jsonl")}
	if err := p.promote(t.Context(), lib, io.Discard); err != nil {
		t.Fatal(err)
	}
	more, err := suite.Load(p.to)
	if err != nil || len(more) != 1 || more[0].Question.State != cases.RefundPending || more[0].Question.Topic != "pay-not-arrived" {
		t.Errorf("promoted: %+v, %v", more, err)
	}
	if got := play(fresh, more).Cases[0]; got.Status != replay.Failed || !strings.Contains(got.Trials[0].Failures[0].Got, "pay-arrival") {
		t.Errorf("the wrong answer does not come again: %+v", got)
	}
}
