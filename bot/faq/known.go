package faq

import (
	"math"
	"strings"
	"unicode/utf8"

	"recourse/bot/nlu/intent"
	"recourse/dialog"
)

// other is the topic of all that is not answered here: what asks something else gets its one honest sentence.
const other dialog.Topic = "oos-other-topic"

// Outside says that a topic's answer is that we do not answer this, and where to go (domain §4 group 11).
func Outside(id dialog.Topic) bool { return strings.HasPrefix(string(id), "oos-") }

// signal is what speaks for a text asking something that is answered here: how far it is on the side of the likeliest
// topic, how far on that of other; how like the nearest examples of either; how long it is. They mean the same for
// every model, as the model's own Known does not, which is fitted to each anew.
type signal [5]float64

func signalOf(text string, r intent.Result) signal {
	x := signal{-1, -1, 0, 0, math.Log(float64(1 + utf8.RuneCountInString(text)))}
	for _, g := range r.Guesses {
		if dialog.Topic(g.Label) == other {
			x[1], x[3] = g.Margin, g.Near
		} else {
			x[0], x[2] = max(x[0], g.Margin), max(x[2], g.Near)
		}
	}
	return x
}

// Asks weighs the signals of a language: a logistic regression, and from where on a text may ask anything.
type Asks struct {
	Weight signal  `json:"weight"`
	Bias   float64 `json:"bias"`
	From   float64 `json:"from"`
}

func (a Asks) p(x signal) float64 {
	s := a.Bias
	for i := range x {
		s += a.Weight[i] * x[i]
	}
	return 1 / (1 + math.Exp(-s))
}

// learn fits the weights; both kinds of text weigh the same, however many there are.
func (a *Asks) learn(in, no []signal) {
	if len(in) == 0 || len(no) == 0 {
		return
	}
	for range 4000 {
		var grad signal
		bias := 0.0
		step := func(list []signal, want float64) {
			for _, x := range list {
				d := (a.p(x) - want) / float64(2*len(list))
				bias += d
				for i := range x {
					grad[i] += d * x[i]
				}
			}
		}
		step(in, 1)
		step(no, 0)
		a.Bias -= 0.5 * bias
		for i := range grad {
			a.Weight[i] -= 0.5 * (grad[i] + 0.001*a.Weight[i])
		}
	}
}

// LanguageOf is that of a text: a single Chinese character makes it Chinese.
func LanguageOf(text string) dialog.Locale {
	if han(text) > 0 {
		return dialog.ZH
	}
	return dialog.EN
}
