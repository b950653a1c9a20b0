package bot

import (
	"fmt"
	"testing"

	"recourse/cases"
	"recourse/dialog"
)

// recorder takes failures down in place of failing.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()           {}
func (r *recorder) Error(args ...any) { r.failures = append(r.failures, fmt.Sprint(args...)) }

func (r *recorder) Errorf(f string, a ...any) { r.failures = append(r.failures, fmt.Sprintf(f, a...)) }

func (r *recorder) Fatalf(f string, a ...any) {
	r.Errorf(f, a...)
	panic(r)
}

// The matrix can fail: an assistant that is spoilt in one way is caught by the cells that look at that.
func TestTheMatrixCatchesASpoiltAssistant(t *testing.T) {
	found := findStands(t, dialog.ZH)
	last := func(k *talk) *dialog.Entry { return &k.log[len(k.log)-1] }
	for name, m := range map[string]struct {
		move  string
		spoil func(*talk)
	}{
		"does not ask again": {"off topic", func(k *talk) {
			for i := range k.answers() {
				k.answers()[i].Card = nil
			}
		}},
		"forgets where it stood":  {"repeat", func(k *talk) { k.conv.Flow.Step = dialog.StepReason }},
		"asks another question":   {"why", func(k *talk) { k.conv.Flow.Asked = "promised" }},
		"leaves a gap":            {"wait", func(k *talk) { last(k).Text += "请在{until}前处理" }},
		"speaks another language": {"wait", func(k *talk) { last(k).Text = "no hurry at all" }},
		"is silent":               {"empty", func(k *talk) { k.log = k.log[:k.said] }},
		"keeps the floor":         {"human", func(k *talk) { k.conv.Holder = dialog.HeldByBot }},
		"acts on words":           {"skip", func(k *talk) { k.cases.did = append(k.cases.did, cases.Event{Kind: cases.EvSubmit}) }},
		"loses what was told":     {"correct", func(k *talk) { k.conv.Flow.Story = "" }},
		"leaves the card behind":  {"wait", func(k *talk) { k.conv.Flow.Live = 1 }},
		"does not answer the digression": {"digression and return", func(k *talk) {
			for i := range k.answers() {
				k.answers()[i].Basis = nil
			}
		}},
		"cancels without asking": {"cancel", func(k *talk) { k.conv.Flow.Step = dialog.StepSummary }},
		"clips in silence": {"2000 characters", func(k *talk) {
			k.conv.Flow.Story = "x"
			for i := range k.answers() {
				k.answers()[i].Key = "unknown"
			}
		}},
	} {
		for _, spoilt := range []bool{false, true} {
			at := found.at["apply/answer/intact"]
			r := &recorder{TB: t}
			c := &cell{talk: at.copy(t), t: r, a: askingNamed("apply/answer/intact"), before: at, pools: readPools(t)}
			if c.conv.Flow.Story == "" { // a story, so that there is one to lose
				c.conv.Flow.Story, at.conv.Flow.Story = "不太喜欢", "不太喜欢"
			}
			if spoilt {
				c.spoil = m.spoil
			}
			func() {
				defer func() {
					if p := recover(); p != nil && p != any(r) {
						panic(p)
					}
				}()
				for _, move := range matrixMoves {
					if move.name == m.move {
						move.do(c)
						c.nothingDone()
					}
				}
			}()
			if spoilt != (len(r.failures) > 0) {
				t.Errorf("an assistant that %s (%v): %v", name, spoilt, r.failures)
			}
		}
	}
}

func askingNamed(name string) dialog.Asking {
	for _, a := range dialog.Askings() {
		if a.String() == name {
			return a
		}
	}
	return dialog.Asking{}
}
