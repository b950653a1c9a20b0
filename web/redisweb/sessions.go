package redisweb

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/web"
)

// A session ends twelve hours after it was begun, two hours after it was last used (a socket that is open uses it),
// when it is ended, and when its account's epoch moves on.
const (
	sessionLasts = 12 * time.Hour
	sessionIdle  = 2 * time.Hour
	sessionTouch = time.Minute // it is not noted more often that one is used
	sessionID    = 16          // characters of the digest that name it
)

// Keys of sessions:
//
//	recourse:session:<digest>   STRING session as JSON, with a TTL
//	recourse:sessions:<login>   ZSET digests by when they were begun
//	recourse:agents:seen        HASH login -> ms of when a session of it was last used
//	recourse:sessions           channel "<login> <id>": look whether the session is alive; without an id, all of them
const (
	sessionsCh = "recourse:sessions"
	seenKey    = "recourse:agents:seen"
)

func sessionKey(digest string) string { return "recourse:session:" + digest }
func sessionsKey(login string) string { return "recourse:sessions:" + login }

// session is one as stored.
type session struct {
	Login   string    `json:"login"`
	Epoch   int       `json:"epoch,omitempty"`
	Begun   time.Time `json:"begun"`
	Seen    time.Time `json:"seen"`
	Address string    `json:"address,omitempty"`
	Client  string    `json:"client,omitempty"`
	Via     string    `json:"via,omitempty"`
}

func (s session) view(digest string) web.Session {
	return web.Session{
		ID: digest[:sessionID], Login: s.Login, From: web.From{Address: s.Address, Client: s.Client, Via: s.Via},
		Begun: s.Begun, Seen: s.Seen, Expires: s.Begun.Add(sessionLasts), Idle: s.Seen.Add(sessionIdle),
	}
}

// left is how long it lives on unused.
func (s session) left(now time.Time) time.Duration {
	return min(s.Seen.Add(sessionIdle).Sub(now), s.Begun.Add(sessionLasts).Sub(now))
}

// begin begins a session of an account.
func (st *Store) begin(ctx context.Context, a account, from web.From) (string, web.Session, error) {
	token, now := "as_"+rand.Text(), st.Wall().UTC()
	s := session{Login: a.Login, Epoch: a.Epoch, Begun: now, Seen: now, Address: from.Address, Client: from.Client, Via: from.Via}
	raw, err := json.Marshal(s)
	if err != nil {
		return "", web.Session{}, fmt.Errorf("encode a session: %w", err)
	}
	d := digest(token)
	pipe := st.RDB.Pipeline()
	pipe.Set(ctx, sessionKey(d), raw, s.left(now))
	pipe.ZAdd(ctx, sessionsKey(a.Login), redis.Z{Score: float64(now.UnixMilli()), Member: d})
	pipe.Expire(ctx, sessionsKey(a.Login), sessionLasts)
	pipe.HSet(ctx, seenKey, a.Login, now.UnixMilli())
	if _, err := pipe.Exec(ctx); err != nil {
		return "", web.Session{}, fmt.Errorf("begin a session: %w", err)
	}
	return token, s.view(d), nil
}

func (st *Store) session(ctx context.Context, digest string) (session, error) {
	return sessionOf(st.RDB.Get(ctx, sessionKey(digest)).Bytes())
}

// sessionOf is a session as it was read.
func sessionOf(raw []byte, err error) (session, error) {
	var s session
	if errors.Is(err, redis.Nil) {
		return s, web.ErrNoAccess
	}
	if err != nil {
		return s, fmt.Errorf("read a session: %w", err)
	}
	if json.Unmarshal(raw, &s) != nil {
		return s, web.ErrNoAccess // of an earlier version of the program
	}
	return s, nil
}

// Session is the agent of a session that is alive.
func (st *Store) Session(ctx context.Context, token string) (web.Agent, error) {
	if !strings.HasPrefix(token, "as_") {
		return web.Agent{}, web.ErrNoAccess
	}
	d := digest(token)
	s, err := st.session(ctx, d)
	if err != nil {
		return web.Agent{}, err
	}
	a, err := st.account(ctx, s.Login)
	if err != nil {
		return web.Agent{}, err
	}
	now := st.Wall().UTC()
	if a.Disabled || a.Epoch != s.Epoch || s.left(now) <= 0 {
		return web.Agent{}, web.ErrNoAccess
	}
	if now.Sub(s.Seen) >= sessionTouch {
		s.Seen = now
		if err := st.keepSession(ctx, d, s, now); err != nil {
			return web.Agent{}, err
		}
	}
	agent := a.forSession(s.Via)
	agent.Session = d[:sessionID]
	return agent, nil
}

// keepSession writes a session anew, unless it has ended meanwhile.
func (st *Store) keepSession(ctx context.Context, digest string, s session, now time.Time) error {
	raw, err := json.Marshal(s)
	if err == nil {
		pipe := st.RDB.Pipeline()
		pipe.SetXX(ctx, sessionKey(digest), raw, s.left(now))
		pipe.HSet(ctx, seenKey, s.Login, s.Seen.UnixMilli())
		_, err = pipe.Exec(ctx)
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("keep a session: %w", err)
	}
	return nil
}

