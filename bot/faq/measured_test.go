package faq

import (
	"fmt"
	"strings"
	"testing"

	"recourse/dialog"
)

// The thresholds that are built in belong to the examples that are.
func TestTheThresholdsWereMeasuredOnTheseExamples(t *testing.T) {
	for _, f := range CheckFit() {
		t.Error(f)
	}
}

// An example more, fewer, in another place or of another topic makes them stale, in its language alone.
func TestThresholdsGoStaleWithTheExamples(t *testing.T) {
	book := func(old, new string) *Book {
		t.Helper()
		text := fmt.Sprintf(sound, "a-topic")
		if !strings.Contains(text, old) {
			t.Fatalf("%q is not there to be replaced", old)
		}
		b, err := load(topicFS(map[string]string{"a-topic": strings.Replace(text, old, new, 1)}))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	fit := Fit{Examples: book("", "").digests()}
	for _, tt := range []struct {
		name, old, new, want string
	}{
		{"nothing", "", "", ""},
		{"an answer", "商家超时了", "商家晚了", ""},
		{"one more", "[卖家三天没动静]", "[卖家三天没动静, 店家不说话]", "zh-CN"},
		{"another", "shop is silent", "shop says nothing", "en"},
		{"where it is said", "[shop is silent]", "[{text: shop is silent, in: [merchant_review]}]", "en"},
		{"where the topic is asked", "\nstates: [merchant_review]", "\nstates: [merchant_review, draft]", "zh-CN en"},
	} {
		var got []string
		for _, f := range book(tt.old, tt.new).stale(fit) {
			for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
				if strings.Contains(f.What, " "+string(l)+" ") {
					got = append(got, string(l))
				}
			}
			if f.Level != Wrong || !strings.Contains(f.What, measure) {
				t.Errorf("%s: %+v", tt.name, f)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: stale in %q, want %q", tt.name, s, tt.want)
		}
	}
	if got := book("", "").stale(Fit{}); len(got) != 2 {
		t.Errorf("thresholds of nothing: %v", got)
	}
}
