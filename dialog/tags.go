package dialog

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// What tags must hold to.
const (
	MaxTags     = 12
	MaxTagRunes = 24
)

// MaxSnooze is for how long a conversation may be put off at most: a fortnight, by the marketplace's clock.
const MaxSnooze = 14 * 24 * time.Hour

var (
	// ErrBadTags: too many tags, or one that is too long.
	ErrBadTags = errors.New("tags are too many or too long")
	// ErrBadSnooze: put off for longer than MaxSnooze.
	ErrBadSnooze = errors.New("put off for too long")
)

// CleanTags are tags as they are kept: without space around, each once whatever its capitals, in the order in which
// they were set. Errors: ErrBadTags.
func CleanTags(tags []string) ([]string, error) {
	var out []string
	for _, tag := range tags {
		tag = strings.Join(strings.Fields(tag), " ")
		if tag == "" || slices.ContainsFunc(out, func(had string) bool { return strings.EqualFold(had, tag) }) {
			continue
		}
		if utf8.RuneCountInString(tag) > MaxTagRunes {
			return nil, ErrBadTags
		}
		out = append(out, tag)
	}
	if len(out) > MaxTags {
		return nil, ErrBadTags
	}
	return out, nil
}

// Snooze puts a conversation off for its agent until a time; zero: it is not put off any more. It comes back by itself,
// and as soon as the buyer writes. Errors: ErrNotHolder, ErrBadSnooze.
func Snooze(c Conversation, login string, until, now time.Time) (Conversation, error) {
	if c.Holder != HeldByHuman || c.Agent != login {
		return c, ErrNotHolder
	}
	if until.Sub(now) > MaxSnooze {
		return c, ErrBadSnooze
	}
	if !until.After(now) {
		until = time.Time{}
	}
	c.Work.SnoozedUntil, c.Work.SnoozedAt = until, c.Inbound
	return c, nil
}

// Snoozed is until when the conversation is put off; zero: it is not. A time that is over stands until its agent speaks,
// so that he finds what he wanted to see again; the buyer ends it by writing, and it does not come back when he has got
// his answer.
func (c Conversation) Snoozed() time.Time {
	until := c.Work.SnoozedUntil
	if c.Inbound > c.Work.SnoozedAt || !c.SpokeAt.Before(until) {
		return time.Time{}
	}
	return until
}

var mention = regexp.MustCompile(`@([A-Za-z0-9][A-Za-z0-9._-]*)`)

// Mentioned are the logins that a note names with @, in order and each once. Who they are, and whether there are such
// agents, is not known here. A dot at the end ends the sentence.
func Mentioned(note string) []string {
	var out []string
	for _, m := range mention.FindAllStringSubmatch(note, -1) {
		if login := strings.TrimRight(m[1], "._-"); !slices.Contains(out, login) {
			out = append(out, login)
		}
	}
	return out
}

// Mention notes that a note at seq names agents. The conversation's map is not changed but replaced.
func Mention(c Conversation, logins []string, seq int64) Conversation {
	all := maps.Clone(c.Work.Mentions)
	if all == nil {
		all = map[string]int64{}
	}
	for _, login := range logins {
		all[login] = max(all[login], seq)
	}
	c.Work.Mentions = all
	return c
}

// Looked notes that an agent has read up to seq: a note up to there that names him calls him no more. It says whether
// there was one.
func Looked(c Conversation, login string, seq int64) (Conversation, bool) {
	at, named := c.Work.Mentions[login]
	if !named || at > seq {
		return c, false
	}
	all := maps.Clone(c.Work.Mentions)
	delete(all, login)
	c.Work.Mentions = all
	return c, true
}
