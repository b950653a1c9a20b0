package faq

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"recourse/cases"
	"recourse/dialog"
)

// measure is the command that measures the built-in thresholds.
const measure = "recourse faq eval --write bot/faq/fit.json"

// digests name by language what thresholds are measured on: the examples, what they ask, and where that is asked.
func (b *Book) digests() map[dialog.Locale]string {
	out := map[dialog.Locale]string{}
	for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
		sum := sha256.New()
		for _, a := range b.asked() {
			if a.Locale == l {
				var states []cases.State
				if t := b.topics[a.Topic]; t != nil {
					states = t.States
				}
				fmt.Fprintf(sum, "%q %s %v %s %s\n", a.Text, a.Topic, a.Piece, a.State, states)
			}
		}
		out[l] = hex.EncodeToString(sum.Sum(nil)[:8])
	}
	return out
}

// CheckFit finds languages whose thresholds were measured on other examples than the built-in ones. What a directory
// adds is answered by the built-in thresholds, and is not looked at.
func CheckFit() []Finding { return Builtin().stale(BuiltinFit()) }

func (b *Book) stale(f Fit) []Finding {
	var out []Finding
	now := b.digests()
	for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
		if f.Examples[l] != now[l] {
			out = append(out, Finding{
				Level: Wrong, Kind: "fit", File: "bot/faq/fit.json",
				What: fmt.Sprintf("the thresholds were measured on other examples in %s than there are; run %s", l, measure),
			})
		}
	}
	return out
}
