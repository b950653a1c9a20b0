package mutate

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"recourse/bot/faq"
	"recourse/bot/replay/stage"
	"recourse/dialog"
)

// ofAnswers spoils the built-in answers: one is missing, two of a topic change places, a topic says what another says.
func ofAnswers(book *faq.Book) ([]Mutant, error) {
	type source struct {
		id      dialog.Topic
		raw     []byte
		answers int
	}
	var list []source
	for _, id := range book.Topics() {
		raw, err := faq.BuiltinFile(id)
		if err != nil {
			continue // an owner's own topic: not ours to spoil
		}
		doc, err := read(raw)
		if err != nil {
			return nil, fmt.Errorf("read topic %s: %w", id, err)
		}
		list = append(list, source{id, raw, len(doc.answers().Content)})
	}
	var out []Mutant
	add := func(id dialog.Topic, how, what string, raw []byte, change func(*topic) error) {
		out = append(out, Mutant{
			ID: fmt.Sprintf("faq/%s/%s", id, how), Family: FAQ, What: what,
			spoil: func(o *stage.Options) error { return spoilTopic(o, id, raw, change) },
		})
	}
	for n, src := range list {
		if src.answers > 1 {
			for i := range src.answers - 1 {
				add(src.id, fmt.Sprintf("without-%d", i+1), fmt.Sprintf("%s lacks its answer %d", src.id, i+1), src.raw, func(t *topic) error {
					a := t.answers()
					a.Content = append(a.Content[:i:i], a.Content[i+1:]...)
					return nil
				})
				add(src.id, fmt.Sprintf("swap-%d", i+1), fmt.Sprintf("answers %d and %d of %s have changed places", i+1, i+2, src.id), src.raw, func(t *topic) error {
					return t.swapTexts(i, i+1)
				})
			}
		}
		next := list[(n+1)%len(list)]
		add(src.id, "says-"+string(next.id), fmt.Sprintf("%s is answered with what %s says", src.id, next.id), src.raw, func(t *topic) error {
			other, err := read(next.raw)
			if err != nil {
				return err
			}
			*t.answers() = *other.answers()
			return nil
		})
	}
	return out, nil
}

// topic is a topic's file.
type topic struct{ root yaml.Node }

func read(raw []byte) (*topic, error) {
	t := &topic{}
	return t, yaml.Unmarshal(raw, &t.root)
}

// answers is the list of answers, an empty one if there is none.
func (t *topic) answers() *yaml.Node {
	if len(t.root.Content) > 0 {
		if n := field(t.root.Content[0], "answers"); n != nil {
			return n
		}
	}
	return &yaml.Node{Kind: yaml.SequenceNode}
}

func field(m *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			return m.Content[i+1]
		}
	}
	return nil
}

// swapTexts lets two answers say each other's words.
func (t *topic) swapTexts(i, j int) error {
	a, b := t.answers().Content[i], t.answers().Content[j]
	for _, lang := range []string{"zh", "en"} {
		x, y := field(a, lang), field(b, lang)
		if x == nil || y == nil || x.Value == y.Value {
			return errNoMutant
		}
		x.Value, y.Value = y.Value, x.Value
	}
	return nil
}

// spoilTopic puts a changed topic over the built-in one.
func spoilTopic(o *stage.Options, id dialog.Topic, raw []byte, change func(*topic) error) (err error) {
	t, err := read(raw)
	if err != nil {
		return err
	}
	if err := change(t); err != nil {
		return err
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	if err := enc.Encode(&t.root); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, string(id)+".yaml"), out.Bytes(), 0o600); err != nil {
		return err
	}
	book, err := faq.Load(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoMutant, err)
	}
	book.LearnFrom(o.FAQ)
	o.FAQ = book
	return nil
}

// ofThresholds moves what decides whether a topic is answered, offered or refused.
func ofThresholds(book *faq.Book) []Mutant {
	var out []Mutant
	add := func(id, what string, change func(*faq.Fit)) {
		out = append(out, Mutant{ID: "threshold/" + id, Family: Threshold, What: what, spoil: func(o *stage.Options) error {
			b, err := book.Refit(change)
			if err != nil {
				return err
			}
			o.FAQ = b
			return nil
		}})
	}
	add("sure=0.2", "a topic is answered from a probability of 0.2 on", func(f *faq.Fit) { f.Sure = 0.2 })
	add("sure=0.35", "a topic is answered from a probability of 0.35 on", func(f *faq.Fit) { f.Sure = 0.35 })
	add("sure=0.9", "a topic is answered from a probability of 0.9 on", func(f *faq.Fit) { f.Sure = 0.9 })
	add("sure=0.99", "a topic is answered from a probability of 0.99 on", func(f *faq.Fit) { f.Sure = 0.99 })
	add("share=0.1", "the topics of a clarifying question need hold little", func(f *faq.Fit) { f.Share = 0.1 })
	add("share=0.95", "the topics of a clarifying question must hold nearly all", func(f *faq.Fit) { f.Share = 0.95 })
	add("state=0", "where the case stands says nothing of what is asked", func(f *faq.Fit) { f.State = 0 })
	add("no-case=0", "that no case is there says nothing of what is asked", func(f *faq.Fit) { f.NoCase = 0 })
	for _, by := range []float64{-0.15, 0.2, 0.5} {
		add(fmt.Sprintf("asks%+g", by), fmt.Sprintf("a text asks something that is answered here from %+g on", by), func(f *faq.Fit) {
			asks := make(map[dialog.Locale]faq.Asks, len(f.Asks))
			for l, a := range f.Asks {
				a.From += by
				asks[l] = a
			}
			f.Asks = asks
		})
	}
	return out
}
