// Package redisdesk keeps the desk in Redis and lets every node work at it.
//
// All its keys have one hash tag, so that one script changes what belongs together: an offer and the load of its
// agent, or a conversation that changes hands. What to change is decided by package desk from what was read; the
// script refuses it if anything of that has changed since, and it is decided anew. So of two nodes that give an
// agent his last place, one does.
//
// Nothing here is the truth about a conversation. What is lost is built again from the conversations (Router.Rebuild),
// and whoever finds an offer that ran out looks at the conversation before he believes it.
package redisdesk

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/dialog/desk"
)

// Channel is where it is announced what has changed: conversations' ids, separated by blanks, and agents' logins with
// an @ before them.
const Channel = "recourse:desk"

// Keys of the desk.
//
//	{desk}:chats     HASH  conversation -> desk.Chat as JSON
//	{desk}:agents    HASH  login -> desk.Agent as JSON
//	{desk}:rest      HASH  handled -> times that conversations took, as JSON; built -> that they were read once
//	{desk}:lease:<c> STRING who is writing an answer, desk.Writer as JSON, with a TTL
//	{desk}:consoles  ZSET  "<login> <socket>" by when it was last seen, wall clock in ms
const (
	chatsKey    = "{desk}:chats"
	agentsKey   = "{desk}:agents"
	restKey     = "{desk}:rest"
	consolesKey = "{desk}:consoles"

	leaseFor = 8 * time.Second // a console says every few seconds that he still writes

	handledField = "handled"
	builtField   = "built"
)

func leaseKey(id dialog.ID) string { return "{desk}:lease:" + string(id) }

// ConsoleFor is how long a console counts as connected without a sign: two beats may be lost. BeatEvery is how often
// it gives one.
const (
	BeatEvery  = 10 * time.Second
	ConsoleFor = 35 * time.Second
)

// tries bounds how often a change is decided anew because another node changed the desk meanwhile.
const tries = 50

// ErrBusy: the desk was changed by others all the time; try again.
var ErrBusy = errors.New("the desk changes too fast")

var (
	//go:embed swap.lua
	swapSrc string
	//go:embed leave.lua
	leaveSrc string

	//go:embed lease.lua
	leaseSrc string

	leaseScript = redis.NewScript(leaseSrc)
	swapScript  = redis.NewScript(swapSrc)
	leaveScript = redis.NewScript(leaveSrc)
)

// Store is the desk in Redis.
type Store struct {
	RDB   redis.UniversalClient
	Rules desk.Rules
}

// read is a state and what stood in Redis for it.
type read struct {
	*desk.State
	chats, agents map[string]string
	handled       string
}

// State is the desk as it is now.
func (st *Store) State(ctx context.Context) (*desk.State, error) {
	r, err := st.load(ctx)
	return r.State, err
}

func (st *Store) load(ctx context.Context) (read, error) {
	pipe := st.RDB.Pipeline()
	chats, agents, handled := pipe.HGetAll(ctx, chatsKey), pipe.HGetAll(ctx, agentsKey), pipe.HGet(ctx, restKey, handledField)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return read{}, fmt.Errorf("read the desk: %w", err)
	}
	return decode(chats.Val(), agents.Val(), handled.Val())
}

// loadFor reads what a change of one conversation needs: itself and the agents that it is, was or may be of.
func (st *Store) loadFor(ctx context.Context, id dialog.ID, logins ...string) (read, error) {
	pipe := st.RDB.Pipeline()
	chat, handled := pipe.HGet(ctx, chatsKey, string(id)), pipe.HGet(ctx, restKey, handledField)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return read{}, fmt.Errorf("read %s on the desk: %w", id, err)
	}
	chats := map[string]string{}
	if chat.Val() != "" {
		chats[string(id)] = chat.Val()
		var c desk.Chat
		if err := json.Unmarshal([]byte(chat.Val()), &c); err != nil {
			return read{}, fmt.Errorf("decode %s on the desk: %w", id, err)
		}
		logins = append(logins, c.Agent)
		if c.Offer != nil {
			logins = append(logins, c.Offer.To)
		}
	}
	agents, err := st.agents(ctx, logins)
	if err != nil {
		return read{}, err
	}
	return decode(chats, agents, handled.Val())
}

