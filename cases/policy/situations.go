package policy

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed situations.yaml
var situationsYAML []byte

// Situation is one set of facts to judge: of a file, or of a stored case.
type Situation struct {
	ID    string    `json:"id"`
	Story string    `json:"story,omitempty"` // for readers
	At    time.Time `json:"at"`              // when it is judged
	Facts Facts     `json:"facts"`
	Want  *Want     `json:"want,omitempty"` // what the default policy must say, for those that are shipped
}

// Want is what a situation must come out as. Empty fields are not looked at.
type Want struct {
	Kind    Kind          `json:"kind,omitempty"`
	Code    Code          `json:"code"`
	Alert   Code          `json:"alert,omitempty"`
	Missing []string      `json:"missing,omitempty"` // one kind of each row
	Offers  []Alternative `json:"offers,omitempty"`
	Freight Payer         `json:"freight,omitempty"`
}

// DefaultSituations are those of domain §5, as far as the policy judges them.
func DefaultSituations() ([]Situation, error) {
	return ParseSituations("situations.yaml", situationsYAML)
}

// ParseSituations reads a YAML or JSON list of situations strictly: the fields are those of Situation and Facts
// as JSON names them. A time without a zone ("2026-03-02 15:20") is one of Shanghai. Who asks is the order's
// buyer unless `buyer` is given.
func ParseSituations(name string, data []byte) ([]Situation, error) {
	var list []Situation
	if err := strict(name, data, &list); err != nil {
		return nil, err
	}
	for i := range list {
		s := &list[i]
		if s.ID == "" || s.At.IsZero() {
			return nil, fmt.Errorf("%s: situation %d needs an id and at, the time it is judged", name, i+1)
		}
		s.Facts.fillBuyer()
	}
	return list, nil
}

// ParseFacts reads facts as ParseSituations does, and the time they are judged at: either one situation, or
// facts alone with `at` beside them.
func ParseFacts(name string, data []byte) (Situation, error) {
	var s Situation
	if err := strict(name, data, &s); err != nil {
		var flat struct {
			At time.Time `json:"at"`
			Facts
		}
		if strict(name, data, &flat) != nil {
			return Situation{}, err
		}
		s = Situation{At: flat.At, Facts: flat.Facts}
	}
	s.Facts.fillBuyer()
	return s, nil
}

// fillBuyer makes the buyer of the order the one who asks, unless somebody else is said to.
func (f *Facts) fillBuyer() {
	if f.Line.BuyerID == "" {
		f.Line.BuyerID = f.Buyer
	}
	if f.Line.BuyerID == "" {
		f.Line.BuyerID = "buyer"
	}
	if f.Buyer == "" {
		f.Buyer = f.Line.BuyerID
	}
}

var zoneless = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(:\d{2})?)?$`)

// strict decodes YAML (and so JSON) into a value with JSON tags; unknown fields are errors.
func strict(name string, data []byte, into any) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(doc.Content) == 0 {
		return fmt.Errorf("%s: it is empty", name)
	}
	local(&doc)
	var plain any
	if err := doc.Decode(&plain); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// local turns times without a zone into times of Shanghai.
func local(n *yaml.Node) {
	for _, c := range n.Content {
		local(c)
	}
	if n.Kind != yaml.ScalarNode {
		return
	}
	if m := zoneless.FindStringSubmatch(n.Value); m != nil {
		if t, err := ParseTime(n.Value); err == nil {
			n.Value, n.Tag, n.Style = t.Format(time.RFC3339), "!!str", yaml.DoubleQuotedStyle
		}
	}
}

var errTime = errors.New(`want a time like "2026-03-02 15:20" (Shanghai) or 2026-03-02T07:20:00Z`)

// ParseTime reads a time; without a zone it is one of Shanghai.
func ParseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, shanghai()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q: %w", s, errTime)
}

// Outcome is what a policy makes of a situation, as far as somebody would feel a difference.
type Outcome struct {
	Kind      Kind          `json:"kind"`
	Code      Code          `json:"code"`
	Reason    ReasonID      `json:"reason"`
	Question  QuestionID    `json:"question,omitempty"`
	AmountFen int64         `json:"amount_fen,omitempty"`
	Freight   Payer         `json:"freight,omitempty"`
	Deadline  time.Time     `json:"deadline,omitzero"`
	NotBefore time.Time     `json:"not_before,omitzero"`
	SoftEnd   time.Time     `json:"merchant_soft,omitzero"` // if it were filed now
	HardEnd   time.Time     `json:"merchant_hard,omitzero"`
	Missing   []Requirement `json:"missing,omitempty"`
	Alerts    []Code        `json:"alerts,omitempty"`
}

// Outcome is the policy's outcome of a situation.
func (p *Policy) Outcome(s Situation) Outcome {
	v := p.Evaluate(s.Facts, s.At)
	o := Outcome{
		Kind: v.Kind, Code: v.Code, Reason: v.Reason, Question: v.Question, Freight: v.Freight, Deadline: v.Deadline, NotBefore: v.NotBefore,
		Missing: v.Missing, Alerts: v.Alerts,
	}
	if v.Kind == Eligible || v.Kind == EligibleIfEvidence {
		o.AmountFen = v.AmountFen
		o.SoftEnd, o.HardEnd = p.ReviewClocks(s.At)
	}
	return o
}

// Change is a situation that two policies judge differently.
type Change struct {
	ID     string   `json:"id"`
	Fields []string `json:"fields"` // verdict, question, amount, freight, deadline, merchant_time, evidence, alerts
	Before Outcome  `json:"before"`
	After  Outcome  `json:"after"`
}

// Compare judges situations under two policies and returns those that come out differently.
func Compare(before, after *Policy, list []Situation) []Change {
	var out []Change
	for _, s := range list {
		c := Change{ID: s.ID, Before: before.Outcome(s), After: after.Outcome(s)}
		a, b := c.Before, c.After
		differs := func(field string, yes bool) {
			if yes {
				c.Fields = append(c.Fields, field)
			}
		}
		differs("verdict", a.Kind != b.Kind || a.Code != b.Code || a.Reason != b.Reason)
		differs("question", a.Question != b.Question)
		differs("amount", a.AmountFen != b.AmountFen)
		differs("freight", a.Freight != b.Freight)
		differs("deadline", !a.Deadline.Equal(b.Deadline) || !a.NotBefore.Equal(b.NotBefore))
		differs("merchant_time", !a.SoftEnd.Equal(b.SoftEnd) || !a.HardEnd.Equal(b.HardEnd))
		differs("evidence", !slices.EqualFunc(a.Missing, b.Missing, func(x, y Requirement) bool { return slices.Equal(x.AnyOf, y.AnyOf) }))
		differs("alerts", !slices.Equal(a.Alerts, b.Alerts))
		if len(c.Fields) > 0 {
			out = append(out, c)
		}
	}
	return out
}
