package suite

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"recourse/dialog"
)

// errKind: a case was to be written in the format of the other kind.
var errKind = errors.New("a question is written as a line, a conversation as a document")

// WriteConversation writes a conversation as a person would: what is not said is left out. Loaded again it is the same
// case, but for where it stands.
func WriteConversation(w io.Writer, c Case) error {
	t := c.Conversation
	if t == nil {
		return fmt.Errorf("write %s: %w", c.ID, errKind)
	}
	d := document{
		Conversation: c.ID, About: t.About, Lang: short(c.Locale), Tags: c.Tags, Review: c.Review, Fixture: t.Fixture,
		Never: Texts{t.Never, t.Never}, Once: t.Once, Steps: t.Steps,
	}
	if c.Tier != Regression {
		d.Tier = c.Tier
	}
	n := writer{c.Locale}.node(reflect.ValueOf(d))
	if c.Review == Pending {
		n.HeadComment = "# Nobody has read this yet: see whether what it expects is right, then write review: reviewed."
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	err := enc.Encode(n)
	if err == nil {
		err = enc.Close()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", c.ID, err)
	}
	return nil
}

// WriteQuestion writes a question as a line of JSONL.
func WriteQuestion(w io.Writer, c Case) error {
	q := c.Question
	if q == nil {
		return fmt.Errorf("write %s: %w", c.ID, errKind)
	}
	out := line{ID: c.ID, Text: q.Text, Lang: short(c.Locale), Topic: q.Topic, Accept: q.Accept, State: q.State, Says: q.Says, Tags: c.Tags, Review: c.Review}
	if c.Tier != Regression {
		out.Tier = c.Tier
	}
	if c.ID == QuestionID(*q, c.Locale) {
		out.ID = "" // it follows from the rest
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("write %s: %w", c.ID, err)
	}
	return nil
}

// writer makes nodes of values, in one language.
type writer struct{ locale dialog.Locale }

func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// mostWidth is how wide a thing may be that is written on one line.
const mostWidth = 100

// width is about how many columns a node takes on one line; more than there are if it needs several.
func width(n *yaml.Node) int {
	if strings.Contains(n.Value, "\n") {
		return mostWidth + 1
	}
	out := 2 // ", " or brackets
	for _, r := range n.Value {
		out++
		if r >= 0x2E80 { // Chinese is twice as wide
			out++
		}
	}
	for _, c := range n.Content {
		out += width(c)
	}
	return out
}

// node is a value's node; nil for one that says nothing.
func (w writer) node(v reflect.Value) *yaml.Node {
	switch x := v.Interface().(type) {
	case Said:
		if x.In(w.locale) == "" {
			return nil
		}
		return text(x.In(w.locale))
	case Texts:
		return w.node(reflect.ValueOf(x.In(w.locale)))
	case Time:
		if x.IsZero() {
			return nil
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: x.String(), Style: yaml.DoubleQuotedStyle}
	case Duration:
		if x == 0 {
			return nil
		}
		return text(x.String())
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if n := w.node(v.Elem()); n != nil {
			return n
		}
		if v.Elem().Kind() == reflect.Struct {
			return &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		}
		n := &yaml.Node{} // a zero that was said
		_ = n.Encode(v.Elem().Interface())
		return n
	case reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, f := range fieldsOf(v.Type()) {
			if c := w.node(v.Field(f.index)); c != nil {
				n.Content = append(n.Content, text(f.name), c)
			}
		}
		if len(n.Content) == 0 {
			return nil
		}
		if t := v.Type(); t != reflect.TypeFor[document]() && t != reflect.TypeFor[Fixture]() && t != reflect.TypeFor[Step]() && width(n) <= mostWidth {
			n.Style = yaml.FlowStyle
		}
		return n
	case reflect.Slice:
		if v.Len() == 0 {
			return nil
		}
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range v.Len() {
			c := w.node(v.Index(i))
			if c == nil {
				c = text("")
			}
			n.Content = append(n.Content, c)
		}
		if v.Type().Elem().Kind() == reflect.String {
			n.Style = yaml.FlowStyle
		}
		return n
	case reflect.Map:
		if v.Len() == 0 {
			return nil
		}
		n := &yaml.Node{Kind: yaml.MappingNode}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			c := w.node(v.MapIndex(k))
			if c == nil {
				c = text("")
			}
			n.Content = append(n.Content, text(k.String()), c)
		}
		if v.Type().Elem().Kind() == reflect.String {
			n.Style = yaml.FlowStyle
		}
		return n
	}
	if v.IsZero() {
		return nil
	}
	n := &yaml.Node{}
	_ = n.Encode(v.Interface()) // a scalar
	return n
}
