package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

// Finder finds conversations that agents had part in. It follows them from the outbox, so it may be a moment behind,
// and may name one that does not fit: what is found is looked at again.
type Finder interface {
	// Find lists conversations that have all terms, the one that something happened in last first, from after a cursor,
	// at most limit. No terms: all. A page may be short, or empty, and still not the last; next "" is the last.
	// Errors: ErrBadCursor.
	Find(ctx context.Context, terms []string, cursor string, limit int) (page []Lead, next string, err error)
}

// Lead is a conversation that may fit.
type Lead struct {
	ID     dialog.ID
	At     time.Time
	Cursor string // of the place after it
}

const (
	findLimit = 30  // conversations of a page
	findLooks = 300 // conversations looked at for one page
	findReads = 500 // entries read at once
	findCut   = 24  // characters kept on each side of what was found
)

// findQuery says what is looked for; empty fields want nothing.
type findQuery struct {
	Q      string `query:"q" maxLength:"100" doc:"In what people wrote, or an order, a case, a buyer, a conversation." example:"盒子是空的"`
	State  string `query:"state" maxLength:"40" doc:"Where the case stands." example:"merchant_review"`
	Tag    string `query:"tag" maxLength:"40" doc:"A tag." example:"photos"`
	Agent  string `query:"agent" maxLength:"64" doc:"Who has it, or had it last: a login." example:"li.na"`
	Closed bool   `query:"closed" doc:"Those only that their agents resolved and nobody has taken or asked for since."`
	Cursor string `query:"cursor" maxLength:"200" doc:"From the last page."`
}

// searchRoutes let agents look for conversations.
func (a *rest) searchRoutes() {
	agentOperation(a, huma.Operation{
		OperationID: "agentSearch", Method: http.MethodGet, Path: "/api/agent/search", Tags: []string{tagDesk},
		Summary:     "Look for conversations",
		Description: "Among those that an agent was ever wanted for and that this agent may see: by what people wrote, order, case, buyer, state of the case, tag and agent. Whole words and two Chinese characters or more are found quickly; less is looked for among the latest.",
	}, func(ctx context.Context, agent Agent, in *findQuery) (*answer[wire.FoundList], error) {
		out, err := a.find(ctx, agent, *in)
		return &answer[wire.FoundList]{out}, err
	})
}

func (a *rest) find(ctx context.Context, agent Agent, q findQuery) (wire.FoundList, error) {
	out := wire.FoundList{Found: []wire.Found{}}
	terms, cursor := dialog.FindTerms(q.Q), q.Cursor
	for looks := 0; looks < findLooks; {
		page, next, err := a.Finder.Find(ctx, terms, cursor, findLimit)
		if err != nil {
			return out, err
		}
		for _, lead := range page {
			looks++
			found, ok, err := a.fits(ctx, agent, lead, q)
			if err != nil {
				return out, err
			}
			if ok {
				out.Found = append(out.Found, found)
			}
			if len(out.Found) == findLimit {
				out.Next = lead.Cursor
				return out, nil
			}
		}
		if cursor = next; cursor == "" {
			return out, nil
		}
	}
	out.Next = cursor
	return out, nil
}

// fits looks at a conversation as it is.
func (a *rest) fits(ctx context.Context, agent Agent, lead Lead, q findQuery) (f wire.Found, ok bool, err error) {
	conv, err := a.Dialogs.Load(ctx, lead.ID)
	if errors.Is(err, dialog.ErrNotFound) {
		return f, false, nil
	}
	if err != nil {
		return f, false, err
	}
	if sees, err := a.seesConversation(ctx, agent, conv); err != nil || !sees {
		return f, false, err
	}
	if q.Tag != "" && !slices.Contains(conv.Work.Tags, q.Tag) || q.Agent != "" && conv.Agent != q.Agent && conv.Work.LastAgent != q.Agent {
		return f, false, nil
	}
	if q.Closed && (conv.Work.ResolvedAt.IsZero() || conv.Holder != dialog.HeldByBot) {
		return f, false, nil
	}
	f = wire.Found{
		Conversation: string(conv.ID), Buyer: conv.Buyer, Holder: conv.Holder, AgentName: conv.AgentName, Case: string(conv.Flow.Case),
		Tags: conv.Work.Tags, At: lead.At.UTC(), ResolvedAt: conv.Work.ResolvedAt,
	}
	if conv.Flow.Case != "" {
		c, err := a.Ledger.Store.Load(ctx, conv.Flow.Case)
		if err != nil && !errors.Is(err, cases.ErrNoCase) {
			return f, false, err
		}
		f.CaseState, f.Title, f.Order = string(c.State), c.Line.Title, c.Line.OrderID
	}
	if q.State != "" && f.CaseState != q.State {
		return f, false, nil
	}
	phrase := dialog.FindText(q.Q)
	if phrase == "" {
		return f, true, nil
	}
	for _, name := range []string{f.Order, f.Case, f.Buyer, f.Conversation} {
		if name != "" && dialog.FindText(name) == phrase {
			return f, true, nil
		}
	}
	return a.lineOf(ctx, f, phrase)
}

// lineOf looks for a phrase in what people wrote, the latest first.
func (a *rest) lineOf(ctx context.Context, f wire.Found, phrase string) (wire.Found, bool, error) {
	for after, more := int64(0), true; more; {
		entries, err := a.Dialogs.Entries(ctx, dialog.ID(f.Conversation), after, findReads)
		if err != nil {
			return f, false, err
		}
		for _, e := range entries {
			if dialog.Findable(e) && strings.Contains(dialog.FindText(e.Text), phrase) {
				f.Line, f.Entry = around(e.Text, phrase), e.Seq
			}
		}
		if more = len(entries) == findReads; more {
			after = entries[len(entries)-1].Seq
		}
	}
	return f, f.Entry > 0, nil
}

// around cuts a text around a phrase; where the phrase is written otherwise (full-width, with marks between), it is the
// beginning of the text.
func around(text, phrase string) string {
	at := strings.Index(strings.ToLower(text), phrase)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if at < 0 || len(strings.ToLower(text)) != len(text) {
		return clip(string(runes), 3*findCut)
	}
	from := max(0, utf8.RuneCountInString(text[:at])-findCut)
	to := min(len(runes), from+2*findCut+utf8.RuneCountInString(phrase))
	from = min(from, to)
	cut := string(runes[from:to])
	if from > 0 {
		cut = "…" + cut
	}
	if to < len(runes) {
		cut += "…"
	}
	return cut
}
