package replay

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// ours says that a program wrote it: an agent's own words are his.
func (s Said) ours() bool { return s.By == dialog.FromBot || s.By == dialog.FromSystem }

// parts are all texts of an entry as the buyer reads them: words, titles, rows, a verdict, labels.
func (s Said) parts() []string {
	var out []string
	add := func(texts ...string) {
		for _, t := range texts {
			if t != "" {
				out = append(out, t)
			}
		}
	}
	add(s.Text)
	c := s.Card
	if c == nil {
		return out
	}
	add(c.Title, c.DeadlineLabel)
	for _, o := range c.Orders {
		add(o.Title, o.Spec, o.Shop, o.Status, o.Order)
	}
	if v := c.Verdict; v != nil {
		add(v.Headline, v.Reason, v.Freight)
		for _, cl := range v.Clauses {
			add(cl.Text)
		}
		add(v.StillOpen...)
	}
	for _, row := range c.Checklist {
		for _, k := range row.Kinds {
			add(k.Label)
			add(k.MustShow...)
			add(k.Avoid...)
		}
	}
	for _, r := range c.Rows {
		add(r.Label+" "+r.Value, r.Value)
	}
	for _, b := range c.Buttons {
		add(b.Label)
	}
	return out
}

// own are the texts of an entry that are a wording of ours, not data: no names of goods, no values of rows.
func (s Said) own() []string {
	out := []string{s.Text}
	c := s.Card
	if c == nil {
		return out
	}
	out = append(out, c.Title, c.DeadlineLabel)
	if v := c.Verdict; v != nil {
		out = append(append(out, v.Headline, v.Reason, v.Freight), v.StillOpen...)
		for _, cl := range v.Clauses {
			out = append(out, cl.Text)
		}
	}
	for _, row := range c.Checklist {
		for _, k := range row.Kinds {
			out = append(out, k.Label)
		}
	}
	for _, r := range c.Rows {
		out = append(out, r.Label)
	}
	for _, b := range c.Buttons {
		if b.Action != dialog.ActPickOrder {
			out = append(out, b.Label)
		}
	}
	return out
}

// foreign says that a text is clearly not in a language. Names that stand in it are taken out first; what is left is
// told by its script: Chinese characters against words in Latin letters.
func foreign(text string, l dialog.Locale, names []string) bool {
	for _, n := range names {
		text = strings.ReplaceAll(text, n, " ")
	}
	han, words, in := 0, 0, false
	for _, r := range text {
		if r >= 0x4e00 && r <= 0x9fff { // most of what is said
			han++
			in = false
			continue
		}
		latin := unicode.Is(unicode.Latin, r) || in && (r == '\'' || r == '’' || r == '-' || unicode.IsDigit(r))
		if latin && !in {
			words++
		}
		in = latin
		if r > unicode.MaxLatin1 && unicode.Is(unicode.Han, r) {
			han++
		}
	}
	if l == dialog.EN {
		return han >= 2 && han >= words
	}
	return words >= 3 && words > han || han == 0 && words >= 2
}

// names are the texts of a case that stand in what is said in whatever language they are in: of goods and shops, and
// what the buyer, merchant and agent wrote themselves. Longest first, so that none is cut by another.
func names(c suite.Case) []string {
	var out []string
	add := func(texts ...string) {
		for _, t := range texts {
			if utf8.RuneCountInString(t) > 1 {
				out = append(out, t)
			}
		}
	}
	if c.Conversation == nil {
		return nil
	}
	for _, o := range c.Conversation.Fixture.Orders {
		add(o.Title.In(c.Locale), o.Spec, o.Shop, o.Carrier)
	}
	for _, e := range c.Conversation.Fixture.Past {
		add(e.Text)
	}
	for _, s := range c.Conversation.Steps {
		for _, said := range []*suite.Said{s.Say, s.Text} {
			if said != nil {
				add(said.In(c.Locale))
			}
		}
		if s.Event != nil {
			add(s.Event.Text)
		}
		for _, args := range []dialog.Args{s.Args, s.Form} {
			for _, k := range sortedKeys(args) {
				add(args[k])
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(out)
}

// squeeze makes one space of every run of white space, so that a text that was folded in its file is still found.
func squeeze(s string) string {
	if !strings.ContainsAny(s, "\n\t\r") && !strings.Contains(s, "  ") {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// gotLimit is how many characters of what was said stand in a failure; the views have all of it.
const gotLimit = 240

// short cuts a text for reading.
func short(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	r := []rune(s)
	return string(r[:limit]) + "…"
}

// around is what stands about the place from i to j of a text, 40 characters on either side.
func around(s string, i, j int) string {
	const side = 40
	before, after := []rune(s[:i]), []rune(s[j:])
	var b strings.Builder
	if len(before) > side {
		b.WriteString("…")
		before = before[len(before)-side:]
	}
	b.WriteString(string(before))
	b.WriteString(short(s[i:j], gotLimit))
	if len(after) > side {
		b.WriteString(string(after[:side]) + "…")
	} else {
		b.WriteString(string(after))
	}
	return b.String()
}