func (st *Store) agents(ctx context.Context, logins []string) (map[string]string, error) {
	slices.Sort(logins)
	logins = slices.DeleteFunc(slices.Compact(logins), func(l string) bool { return l == "" })
	out := map[string]string{}
	if len(logins) == 0 {
		return out, nil
	}
	raw, err := st.RDB.HMGet(ctx, agentsKey, logins...).Result()
	if err != nil {
		return nil, fmt.Errorf("read agents of the desk: %w", err)
	}
	for i, v := range raw {
		if s, ok := v.(string); ok {
			out[logins[i]] = s
		}
	}
	return out, nil
}

func decode(chats, agents map[string]string, handled string) (read, error) {
	r := read{State: desk.New(), chats: chats, agents: agents, handled: handled}
	for id, raw := range chats {
		var c desk.Chat
		if err := json.Unmarshal([]byte(raw), &c); err != nil {
			return r, fmt.Errorf("decode %s on the desk: %w", id, err)
		}
		r.Chats[dialog.ID(id)] = c
	}
	for login, raw := range agents {
		var a desk.Agent
		if err := json.Unmarshal([]byte(raw), &a); err != nil {
			return r, fmt.Errorf("decode agent %s of the desk: %w", login, err)
		}
		r.Agents[login] = a
	}
	if handled != "" {
		if err := json.Unmarshal([]byte(handled), &r.Handled); err != nil {
			return r, fmt.Errorf("decode what the desk handled: %w", err)
		}
	}
	return r, nil
}

