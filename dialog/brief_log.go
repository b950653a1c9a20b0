package dialog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// keptPromises is how many promises a brief tells at most, the latest.
const keptPromises = 20

// binding is what makes a sentence something to stand by.
var binding = []struct {
	name string
	form *regexp.Regexp
}{
	{"amount", regexp.MustCompile(`[¥￥]\s*\d|\d\s*(?:元|块|yuan\b|RMB\b|CNY\b)`)},
	{"date", regexp.MustCompile(`\d+\s*月\s*\d+\s*[日号]|\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|\d{4}-\d{2}-\d{2}|今天|明天|后天|\b(?:today|tomorrow)\b`)},
	{"time", regexp.MustCompile(`\d\s*(?:个)?(?:工作日|自然日|天|小时|分钟)|\b\d+ (?:working |business )?(?:days?|hours?|minutes?)\b|\b\d{1,2}:\d{2}\b`)},
	{"action", regexp.MustCompile(`(?:我|我们|客服|平台|系统|商家|本人)(?:会|将)|为您(?:申请|安排|处理|退|补)|保证|一定(?:会|给)|(?i)\b(?:i|we|agents?|an agent|the agent|the platform|the system|the merchant|the shop)(?:'ll|’ll| will)\b`)},
}

// receipts are the wordings whose date tells what was received, and binds nobody.
const receipts = "evidence.got"

// quoted is what somebody else said, inside a sentence of ours.
var quoted = regexp.MustCompile(`“[^”]*”`)

// promises are the sentences that the buyer was told with an amount, a date, a time or a promise to do something. A
// question promises nothing, nor does what is only quoted. A sentence that was said again counts as said the last time.
func promises(entries []Entry) []BriefPromise {
	out := []BriefPromise{}
	for _, e := range entries {
		if e.Author.Kind == FromBuyer || e.Kind != Text && e.Kind != Notice || strings.HasPrefix(e.Key, receipts) {
			continue
		}
		for _, s := range sentences(e.Text) {
			own := quoted.ReplaceAllString(s, "")
			if strings.HasSuffix(own, "？") || strings.HasSuffix(own, "?") {
				continue
			}
			var binds []string
			for _, b := range binding {
				if b.form.MatchString(own) {
					binds = append(binds, b.name)
				}
			}
			if binds == nil {
				continue
			}
			out = slices.DeleteFunc(out, func(p BriefPromise) bool { return p.Text == s && p.By == e.Author.Kind && p.Name == nameOf(e) })
			out = append(out, BriefPromise{Seq: e.Seq, At: e.At, By: e.Author.Kind, Name: nameOf(e), Text: s, Binds: binds})
		}
	}
	return out[max(0, len(out)-keptPromises):]
}

func nameOf(e Entry) string {
	if e.Author.Kind == FromAgent {
		return e.Author.Name
	}
	return ""
}

// sentences cuts a text into its sentences, line by line, but not inside a quotation.
func sentences(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		whole, rest := Sentences(line, '“', '”')
		for _, s := range append(whole, rest) {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

// The keys under which the bot notes how a buyer feels (dialog/next.go).
var moodKeys = map[string]string{"angry": "anger", "distress": "distress", "threat": "threat"}

// moods are the moments at which the bot took notice of anger, distress or a threat.
func moods(entries []Entry) []BriefMood {
	out := []BriefMood{}
	for i, e := range entries {
		kind := moodKeys[e.Key]
		if kind == "" || e.Author.Kind == FromBuyer {
			continue
		}
		m := BriefMood{Kind: kind, At: e.At}
		if said := answeredBy(entries[:i], e); said != nil {
			m.Seq, m.At, m.Text = said.Seq, said.At, said.Text
		}
		if n := len(out); n > 0 && m.Seq != 0 && out[n-1].Kind == kind && out[n-1].Seq == m.Seq {
			continue
		}
		out = append(out, m)
	}
	return out
}

// turnOf is the position of the entry that a reply of the bot was made to, as its client id has it ("re:12:0"); 0 if it
// does not say.
func turnOf(reply Entry) int64 {
	rest, ok := strings.CutPrefix(reply.Client, "re:")
	if !ok {
		return 0
	}
	at, _, _ := strings.Cut(rest, ":")
	seq, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return 0
	}
	return seq
}

// answeredBy is the buyer's entry that a reply of the bot was made to, else the last that he wrote before.
func answeredBy(before []Entry, reply Entry) *Entry {
	seq := turnOf(reply)
	for i := len(before) - 1; i >= 0; i-- {
		if e := &before[i]; e.Author.Kind == FromBuyer && (seq == 0 && e.Kind == Text || e.Seq == seq) {
			return e
		}
	}
	return nil
}

// answered are the questions that the bot answered, each once, in the order of their first answer. A verdict is
// told by itself.
func answered(entries []Entry, labels map[Topic]string) []BriefTopic {
	out := []BriefTopic{}
	for _, e := range entries {
		if e.Basis == nil || e.Author.Kind != FromBot || e.Basis.Topic == "" {
			continue
		}
		i := slices.IndexFunc(out, func(t BriefTopic) bool { return t.Topic == e.Basis.Topic && t.Code == e.Basis.Code })
		if i < 0 {
			t := BriefTopic{Topic: e.Basis.Topic, Code: e.Basis.Code, Label: labels[e.Basis.Topic]}
			if t.Label == "" {
				t.Label = string(t.Topic)
			}
			out, i = append(out, t), len(out)
		}
		out[i].Times, out[i].Seq, out[i].At = out[i].Times+1, e.Seq, e.At
	}
	return out
}

// repairKeys say which wordings are repairs, by the beginning of their key.
var repairKeys = []struct{ prefix, kind string }{
	{"unknown", "not_understood"},
	{"clarify", "asked_which"},
	{"card.stale", "stale_card"},
	{"not_allowed", "refused"},
	{"error.", "refused"},
	{"trouble.", "upload_trouble"},
	{"correct.", "corrected"},
	{"back.", "corrected"},
	{"skip.", "left_out"},
	{"refuse.", "left_out"},
}

// repairs are the ways in which the bot did not get on, each once, in the order of their first time. Several sentences
// of one turn are one.
func repairs(entries []Entry) []BriefRepair {
	out, turns := []BriefRepair{}, map[string]bool{}
	for _, e := range entries {
		if e.Author.Kind != FromBot {
			continue
		}
		at := slices.IndexFunc(repairKeys, func(r struct{ prefix, kind string }) bool { return strings.HasPrefix(e.Key, r.prefix) })
		if at < 0 {
			continue
		}
		kind, code := repairKeys[at].kind, ""
		if rest, ok := strings.CutPrefix(e.Key, "error."); ok {
			code = rest
		}
		if turn := turnOf(e); turn != 0 {
			once := strconv.FormatInt(turn, 10) + kind + code
			if turns[once] {
				continue
			}
			turns[once] = true
		}
		i := slices.IndexFunc(out, func(r BriefRepair) bool { return r.Kind == kind && r.Code == code })
		if i < 0 {
			out, i = append(out, BriefRepair{Kind: kind, Code: code}), len(out)
		}
		out[i].Times, out[i].Seq, out[i].At = out[i].Times+1, e.Seq, e.At
	}
	return out
}
