package replay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// BaselineFormat is the version of baseline files.
const BaselineFormat = 1

// ErrBaseline is what is no baseline, or one that this program cannot rely on: of another format, or damaged.
var ErrBaseline = errors.New("not a baseline to rely on")

// Baseline is what held when somebody last said so (Bless). It keeps no times and no confidences, which change with
// every training of the model and would make a blessed change of one answer one of every line.
type Baseline struct {
	Format int   `json:"baseline"`
	About  About `json:"about"`
	Seed   uint64
	// Texts are what was said, by digest: the answers of a book are said in many cases and stand here once.
	Texts map[string]string
	Cases []Blessed // by id
}

// Blessed is a case of a baseline. Only judged cases that a person has read stand in it.
type Blessed struct {
	ID     string         `json:"id"`
	Lang   dialog.Locale  `json:"lang,omitempty"`
	Tags   []string       `json:"tags,omitempty"`
	Topics []dialog.Topic `json:"topics,omitempty"` // wanted
	Tier   suite.Tier     `json:"tier,omitempty"`   // "" is regression
	Status Status         `json:"status"`
	Passed int            `json:"passed"` // trials, of Of
	Of     int            `json:"of"`
	Took   string         `json:"took,omitempty"` // the topic that answered, or what became of a question
	// Failures are the expectations that did not hold: step, field, what was wanted.
	Failures []string `json:"failures,omitempty"`
	// Said are digests of what was said: of a question's answer, or of each step of a conversation; "" is nothing.
	Said []string `json:"said,omitempty"`
}

// WriteBaseline writes a baseline with one text and one case a line. The same baseline gives the same bytes.
func WriteBaseline(w io.Writer, b Baseline) error {
	var out bytes.Buffer
	head, err := marshal(struct {
		Format int    `json:"baseline"`
		About  About  `json:"about"`
		Seed   uint64 `json:"seed"`
	}{b.Format, b.About, b.Seed})
	if err != nil {
		return fmt.Errorf("write a baseline: %w", err)
	}
	out.Write(bytes.TrimSuffix(head, []byte("}")))
	out.WriteString(`,"texts":{`)
	for i, d := range sortedKeys(b.Texts) {
		text, err := marshal(b.Texts[d])
		if err != nil {
			return fmt.Errorf("write a baseline: %w", err)
		}
		fmt.Fprintf(&out, "%s\n%q:%s", []string{"", ","}[min(i, 1)], d, text)
	}
	out.WriteString("\n},\"cases\":[")
	for i, c := range b.Cases {
		line, err := marshal(c)
		if err != nil {
			return fmt.Errorf("write case %s of a baseline: %w", c.ID, err)
		}
		fmt.Fprintf(&out, "%s\n%s", []string{"", ","}[min(i, 1)], line)
	}
	out.WriteString("\n]}\n")
	_, err = w.Write(out.Bytes())
	return err
}