// swaps are the arguments of the script for what has changed since it was read, and what to announce.
func (r read) swaps() (argv []any, news []string) {
	put := func(key int, field, was string, v any) {
		var raw []byte
		if v != nil {
			var err error
			if raw, err = json.Marshal(v); err != nil {
				panic(err) // plain data, cannot happen
			}
		}
		if string(raw) != was {
			argv = append(argv, key, field, was, raw)
			if key < 3 {
				news = append(news, map[int]string{1: "", 2: "@"}[key]+field)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.Chats)) {
		put(1, string(id), r.chats[string(id)], r.Chats[id])
	}
	for _, id := range slices.Sorted(maps.Keys(r.chats)) {
		if _, there := r.Chats[dialog.ID(id)]; !there {
			put(1, id, r.chats[id], nil)
		}
	}
	for _, login := range slices.Sorted(maps.Keys(r.Agents)) {
		put(2, login, r.agents[login], r.Agents[login])
	}
	if len(r.Handled) > 0 {
		put(3, handledField, r.handled, r.Handled)
	}
	return argv, news
}

// change decides from what is read and writes it, again if it raced. Also is announced besides the changes.
func (st *Store) change(ctx context.Context, load func() (read, error), decide func(*desk.State) error, also func() string) error {
	for range tries {
		r, err := load()
		if err != nil {
			return err
		}
		if err := decide(r.State); err != nil {
			return err
		}
		argv, news := r.swaps()
		if also != nil && also() != "" && !slices.Contains(news, also()) {
			news = append(news, also())
		}
		if len(argv) == 0 && len(news) == 0 {
			return nil
		}
		done, err := swapScript.Run(ctx, st.RDB, []string{chatsKey, agentsKey, restKey}, append([]any{strings.Join(news, " ")}, argv...)...).Int()
		if err != nil {
			return fmt.Errorf("change the desk: %w", err)
		}
		if done == 1 {
			return nil
		}
	}
	return ErrBusy
}

// Follow makes the desk say what a conversation says, and announces it: something of it has changed, if only what was
// written last. It may be repeated, and what is older than what was followed changes nothing.
func (st *Store) Follow(ctx context.Context, conv dialog.Conversation, due time.Time, now desk.Now) error {
	var news string
	err := st.change(ctx, func() (read, error) { return st.loadFor(ctx, conv.ID, conv.Agent) }, func(s *desk.State) error {
		news = ""
		if _, there := s.Chats[conv.ID]; there || conv.Holder != dialog.HeldByBot {
			news = string(conv.ID)
		}
		s.Follow(conv, due, now)
		return nil
	}, func() string { return news })
	if err != nil {
		return fmt.Errorf("follow %s: %w", conv.ID, err)
	}
	return nil
}

// Route takes back the offers that ran out and offers what waits to who is free, and says when to look again though
// nothing happens; zero: not at all. Missed are the offers that ran out though their agents were there.
func (st *Store) Route(ctx context.Context, now desk.Now) (next time.Time, missed []desk.Chat, err error) {
	err = st.change(ctx, func() (read, error) { return st.load(ctx) }, func(s *desk.State) error {
		missed = s.Missed(now)
		s.Expire(now, st.Rules)
		s.Assign(now, st.Rules)
		next = s.Next(now, st.Rules)
		return nil
	}, nil)
	if err != nil {
		return next, nil, fmt.Errorf("route: %w", err)
	}
	return next, missed, nil
}

func (st *Store) ofAgent(ctx context.Context, login string, decide func(*desk.State) error) error {
	err := st.change(ctx, func() (read, error) {
		raw, err := st.agents(ctx, []string{login})
		if err != nil {
			return read{}, err
		}
		return decode(nil, raw, "")
	}, decide, nil)
	if err != nil {
		return fmt.Errorf("agent %s at the desk: %w", login, err)
	}
	return nil
}

// console is the member of an agent's socket. Logins have no blanks.
func console(login, socket string) string { return login + " " + socket }

// Arrive notes a console of an agent. An agent's Capacity below 0 is the one of the rules.
func (st *Store) Arrive(ctx context.Context, a desk.Agent, socket string, now desk.Now) error {
	if err := st.Beat(ctx, a.Login, socket, now); err != nil {
		return err
	}
	return st.ofAgent(ctx, a.Login, func(s *desk.State) error {
		s.Arrive(a, st.Rules)
		return nil
	})
}

// Beat notes that a console is still there.
func (st *Store) Beat(ctx context.Context, login, socket string, now desk.Now) error {
	err := st.RDB.ZAdd(ctx, consolesKey, redis.Z{Score: float64(now.Wall.UnixMilli()), Member: console(login, socket)}).Err()
	if err != nil {
		return fmt.Errorf("note a console of %s: %w", login, err)
	}
	return nil
}

// Leave notes that a console is not there any more. With his last one, the agent is gone.
func (st *Store) Leave(ctx context.Context, login, socket string, now desk.Now) error {
	// The agent is read before his consoles: if another one comes after that, he has changed, and this is decided anew.
	return st.ofAgent(ctx, login, func(s *desk.State) error {
		alive, err := leaveScript.Run(ctx, st.RDB, []string{consolesKey}, console(login, socket), console(login, ""), aliveSince(now)).Int()
		if err == nil && alive == 0 {
			s.Present(login, false, now)
		}
		return err
	})
}

func aliveSince(now desk.Now) string {
	return strconv.FormatInt(now.Wall.Add(-ConsoleFor).UnixMilli(), 10)
}

// Sweep finds the agents whose consoles gave no sign, which died with their node, and those who are there after all.
func (st *Store) Sweep(ctx context.Context, now desk.Now) error {
	// Agents are read before consoles, as in Leave.
	err := st.change(ctx, func() (read, error) { return st.load(ctx) }, func(s *desk.State) error {
		alive, err := st.RDB.ZRangeByScore(ctx, consolesKey, &redis.ZRangeBy{Min: aliveSince(now), Max: "+inf"}).Result()
		if err != nil {
			return fmt.Errorf("list the consoles: %w", err)
		}
		there := map[string]bool{}
		for _, c := range alive {
			login, _, _ := strings.Cut(c, " ")
			there[login] = true
		}
		for login := range s.Agents {
			s.Present(login, there[login], now)
		}
		return nil
	}, nil)
	if err != nil {
		return fmt.Errorf("sweep the desk: %w", err)
	}
	old := strconv.FormatInt(now.Wall.Add(-time.Hour).UnixMilli(), 10)
	if err := st.RDB.ZRemRangeByScore(ctx, consolesKey, "-inf", old).Err(); err != nil {
		return fmt.Errorf("forget old consoles: %w", err)
	}
	return nil
}

// Set is an agent's word on whether he wants to be offered conversations.
func (st *Store) Set(ctx context.Context, login string, status desk.Status) error {
	return st.ofAgent(ctx, login, func(s *desk.State) error {
		s.Set(login, status)
		return nil
	})
}

// Decline lets an offer pass and says whether it was made to him.
func (st *Store) Decline(ctx context.Context, id dialog.ID, login string, now desk.Now) (bool, error) {
	was := false
	err := st.change(ctx, func() (read, error) { return st.loadFor(ctx, id, login) }, func(s *desk.State) error {
		was = s.Decline(id, login, now)
		return nil
	}, nil)
	if err != nil {
		return false, fmt.Errorf("decline %s: %w", id, err)
	}
	return was, nil
}

// Lease notes that an agent is writing an answer, or no longer is, and says who is. Who has the floor takes it from
// another agent, but not from himself at another console.
func (st *Store) Lease(ctx context.Context, id dialog.ID, w desk.Writer, on, holds bool) (desk.Writer, error) {
	raw, err := json.Marshal(w)
	if err != nil {
		panic(err) // plain data, cannot happen
	}
	for range tries {
		has, err := st.Writing(ctx, id)
		if err != nil {
			return has, err
		}
		other := has.Login != "" && has != w
		switch {
		case !on && (other || has.Login == ""), on && other && (!holds || has.Login == w.Login):
			return has, nil
		}
		was := ""
		if has.Login != "" {
			b, err := json.Marshal(has)
			if err != nil {
				panic(err) // plain data, cannot happen
			}
			was = string(b)
		}
		next := string(raw)
		if !on {
			next = ""
		}
		done, err := leaseScript.Run(ctx, st.RDB, []string{leaseKey(id)}, was, next, leaseFor.Milliseconds()).Int()
		if err != nil {
			return has, fmt.Errorf("lease the answer of %s: %w", id, err)
		}
		if done == 1 {
			return w, nil
		}
	}
	return desk.Writer{}, ErrBusy
}

// Writing is who is writing an answer; the zero value: nobody.
func (st *Store) Writing(ctx context.Context, id dialog.ID) (desk.Writer, error) {
	var w desk.Writer
	raw, err := st.RDB.Get(ctx, leaseKey(id)).Result()
	if errors.Is(err, redis.Nil) {
		return w, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(raw), &w)
	}
	if err != nil {
		return w, fmt.Errorf("who answers %s: %w", id, err)
	}
	return w, nil
}

