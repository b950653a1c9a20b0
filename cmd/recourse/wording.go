package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"recourse/bot"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web"
)

// wording lends the bot's words to the web, which may not import them.
type wording struct {
	policy func(version string) *policy.Policy
	floor  func() bot.Floor // nil where nobody changes the floor
}

var _ web.Wording = wording{}

func (w wording) CaseView(c cases.Case, r dialog.Reader, l dialog.Locale) dialog.CaseView {
	return replies.In(l, r.Env.Policy).CaseView(c, r)
}

func (w wording) ComplaintView(c complaints.Complaint, r dialog.ComplaintReader, l dialog.Locale) dialog.ComplaintView {
	return replies.In(l, r.Env.Policy).ComplaintView(c, r)
}

func (w wording) System(key string, slots dialog.Slots, client string, l dialog.Locale, now time.Time) dialog.Entry {
	return replies.In(l, w.policy("")).System(key, slots, client, now)
}

func (w wording) Floor(ctx context.Context, from, to dialog.Conversation, by dialog.AuthorKind, why dialog.Reason) (dialog.Conversation, dialog.Entry) {
	f := bot.Floor{Policy: w.policy, Now: time.Now}
	if w.floor != nil {
		f = w.floor()
	}
	return f.Cross(ctx, from, to, by, why)
}

func (w wording) Survey(ctx context.Context, from, to dialog.Conversation, why dialog.Reason) (dialog.Conversation, []dialog.Entry) {
	f := bot.Floor{Policy: w.policy, Now: time.Now}
	if w.floor != nil {
		f = w.floor()
	}
	return f.Survey(ctx, from, to, why)
}

func (w wording) Item(e cases.Evidence, l dialog.Locale) dialog.EvidenceItem {
	return replies.In(l, w.policy("")).EvidenceItem(e)
}

func (w wording) Kinds(l dialog.Locale) []dialog.KindView {
	p := w.policy("")
	words := replies.In(l, p)
	var out []dialog.KindView
	for k := range p.Evidence {
		v := words.KindView(k)
		v.By = p.Evidence[k].By
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b dialog.KindView) int { return strings.Compare(a.Kind, b.Kind) })
	return out
}

func (w wording) CannedValues(c cases.Case, l dialog.Locale) map[string]string {
	words := replies.In(l, w.policy(c.Policy))
	turn := c.Turn()
	out := map[string]string{
		"case": string(c.ID), "order": c.Line.OrderID, "item": c.Line.Title, "shop": c.Line.ShopName, "amount": replies.Money(c.AmountFen),
		"state": words.Say("state."+string(c.State), nil), "deadline": words.Time(turn.Until),
	}
	if !turn.Until.IsZero() {
		out["then"] = words.Say("then."+string(turn.Timer), nil)
	}
	return out
}
