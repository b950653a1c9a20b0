package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"recourse/dialog"
	"recourse/web/wire"
)

// The owner changes an answer while people are asking: the next one who asks reads the new one, a file with a fault
// changes nothing, and what was said is known to rest on the version that said it.
func TestAnswersAreChangedUnderARunningServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(zh string) {
		t.Helper()
		text := "id: zz-shop-hours\naudience: buyer\ntitle: {zh: 营业时间, en: Hours}\nlabel: {zh: 你们几点上班, en: When are you open}\nfacts: []\nnear: []\n" +
			"answers:\n- zh: \"" + zh + "\"\n  en: \"We are open.\"\n  buttons: [human]\nexamples:\n  zh: [你们店几点开门呀]\n  en: [when do you open the office]\n"
		file := filepath.Join(dir, "zz-shop-hours.yaml")
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	write("全天都有人，签收后 {apply_no_reason_days} 天内都可以问。")
	w := newWorld(t, "--faq", dir)
	b := newBand(w, "zh-CN")
	ask := func() dialog.Entry {
		t.Helper()
		before := len(b.buyer.entries)
		b.buyer.sure(func(id string) any {
			return wire.Press{T: wire.TPress, ID: id, Action: dialog.ActTopic, Args: dialog.Args{"topic": "zz-shop-hours"}}
		})
		var found dialog.Entry
		b.buyer.await("an answer", func() bool {
			for _, e := range b.buyer.entries[before:] {
				if e.Key == "faq.zz-shop-hours" {
					found = e
				}
			}
			return found.Key != ""
		})
		return found
	}
	first := ask()
	if first.Text != "全天都有人，签收后 7 天内都可以问。" || first.Basis == nil || first.Basis.FAQ == "" || first.Basis.Topic != "zz-shop-hours" {
		t.Fatalf("%q rests on %+v", first.Text, first.Basis)
	}
	write("周末休息，签收后 {apply_no_reason_dayz} 天内都可以问。")
	if err := w.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if again := ask(); again.Text != first.Text {
		t.Errorf("a file with a fault says %q", again.Text)
	}
	write("周末休息，签收后 {apply_no_reason_days} 天内都可以问。")
	var last dialog.Entry
	// A buyer may not write faster; and the server learns first, which takes longer on a busy machine than others wait.
	for range 90 {
		<-time.After(time.Second)
		if last = ask(); strings.HasPrefix(last.Text, "周末休息") {
			break
		}
	}
	if !strings.HasPrefix(last.Text, "周末休息") {
		t.Fatalf("it still says %q", last.Text)
	}
	if last.Basis.FAQ == first.Basis.FAQ {
		t.Errorf("both rest on version %s", last.Basis.FAQ)
	}
}
