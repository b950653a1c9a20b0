package main

import (
	"bytes"
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

	"recourse/bot/replay/record"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/orders"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

// recording is what a recording takes.
type recording struct {
	ids     []string
	since   string
	flagged bool
	out     string
	keyFile string
}

func replayRecordCommand() *cobra.Command {
	s, r := &settings{}, &recording{}
	cmd := &cobra.Command{
		Use: "record", Short: "Turn stored conversations into cases of a suite, masked and with relative times", Args: cobra.NoArgs,
		Long: "Turn stored conversations into cases: what tells a person is masked, ids are replaced by pseudonyms, the same for the same\n" +
			"value under the same key, and times are relative. A recorded case expects that the same comes again; it says review: pending\n" +
			"and is not played until a person has read it and written review: reviewed. Files that are there are left as they are.\n\n" +
			"Say which conversations: --conversation, --since, or --flagged for those with answers that agents flagged as wrong; the flags\n" +
			"are listed, so that replay promote can take them. Order lines come from the cases of a conversation and from the cards that\n" +
			"list the buyer's orders; a card says little of a line, so with --orders-url the order system is asked for the rest.\n" +
			"With the embedded store the server must be stopped; with --redis it may run.\n\n" + replayExits,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(r.ids) == 0 && r.since == "" && !r.flagged {
				return usage(errors.New("say which conversations: --conversation ID, --since, or --flagged"))
			}
			since, err := r.from(time.Now())
			if err != nil {
				return usage(fmt.Errorf("--since: %w", err))
			}
			return usage(withRedis(cmd.Context(), s, cmd.ErrOrStderr(), func(ctx context.Context, rdb redis.UniversalClient) error {
				lib := &library{rdb: rdb}
				if s.ordersURL != "" {
					lib.orders = orders.NewHTTP(s.ordersURL, s.ordersKey)
				}
				return r.record(ctx, lib, since, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}))
		},
	}
	s.storeFlags(cmd.Flags())
	s.orderFlags(cmd.Flags())
	cmd.Flags().StringSliceVar(&r.ids, "conversation", nil, "id of a conversation; may be given several times")
	cmd.Flags().StringVar(&r.since, "since", "", "conversations in which something happened since: 48h, 7d, or a day like 2026-11-01 (Shanghai)")
	cmd.Flags().BoolVar(&r.flagged, "flagged", false, "only conversations with answers that are flagged as wrong and not settled")
	cmd.Flags().StringVarP(&r.out, "output", "o", "", "a directory for one file a case, or a .yaml file for all of them (default: print)")
	cmd.Flags().StringVar(&r.keyFile, "key-file", "", "file with the key of the pseudonyms, at least 16 bytes (default: one that the store keeps)")
	return cmd
}

// from is the instant that --since names; zero without one.
func (r *recording) from(now time.Time) (time.Time, error) {
	if r.since == "" {
		return time.Time{}, nil
	}
	if d, err := suite.ParseDuration(r.since); err == nil {
		return now.Add(-time.Duration(d)), nil
	}
	at, err := time.ParseInLocation("2006-01-02", r.since, policy.Zone())
	if err != nil {
		return at, fmt.Errorf("want a duration (48h, 7d) or a day (2026-11-01), not %q", r.since)
	}
	return at, nil
}

func (r *recording) record(ctx context.Context, lib *library, since time.Time, stdout, stderr io.Writer) error {
	key, err := lib.key(ctx, r.keyFile)
	if err != nil {
		return err
	}
	ids, err := r.which(ctx, lib)
	if err != nil {
		return err
	}
	out := newCaseFiles(r.out, stdout)
	done, silent := 0, 0
	for _, id := range ids {
		conv, err := lib.dialogs().Load(ctx, id)
		if err != nil {
			return err
		}
		if conv.UpdatedAt.Before(since) {
			continue
		}
		flags, err := lib.flags(ctx, id)
		if err != nil {
			return err
		}
		if r.flagged && len(flags) == 0 {
			continue
		}
		src, err := lib.source(ctx, conv)
		if err != nil {
			return err
		}
		c, err := record.Case(src, key)
		if errors.Is(err, record.ErrEmpty) && len(r.ids) == 0 {
			silent++
			continue
		}
		if err != nil {
			return err
		}
		if len(flags) > 0 {
			c.Tags = append(c.Tags, "flagged")
		}
		if err := out.add(c); err != nil {
			return err
		}
		done++
		for _, f := range flags {
			fmt.Fprintf(stderr, "%s: flag %s, entry %d: %s", c.ID, f.ID, f.Entry, f.Why)
			if f.Topic != "" {
				fmt.Fprintf(stderr, ", right would be %s", f.Topic)
			}
			fmt.Fprintln(stderr)
		}
	}
	if err := out.close(); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d recorded, %d of them were there already, %d conversations in which the buyer did nothing\n", done, out.kept, silent)
	return nil
}

// which lists the conversations that may be meant, by id.
func (r *recording) which(ctx context.Context, lib *library) ([]dialog.ID, error) {
	var out []dialog.ID
	for _, id := range r.ids {
		out = append(out, dialog.ID(id))
	}
	if len(out) == 0 {
		if err := lib.dialogs().Each(ctx, func(id dialog.ID) error { out = append(out, id); return nil }); err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// library is where what happened is kept.
type library struct {
	rdb    redis.UniversalClient
	orders cases.Orders // nil: it is not asked
}

func (l *library) dialogs() *redisdialog.Store { return &redisdialog.Store{RDB: l.rdb} }
func (l *library) shared() *redisweb.Store     { return &redisweb.Store{RDB: l.rdb, Wall: time.Now} }

const leastKey = 16

// key is the key of the pseudonyms.
func (l *library) key(ctx context.Context, file string) ([]byte, error) {
	if file == "" {
		return l.shared().Secret(ctx, "record")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	if raw = bytes.TrimSpace(raw); len(raw) < leastKey {
		return nil, fmt.Errorf("the key in %s has %d bytes, fewer than %d", file, len(raw), leastKey)
	}
	return raw, nil
}

// flags are the wrong answers of a conversation that are not settled.
func (l *library) flags(ctx context.Context, id dialog.ID) ([]wire.Ticket, error) {
	all, err := l.shared().Flags(ctx, id)
	return slices.DeleteFunc(all, func(t wire.Ticket) bool { return !t.DoneAt.IsZero() }), err
}

const page = 500

func (l *library) entries(ctx context.Context, id dialog.ID) ([]dialog.Entry, error) {
	var out []dialog.Entry
	for {
		more, err := l.dialogs().Entries(ctx, id, int64(len(out)), page)
		if out = append(out, more...); err != nil || len(more) < page {
			return out, err
		}
	}
}

// mostCases is more than any buyer has in one conversation.
const mostCases = 1000

// source reads a conversation with all cases that belong to it.
func (l *library) source(ctx context.Context, conv dialog.Conversation) (record.Source, error) {
	src := record.Source{Conversation: conv}
	var err error
	if src.Entries, err = l.entries(ctx, conv.ID); err != nil {
		return src, err
	}
	store := &rediscases.Store{RDB: l.rdb}
	ids, err := store.OfBuyer(ctx, conv.Buyer, mostCases)
	if err != nil {
		return src, err
	}
	if l.orders != nil {
		if src.Lines, err = l.orders.Lines(ctx, conv.Buyer); err != nil {
			return src, fmt.Errorf("conversation %s: ask for the buyer's orders: %w", conv.ID, err)
		}
	}
	for _, id := range ids {
		p := record.Past{}
		p.Case, err = store.Load(ctx, id)
		if err == nil && p.Case.Conversation == string(conv.ID) {
			if p.Marks, err = store.Marks(ctx, id); err == nil {
				src.Cases = append(src.Cases, p)
			}
		}
		if err != nil && !errors.Is(err, cases.ErrNoCase) {
			return src, err
		}
	}
	told := &rediscases.Complaints{RDB: l.rdb}
	list, err := told.OfBuyer(ctx, conv.Buyer, mostCases)
	if err != nil {
		return src, err
	}
	for _, id := range list {
		c, err := told.Load(ctx, id)
		if errors.Is(err, complaints.ErrNotFound) || err == nil && c.Conversation != string(conv.ID) {
			continue
		}
		p := record.PastComplaint{ID: id}
		if err == nil {
			p.Marks, err = told.Marks(ctx, id)
		}
		if err != nil {
			return src, err
		}
		src.Complaints = append(src.Complaints, p)
	}
	return src, nil
}

// caseFiles writes cases to a directory, into one file, or out.
type caseFiles struct {
	dir, file string
	all       bytes.Buffer // of a file, or what is printed
	stdout    io.Writer
	kept      int
}

func newCaseFiles(out string, stdout io.Writer) *caseFiles {
	f := &caseFiles{stdout: stdout}
	if ext := filepath.Ext(out); ext == ".yaml" || ext == ".yml" {
		f.file = out
	} else {
		f.dir = out
	}
	return f
}

func (f *caseFiles) add(c suite.Case) error {
	if f.dir == "" {
		if f.all.Len() > 0 {
			f.all.WriteString("---\n")
		}
		return suite.WriteConversation(&f.all, c)
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("make the suite's directory: %w", err)
	}
	name := filepath.Join(f.dir, strings.ReplaceAll(c.ID, "/", "-")+".yaml")
	if _, err := os.Stat(name); err == nil {
		f.kept++ // somebody may have read it and changed it
		return nil
	}
	return writeWhole(name, func(w io.Writer) error { return suite.WriteConversation(w, c) })
}

func (f *caseFiles) close() error {
	if f.dir != "" || f.all.Len() == 0 {
		return nil
	}
	if f.file == "" {
		_, err := f.stdout.Write(f.all.Bytes())
		return err
	}
	if _, err := os.Stat(f.file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already: name another file, or a directory", f.file)
	}
	return writeWhole(f.file, func(w io.Writer) error { _, err := w.Write(f.all.Bytes()); return err })
}
