package redisweb_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
)

var wall = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func open(t *testing.T, rdb redis.UniversalClient) (context.Context, *redisweb.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx, &redisweb.Store{RDB: rdb, Wall: func() time.Time { return wall }}
}

func TestAnAgentComesInWithHisPasswordAndOnlyWithIt(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, st := open(t, rdb)
		agent := web.Agent{Login: "zhou", Name: "小周", Role: "agent"}
		if err := st.SetAgent(ctx, agent, "short"); !errors.Is(err, web.ErrWeakPassword) {
			t.Errorf("a short password: %v", err)
		}
		if err := st.SetAgent(ctx, agent, "correct horse"); err != nil {
			t.Fatal(err)
		}
		if raw, err := rdb.HGet(ctx, "recourse:agents", "zhou").Result(); err != nil || strings.Contains(raw, "correct") || !strings.Contains(raw, "$argon2id$") {
			t.Errorf("stored as %s, %v", raw, err)
		}
		for login, password := range map[string]string{"zhou": "wrong horse", "nobody": "correct horse", "": ""} {
			if _, _, _, err := st.Login(ctx, login, password, web.From{}); !errors.Is(err, web.ErrNoAccess) {
				t.Errorf("login %q %q: %v", login, password, err)
			}
		}
		session, got, _, err := st.Login(ctx, "zhou", "correct horse", web.From{})
		agent.Session = got.Session
		if err != nil || len(got.Session) != 16 || !reflect.DeepEqual(got, agent) {
			t.Fatalf("login: %+v, %v", got, err)
		}
		if got, err := st.Session(ctx, session); err != nil || !reflect.DeepEqual(got, agent) {
			t.Errorf("session: %+v, %v", got, err)
		}
		// A disabled account is out at once, also with a session that is alive.
		agent.Disabled = true
		if err := st.SetAgent(ctx, agent, "correct horse"); err != nil {
			t.Fatal(err)
		}
		if _, err := st.Session(ctx, session); !errors.Is(err, web.ErrNoAccess) {
			t.Errorf("session of a disabled account: %v", err)
		}
		if _, _, _, err := st.Login(ctx, "zhou", "correct horse", web.From{}); !errors.Is(err, web.ErrNoAccess) {
			t.Errorf("login of a disabled account: %v", err)
		}
		if err := st.Logout(ctx, session); err != nil {
			t.Fatal(err)
		}
		if _, err := st.Session(ctx, session); !errors.Is(err, web.ErrNoAccess) {
			t.Errorf("session after logout: %v", err)
		}
	})
}

func TestLoginsThatKeepFailingAreThrottled(t *testing.T) {
	ctx, st := open(t, redistest.Embedded(t))
	if err := st.SetAgent(ctx, web.Agent{Login: "zhou", Role: "agent"}, "correct horse"); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, _, _, err := st.Login(ctx, "zhou", "guess guess", web.From{}); !errors.Is(err, web.ErrNoAccess) {
			t.Fatal(err)
		}
	}
	if _, _, _, err := st.Login(ctx, "zhou", "correct horse", web.From{}); !errors.Is(err, web.ErrThrottled) {
		t.Errorf("after ten failures: %v", err)
	}
}

func TestASecretIsTheSameForEveryNode(t *testing.T) {
	ctx, st := open(t, redistest.Embedded(t))
	first, err := st.Secret(ctx, "session")
	if err != nil || len(first) < 32 {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	again, err := st.Secret(ctx, "session")
	if err != nil || string(again) != string(first) {
		t.Errorf("another secret the second time: %v", err)
	}
	if other, err := st.Secret(ctx, "links"); err != nil || string(other) == string(first) {
		t.Errorf("two names, one secret: %v", err)
	}
}

func TestTheClockRunsFasterAndNeverJumpsBack(t *testing.T) {
	ctx, st := open(t, redistest.Embedded(t))
	now := wall
	tick := func() time.Time { return now }
	plain, err := redisweb.OpenClock(ctx, st.RDB, tick, 1)
	if err != nil || !plain.Now().Equal(wall) {
		t.Fatalf("%v, %v", plain.Now(), err)
	}
	fast, err := redisweb.OpenClock(ctx, st.RDB, tick, 3600)
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Second)
	if got := fast.Now(); !got.Equal(wall.Add(2 * time.Hour)) {
		t.Errorf("after two seconds at 3600: %v", got)
	}
	if _, err := fast.Advance(ctx, -time.Second); err == nil {
		t.Error("the clock was turned back")
	}
	pushed, err := fast.Advance(ctx, 48*time.Hour)
	if err != nil || !pushed.Equal(wall.Add(50*time.Hour)) {
		t.Errorf("pushed to %v, %v", pushed, err)
	}
	// A restart, at another speed, goes on from there.
	again, err := redisweb.OpenClock(ctx, st.RDB, tick, 1)
	if err != nil || again.Now().Before(pushed) {
		t.Errorf("after a restart %v, was %v, %v", again.Now(), pushed, err)
	}
}

