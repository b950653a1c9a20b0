package faq

import (
	"math"
	"unicode/utf8"

	"recourse/bot/nlu/intent"
	"recourse/dialog"
)

// signal is what speaks for a text asking any topic: how far ahead the first topic is, how spread the rest, how like
// the nearest example is, how much is meant, how long it is. They mean the same for every model, as the model's own
// Known does not, which is fitted to each anew.
type signal [5]float64

func signalOf(text string, meant int, r intent.Result) signal {
	entropy := 0.0
	for _, g := range r.Guesses {
		if g.P > 0 {
			entropy -= g.P * math.Log(g.P)
		}
	}
	return signal{
		math.Log(max(r.Guesses[0].P, 1e-6)), entropy, r.Nearest,
		math.Min(float64(meant), 5), math.Log(float64(1 + utf8.RuneCountInString(text))),
	}
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

// languageOf is that of a text: a single Chinese character makes it Chinese.
func languageOf(text string) dialog.Locale {
	if han(text) > 0 {
		return dialog.ZH
	}
	return dialog.EN
}
