package faq

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"recourse/dialog"
)

// NoTopic is the file of texts that ask something else, as a topic that an example can be added to.
const NoTopic dialog.Topic = "none"

// ErrLayout: the examples of a file are written in a way that a line cannot be added to.
var ErrLayout = errors.New("cannot add a line to its examples: write one example a line, under examples and zh or en")

// AddExample adds a text to the examples of a topic's file and leaves everything else in it as it is, comments too. An
// empty file becomes one that only adds the example to the topic that is there. It answers ErrLayout.
func AddExample(raw []byte, id dialog.Topic, l dialog.Locale, text string) ([]byte, error) {
	lang := "zh"
	if l == dialog.EN {
		lang = "en"
	}
	item, err := yaml.Marshal(strings.Join(strings.Fields(text), " "))
	if err != nil {
		return nil, fmt.Errorf("write the example: %w", err)
	}
	said := "- " + strings.TrimSuffix(string(item), "\n")
	if strings.TrimSpace(string(raw)) == "" {
		head := fmt.Sprintf("id: %s\nextends: true\n", id)
		if id == NoTopic {
			head = ""
		}
		return fmt.Appendf(nil, "%sexamples:\n  %s:\n  %s\n", head, lang, said), nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("read the topic %s: %w", id, err)
	}
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	at, indent := len(lines), 0
	var add []string
	key, examples := child(doc.Content[0], "examples")
	switch {
	case key == nil:
		add = []string{"examples:", "  " + lang + ":", "  " + said}
	case examples.Kind != yaml.MappingNode || examples.Style&yaml.FlowStyle != 0:
		return nil, ErrLayout
	default:
		langKey, list := child(examples, lang)
		if langKey == nil {
			at, indent = key.Line, examples.Content[0].Column-1
			add = []string{lang + ":", said}
			break
		}
		if list.Kind != yaml.SequenceNode || list.Style&yaml.FlowStyle != 0 || len(list.Content) == 0 {
			return nil, ErrLayout
		}
		last := list.Content[len(list.Content)-1].Line
		indent = len(lines[last-1]) - len(strings.TrimLeft(lines[last-1], " "))
		for at = last; at < len(lines) && goesOnIn(lines[at], indent); at++ {
		}
		add = []string{said}
	}
	for i := range add {
		add[i] = strings.Repeat(" ", indent) + add[i]
	}
	out := []byte(strings.Join(slices.Insert(lines, at, add...), "\n") + "\n")
	if !oneMore(raw, out, id) {
		return nil, ErrLayout
	}
	return out, nil
}

// goesOnIn says whether a line still belongs to an item whose dash stands at an indent.
func goesOnIn(line string, indent int) bool {
	trimmed := strings.TrimLeft(line, " ")
	return trimmed != "" && len(line)-len(trimmed) > indent && !strings.HasPrefix(trimmed, "#")
}

func child(n *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// oneMore says whether a file is what it was, with one example more.
func oneMore(before, after []byte, id dialog.Topic) bool {
	count := func(raw []byte) int {
		if id == NoTopic {
			n := none{}
			if decode("", raw, &n) != nil {
				return -1
			}
			return len(n.Examples.ZH) + len(n.Examples.EN)
		}
		t, err := parseTopic("", string(id), raw)
		if err != nil {
			return -1
		}
		return len(t.Examples.ZH) + len(t.Examples.EN)
	}
	n := count(before)
	return n >= 0 && count(after) == n+1
}

// Asks says which topic a text is an example of already, NoTopic for one that asks something else; "" is no example.
func (b *Book) Asks(text string, l dialog.Locale) dialog.Topic {
	same := func(e Example) bool { return plain(e.Text) == plain(text) }
	for _, id := range b.order {
		if slices.ContainsFunc(b.topics[id].examples(l), same) {
			return id
		}
	}
	if slices.ContainsFunc(b.none[l], same) || slices.ContainsFunc(b.pieces[l], same) {
		return NoTopic
	}
	return ""
}
