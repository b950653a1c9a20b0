package faq

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"recourse/bot/nlu/intent"
	"recourse/dialog"
)

// kept is how many learned models are left in a directory; each is some 20 MB.
const kept = 3

// modelFile is where what a book has taught is kept: it is another file for other topics, concepts or program.
func (b *Book) modelFile(dir string) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find the program: %w", err)
	}
	info, err := os.Stat(exe)
	if err != nil {
		return "", fmt.Errorf("find the program: %w", err)
	}
	sum := sha256.New()
	fmt.Fprintln(sum, b.lessons(), info.Size(), info.ModTime().UnixNano())
	sum.Write(conceptsYAML)
	return filepath.Join(dir, "faq-"+hex.EncodeToString(sum.Sum(nil)[:8])+".model"), nil
}

// lessons names what is learned from: it stays the same while only answers change.
func (b *Book) lessons() string {
	sum := sha256.New()
	for _, a := range b.asked() {
		fmt.Fprintf(sum, "%q %s %v\n", a.Text, a.Topic, a.Piece)
	}
	for _, id := range b.order {
		fmt.Fprintf(sum, "%s %q %q\n", id, b.topics[id].Title, b.topics[id].Label)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Refit is the same book with other weights and thresholds, for who wants to know what they do. The book must have
// learned.
func (b *Book) Refit(change func(*Fit)) (*Book, error) {
	f := b.learned.Load()
	if f == nil {
		return nil, errors.New("change the thresholds of answers: nothing was learned yet")
	}
	fit := f.fit
	change(&fit)
	other := &Book{topics: b.topics, none: b.none, pieces: b.pieces, order: b.order, version: b.version + "-refit"}
	other.learning.Do(func() { other.learned.Store(other.finderOf(f.model, other.asked(), fit)) })
	return other, nil
}

// Reword is the same book with other answers to a topic, for who wants to know what they do. What it has learned stays:
// answers teach nothing. Answers that would not be served are an error.
func (b *Book) Reword(id dialog.Topic, answers []Answer) (*Book, error) {
	old := b.topics[id]
	if old == nil {
		return nil, fmt.Errorf("there is no topic %s", id)
	}
	t := *old
	t.Answers = answers
	other := &Book{topics: maps.Clone(b.topics), none: b.none, pieces: b.pieces, order: b.order, version: b.version + "-reworded"}
	other.topics[id] = &t
	l := linter{book: other, t: &t, at: t.file}
	l.answers()
	for _, f := range l.out {
		if f.Level == Fatal {
			return nil, errors.New(f.String())
		}
	}
	if f := b.learned.Load(); f != nil {
		same := *f
		same.book = other
		other.learning.Do(func() { other.learned.Store(&same) })
	}
	return other, nil
}

// LearnFrom takes over what another book has learned, if both learn from the same; otherwise it changes nothing.
func (b *Book) LearnFrom(old *Book) {
	if f := old.learned.Load(); f != nil && old.lessons() == b.lessons() {
		b.learning.Do(func() { b.learned.Store(b.finderOf(f.model, b.asked(), f.fit)) })
	}
}

// readModel reads a kept model; fs.ErrNotExist if there is none.
func (b *Book) readModel(dir string) (*intent.Model, error) {
	name, err := b.modelFile(dir)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open what was learned: %w", err)
	}
	defer f.Close()
	return intent.Load(bufio.NewReader(f))
}

// keepModel writes a model so that nobody reads half of it, and drops the oldest beyond kept.
func (b *Book) keepModel(dir string, m *intent.Model) (err error) {
	name, err := b.modelFile(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep what was learned: %w", err)
	}
	f, err := os.CreateTemp(dir, ".faq-*")
	if err != nil {
		return fmt.Errorf("keep what was learned: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	out := bufio.NewWriter(f)
	if err := errors.Join(m.Save(out), out.Flush(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("keep what was learned: %w", err)
	}
	prune(dir)
	return nil
}

// prune drops the oldest models, and what somebody began to write who was ended meanwhile. One that is gone already, or
// cannot be dropped, does no harm.
func prune(dir string) {
	begun, err := filepath.Glob(filepath.Join(dir, ".faq-*"))
	if err != nil {
		return
	}
	for _, name := range begun {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(name)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "faq-*.model"))
	if err != nil {
		return
	}
	age := func(name string) int64 {
		info, err := os.Stat(name)
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(fmt.Sprintf("%020d", age(b)), fmt.Sprintf("%020d", age(a)))
	})
	for _, old := range names[min(kept, len(names)):] {
		_ = os.Remove(old)
	}
}

// learnOrRead is the model of a book: the one kept in dir, or one that is learned now and kept there. Where nothing can
// be kept it is learned each time; dir "" keeps nothing.
func (b *Book) learnOrRead(dir string) (*intent.Model, error) {
	if dir != "" {
		m, err := b.readModel(dir)
		if err == nil {
			return m, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, intent.ErrFormat) {
			return b.train(b.asked())
		}
	}
	m, err := b.train(b.asked())
	if err == nil && dir != "" {
		_ = b.keepModel(dir, m) // it was learned; that it must be learned again next time is no fault of today
	}
	return m, err
}
