package redisweb_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
		if err := st.SetAgent(ctx, agent, "short"); !errors.Is(err, redisweb.ErrWeakPassword) {
			t.Errorf("a short password: %v", err)
		}
		if err := st.SetAgent(ctx, agent, "correct horse"); err != nil {
			t.Fatal(err)
		}
		if raw, err := rdb.HGet(ctx, "recourse:agents", "zhou").Result(); err != nil || strings.Contains(raw, "correct") || !strings.Contains(raw, "$argon2id$") {
			t.Errorf("stored as %s, %v", raw, err)
		}
		for login, password := range map[string]string{"zhou": "wrong horse", "nobody": "correct horse", "": ""} {
			if _, _, _, err := st.Login(ctx, login, password); !errors.Is(err, web.ErrNoAccess) {
				t.Errorf("login %q %q: %v", login, password, err)
			}
		}
		session, got, _, err := st.Login(ctx, "zhou", "correct horse")
		if err != nil || !cmp.Equal(got, agent) {
			t.Fatalf("login: %+v, %v", got, err)
		}
		if got, err := st.Session(ctx, session); err != nil || !cmp.Equal(got, agent) {
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
		if _, _, _, err := st.Login(ctx, "zhou", "correct horse"); !errors.Is(err, web.ErrNoAccess) {
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
		if _, _, _, err := st.Login(ctx, "zhou", "guess guess"); !errors.Is(err, web.ErrNoAccess) {
			t.Fatal(err)
		}
	}
	if _, _, _, err := st.Login(ctx, "zhou", "correct horse"); !errors.Is(err, web.ErrThrottled) {
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
