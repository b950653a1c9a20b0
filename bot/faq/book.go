package faq

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"recourse/dialog"
)

//go:embed *.yaml
var builtin embed.FS

// Book is a set of topics with their answers and examples. It does not change.
type Book struct {
	topics  map[dialog.Topic]*Topic
	order   []dialog.Topic              // by id
	none    map[dialog.Locale][]Example // texts that ask something else
	pieces  map[dialog.Locale][]Example // texts that ask nothing
	version string

	learning sync.Once
	learned  atomic.Pointer[Finder]
	failed   error // of learning; guarded by learning
}

var _ dialog.FAQ = (*Book)(nil)

// Builtin is the book that the program carries; a test loads it.
var Builtin = sync.OnceValue(func() *Book {
	b, err := Load()
	if err != nil {
		panic(fmt.Sprintf("faq: %v", err))
	}
	return b
})

// Load reads the built-in topics and lays those of directories over them, in order: a file replaces the topic of its
// name, or changes single answers of it and adds examples to it (extends: true), or is a new topic. none.yaml adds to
// the texts that ask nothing.
// What cannot be said to anybody, like a slot that nothing fills, is an error with file and line.
func Load(dirs ...string) (*Book, error) {
	var sources []source
	for _, d := range dirs {
		sources = append(sources, source{name: d, files: os.DirFS(d)})
	}
	return load(append([]source{{files: builtin}}, sources...)...)
}

// Pick is the built-in book with a few of its topics only, and as many of the texts that ask none of them in proportion,
// quick to learn: for tests of what lies around it.
func Pick(ids ...dialog.Topic) (*Book, error) {
	all := Builtin()
	some := func(all map[dialog.Locale][]Example, of int) map[dialog.Locale][]Example {
		out := map[dialog.Locale][]Example{}
		for l, list := range all {
			for i := 0; i < len(list)*len(ids)/of; i++ {
				out[l] = append(out[l], list[i*of/len(ids)])
			}
		}
		return out
	}
	n := len(all.order)
	b := &Book{topics: map[dialog.Topic]*Topic{}, none: some(all.none, n), pieces: some(all.pieces, n), order: slices.Sorted(slices.Values(ids)), version: all.version + "-part"}
	for _, id := range ids {
		if b.topics[id] = all.topics[id]; b.topics[id] == nil {
			return nil, fmt.Errorf("there is no topic %s", id)
		}
	}
	return b, nil
}

// source is a place of files; name stands before their names in errors.
type source struct {
	name  string
	files fs.FS
}

