package stage_test

import (
	"slices"
	"testing"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases/policy"
	"recourse/dialog"
)

func passes(d time.Duration) suite.Step { return suite.Step{Pass: suite.Duration(d)} }

func agentSays(text string) suite.Step {
	return suite.Step{Agent: "say", Text: &suite.Said{ZH: text, EN: text}}
}

// keysOf are the wording keys of what was said in a step.
func keysOf(v replay.View) []string {
	var out []string
	for _, e := range v.Said {
		out = append(out, e.Key)
	}
	return out
}

// What an agent leaves undone is looked at as on a server: an answer that is late is told once, to the minute of the
// policy; where nothing is open the bot has it back.
func TestTheDeskLooksAtWhoIsSlow(t *testing.T) {
	s := ready(t)
	for name, tt := range map[string]struct {
		steps []suite.Step
		want  [][]string // of the last steps
		ends  dialog.Holder
	}{
		"no answer": {
			[]suite.Step{say("在吗"), passes(3*time.Minute - time.Second), passes(time.Second), passes(10 * time.Hour)},
			[][]string{nil, {"handoff.slow"}, nil},
			dialog.HeldByHuman,
		},
		"an answer in time": {
			[]suite.Step{say("在吗"), passes(2 * time.Minute), agentSays("在的"), passes(10 * time.Minute)},
			[][]string{nil},
			dialog.HeldByHuman,
		},
		"nothing is open": {
			[]suite.Step{agentSays("已经帮您看过了"), passes(30*time.Minute - time.Second), passes(time.Second), passes(time.Hour)},
			[][]string{nil, {"handoff.idle"}, nil},
			dialog.HeldByBot,
		},
		"a promise": {
			[]suite.Step{agentSays("我查一下，稍后回复您"), passes(time.Hour), passes(time.Hour)},
			[][]string{{"handoff.slow"}, nil},
			dialog.HeldByHuman,
		},
	} {
		views := play(t, s, talk(append([]suite.Step{say("转人工"), {Agent: "join"}}, tt.steps...)...))
		views = views[len(views)-len(tt.want):]
		for i, v := range views {
			if got := keysOf(v); !slices.Equal(got, tt.want[i]) {
				t.Errorf("%s, step %d from the end: he reads %v, want %v", name, len(views)-i, got, tt.want[i])
			}
		}
		if last := views[len(views)-1]; last.Holder != tt.ends {
			t.Errorf("%s: held by %s, want %s", name, last.Holder, tt.ends)
		}
	}
}

// A view tells why a person is wanted: what an agent resolved within a day is reopened.
func TestAViewTellsWhyAPersonIsWanted(t *testing.T) {
	views := play(t, ready(t), talk(say("转人工"), suite.Step{Agent: "join"}, suite.Step{Agent: "resolve"}, say("转人工")))
	for i, want := range []string{"asked", "asked", "", "reopened"} {
		if got := views[i].Slots["handoff"]; got != want {
			t.Errorf("step %d: wanted for %q, want %q", i+1, got, want)
		}
	}
}

func TestAnOrderMayHaveOtherParcels(t *testing.T) {
	o := band()
	o.Parcels = []suite.Parcel{{Waybill: "1", Moved: stage.At("2026-11-10 08:00")}, {Waybill: "2", Carrier: "圆通速递", Signed: stage.At("2026-11-09 10:00")}}
	got := stage.Line(o, dialog.ZH).OtherParcels
	want := []policy.Parcel{
		{Waybill: "1", Carrier: "中通快递", Logistics: policy.LogisticsMoving, LastLogisticAt: stage.At("2026-11-10 08:00").Time},
		{Waybill: "2", Carrier: "圆通速递", Logistics: policy.LogisticsSigned, LastLogisticAt: stage.At("2026-11-09 10:00").Time},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