// Promise is what somebody who begins to wait now can be told.
func (st *Store) Promise(ctx context.Context, locale dialog.Locale, due time.Time, now desk.Now, h *desk.Hours) (dialog.Desk, error) {
	s, err := st.State(ctx)
	if err != nil {
		return dialog.Desk{}, err
	}
	return s.Promise(locale, due, now, st.Rules, h), nil
}

// Built says whether the conversations were read once, and notes that they were.
func (st *Store) built(ctx context.Context) (bool, error) {
	n, err := st.RDB.HExists(ctx, restKey, builtField).Result()
	if err != nil {
		return false, fmt.Errorf("look whether the desk was built: %w", err)
	}
	return n, nil
}

func (st *Store) noteBuilt(ctx context.Context, now desk.Now) error {
	if err := st.RDB.HSet(ctx, restKey, builtField, now.Wall.Format(time.RFC3339)).Err(); err != nil {
		return fmt.Errorf("note that the desk was built: %w", err)
	}
	return nil
}

// News is what a message of the Channel says.
func News(payload string) (ids []dialog.ID, logins []string) {
	for _, f := range strings.Fields(payload) {
		if login, is := strings.CutPrefix(f, "@"); is {
			logins = append(logins, login)
		} else {
			ids = append(ids, dialog.ID(f))
		}
	}
	slices.SortFunc(ids, cmp.Compare)
	return ids, logins
}