func load(sources ...source) (*Book, error) {
	b := &Book{topics: map[dialog.Topic]*Topic{}, none: map[dialog.Locale][]Example{}, pieces: map[dialog.Locale][]Example{}}
	sum := sha256.New()
	var errs []error
	for _, src := range sources {
		names, err := fs.Glob(src.files, "*.yaml")
		if err != nil {
			return nil, fmt.Errorf("list the topics of %s: %w", src.name, err)
		}
		if len(names) == 0 {
			errs = append(errs, fmt.Errorf("%s holds no topics (*.yaml)", src.name))
		}
		for _, name := range names {
			raw, err := fs.ReadFile(src.files, name)
			if err != nil {
				errs = append(errs, fmt.Errorf("read a topic: %w", err))
				continue
			}
			fmt.Fprintf(sum, "%s %d\n", name, len(raw))
			sum.Write(raw)
			errs = append(errs, b.add(filepath.Join(src.name, name), strings.TrimSuffix(path.Base(name), ".yaml"), raw))
		}
	}
	for id := range b.topics {
		b.order = append(b.order, id)
	}
	slices.Sort(b.order)
	b.version = hex.EncodeToString(sum.Sum(nil)[:5])
	for _, f := range b.lint() {
		if f.Level == Fatal {
			errs = append(errs, errors.New(f.String()))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Book) add(file, id string, raw []byte) error {
	if id == "none" {
		n := none{}
		if err := decode(file, raw, &n); err != nil {
			return err
		}
		for _, list := range [][]Example{n.Examples.ZH, n.Examples.EN, n.Pieces.ZH, n.Pieces.EN} {
			for i := range list {
				list[i].file = file
			}
		}
		b.none[dialog.ZH] = append(b.none[dialog.ZH], n.Examples.ZH...)
		b.none[dialog.EN] = append(b.none[dialog.EN], n.Examples.EN...)
		b.pieces[dialog.ZH] = append(b.pieces[dialog.ZH], n.Pieces.ZH...)
		b.pieces[dialog.EN] = append(b.pieces[dialog.EN], n.Pieces.EN...)
		return nil
	}
	t, err := parseTopic(file, id, raw)
	if err != nil {
		return err
	}
	old, ok := b.topics[t.ID]
	if !t.Extends {
		if ok {
			t.replaced = old.Answers
			if old.replaced != nil {
				t.replaced = old.replaced
			}
		}
		b.topics[t.ID] = t
		return nil
	}
	if !ok {
		return fmt.Errorf("%s:1: extends a topic that is not there", file)
	}
	if t.Title != (Said{}) || t.Label != (Said{}) || len(t.Facts)+len(t.Near)+len(t.States)+len(t.Means) > 0 {
		return fmt.Errorf("%s:1: extends changes single answers and adds examples, nothing else; leave it out to replace the topic", file)
	}
	grown := *old
	grown.Answers = slices.Clone(old.Answers)
	for _, a := range t.Answers {
		i := slices.IndexFunc(old.Answers, func(o Answer) bool {
			return a.Name != "" && o.Name == a.Name || a.Name == "" && o.Name == "" && o.When.equal(a.When)
		})
		if i < 0 {
			return fmt.Errorf("%s:%d: the topic has no answer %s to replace; single answers go by the name or the when that they have there", file, a.line, a.called())
		}
		grown.Answers[i] = a.over(old.Answers[i])
	}
	grown.Examples.ZH = slices.Concat(old.Examples.ZH, t.Examples.ZH)
	grown.Examples.EN = slices.Concat(old.Examples.EN, t.Examples.EN)
	b.topics[t.ID] = &grown
	return nil
}

// Topics lists the ids.
func (b *Book) Topics() []dialog.Topic { return slices.Clone(b.order) }

// Topic is a topic by its id, nil if there is none.
func (b *Book) Topic(id dialog.Topic) *Topic { return b.topics[id] }

// Examples counts them by language.
func (b *Book) Examples() (zh, en int) {
	for _, t := range b.topics {
		zh, en = zh+len(t.Examples.ZH), en+len(t.Examples.EN)
	}
	return zh, en
}

// Answers implements dialog.FAQ.
func (b *Book) Answers(id dialog.Topic) []dialog.TopicAnswer {
	t := b.topics[id]
	if t == nil {
		return nil
	}
	out := make([]dialog.TopicAnswer, len(t.Answers))
	for i, a := range t.Answers {
		out[i] = a.answer()
	}
	return out
}

// Label implements dialog.FAQ.
func (b *Book) Label(id dialog.Topic) dialog.Wording {
	if t := b.topics[id]; t != nil {
		return t.Label.wording()
	}
	return nil
}

// ForMerchants implements dialog.FAQ.
func (b *Book) ForMerchants(id dialog.Topic) bool {
	t := b.topics[id]
	return t != nil && t.Audience == Merchant
}

// Replaced implements dialog.FAQ.
func (b *Book) Replaced(id dialog.Topic) []dialog.TopicAnswer {
	t := b.topics[id]
	if t == nil {
		return nil
	}
	var out []dialog.TopicAnswer
	for _, a := range t.replaced {
		out = append(out, a.answer())
	}
	return out
}

// Version implements dialog.FAQ: it changes with every byte of every file.
func (b *Book) Version() string { return b.version }
