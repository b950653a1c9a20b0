package web

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestACallerIsHeldToHisRateAndToldWhenToComeAgain(t *testing.T) {
	p := newPaces(2)
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	for range 6 { // three seconds' worth at once
		if err := p.take("shop:a", now); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // what is refused does not count
		err := p.take("shop:a", now)
		if slow := new(tooFast); !errors.As(err, &slow) || slow.wait != time.Second/2 {
			t.Fatalf("the seventh: %v", err)
		}
		if f := failureOf(err, ""); f.status != 429 || f.header.Get("Retry-After") != "1" || !f.Body.Retryable {
			t.Fatalf("%+v", f)
		}
	}
	if err := p.take("shop:b", now); err != nil {
		t.Errorf("another caller: %v", err)
	}
	if err := p.take("shop:a", now.Add(time.Second/2)); err != nil {
		t.Errorf("half a second later: %v", err)
	}
}

func TestCallersWhoRestedAreForgotten(t *testing.T) {
	p := newPaces(2)
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	for i := range pacesKept {
		if err := p.take(fmt.Sprint(i), now); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Minute)
	for range 6 {
		if err := p.take("0", now); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.take("new", now); err != nil || len(p.by) != 2 {
		t.Errorf("%d callers are remembered, want the busy one and the new one; %v", len(p.by), err)
	}
	if err := p.take("0", now); err == nil {
		t.Error("a busy caller was forgotten")
	}
}
