package redisweb

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web"
)

// Keys of the reports, in one slot, so that what is counted and how far it was counted change together:
//
//	recourse:{report}:d:<day>     HASH counter -> number (web.Fact.Fields)
//	recourse:{report}:at          HASH "d:<conversation>" -> web.Thread as JSON; "c:<case>" -> number of the last mark
//	recourse:{report}:once:<day>  SET  keys under which something was counted that day, with a TTL
const reportAtKey = "recourse:{report}:at"

func reportDayKey(day string) string  { return "recourse:{report}:d:" + day }
func reportOnceKey(day string) string { return "recourse:{report}:once:" + day }

// onceFor is how long it is remembered under which keys something was counted; a record comes again sooner, or never.
const onceFor = 40 * 24 * time.Hour

var (
	//go:embed report_count.lua
	reportCountSrc string
	//go:embed report_once.lua
	reportOnceSrc string

	reportCountScript = redis.NewScript(reportCountSrc)
	reportOnceScript  = redis.NewScript(reportOnceSrc)
)

var _ web.Reports = (*Reports)(nil)

// Reports are the counters of reports. They follow logs and timelines, and keep how far they did beside the counters:
// however often and by however many nodes something is followed, it is counted once, and what was missed is counted
// when it is followed next. What can be followed stays what it was; a log that is lost is not counted again.
type Reports struct {
	RDB redis.UniversalClient
	// Zone is whose days they are.
	Zone func() *time.Location

	mu     sync.Mutex
	day    string             // guarded by mu
	talked map[dialog.ID]bool // conversations counted as talked in that day; guarded by mu
}

// FollowTalk counts what is new in the log of a conversation.
func (r *Reports) FollowTalk(ctx context.Context, dialogs dialog.Store, id dialog.ID) error {
	_, err := r.followTalk(ctx, dialogs, id)
	return err
}

// Talked is FollowTalk for a conversation that only the bot has, after each turn: once it was counted as talked in, it
// is not looked at again that day, for nothing else can be counted of it.
func (r *Reports) Talked(ctx context.Context, dialogs dialog.Store, id dialog.ID, now time.Time) error {
	day := now.In(r.Zone()).Format(time.DateOnly)
	if r.known(day, id) {
		return nil
	}
	t, err := r.followTalk(ctx, dialogs, id)
	if err == nil && t.Talked == day {
		r.know(day, id)
	}
	return err
}

// talkedMost bounds what is remembered in the process.
const talkedMost = 50_000

func (r *Reports) known(day string, id dialog.ID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.day == day && r.talked[id]
}

func (r *Reports) know(day string, id dialog.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.day != day || len(r.talked) >= talkedMost {
		r.day, r.talked = day, map[dialog.ID]bool{}
	}
	r.talked[id] = true
}

// followReads is how many entries are read at a time.
const followReads = 500

func (r *Reports) followTalk(ctx context.Context, dialogs dialog.Store, id dialog.ID) (web.Thread, error) {
	for {
		var t web.Thread
		was, err := r.progress(ctx, "d:"+string(id))
		if err == nil && was != "" {
			err = json.Unmarshal([]byte(was), &t)
		}
		if err != nil {
			return t, fmt.Errorf("count conversation %s: %w", id, err)
		}
		entries, err := dialogs.Entries(ctx, id, t.Seq, followReads)
		if err != nil || len(entries) == 0 {
			return t, err
		}
		next, facts := t.Follow(entries, r.Zone())
		is, err := json.Marshal(next)
		done := false
		if err == nil {
			done, err = r.advance(ctx, "d:"+string(id), was, string(is), facts)
		}
		if err != nil {
			return t, fmt.Errorf("count conversation %s: %w", id, err)
		}
		if done && len(entries) < followReads {
			return next, nil // what came since is followed by who is told of it
		}
	}
}

// FollowCase counts what is new in the timeline of a case, which has a version now.
func (r *Reports) FollowCase(ctx context.Context, store cases.Store, id cases.ID, version int) error {
	for {
		after := 0
		was, err := r.progress(ctx, "c:"+string(id))
		if err == nil && was != "" {
			after, err = strconv.Atoi(was)
		}
		if err != nil {
			return fmt.Errorf("count case %s: %w", id, err)
		}
		if after >= version {
			return nil
		}
		marks, err := store.Marks(ctx, id)
		if err != nil {
			return fmt.Errorf("count case %s: %w", id, err)
		}
		last, facts := web.CaseFacts(marks, after, r.Zone())
		if last == after {
			return nil
		}
		if done, err := r.advance(ctx, "c:"+string(id), was, strconv.Itoa(last), facts); err != nil || done {
			return err
		}
	}
}

func (r *Reports) progress(ctx context.Context, of string) (string, error) {
	was, err := r.RDB.HGet(ctx, reportAtKey, of).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return was, err
}

// advance counts facts with the progress they belong to, unless somebody was quicker.
func (r *Reports) advance(ctx context.Context, of, was, is string, facts []web.Fact) (bool, error) {
	keys, argv := []string{reportAtKey}, []any{of, was, is}
	for _, f := range facts {
		key := reportDayKey(f.Day)
		at := slices.Index(keys, key)
		if at < 0 {
			keys, at = append(keys, key), len(keys)
		}
		fields := f.Fields()
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			argv = append(argv, at+1, field, fields[field])
		}
	}
	done, err := reportCountScript.Run(ctx, r.RDB, keys, argv...).Int()
	if err != nil {
		return false, fmt.Errorf("add to reports: %w", err)
	}
	return done == 1, nil
}

// Count counts a fact once.
func (r *Reports) Count(ctx context.Context, once string, f web.Fact) error {
	argv := []any{f.Name + "/" + once, int(onceFor / time.Second)}
	fields := f.Fields()
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		argv = append(argv, field, fields[field])
	}
	if err := reportOnceScript.Run(ctx, r.RDB, []string{reportOnceKey(f.Day), reportDayKey(f.Day)}, argv...).Err(); err != nil {
		return fmt.Errorf("count %s of %s: %w", f.Name, f.Day, err)
	}
	return nil
}

// Read answers the counters of days.
func (r *Reports) Read(ctx context.Context, days []string) ([]map[string]int64, error) {
	pipe := r.RDB.Pipeline()
	reads := make([]*redis.MapStringStringCmd, len(days))
	for i, day := range days {
		reads[i] = pipe.HGetAll(ctx, reportDayKey(day))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	out := make([]map[string]int64, len(days))
	for i, read := range reads {
		out[i] = map[string]int64{}
		for field, raw := range read.Val() {
			n, err := strconv.ParseInt(raw, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("read reports of %s: %s: %w", days[i], field, err)
			}
			out[i][field] = n
		}
	}
	return out, nil
}
