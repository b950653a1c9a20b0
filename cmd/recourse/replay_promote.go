package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"

	"recourse/bot/faq"
	"recourse/bot/redact"
	"recourse/bot/replay"
	"recourse/bot/replay/record"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/dialog"
)

// promotion is a text, and what it becomes.
type promotion struct {
	flag, run, id string // where the text comes from: a flag, or a case of a stored run
	text          string
	topic         string
	state         string
	as, to        string
	by, keyFile   string
}

func replayPromoteCommand() *cobra.Command {
	s, p := &settings{}, &promotion{}
	cmd := &cobra.Command{
		Use: "promote", Short: "Turn a wrong answer into an example, or into a question of a suite", Args: cobra.NoArgs,
		Long: "Turn what a buyer asked and got a wrong answer to into an example of the right topic, or into a question of a suite.\n\n" +
			"The text is the one before an answer that an agent flagged (--flag TICKET, masked), or of a question of a stored run\n" +
			"(--run RUN.json --case ID). As an example it is added to the topic's file in a directory of --faq; what stands there stays\n" +
			"as it is, and a file that is not there is made. As a case it is added to a .jsonl file. What is there already, and what\n" +
			"still tells a person, is refused; --text gives other words. A flag is settled when that is done.\n" +
			"With the embedded store the server must be stopped for --flag; with --redis it may run.\n\n" + replayExits,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.check(); err != nil {
				return usage(err)
			}
			done := func(ctx context.Context, lib *library) error { return p.promote(ctx, lib, cmd.OutOrStdout()) }
			if p.run != "" {
				return usage(done(cmd.Context(), nil))
			}
			return usage(withRedis(cmd.Context(), s, cmd.ErrOrStderr(), func(ctx context.Context, rdb redis.UniversalClient) error {
				return done(ctx, &library{rdb: rdb})
			}))
		},
	}
	s.storeFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&p.flag, "flag", "", "ticket of a wrong answer, as record --flagged and the console list them")
	f.StringVar(&p.run, "run", "", "a stored run (replay run --json)")
	f.StringVar(&p.id, "case", "", "with --run: id of the question")
	f.StringVar(&p.text, "text", "", "other words for what was asked")
	f.StringVar(&p.topic, "topic", "", "the topic that is right; none: it must not be answered (default: what the flag or the question says)")
	f.StringVar(&p.state, "state", "", "as a case: where the buyer's case stands (default: where it stood then)")
	f.StringVar(&p.as, "as", "example", "example or case")
	f.StringVar(&p.to, "to", "", "the --faq directory, or the .jsonl file")
	f.StringVar(&p.by, "by", "replay promote", "who settles the flag")
	f.StringVar(&p.keyFile, "key-file", "", "file with the key of the pseudonyms (default: one that the store keeps)")
	return cmd
}

func (p *promotion) check() error {
	switch {
	case (p.flag == "") == (p.run == ""):
		return errors.New("say either --flag or --run")
	case (p.run == "") != (p.id == ""):
		return errors.New("--run and --case go together")
	case p.as != "example" && p.as != "case":
		return fmt.Errorf("--as is example or case, not %q", p.as)
	case p.to == "":
		return errors.New("say with --to where it goes")
	case p.as == "case" && filepath.Ext(p.to) != ".jsonl":
		return fmt.Errorf("a case goes to a .jsonl file, not %s", p.to)
	}
	return nil
}

// What promote refuses.
var (
	errPersonal = errors.New("the text still tells a person; give other words with --text")
	errKnown    = errors.New("it is there already")
)

