package faq

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Audience is whom a topic's answers address.
type Audience string

// The audiences.
const (
	Buyer    Audience = "buyer"
	Merchant Audience = "merchant"
)

// Said is a text in both languages.
type Said struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

func (s Said) wording() dialog.Wording {
	return dialog.Wording{dialog.ZH: s.ZH, dialog.EN: s.EN}
}

// Topic is a question with its answers, as its file has it.
type Topic struct {
	ID       dialog.Topic   `yaml:"id"`
	Audience Audience       `yaml:"audience"`
	Title    Said           `yaml:"title"`
	Label    Said           `yaml:"label"` // as the asker puts it: a button of a clarifying question
	Facts    []string       `yaml:"facts"` // fact ids of the domain
	Near     []dialog.Topic `yaml:"near"`  // what it is easily taken for
	// States are where the case usually stands when it is asked; none: anywhere. Retrieval weighs them.
	States []cases.State `yaml:"states"`
	// Means is what the same words ask where the case stands elsewhere, by its state: "the merchant does nothing" is
	// about the return once it is on its way. Only who asks ahead of a state, or of another one, is answered wrongly by
	// it, so a topic that says clearly which it is about lists none.
	Means    map[cases.State]dialog.Topic `yaml:"means"`
	Answers  []Answer                     `yaml:"answers"`
	Examples struct {
		ZH []Example `yaml:"zh"`
		EN []Example `yaml:"en"`
	} `yaml:"examples"`
	// Extends: the file of a directory that adds examples to a topic that is there already, and puts single answers in
	// the place of those of the same name, or of the same when.
	Extends bool `yaml:"extends"`

	file     string
	replaced []Answer // the built-in answers that an owner's file has put away whole; nil: none
}

// Answer is one answer: the first of a topic whose When holds is said.
type Answer struct {
	// Name is given where code does more than answer (dialog.NamedAnswers): it says this answer, by its name, where its
	// When holds, which is code's to decide and is repeated here for the reader. Named answers stand first.
	Name    dialog.Name     `yaml:"name"`
	When    When            `yaml:"when"`
	Code    policy.Code     `yaml:"code"`
	Facts   []string        `yaml:"facts"`
	ZH      string          `yaml:"zh"`
	EN      string          `yaml:"en"`
	Buttons []dialog.Action `yaml:"buttons"`

	file string
	line int
}

// When says where an answer holds: all that is given must. Nothing given: anywhere.
type When struct {
	States []cases.State   `yaml:"states"`
	May    cases.EventKind `yaml:"may"` // an event that the buyer may do now
	Flag   dialog.Flag     `yaml:"flag"`
}

func (w When) equal(x When) bool {
	return w.May == x.May && w.Flag == x.Flag && slices.Equal(slices.Sorted(slices.Values(w.States)), slices.Sorted(slices.Values(x.States)))
}

func (w When) String() string {
	var parts []string
	if len(w.States) > 0 {
		parts = append(parts, fmt.Sprintf("states: [%s]", join(w.States)))
	}
	if w.May != "" {
		parts = append(parts, fmt.Sprintf("may: %s", w.May))
	}
	if w.Flag != "" {
		parts = append(parts, fmt.Sprintf("flag: %s", w.Flag))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func join[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, ", ")
}

func (a Answer) answer() dialog.TopicAnswer {
	return dialog.TopicAnswer{
		Name: a.Name, When: dialog.When(a.When),
		Code: a.Code, Facts: a.Facts, Words: Said{a.ZH, a.EN}.wording(), Buttons: a.Buttons,
	}
}

// always says that an answer holds wherever the case stands.
func (a Answer) always() bool {
	return a.Name == "" && a.When.equal(When{})
}

// called is how a message names an answer.
func (a Answer) called() string {
	if a.Name != "" {
		return fmt.Sprintf("%q", a.Name)
	}
	return a.When.String()
}

// over is an answer in the place of another: what it does not give stays, but words go by both languages.
func (a Answer) over(old Answer) Answer {
	if a.When.equal(When{}) {
		a.When = old.When
	}
	if a.Code == "" {
		a.Code = old.Code
	}
	if a.Facts == nil {
		a.Facts = old.Facts
	}
	if a.Buttons == nil {
		a.Buttons = old.Buttons
	}
	return a
}

// Example is a text that asks a topic. In, if given, are the states in which it does: the text alone cannot tell.
type Example struct {
	Text string
	In   []cases.State

	file string
	line int
}

// UnmarshalYAML reads a text, or {text, in}.
func (e *Example) UnmarshalYAML(n *yaml.Node) error {
	e.line = n.Line
	if n.Kind == yaml.ScalarNode {
		e.Text = n.Value
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: want a text or {text, in}", n.Line)}}
	}
	for i := 0; i < len(n.Content); i += 2 {
		dst, ok := map[string]any{"text": &e.Text, "in": &e.In}[n.Content[i].Value]
		if !ok {
			return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: field %s not found in an example", n.Content[i].Line, n.Content[i].Value)}}
		}
		if err := n.Content[i+1].Decode(dst); err != nil {
			return err
		}
	}
	return nil
}

// examples of a language.
func (t *Topic) examples(l dialog.Locale) []Example {
	if l == dialog.EN {
		return t.Examples.EN
	}
	return t.Examples.ZH
}

// none is the file of texts that ask no topic. Examples ask something that is not answered here; pieces ask nothing:
// gibberish, half a message, one meant for somebody else.
type none struct {
	Examples texts `yaml:"examples"`
	Pieces   texts `yaml:"pieces"`
}

type texts struct {
	ZH []Example `yaml:"zh"`
	EN []Example `yaml:"en"`
}

// decode reads one file strictly: an unknown key, a repeated one or a second document is an error with its line.
func decode(file string, raw []byte, into any) error {
	dec := yaml.NewDecoder(strings.NewReader(string(raw)))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return located(file, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one document", file)
	}
	return nil
}

// located puts the file before each problem that YAML found, in the way compilers do.
func located(file string, err error) error {
	te, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		return fmt.Errorf("%s:%s", file, strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "line "))
	}
	var errs []error
	for _, e := range te.Errors {
		errs = append(errs, fmt.Errorf("%s:%s", file, strings.TrimPrefix(e, "line ")))
	}
	return errors.Join(errs...)
}

// parseTopic reads a topic's file. Its name is the topic's id.
func parseTopic(file, id string, raw []byte) (*Topic, error) {
	t := &Topic{file: file}
	if err := decode(file, raw, t); err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, located(file, err)
	}
	lines := answerLines(&doc)
	for i := range t.Answers {
		t.Answers[i].file, t.Answers[i].line = file, lines[i]
	}
	for _, list := range [][]Example{t.Examples.ZH, t.Examples.EN} {
		for i := range list {
			list[i].file = file
		}
	}
	if string(t.ID) != id {
		return nil, fmt.Errorf("%s:1: the id is %q, the file's name says %q", file, t.ID, id)
	}
	return t, nil
}

// answerLines are the lines on which the answers of a topic begin.
func answerLines(doc *yaml.Node) []int {
	var out []int
	for _, top := range doc.Content {
		for i := 0; i+1 < len(top.Content); i += 2 {
			if top.Content[i].Value != "answers" {
				continue
			}
			for _, a := range top.Content[i+1].Content {
				out = append(out, a.Line)
			}
		}
	}
	return out
}

// knownState says whether a state may stand in an answer or an example.
func knownState(s cases.State) bool {
	return s == dialog.NoCase || slices.ContainsFunc(cases.States(), func(i cases.StateInfo) bool { return i.State == s })
}
