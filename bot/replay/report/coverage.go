package report

import (
	"maps"
	"slices"

	"recourse/bot/replay"
	"recourse/cases"
	"recourse/dialog"
)

// Coverage is what of the bot a run has touched.
type Coverage struct {
	Topics      Touched `json:"topics"` // that answered, in a question or a conversation
	Steps       Touched `json:"steps"`  // of the guided flows, at which a conversation stood
	States      Touched `json:"states"` // of the case
	Transitions Touched `json:"transitions"`
}

// Touched is what of a list was touched, and how often, and what was not.
type Touched struct {
	Of     int            `json:"of"`
	Seen   map[string]int `json:"seen"`   // by name; what is not on the list is left out
	Missed []string       `json:"missed"` // in the list's order
}

// Share is how much of the list was touched, from 0 to 1.
func (t Touched) Share() float64 { return ratio(t.Of-len(t.Missed), t.Of) }

// touch counts what was seen of a list.
func touch(list []string, seen map[string]int) Touched {
	t := Touched{Of: len(list), Seen: map[string]int{}, Missed: []string{}}
	for _, name := range list {
		if n := seen[name]; n > 0 {
			t.Seen[name] = n
			continue
		}
		t.Missed = append(t.Missed, name)
	}
	return t
}

// Cover computes a run's coverage. topics are all that there are.
func Cover(run replay.Run, topics []dialog.Topic) Coverage {
	answered, steps, states, moves := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	heard := func(list []replay.Said) {
		for _, s := range list {
			if s.Topic != "" {
				answered[string(s.Topic)]++
			}
		}
	}
	for _, c := range run.Cases {
		if len(c.Trials) == 0 {
			continue
		}
		t := c.Trials[0]
		if t.Answer != nil && t.Answer.Topic != "" {
			answered[string(t.Answer.Topic)]++
		}
		for _, v := range t.Views {
			heard(v.Said)
			if v.Step != "" {
				steps[string(v.Step)]++
			}
			if v.Case != nil {
				states[string(v.Case.State)]++
			}
			for _, m := range v.Moves {
				moves[m]++
			}
		}
	}
	var all [4][]string
	for _, t := range topics {
		all[0] = append(all[0], string(t))
	}
	asked := map[string]bool{}
	for _, a := range dialog.Askings() {
		if a.Step != "" && !asked[string(a.Step)] {
			asked[string(a.Step)] = true
			all[1] = append(all[1], string(a.Step))
		}
	}
	for _, s := range cases.States() {
		all[2] = append(all[2], string(s.State))
	}
	ids := map[string]bool{}
	for _, t := range cases.Table() {
		ids[t.ID] = true
	}
	all[3] = slices.Sorted(maps.Keys(ids))
	return Coverage{touch(all[0], answered), touch(all[1], steps), touch(all[2], states), touch(all[3], moves)}
}