func TestLoginsFromOneAddressAreThrottled(t *testing.T) {
	ctx, st := open(t, redistest.Embedded(t))
	if err := st.SetAgent(ctx, web.Agent{Login: "zhou", Role: "agent"}, "correct horse"); err != nil {
		t.Fatal(err)
	}
	// What failed before stands in the store; fifty passwords would take seconds.
	if err := st.RDB.Set(ctx, "recourse:logins:from:192.0.2.7", 49, time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := st.Login(ctx, "someone", "guess guess", web.From{Address: "192.0.2.7"}); !errors.Is(err, web.ErrNoAccess) {
		t.Errorf("the last try: %v", err)
	}
	if _, _, _, err := st.Login(ctx, "zhou", "correct horse", web.From{Address: "192.0.2.7"}); !errors.Is(err, web.ErrThrottled) {
		t.Errorf("from the address that failed: %v", err)
	}
	if _, _, _, err := st.Login(ctx, "zhou", "correct horse", web.From{Address: "192.0.2.8"}); err != nil {
		t.Errorf("from another: %v", err)
	}
}

func TestASessionEndsUnusedAndInTheEnd(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, st := open(t, rdb)
		now := wall
		st.Wall = func() time.Time { return now }
		for _, login := range []string{"ann", "zhou"} { // ann never comes in
			if err := st.SetAgent(ctx, web.Agent{Login: login, Role: "agent"}, "correct horse"); err != nil {
				t.Fatal(err)
			}
		}
		begin := func() string {
			t.Helper()
			token, _, _, err := st.Login(ctx, "zhou", "correct horse", web.From{Address: "192.0.2.7", Client: "Firefox"})
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		idle := begin()
		now = now.Add(2 * time.Hour)
		if _, err := st.Session(ctx, idle); !errors.Is(err, web.ErrNoAccess) {
			t.Errorf("unused for two hours: %v", err)
		}
		used, begun := begin(), now
		for now.Sub(begun) < 11*time.Hour {
			now = now.Add(time.Hour)
			if _, err := st.Session(ctx, used); err != nil {
				t.Fatalf("used, after %s: %v", now.Sub(begun), err)
			}
		}
		list, err := st.Sessions(ctx, "zhou")
		if err != nil || len(list) != 1 || list[0].Address != "192.0.2.7" || list[0].Via != "password" || !list[0].Seen.Equal(now) {
			t.Errorf("sessions %+v, %v", list, err)
		}
		if list, err := st.Accounts(ctx); err != nil || len(list) != 2 || list[0].Sessions != 0 || !list[0].SeenAt.IsZero() || list[1].Sessions != 1 || !list[1].SeenAt.Equal(now) {
			t.Errorf("accounts %+v, %v", list, err)
		}
		last := now
		now = begun.Add(12 * time.Hour)
		if _, err := st.Session(ctx, used); !errors.Is(err, web.ErrNoAccess) {
			t.Errorf("used, after twelve hours: %v", err)
		}
		if list, err := st.Sessions(ctx, "zhou"); err != nil || len(list) != 0 {
			t.Errorf("sessions that are over: %+v, %v", list, err)
		}
		if list, err := st.Accounts(ctx); err != nil || list[1].Sessions != 0 || !list[1].SeenAt.Equal(last) {
			t.Errorf("accounts when all sessions are over: %+v, %v", list, err)
		}
	})
}

func TestATemporaryPasswordLetsInForThreeDays(t *testing.T) {
	ctx, st := open(t, redistest.Embedded(t))
	now := wall
	st.Wall = func() time.Time { return now }
	if _, err := st.AddAccount(ctx, web.Agent{Login: "zhou", Role: "agent"}, &web.NewPassword{Text: "k3j6-qfzl-bwkq", Temporary: true}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(web.TemporaryLasts)
	if _, a, _, err := st.Login(ctx, "zhou", "k3j6-qfzl-bwkq", web.From{}); err != nil || !a.MustChange {
		t.Errorf("on the third day: %+v, %v", a, err)
	}
	now = now.Add(time.Minute)
	if _, _, _, err := st.Login(ctx, "zhou", "k3j6-qfzl-bwkq", web.From{}); !errors.Is(err, web.ErrNoAccess) {
		t.Errorf("after it: %v", err)
	}
}
