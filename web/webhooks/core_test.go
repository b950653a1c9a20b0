package webhooks_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	oracle "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"recourse/web/webhooks"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestTheScheduleIsQuickAtFirstAndEndsAfterADay(t *testing.T) {
	exact := webhooks.Day
	exact.Jitter = 0
	waits := []time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour,
		3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 3 * time.Hour,
	}
	now := noon
	for i, want := range waits {
		at, ok := exact.Next("wd_1", noon, i+1, now, 0)
		if !ok || at.Sub(now) != want {
			t.Fatalf("after attempt %d: %s, %v; want %s", i+1, at.Sub(now), ok, want)
		}
		now = at
	}
	// The last attempt falls on the end of the day, and after it there is none.
	at, ok := exact.Next("wd_1", noon, len(waits)+1, now, 0)
	if !ok || at != noon.Add(24*time.Hour) {
		t.Fatalf("the last attempt is at %s, %v", at, ok)
	}
	if _, ok := exact.Next("wd_1", noon, len(waits)+2, at, 0); ok {
		t.Error("attempted again after a day")
	}
}

func TestJitterSpreadsWaitsAndIsTheSameOnEveryNode(t *testing.T) {
	least, most := time.Hour, time.Duration(0)
	for i := range 200 {
		id := webhooks.DeliveryID(strings.Repeat("x", i))
		at, _ := webhooks.Day.Next(id, noon, 1, noon, 0)
		again, _ := webhooks.Day.Next(id, noon, 1, noon, 0)
		if at != again {
			t.Fatal("two nodes disagree")
		}
		least, most = min(least, at.Sub(noon)), max(most, at.Sub(noon))
	}
	if least < 4500*time.Millisecond || most > 5500*time.Millisecond || most-least < 500*time.Millisecond {
		t.Errorf("waits from %s to %s, want them spread over 5 s ± 10 %%", least, most)
	}
}

func TestWhatBecomesOfADelivery(t *testing.T) {
	s := webhooks.Schedule{Steps: []time.Duration{time.Second, time.Minute}, For: time.Hour}
	base := webhooks.Delivery{ID: "wd_1"}
	base.State, base.Queued = webhooks.Waiting, noon
	tried := base
	tried.First, tried.Round = noon, 3
	for name, c := range map[string]struct {
		was     webhooks.Delivery
		attempt webhooks.Attempt
		state   webhooks.State
		reason  webhooks.DeadReason
		next    time.Time
	}{
		"taken":                          {base, webhooks.Attempt{At: noon, Status: 204}, webhooks.Delivered, "", time.Time{}},
		"refused":                        {base, webhooks.Attempt{At: noon, Status: 500, Class: webhooks.ClassServer}, webhooks.Waiting, "", noon.Add(time.Second)},
		"not reached":                    {tried, webhooks.Attempt{At: noon, Class: webhooks.ClassConnect}, webhooks.Waiting, "", noon.Add(time.Minute)},
		"gone":                           {base, webhooks.Attempt{At: noon, Status: 410, Class: webhooks.ClassGone}, webhooks.Dead, webhooks.DeadGone, time.Time{}},
		"after its time":                 {tried, webhooks.Attempt{At: noon.Add(time.Hour), Class: webhooks.ClassTimeout}, webhooks.Dead, webhooks.DeadExpired, time.Time{}},
		"asked for a pause":              {base, webhooks.Attempt{At: noon, Class: webhooks.ClassClient, Status: 429, RetryAfter: 20 * time.Second}, webhooks.Waiting, "", noon.Add(20 * time.Second)},
		"asked for a year":               {base, webhooks.Attempt{At: noon, Class: webhooks.ClassClient, Status: 429, RetryAfter: 9000 * time.Hour}, webhooks.Waiting, "", noon.Add(time.Minute)},
		"counted from the answer":        {base, webhooks.Attempt{At: noon, Took: 10 * time.Second, Class: webhooks.ClassTimeout}, webhooks.Waiting, "", noon.Add(11 * time.Second)},
		"the last wait is cut to an end": {tried, webhooks.Attempt{At: noon.Add(time.Hour - time.Second), Class: webhooks.ClassServer}, webhooks.Waiting, "", noon.Add(time.Hour)},
	} {
		got := s.After(c.was, c.attempt)
		if got.State != c.state || got.Reason != c.reason || !got.Next.Equal(c.next) || len(got.Attempts) != 1 || got.Round != c.was.Round+1 {
			t.Errorf("%s: %+v", name, got.Progress)
		}
		if ended := got.State != webhooks.Waiting; ended == got.Ended.IsZero() {
			t.Errorf("%s: ended at %v", name, got.Ended)
		}
	}
	// Sent again, it has a schedule of its own and keeps what was attempted.
	dead := s.After(tried, webhooks.Attempt{At: noon.Add(time.Hour), Class: webhooks.ClassTimeout})
	again := dead.Again(noon.Add(48 * time.Hour))
	if again.State != webhooks.Waiting || again.Round != 0 || !again.First.IsZero() || len(again.Attempts) != 1 || again.Event.ID != dead.Event.ID {
		t.Errorf("again: %+v", again.Progress)
	}
	for range 100 {
		again.State = webhooks.Waiting
		again = s.After(again, webhooks.Attempt{At: noon})
	}
	if len(again.Attempts) != webhooks.KeepAttempts {
		t.Errorf("%d attempts are kept", len(again.Attempts))
	}
}