// ReadBaseline reads what WriteBaseline wrote. Errors that are not of reading are ErrBaseline.
func ReadBaseline(r io.Reader) (Baseline, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return Baseline{}, fmt.Errorf("read a baseline: %w", err)
	}
	var f struct {
		Baseline int               `json:"baseline"`
		Format   int               `json:"format"` // of a run
		About    About             `json:"about"`
		Seed     uint64            `json:"seed"`
		Texts    map[string]string `json:"texts"`
		Cases    []json.RawMessage `json:"cases"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return Baseline{}, fmt.Errorf("%w: %w", ErrBaseline, err)
	}
	switch {
	case f.Baseline == 0 && f.Format > 0:
		return Baseline{}, fmt.Errorf("%w: it is a run; bless it first", ErrBaseline)
	case f.Baseline != BaselineFormat:
		return Baseline{}, fmt.Errorf("%w: it has format %d, and this program reads %d", ErrBaseline, f.Baseline, BaselineFormat)
	}
	b := Baseline{Format: f.Baseline, About: f.About, Seed: f.Seed, Texts: f.Texts, Cases: make([]Blessed, len(f.Cases))}
	for i, line := range f.Cases {
		if err := json.Unmarshal(line, &b.Cases[i]); err != nil {
			return Baseline{}, fmt.Errorf("%w: case %d: %w", ErrBaseline, i+1, err)
		}
	}
	return b, b.check()
}

// check finds what cannot come from Bless: it was edited, or merged badly.
func (b Baseline) check() error {
	for _, d := range sortedKeys(b.Texts) {
		if digest(b.Texts[d]) != d {
			return fmt.Errorf("%w: text %s was changed by hand", ErrBaseline, d)
		}
	}
	for i, c := range b.Cases {
		switch {
		case i > 0 && c.ID == b.Cases[i-1].ID:
			return fmt.Errorf("%w: %s is in it twice", ErrBaseline, c.ID)
		case i > 0 && c.ID < b.Cases[i-1].ID:
			return fmt.Errorf("%w: %s is out of order", ErrBaseline, c.ID)
		case c.Of < 1 || c.Passed < 0 || c.Passed > c.Of || c.Status != statusOf(c.Passed, c.Of):
			return fmt.Errorf("%w: %s is %s with %d of %d trials passed", ErrBaseline, c.ID, c.Status, c.Passed, c.Of)
		}
		for _, d := range c.Said {
			if _, ok := b.Texts[d]; !ok && d != "" {
				return fmt.Errorf("%w: the text %s of %s is missing", ErrBaseline, d, c.ID)
			}
		}
	}
	return nil
}

func statusOf(passed, of int) Status {
	switch passed {
	case of:
		return Passed
	case 0:
		return Failed
	}
	return Flaky
}

// blessed is what a baseline keeps of a result; texts takes what was said.
func blessed(r *Result, texts map[string]string) Blessed {
	t := traceOf(r)
	b := Blessed{
		ID: t.id, Lang: t.lang, Tags: t.tags, Topics: t.topics, Status: t.status, Passed: t.passed, Of: t.of, Took: t.shown.took,
	}
	if t.tier != suite.Regression {
		b.Tier = t.tier
	}
	for _, f := range t.failures {
		b.Failures = append(b.Failures, f.key())
	}
	for _, said := range t.shown.said {
		d := ""
		if said != "" {
			d = digest(said)
			texts[d] = said
		}
		b.Said = append(b.Said, d)
	}
	return b
}

// trace is what a comparison sees of a blessed case.
func (b Baseline) trace(c Blessed) *trace {
	t := &trace{
		id: c.ID, lang: c.Lang, tags: c.Tags, topics: c.Topics, tier: cmp.Or(c.Tier, suite.Regression), status: c.Status, passed: c.Passed, of: c.Of,
	}
	for _, key := range c.Failures {
		t.failures = append(t.failures, ofKey(key))
	}
	t.shown.took = c.Took
	for _, d := range c.Said {
		t.shown.said = append(t.shown.said, b.Texts[d])
	}
	t.others = []string{strings.Join(t.shown.said, "\n\n")}
	return t
}

// ofKey is the failure that has a key, as far as the key tells.
func ofKey(key string) Failure {
	step, rest, _ := strings.Cut(key, " ")
	what, want, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(step)
	if err != nil {
		return Failure{What: key}
	}
	return Failure{Step: n, What: what, Want: want}
}

// Compare says what changed since the baseline. It knows no confidences and of a step only what was said.
func (b Baseline) Compare(run Run) Comparison {
	olds := make([]*trace, len(b.Cases))
	passed := 0
	for i, c := range b.Cases {
		olds[i] = b.trace(c)
		if c.Status == Passed {
			passed++
		}
	}
	c := compare(olds, tracesOf(run), run, DriftBound)
	c.Old = Played{Baseline: true, About: b.About, Seed: b.Seed, Complete: true, Cases: len(b.Cases), Passed: passed}
	c.New = playedOf(run)
	return c
}

// find is the place of a case, and whether it is there.
func (b Baseline) find(id string) (int, bool) {
	return slices.BinarySearchFunc(b.Cases, id, func(c Blessed, id string) int { return strings.Compare(c.ID, id) })
}
