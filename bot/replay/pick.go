package replay

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// Filter chooses cases. The zero one takes all.
type Filter struct {
	text string
	any  [][]term // one of these, all of whose terms hold
}

type term struct {
	not  bool
	hold func(suite.Case) bool
}

// ParseFilter reads filters, of which one must fit. A filter is terms with spaces between them, all of which must hold:
//
//	tag:x  lang:zh  topic:x  tier:soft    what it is; a conversation has the topics that its steps expect
//	/regexp/                              the id matches (RE2)
//	late-*                                the id is that, * being anything and ? one character
//	late                                  the id contains it
//	!term                                 the term does not hold
func ParseFilter(filters ...string) (Filter, error) {
	var f Filter
	var texts []string
	for _, s := range filters {
		words := strings.Fields(s)
		if len(words) == 0 {
			continue
		}
		var terms []term
		for _, w := range words {
			t, err := parseTerm(w)
			if err != nil {
				return Filter{}, err
			}
			terms = append(terms, t)
		}
		f.any = append(f.any, terms)
		texts = append(texts, strings.Join(words, " "))
	}
	f.text = strings.Join(texts, " | ")
	return f, nil
}

func parseTerm(w string) (term, error) {
	word, not := strings.CutPrefix(w, "!")
	if word == "" {
		return term{}, fmt.Errorf("filter %q: ! of nothing", w)
	}
	t := term{not: not}
	if name, value, ok := strings.Cut(word, ":"); ok && !strings.HasPrefix(word, "/") {
		switch name {
		case "tag":
			t.hold = func(c suite.Case) bool { return slices.Contains(c.Tags, value) }
		case "lang":
			if value != "zh" && value != "en" && value != string(dialog.ZH) {
				return term{}, fmt.Errorf("filter %q: a language is zh or en", w)
			}
			t.hold = func(c suite.Case) bool { return c.Locale == dialog.ParseLocale(value) }
		case "topic":
			t.hold = func(c suite.Case) bool { return slices.Contains(Topics(c), dialog.Topic(value)) }
		case "tier":
			if !slices.Contains([]suite.Tier{suite.Regression, suite.Soft, suite.Unreliable}, suite.Tier(value)) {
				return term{}, fmt.Errorf("filter %q: a tier is regression, soft or unreliable", w)
			}
			t.hold = func(c suite.Case) bool {
				return string(c.Tier) == value || c.Tier == "" && value == string(suite.Regression)
			}
		default:
			return term{}, fmt.Errorf("filter %q: want tag:, lang:, topic:, tier:, /regexp/ or a part of an id", w)
		}
		return t, nil
	}
	pattern := ""
	switch {
	case len(word) > 1 && strings.HasPrefix(word, "/") && strings.HasSuffix(word, "/"):
		pattern = word[1 : len(word)-1]
	case strings.ContainsAny(word, "*?"):
		pattern = "^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(word)) + "$"
	default:
		pattern = regexp.QuoteMeta(word)
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return term{}, fmt.Errorf("filter %q: %w", w, err)
	}
	t.hold = func(c suite.Case) bool { return re.MatchString(c.ID) }
	return t, nil
}

// Topics are those that a case wants: of its question, or that steps of its conversation expect.
func Topics(c suite.Case) []dialog.Topic {
	if c.Question != nil {
		return []dialog.Topic{c.Question.Topic}
	}
	if c.Conversation == nil {
		return nil
	}
	var out []dialog.Topic
	for _, s := range c.Conversation.Steps {
		if s.Expect != nil && s.Expect.Topic != "" && !slices.Contains(out, s.Expect.Topic) {
			out = append(out, s.Expect.Topic)
		}
	}
	return out
}

// Picks says that a case is taken.
func (f Filter) Picks(c suite.Case) bool {
	if len(f.any) == 0 {
		return true
	}
	return slices.ContainsFunc(f.any, func(terms []term) bool {
		return !slices.ContainsFunc(terms, func(t term) bool { return t.hold(c) == t.not })
	})
}

// String is the filter as it was written, "" for all; several are separated by " | ".
func (f Filter) String() string { return f.text }

// Shard is one of N parts of the cases, counted from 1. The zero one is the whole. Which part a case belongs to depends
// on its id alone.
type Shard struct{ I, N int }

// ParseShard reads "2/5"; "" is the whole.
func ParseShard(s string) (Shard, error) {
	if s == "" {
		return Shard{}, nil
	}
	a, b, ok := strings.Cut(s, "/")
	i, err1 := strconv.Atoi(a)
	n, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
		return Shard{}, fmt.Errorf("shard %q: want i/n with 1 ≤ i ≤ n, as in 2/5", s)
	}
	return Shard{I: i, N: n}, nil
}

// Picks says that a case belongs to it.
func (s Shard) Picks(id string) bool {
	if s.N <= 1 {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails, by the contract of hash.Hash
	return int(h.Sum32()%uint32(s.N)) == s.I-1
}

func (s Shard) String() string {
	if s.N == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.I, s.N)
}