func (p *promotion) promote(ctx context.Context, lib *library, out io.Writer) error {
	text, topic, state, err := p.asked(ctx, lib)
	if err != nil {
		return err
	}
	if p.text != "" {
		text = p.text
	}
	if p.topic != "" {
		topic = dialog.Topic(p.topic)
	}
	if p.state != "" {
		state = cases.State(p.state)
	}
	if topic == "" {
		return errors.New("the flag does not say which topic is right: say it with --topic")
	}
	if found := redact.Find(text); len(found) > 0 {
		return fmt.Errorf("%w: %s %q", errPersonal, found[0].Kind, text[found[0].From:found[0].To])
	}
	text = strings.Join(strings.Fields(text), " ")
	l := faq.LanguageOf(text)
	var where string
	if p.as == "case" {
		where, err = addQuestion(p.to, suite.Case{Locale: l, Tags: []string{"promoted"}, Tier: suite.Regression, Question: &suite.Question{Text: text, Topic: topic, State: state}})
	} else {
		where, err = addExample(p.to, topic, l, text)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %q asks %s\n", where, text, topic)
	if p.flag == "" {
		return nil
	}
	_, err = lib.shared().TicketDone(ctx, p.flag, p.by, "promoted", time.Now())
	return err
}

// asked is what the buyer asked, and what is known of it.
func (p *promotion) asked(ctx context.Context, lib *library) (text string, topic dialog.Topic, state cases.State, err error) {
	if p.run != "" {
		return p.ofRun()
	}
	t, err := lib.shared().Ticket(ctx, p.flag)
	if err != nil {
		return "", "", "", err
	}
	if t.Kind != "wrong_answer" {
		return "", "", "", fmt.Errorf("ticket %s is a %s, no wrong answer", t.ID, t.Kind)
	}
	if !t.DoneAt.IsZero() {
		return "", "", "", fmt.Errorf("the flag %s was settled by %s at %s", t.ID, t.DoneBy, t.DoneAt.Format(time.RFC3339))
	}
	conv, err := lib.dialogs().Load(ctx, dialog.ID(t.Conversation))
	if err != nil {
		return "", "", "", err
	}
	src, err := lib.source(ctx, conv)
	if err != nil {
		return "", "", "", err
	}
	entries := src.Entries[:min(len(src.Entries), int(t.Entry))]
	i := len(entries) - 1
	for ; i >= 0 && entries[i].Author.Kind != dialog.FromBuyer; i-- {
	}
	if i < 0 || entries[i].Kind != dialog.Text {
		return "", "", "", fmt.Errorf("entry %d of %s answers nothing that was written: promote nothing, or record the conversation", t.Entry, t.Conversation)
	}
	key, err := lib.key(ctx, p.keyFile)
	return redact.New(key).Mask(entries[i].Text), dialog.Topic(t.Topic), record.StateAt(src, entries[i].Seq), err
}

func (p *promotion) ofRun() (text string, topic dialog.Topic, state cases.State, err error) {
	f, err := os.Open(p.run)
	if err != nil {
		return "", "", "", fmt.Errorf("read the run: %w", err)
	}
	run, err := replay.Read(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", "", "", fmt.Errorf("read the run %s: %w", p.run, err)
	}
	i := slices.IndexFunc(run.Cases, func(r replay.Result) bool { return r.ID == p.id })
	if i < 0 || run.Cases[i].Question == nil {
		return "", "", "", fmt.Errorf("the run %s has no question %s", p.run, p.id)
	}
	q := run.Cases[i].Question
	return q.Text, q.Topic, cases.State(q.State), nil
}

// addExample adds a text to a topic of a directory. If the directory cannot be loaded then, it stays as it was.
func addExample(dir string, topic dialog.Topic, l dialog.Locale, text string) (file string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the directory of answers: %w", err)
	}
	dirs := []string{dir}
	if names, err := filepath.Glob(filepath.Join(dir, "*.yaml")); err != nil || len(names) == 0 {
		dirs = nil // nothing of its own yet
	}
	book, err := faq.Load(dirs...)
	if err != nil {
		return "", err
	}
	if topic != faq.NoTopic && book.Topic(topic) == nil {
		return "", fmt.Errorf("there is no topic %s", topic)
	}
	if has := book.Asks(text, l); has != "" {
		return "", fmt.Errorf("%w: %q is an example of %s", errKnown, text, has)
	}
	file = filepath.Join(dir, string(topic)+".yaml")
	before, err := os.ReadFile(file)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return "", fmt.Errorf("read the topic: %w", err)
	}
	after, err := faq.AddExample(before, topic, l, text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	write := func(raw []byte) error {
		return writeWhole(file, func(w io.Writer) error { _, err := w.Write(raw); return err })
	}
	if err := write(after); err != nil {
		return "", fmt.Errorf("write the topic: %w", err)
	}
	if _, err := faq.Load(dir); err != nil {
		back := func() error { return write(before) }
		if fresh {
			back = func() error { return os.Remove(file) }
		}
		return "", errors.Join(err, back())
	}
	return file, nil
}

// addQuestion adds a question to a suite, which is made if it is not there.
func addQuestion(file string, c suite.Case) (where string, err error) {
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the suite: %w", err)
	}
	if len(before) > 0 {
		list, err := suite.Load(file)
		if err != nil {
			return "", err
		}
		for _, old := range list {
			if q := old.Question; q != nil && strings.EqualFold(q.Text, c.Question.Text) && q.State == c.Question.State && old.Locale == c.Locale {
				return "", fmt.Errorf("%w: %s asks it, of %s", errKnown, old.Pos, q.Topic)
			}
		}
		if before[len(before)-1] != '\n' {
			before = append(before, '\n')
		}
	}
	err = writeWhole(file, func(w io.Writer) error {
		_, err := w.Write(before)
		return errors.Join(err, suite.WriteQuestion(w, c))
	})
	if err != nil {
		return "", fmt.Errorf("write the suite: %w", err)
	}
	if _, err := suite.Load(file); err != nil {
		if len(before) == 0 {
			return "", errors.Join(err, os.Remove(file))
		}
		return "", errors.Join(err, writeWhole(file, func(w io.Writer) error { _, err := w.Write(before); return err }))
	}
	return file, nil
}