// carryOver takes the session that an agent came in by into the account's epoch.
func (st *Store) carryOver(ctx context.Context, agent web.Agent) error {
	a, err := st.account(ctx, agent.Login)
	if err != nil {
		return err
	}
	d, err := st.digestOf(ctx, agent.Login, agent.Session)
	if err != nil || d == "" {
		return err
	}
	s, err := st.session(ctx, d)
	if err != nil {
		return err
	}
	s.Epoch = a.Epoch
	return st.keepSession(ctx, d, s, st.Wall().UTC())
}

func (st *Store) digests(ctx context.Context, login string) ([]string, error) {
	list, err := st.RDB.ZRevRange(ctx, sessionsKey(login), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("list the sessions of %s: %w", login, err)
	}
	return list, nil
}

// digestOf is the digest of a session by its id; "" if there is none.
func (st *Store) digestOf(ctx context.Context, login, id string) (string, error) {
	list, err := st.digests(ctx, login)
	if i := slices.IndexFunc(list, func(d string) bool { return len(id) == sessionID && strings.HasPrefix(d, id) }); err == nil && i >= 0 {
		return list[i], nil
	}
	return "", err
}

// Sessions lists the sessions of an account that are alive, newest first.
func (st *Store) Sessions(ctx context.Context, login string) ([]web.Session, error) {
	a, err := st.account(ctx, login)
	if errors.Is(err, web.ErrNoAccess) {
		return nil, web.ErrNoAccount
	}
	if err != nil {
		return nil, err
	}
	list, err := st.alive(ctx, []account{a})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// alive are the sessions of accounts that are alive, of each newest first, in two round trips. Those that are over are
// forgotten on the way.
func (st *Store) alive(ctx context.Context, accounts []account) ([][]web.Session, error) {
	now := st.Wall()
	pipe := st.RDB.Pipeline()
	digests := make([]*redis.StringSliceCmd, len(accounts))
	for i, a := range accounts {
		digests[i] = pipe.ZRevRange(ctx, sessionsKey(a.Login), 0, -1)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	pipe = st.RDB.Pipeline()
	reads := map[string]*redis.StringCmd{}
	for _, list := range digests {
		for _, d := range list.Val() {
			reads[d] = pipe.Get(ctx, sessionKey(d))
		}
	}
	if len(reads) > 0 {
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return nil, fmt.Errorf("read sessions: %w", err)
		}
	}
	out := make([][]web.Session, len(accounts))
	for i, a := range accounts {
		var over []any
		for _, d := range digests[i].Val() {
			s, err := sessionOf(reads[d].Bytes())
			switch {
			case errors.Is(err, web.ErrNoAccess) || err == nil && (s.Epoch != a.Epoch || s.left(now) <= 0):
				over = append(over, d)
			case err != nil:
				return nil, err
			default:
				out[i] = append(out[i], s.view(d))
			}
		}
		if len(over) > 0 {
			if err := st.RDB.ZRem(ctx, sessionsKey(a.Login), over...).Err(); err != nil {
				return nil, fmt.Errorf("forget sessions of %s that are over: %w", a.Login, err)
			}
		}
		slices.SortStableFunc(out[i], func(a, b web.Session) int { return cmp.Compare(b.Begun.UnixMilli(), a.Begun.UnixMilli()) })
	}
	return out, nil
}

// Revoke ends one session of an account, or all.
func (st *Store) Revoke(ctx context.Context, login, id string) error {
	if id == "" {
		_, err := st.changeAccount(ctx, login, func(a *account, known bool) error {
			if !known {
				return web.ErrNoAccount
			}
			a.Epoch++
			return nil
		})
		return err
	}
	d, err := st.digestOf(ctx, login, id)
	if err != nil || d == "" {
		return err
	}
	return st.endSession(ctx, login, d)
}

func (st *Store) endSession(ctx context.Context, login, digest string) error {
	pipe := st.RDB.Pipeline()
	pipe.Del(ctx, sessionKey(digest))
	pipe.ZRem(ctx, sessionsKey(login), digest)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return st.tellEnded(ctx, login, digest[:sessionID])
}

// Logout ends a session.
func (st *Store) Logout(ctx context.Context, token string) error {
	d := digest(token)
	s, err := st.session(ctx, d)
	if errors.Is(err, web.ErrNoAccess) {
		return nil
	}
	if err != nil {
		return err
	}
	return st.endSession(ctx, s.Login, d)
}

// tellEnded has all nodes look whether sessions of an account are still alive, and what it may.
func (st *Store) tellEnded(ctx context.Context, login, id string) error {
	if err := st.RDB.Publish(ctx, sessionsCh, login+" "+id).Err(); err != nil {
		return fmt.Errorf("tell of the sessions of %s: %w", login, err)
	}
	return nil
}