func TestSignaturesAreThoseOfTheStandardAndBothSecretsOfARotationSign(t *testing.T) {
	var secrets []webhooks.Secret
	for range 2 {
		s, err := webhooks.NewSecret()
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, webhooks.Secret{Key: s})
	}
	body := []byte(`{"type":"a.b","data":{"seq":1}}`)
	now := time.Now()
	sig, err := webhooks.Sign(secrets, "msg_1", now, body)
	if err != nil || len(strings.Fields(sig)) != 2 {
		t.Fatalf("signed %q, %v", sig, err)
	}
	h := http.Header{}
	h.Set(webhooks.HeaderID, "msg_1")
	h.Set(webhooks.HeaderTimestamp, jsonOf(t, now.Unix()))
	h.Set(webhooks.HeaderSignature, sig)
	for _, s := range secrets {
		wh, err := oracle.NewWebhook(s.Key)
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify(body, h); err != nil {
			t.Errorf("the standard's library: %v", err)
		}
		if err := wh.Verify(append(body, ' '), h); err == nil {
			t.Error("the standard's library takes another body")
		}
		// And what it signs we verify.
		theirs, err := wh.Sign("msg_1", now, body)
		if err != nil {
			t.Fatal(err)
		}
		if err := webhooks.Verify(s.Key, "msg_1", h.Get(webhooks.HeaderTimestamp), theirs, body, now); err != nil {
			t.Errorf("ours: %v", err)
		}
	}
	stamp := h.Get(webhooks.HeaderTimestamp)
	for name, err := range map[string]error{
		"another id":     webhooks.Verify(secrets[0].Key, "msg_2", stamp, sig, body, now),
		"no id":          webhooks.Verify(secrets[0].Key, "", stamp, sig, body, now),
		"another time":   webhooks.Verify(secrets[0].Key, "msg_1", jsonOf(t, now.Unix()+1), sig, body, now),
		"too old":        webhooks.Verify(secrets[0].Key, "msg_1", stamp, sig, body, now.Add(6*time.Minute)),
		"too new":        webhooks.Verify(secrets[0].Key, "msg_1", stamp, sig, body, now.Add(-6*time.Minute)),
		"no time":        webhooks.Verify(secrets[0].Key, "msg_1", "soon", sig, body, now),
		"no signature":   webhooks.Verify(secrets[0].Key, "msg_1", stamp, "", body, now),
		"half a secret":  webhooks.Verify(secrets[0].Key[:20], "msg_1", stamp, sig, body, now),
		"another secret": webhooks.Verify(webhooks.Secretise(make([]byte, 32)), "msg_1", stamp, sig, body, now),
	} {
		if err == nil {
			t.Errorf("%s is taken for good", name)
		}
	}
	if _, err := webhooks.Sign(nil, "msg_1", now, body); err == nil {
		t.Error("signed with nothing")
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestTheBodyHoldsThePositionInTheLane(t *testing.T) {
	for data, want := range map[string]string{
		`{"case":"c","n":[1]}`: `{"type":"a.b","timestamp":"2026-11-25T12:00:00Z","data":{"seq":7,"case":"c","n":[1]}}`,
		`{}`:                   `{"type":"a.b","timestamp":"2026-11-25T12:00:00Z","data":{"seq":7}}`,
	} {
		d := webhooks.Delivery{Seq: 7, Event: webhooks.Event{Type: "a.b", At: noon, Data: json.RawMessage(data)}}
		got, err := d.Body()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Error(diff)
		}
	}
	for _, data := range []string{"", "[]", "1", `"x"`, "{"} {
		if got, err := (webhooks.Delivery{Event: webhooks.Event{Data: json.RawMessage(data)}}).Body(); err == nil {
			t.Errorf("data %q makes %s", data, got)
		}
	}
}

func TestWhoWantsWhat(t *testing.T) {
	types := map[string]webhooks.Type{
		"plain": {Name: "case.submitted"}, "opt-in": {Name: "case.changed", OptIn: true}, "direct": {Name: "webhook.test", Direct: true},
	}
	for _, c := range []struct {
		filter []string
		wants  string
	}{
		{nil, "plain"},
		{[]string{"case.submitted"}, "plain"},
		{[]string{"case.*"}, "plain"},
		{[]string{"*"}, "plain"},
		{[]string{"case.changed"}, "opt-in"},
		{[]string{"complaint.*", "webhook.test"}, ""},
		{[]string{"case"}, ""},
	} {
		for name, typ := range types {
			if got := (webhooks.Endpoint{Events: c.filter}).Wants(typ); got != (name == c.wants) {
				t.Errorf("filter %v, %s: %v", c.filter, name, got)
			}
		}
	}
}

func TestLiveSecrets(t *testing.T) {
	ep := webhooks.Endpoint{Secrets: []webhooks.Secret{{Key: "new"}, {Key: "old", Until: noon}}}
	if n := len(ep.Live(noon.Add(-time.Second))); n != 2 {
		t.Errorf("%d secrets before the end of the old one", n)
	}
	if live := ep.Live(noon); len(live) != 1 || live[0].Key != "new" {
		t.Errorf("%v after it", live)
	}
}
