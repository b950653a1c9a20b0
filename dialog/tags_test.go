package dialog

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTagsAreKeptClean(t *testing.T) {
	many := make([]string, MaxTags+1)
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	for _, tt := range []struct {
		tags, want []string
		err        error
	}{
		{nil, nil, nil},
		{[]string{" 补照片 ", "VIP", "vip", "", "two  words"}, []string{"补照片", "VIP", "two words"}, nil},
		{[]string{strings.Repeat("长", MaxTagRunes)}, []string{strings.Repeat("长", MaxTagRunes)}, nil},
		{[]string{strings.Repeat("长", MaxTagRunes+1)}, nil, ErrBadTags},
		{many, nil, ErrBadTags},
	} {
		got, err := CleanTags(tt.tags)
		if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("%q: %q, %v; want %q, %v", tt.tags, got, err, tt.want, tt.err)
		}
	}
}

func TestOnlyItsAgentPutsAConversationOff(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	mine := Conversation{Holder: HeldByHuman, Agent: "li"}
	for _, tt := range []struct {
		what  string
		conv  Conversation
		login string
		until time.Time
		want  time.Time
		err   error
	}{
		{"his own", mine, "li", now.Add(time.Hour), now.Add(time.Hour), nil},
		{"a colleague's", mine, "wang", now.Add(time.Hour), time.Time{}, ErrNotHolder},
		{"one that waits", Conversation{Holder: HeldWaiting}, "li", now.Add(time.Hour), time.Time{}, ErrNotHolder},
		{"a fortnight", mine, "li", now.Add(MaxSnooze), now.Add(MaxSnooze), nil},
		{"longer", mine, "li", now.Add(MaxSnooze + 1), time.Time{}, ErrBadSnooze},
		{"until now is not at all", mine, "li", now, time.Time{}, nil},
	} {
		got, err := Snooze(tt.conv, tt.login, tt.until, now)
		if !got.Work.SnoozedUntil.Equal(tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("%s: until %s, %v; want %s, %v", tt.what, got.Work.SnoozedUntil, err, tt.want, tt.err)
		}
	}
}

func TestWhatIsPutOffComesBack(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	until := now.Add(time.Hour)
	off, err := Snooze(Conversation{Holder: HeldByHuman, Agent: "li", Inbound: 7, Answered: 7, SpokeAt: now.Add(-time.Minute)}, "li", until, now)
	if err != nil {
		t.Fatal(err)
	}
	for what, tt := range map[string]struct {
		since func(c *Conversation)
		want  time.Time
	}{
		"nothing happened":                  {func(*Conversation) {}, until},
		"its agent spoke before it is over": {func(c *Conversation) { c.SpokeAt = until.Add(-time.Second) }, until},
		"its agent spoke when it was over":  {func(c *Conversation) { c.SpokeAt = until }, time.Time{}},
		"the buyer wrote":                   {func(c *Conversation) { c.Inbound = 8 }, time.Time{}},
		"the buyer wrote and is answered":   {func(c *Conversation) { c.Inbound, c.Answered = 8, 8 }, time.Time{}},
	} {
		c := off
		tt.since(&c)
		if got := c.Snoozed(); !got.Equal(tt.want) {
			t.Errorf("%s: put off until %s, want %s", what, got, tt.want)
		}
	}
	if again, err := Snooze(Conversation{Holder: HeldByHuman, Agent: "li", Inbound: 8, Work: off.Work}, "li", until, now); err != nil || !again.Snoozed().Equal(until) {
		t.Errorf("put off anew: %s, %v", again.Snoozed(), err)
	}
	if taken, err := Claim(Return(off, now), "wang", "小王", off.Epoch+1, now); err != nil || !taken.Snoozed().IsZero() {
		t.Errorf("put off for who takes it next, %s, %v", taken.Snoozed(), err)
	}
}

func TestNotesNameColleagues(t *testing.T) {
	for note, want := range map[string][]string{
		"nobody":                    nil,
		"@li.na 请看一下，@wang @li.na":  {"li.na", "wang"},
		"ask @wang.":                {"wang"},
		"mail a@b.example, @ alone": {"b.example"}, // who is no agent is left out by who knows them
	} {
		if got := Mentioned(note); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", note, got, want)
		}
	}
}

func TestAMentionIsKeptWithItsLatestNote(t *testing.T) {
	first := Mention(Conversation{}, []string{"li", "wang"}, 4)
	second := Mention(first, []string{"li"}, 9)
	late := Mention(second, []string{"li", "zhao"}, 7) // a repeat of an earlier note
	if got := late.Work.Mentions; got["li"] != 9 || got["wang"] != 4 || got["zhao"] != 7 || len(got) != 3 {
		t.Errorf("%v", got)
	}
	if got := first.Work.Mentions["li"]; got != 4 {
		t.Errorf("what was read before was changed: %d", got)
	}
}

func TestWhoHasLookedIsCalledNoMore(t *testing.T) {
	called := Mention(Conversation{}, []string{"li", "wang"}, 4)
	if c, ok := Looked(called, "li", 3); ok || c.Work.Mentions["li"] != 4 {
		t.Errorf("he has not read so far: %v, %v", c.Work.Mentions, ok)
	}
	if c, ok := Looked(called, "li", 4); !ok || len(c.Work.Mentions) != 1 || c.Work.Mentions["wang"] != 4 || len(called.Work.Mentions) != 2 {
		t.Errorf("he has: %v, %v; before: %v", c.Work.Mentions, ok, called.Work.Mentions)
	}
	if _, ok := Looked(called, "zhao", 9); ok {
		t.Error("he was not called")
	}
}
