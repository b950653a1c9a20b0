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
	"slices"
	"strings"
	"unicode"

	"recourse/cases"
	"recourse/dialog"
)

// line is a question as it is written in JSONL; a CSV has the same names in its header.
type line struct {
	ID     string         `json:"id,omitempty"`
	Text   string         `json:"text"`
	Lang   string         `json:"lang,omitempty"`
	Topic  dialog.Topic   `json:"topic"`
	Accept []dialog.Topic `json:"accept,omitempty"`
	State  cases.State    `json:"case_state,omitempty"`
	Tags   []string       `json:"tags,omitempty"`
	Tier   Tier           `json:"tier,omitempty"`
	Review Review         `json:"review,omitempty"`
}

// columns are the fields of a line.
var columns = []string{"id", "text", "lang", "topic", "accept", "case_state", "tags", "tier", "review"}

const questionPrefix = "q/"

// questionID names a question by what it is: its text without blanks and case, its language and state.
func questionID(q Question, l dialog.Locale) string {
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

func (l *loader) add(f *found, at int, in line) {
	c := Case{
		ID: in.ID, Pos: Pos{f.file, at}, Tags: in.Tags, Tier: cmp.Or(in.Tier, Regression), Review: in.Review,
		Question: &Question{Text: in.Text, Topic: in.Topic, Accept: in.Accept, State: in.State},
	}
	var ok bool
	if c.Locale, ok = locales[cmp.Or(in.Lang, languageOf(in.Text))]; !ok {
		f.at(at, "lang is zh or en, not %q", in.Lang)
	}
	l.question(f, at, c)
	if c.ID == "" {
		c.ID = questionID(*c.Question, c.Locale)
	}
	l.cases = append(l.cases, c)
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
		var in line
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		err := dec.Decode(&in)
		if err == nil && dec.More() {
			err = errors.New("there is more than one object on the line")
		}
		if err != nil {
			msg := strings.TrimPrefix(err.Error(), "json: ")
			if _, name, ok := strings.Cut(msg, "unknown field "); ok {
				name = strings.Trim(name, `"`)
				msg = fmt.Sprintf("a question has no field %q%s", name, nearest(name, columns))
			}
			f.at(i+1, "%s", msg)
			continue
		}
		l.add(f, i+1, in)
	}
	if n == 0 {
		f.at(0, "the file holds no question")
	}
}

func (l *loader) csv(f *found, raw []byte) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		f.at(1, "a CSV needs a header with at least text and topic")
		return
	}
	for i, name := range head {
		head[i] = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columns, head[i]) {
			f.at(1, "a question has no column %q%s", name, nearest(head[i], columns))
		}
	}
	if !slices.Contains(head, "text") || !slices.Contains(head, "topic") {
		f.at(1, "a CSV needs a header with at least text and topic, not %s", strings.Join(head, ","))
		return
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
		var in line
		for i, name := range head {
			in.set(name, strings.TrimSpace(row[i]))
		}
		l.add(f, at, in)
	}
	if n == 0 {
		f.at(0, "the file holds no question")
	}
}

// set puts a column's value in; several values of one column stand with blanks, commas or | between them.
func (in *line) set(column, v string) {
	several := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '|' || r == ',' || r == ';' })
	switch column {
	case "id":
		in.ID = v
	case "text":
		in.Text = v
	case "lang":
		in.Lang = v
	case "topic":
		in.Topic = dialog.Topic(v)
	case "accept":
		for _, t := range several {
			in.Accept = append(in.Accept, dialog.Topic(t))
		}
	case "case_state":
		in.State = cases.State(v)
	case "tags":
		in.Tags = append(in.Tags, several...)
	case "tier":
		in.Tier = Tier(v)
	case "review":
		in.Review = Review(v)
	}
}
