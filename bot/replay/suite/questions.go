package suite

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// line is a question as it is written in JSONL; a CSV has the same names in its header.
type line struct {
	// ID is unique over everything that is replayed together. Without one a question is named by what it is.
	ID string `json:"id,omitempty"`
	// Text is what the buyer writes.
	Text string `json:"text"`
	// Lang is zh or en; told from the text if nothing is said.
	Lang string `json:"lang,omitempty"`
	// Topic is the topic that must answer it; "none": it must not be answered.
	Topic dialog.Topic `json:"topic"`
	// Accept are other topics that will do, or what may become of it: answers, asks, flow, human, declines.
	Accept []dialog.Topic `json:"accept,omitempty"`
	// State is where the buyer's case stands; nothing: he has none.
	State cases.State `json:"case_state,omitempty"`
	// Says are texts that the answer must contain, all of them.
	Says []string `json:"says,omitempty"`
	// Tags are words to pick cases by.
	Tags []string `json:"tags,omitempty"`
	// Tier says what a failure means; regression if nothing is said.
	Tier Tier `json:"tier,omitempty"`
	// Review says whether a person has read a recorded question.
	Review Review `json:"review,omitempty"`
}

// columns are the fields of a line.
var columns = []string{"id", "text", "lang", "topic", "accept", "case_state", "says", "tags", "tier", "review"}

const questionPrefix = "q/"

// QuestionID names a question by what it is, where it has no id: its text without blanks and case, its language and state.
func QuestionID(q Question, l dialog.Locale) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, q.Text)
	if plain == "" {
		plain = q.Text
	}
	sum := sha256.Sum256([]byte(string(l) + "\n" + string(q.State) + "\n" + plain))
	return questionPrefix + hex.EncodeToString(sum[:5])
}

// add reads a question from a node, all of which stands on one line of its file.
func (l *loader) add(f *found, at int, n *yaml.Node) {
	r := &reader{found: f, policy: policy.Default(), bad: map[int]bool{}}
	var in line
	before := len(f.list)
	r.structure(n, reflect.ValueOf(&in).Elem(), "a question")
	c := Case{
		ID: in.ID, Pos: Pos{f.file, at}, Tags: in.Tags, Tier: cmp.Or(in.Tier, Regression), Review: in.Review,
		Question: &Question{Text: in.Text, Topic: in.Topic, Accept: in.Accept, State: in.State, Says: in.Says},
	}
	var ok bool
	if c.Locale, ok = locales[cmp.Or(in.Lang, languageOf(in.Text))]; !ok {
		f.at(at, "lang is zh or en, not %q", in.Lang)
	}
	if len(f.list) == before {
		(&checker{found: f, topics: l.topics}).question(at, c)
	}
	if c.ID == "" {
		c.ID = QuestionID(*c.Question, c.Locale)
	}
	if len(f.list) == before {
		l.cases = append(l.cases, c)
	}
}

// languageOf tells a text's language by its script.
func languageOf(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
		return "zh"
	}
	if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) >= 0 {
		return "en"
	}
	return "zh"
}

func (l *loader) jsonl(f *found, raw []byte) {
	n := 0
	for i, text := range bytes.Split(raw, []byte("\n")) {
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		n++
		node, err := fromJSON(text, i+1)
		if err != nil {
			f.at(i+1, "this is no JSON object: %v", err)
			continue
		}
		if n == 1 && node.Kind == yaml.MappingNode && child(node, "text") == nil && child(node, "topic") == nil {
			f.at(i+1, noObject)
			return
		}
		l.add(f, i+1, node)
	}
	if n == 0 {
		f.at(0, "the file holds no question")
	}
}

func (l *loader) csv(f *found, raw []byte) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		f.at(1, "a CSV needs a header with at least text and topic")
		return
	}
	for i, name := range head {
		head[i] = strings.ToLower(strings.TrimSpace(name))
	}
	if !slices.Contains(head, "text") && !slices.Contains(head, "topic") {
		f.at(1, noTable)
		return
	}
	for i, name := range head {
		if !slices.Contains(columns, head[i]) {
			f.at(1, "a question has no column %q%s", strings.TrimSpace(name), nearest(head[i], columns))
		}
		if slices.Contains(head[:i], head[i]) {
			f.at(1, "the column %q is given twice", head[i])
		}
	}
	if !slices.Contains(head, "text") || !slices.Contains(head, "topic") {
		f.at(1, "a CSV needs a header with at least text and topic, not %s", strings.Join(head, ","))
		return
	}
	if len(f.list) > 0 {
		return // every line would have the same faults
	}
	n := 0
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				f.at(bad.Line, "this is no CSV: %v", bad.Err)
			}
			return
		}
		at, _ := r.FieldPos(0)
		n++
		if len(row) != len(head) {
			f.at(at, "the line has %d columns, the header %d", len(row), len(head))
			continue
		}
		l.add(f, at, fromRow(head, row, at))
	}
	if n == 0 {
		f.at(0, "the file holds no question")
	}
}

// fromRow turns a row into a node; an empty cell says nothing. Several values of one column stand with blanks, commas or |
// between them; texts with | only.
func fromRow(head, row []string, line int) *yaml.Node {
	scalar := func(s string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Line: line}
	}
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: line}
	for i, name := range head {
		v := strings.TrimSpace(row[i])
		if v == "" {
			continue
		}
		value := scalar(v)
		if parts, several := inCell(name, v); several {
			value = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: line}
			for _, one := range parts {
				value.Content = append(value.Content, scalar(one))
			}
		}
		out.Content = append(out.Content, scalar(name), value)
	}
	return out
}

// inCell takes a cell apart if its column may hold several values.
func inCell(column, v string) (parts []string, several bool) {
	switch column {
	case "accept", "tags":
		return strings.FieldsFunc(v, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("|,;", r) }), true
	case "says":
		for one := range strings.SplitSeq(v, "|") {
			if one = strings.TrimSpace(one); one != "" {
				parts = append(parts, one)
			}
		}
		return parts, true
	}
	return nil, false
}

// mostDepth is how deep JSON may be nested; a question needs two.
const mostDepth = 20

// fromJSON turns a line of JSON into a node, so that all formats are read by the same rules. Fields that stand twice are
// kept for the decoder to tell.
func fromJSON(raw []byte, line int) (*yaml.Node, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	n, err := jsonValue(dec, line, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return n, nil
}

func jsonValue(dec *json.Decoder, line, depth int) (*yaml.Node, error) {
	tok, err := dec.Token()
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	case depth == mostDepth:
		return nil, errors.New("it is nested too deep")
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: line}
	switch t := tok.(type) {
	case json.Delim:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if t == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for dec.More() {
			// The name of a field is a string by the decoder.
			item, err := jsonValue(dec, line, depth+1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, item)
		}
		if _, err := dec.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	case string:
		n.Tag, n.Value = "!!str", t
	case json.Number:
		n.Tag, n.Value = "!!int", t.String()
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(t)
	default:
		n.Tag = "!!null"
	}
	return n, nil
}
