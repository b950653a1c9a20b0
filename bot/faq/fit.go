package faq

import (
	"math"
	"slices"

	"recourse/bot/nlu/intent"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/dialog"
)

// What the thresholds are set for.
const (
	falseRefusals = 0.03 // of the questions that are answered here may be taken for others
	wrongAnswers  = 0.10 // of the texts that are answered at once may have asked another topic, or none
	asksNothing   = 0.20 // of the texts that come ask no topic, however many of them we have written down
	goodOffers    = 0.80 // of the clarifying questions must have the right topic among their buttons
)

// outOfFold is what a model that has not seen a text says of it.
type outOfFold struct {
	Asked
	intent.Result
	signal signal
}

// crossValidate classifies each example by a model trained on the others' folds.
func (b *Book) crossValidate(all []Asked) ([]outOfFold, error) {
	var out []outOfFold
	for k := range folds {
		held := func(a Asked) bool { return fold(a.Text, Seed) == k }
		rest := without(all, held)
		if len(rest) == len(all) {
			continue // this fold is held back from all of it
		}
		m, err := b.train(rest)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			if held(a) {
				r := m.Classify(view(a.Text))
				out = append(out, outOfFold{a, r, signalOf(a.Text, r)})
			}
		}
	}
	return out, nil
}

// fit measures the weights and thresholds on examples that the models have not seen.
func (b *Book) fit(seen []outOfFold) Fit {
	f := &Finder{book: b}
	f.fit.Book = b.version
	f.fit.Asks = map[dialog.Locale]Asks{}
	for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
		var in, no []signal
		for _, s := range seen {
			switch {
			case s.Locale != l:
			case s.Topic == "" || s.Topic == other:
				no = append(no, s.signal)
			case !Outside(s.Topic): // of the others outside it is of no account: they are answered if they are clear
				in = append(in, s.signal)
			}
		}
		asks := Asks{}
		asks.learn(in, no)
		if len(in) > 0 {
			var known []float64
			for _, x := range in {
				known = append(known, asks.p(x))
			}
			slices.Sort(known)
			asks.From = known[int(falseRefusals*float64(len(known)))]
		}
		f.fit.Asks[l] = asks
	}
	best := math.Inf(1)
	for w := 0.0; w <= 10; w += 0.5 {
		for n := 0.0; n <= 3; n += 0.25 {
			try := &Finder{book: b, fit: Fit{State: w, NoCase: n, Asks: f.fit.Asks}}
			if loss := try.loss(seen); loss < best-1e-9 {
				best, f.fit.State, f.fit.NoCase = loss, w, n
			}
		}
	}
	f.fit.Sure, f.fit.Share = f.sure(seen), 0.5
	f.fit.Share = f.share(seen)
	return f.fit
}

// place is a state in which an example is looked at, and how often it is asked there.
type place struct {
	state cases.State
	share float64
}

// usual is what "usually" means where a topic's file says where it is asked: eight times of ten. The rest ask ahead of
// time, without a case or with one that stands elsewhere.
const usual = 0.8

// places are those that an example needs; else one in which its topic is usual, none, and any other. The first is the
// likeliest.
func (f *Finder) places(a Asked) []place {
	if a.State != "" {
		return []place{{a.State, 1}}
	}
	pick := func(list []cases.State, salt uint64) cases.State {
		return list[draw(a.Text, Seed+salt)%uint64(len(list))]
	}
	if t := f.book.topics[a.Topic]; t != nil && len(t.States) > 0 {
		return []place{{pick(t.States, 1), usual}, {dialog.NoCase, (1 - usual) / 2}, {pick(replies.Filed(), 2), (1 - usual) / 2}}
	}
	return []place{{dialog.NoCase, 0.5}, {pick(replies.Filed(), 2), 0.5}}
}

func (f *Finder) loss(seen []outOfFold) float64 {
	sum, n := 0.0, 0.0
	for _, s := range seen {
		if s.Topic == "" {
			continue
		}
		for _, at := range f.places(s.Asked) {
			for _, r := range f.weigh(s.Result, f.fit.Asks[s.Locale].p(s.signal), at.state) {
				if r.Topic == s.Topic {
					sum -= at.share * math.Log(max(r.P, 1e-9))
				}
			}
		}
		n++
	}
	return sum / max(n, 1)
}

// sure is the lowest likelihood from which on few enough answers are wrong.
func (f *Finder) sure(seen []outOfFold) float64 {
	type first struct {
		p, share float64
		right    bool
	}
	var list []first
	nothing := 0.0
	for _, s := range seen {
		if s.Topic == "" {
			nothing++
		}
	}
	weight := asksNothing / (1 - asksNothing) * (float64(len(seen)) - nothing) / max(nothing, 1)
	for _, s := range seen {
		asks := f.fit.Asks[s.Locale]
		known := asks.p(s.signal)
		for _, at := range f.places(s.Asked) {
			r := f.rank(s.Result, known, asks.From, at.state)[0]
			switch {
			case known < asks.From && !Outside(r.Topic):
			case s.Topic == "":
				list = append(list, first{r.P, at.share * weight, r.Topic == other})
			default:
				list = append(list, first{r.P, at.share, r.Topic == s.Topic})
			}
		}
	}
	slices.SortFunc(list, func(a, b first) int {
		switch {
		case a.p > b.p:
			return -1
		case a.p < b.p:
			return 1
		}
		return 0
	})
	out, wrong, all := 1.0, 0.0, 0.0
	for _, l := range list {
		if all += l.share; !l.right {
			wrong += l.share
		}
		if all >= 20 && wrong <= wrongAnswers*all {
			out = l.p
		}
	}
	return out
}

// share is the lowest sum of likelihoods at which the topics of a clarifying question have the right one often enough.
func (f *Finder) share(seen []outOfFold) float64 {
	for try := 0.3; try < 0.95; try += 0.05 {
		at := f.fit
		at.Share = try
		asked, right := 0.0, 0.0
		for _, s := range seen {
			if s.Topic == "" {
				continue
			}
			for _, place := range f.places(s.Asked) {
				asks := f.fit.Asks[s.Locale]
				found := Found{Known: asks.p(s.signal)}
				found.Topics = f.rank(s.Result, found.Known, asks.From, place.state)
				found.decide(at, asks.From)
				if found.Decision != Clarify {
					continue
				}
				asked += place.share
				if slices.ContainsFunc(found.Topics[:found.Choices], func(r Ranked) bool { return r.Topic == s.Topic }) {
					right += place.share
				}
			}
		}
		if asked > 0 && right >= goodOffers*asked {
			return try
		}
	}
	return 0.95
}
