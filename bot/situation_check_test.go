package bot

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog"
)

func (r *playing) check() {
	r.t.Helper()
	for _, part := range goldParts {
		if why, ok := r.s.NA[part]; ok {
			if why == "" || part == "never" {
				r.t.Errorf("%s is not looked at, and nobody says why", part)
			}
			continue
		}
		map[string]func(){"verdict": r.verdict, "evidence": r.evidence, "next": r.next5, "freight": r.freight, "never": r.never}[part]()
	}
}

func (r *playing) verdict() {
	r.t.Helper()
	want := r.s.Expect.Verdict
	looked := false
	if want.Kind != "" || want.Code != "" {
		looked = true
		v := r.theCase().Verdict
		if v == nil || v.Kind != want.Kind || v.Code != want.Code || v.Reason != want.Reason {
			r.t.Errorf("the verdict is %+v, want %s %s for %s", v, want.Kind, want.Code, want.Reason)
		}
		for _, a := range want.Alerts {
			if v != nil && !slices.Contains(v.Alerts, a) {
				r.t.Errorf("alerts %v lack %s", v.Alerts, a)
			}
		}
	} else if want.Reason != "" && r.theCase().Reason != want.Reason {
		r.t.Errorf("the case is about %s, want %s", r.theCase().Reason, want.Reason)
	}
	if len(want.Allowed)+len(want.Refused) > 0 {
		looked = true
		c := r.theCase()
		rec, err := r.as.Ledger.Store.Line(r.ctx, buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			r.t.Fatal(err)
		}
		allowed := c.Allowed(cases.Buyer, cases.Env{Policy: policy.Default(), Line: rec, Now: r.now})
		for _, ev := range want.Allowed {
			if !slices.Contains(allowed, ev) {
				r.t.Errorf("%s is not possible, only %v", ev, allowed)
			}
		}
		for _, ev := range want.Refused {
			if slices.Contains(allowed, ev) {
				r.t.Errorf("%s is possible", ev)
			}
		}
	}
	if want.Answer != "" {
		looked = true
		if !slices.ContainsFunc(r.log()[r.start:], func(e dialog.Entry) bool { return e.Basis != nil && e.Basis.Code == string(want.Answer) }) {
			r.t.Errorf("no answer says %s:\n%s", want.Answer, r.transcript())
		}
	}
	if want.Holder != "" {
		looked = true
		if h := r.load().Holder; h != want.Holder {
			r.t.Errorf("held by %s, want %s", h, want.Holder)
		}
	}
	if want.Step != "" {
		looked = true
		if s := r.load().Flow.Step; s != want.Step {
			r.t.Errorf("the flow is at %q, want %q", s, want.Step)
		}
	}
	if !looked {
		r.t.Error("no verdict is looked at")
	}
	topic := dialog.Topic(r.g.Topic)
	if !slices.ContainsFunc(r.log()[r.start:], func(e dialog.Entry) bool { return e.Basis != nil && e.Basis.Topic == topic && e.Basis.Policy != "" }) {
		r.t.Errorf("no answer rests on topic %s", topic)
	}
	for _, p := range r.pick(r.s.Expect.Says) {
		if len(broken(r.said(), []string{p})) == 0 {
			r.t.Errorf("nothing said matches %s:\n%s", p, r.transcript())
		}
	}
}

func (r *playing) evidence() {
	r.t.Helper()
	want := r.s.Expect.Evidence
	if len(want.Required)+len(want.Named) == 0 {
		r.t.Error("no evidence is looked at")
	}
	if len(want.Required) > 0 {
		var asked []policy.EvidenceKind
		for _, req := range r.theCase().Verdict.Required {
			asked = append(asked, req.AnyOf...)
		}
		for _, k := range want.Required {
			if !slices.Contains(asked, k) {
				r.t.Errorf("%s is not required, only %v", k, asked)
			}
		}
	}
	said := strings.Join(r.said(), "\n")
	for _, k := range slices.Concat(want.Required, want.Named) {
		if label := policy.Default().EvidenceName(k, string(r.locale)); !strings.Contains(said, label) && !slices.Contains(autos(), k) {
			r.t.Errorf("%s (%s) is not named", k, label)
		}
	}
}

// autos are kinds that come from the order system and are not asked for.
func autos() []policy.EvidenceKind {
	return []policy.EvidenceKind{"order_screenshot", "logistics_screenshot"}
}

func (r *playing) freight() {
	r.t.Helper()
	want := r.s.Expect.Freight
	if want == "" {
		r.t.Error("no freight payer is looked at")
		return
	}
	if words := r.words().Say("payer."+string(want), nil); !strings.Contains(strings.Join(r.said(), "\n"), words) {
		r.t.Errorf("%q is not said:\n%s", words, r.transcript())
	}
}

func (r *playing) next5() {
	r.t.Helper()
	want := r.s.Expect.Next
	if len(want.Press) == 0 && want.Holder == "" {
		r.t.Error("no next step is looked at")
	}
	shows := func(at time.Time, what string) {
		r.t.Helper()
		if at.IsZero() {
			r.t.Errorf("%s has no instant", what)
			return
		}
		inCard := slices.ContainsFunc(r.log()[r.start:], func(e dialog.Entry) bool { return e.Card != nil && e.Card.Deadline.Equal(at) })
		if text := r.words().Time(at); !inCard && !strings.Contains(strings.Join(r.said(), "\n"), text) {
			r.t.Errorf("%s, %s, is not shown:\n%s", what, text, r.transcript())
		}
	}
	for _, timer := range want.Deadlines {
		shows(r.theCase().Deadlines[timer], string(timer))
	}
	if want.Until == "verdict" {
		shows(r.theCase().Verdict.Deadline, "the last instant to apply")
	}
	for _, a := range want.Press {
		r.offered(a, nil)
		if form, ok := want.Fill[a]; ok {
			before := r.theCase()
			r.fills(a, form)
			if is := r.theCase(); is.State != before.State || is.Turn() != before.Turn() {
				r.t.Errorf("%s made it the turn of %+v in %s, it was that of %+v in %s", a, is.Turn(), is.State, before.Turn(), before.State)
			}
		}
	}
	if len(want.Rest) > 0 {
		rest := r.theCase().Return.Rest
		if len(rest) != 1 || rest[0].Carrier != want.Rest["carrier"] || rest[0].Waybill != want.Rest["waybill"] {
			r.t.Errorf("the rest travels as %+v, want %v", rest, want.Rest)
		}
	}
	if want.Transition != "" {
		marks, err := r.as.Ledger.Store.Marks(r.ctx, r.theCase().ID)
		if err != nil {
			r.t.Fatal(err)
		}
		if last := marks[len(marks)-1]; last.ID != want.Transition {
			r.t.Errorf("the press did %s, want %s:\n%s", last.ID, want.Transition, r.transcript())
		}
	}
	if want.Ground != "" && r.theCase().Arbitration.Ground != want.Ground {
		r.t.Errorf("escalated over %q, want %q", r.theCase().Arbitration.Ground, want.Ground)
	}
	if want.Type != "" && (r.theCase().Type != want.Type || r.theCase().AmountFen != want.Amount) {
		r.t.Errorf("asks for %s of %d, want %s of %d", r.theCase().Type, r.theCase().AmountFen, want.Type, want.Amount)
	}
	if want.Holder != "" && r.load().Holder != want.Holder {
		r.t.Errorf("held by %s, want %s", r.load().Holder, want.Holder)
	}
	if want.Reminds.Notice != "" {
		r.reminded()
	}
}

// reminded moves the clock to where a word must come by itself, as runners on two nodes do, and tells what the
// outbox holds, twice: the buyer reads it once.
func (r *playing) reminded() {
	r.t.Helper()
	want, c := r.s.Expect.Next.Reminds, r.theCase()
	heard := func() []dialog.Entry {
		return slices.DeleteFunc(r.log(), func(e dialog.Entry) bool { return e.Key != "notice."+want.Notice })
	}
	due, runs := c.Deadlines[want.Timer]
	if !runs || !due.Equal(instant(r.t, want.At)) {
		r.t.Fatalf("%s is due %s (%v), want %s", want.Timer, due, runs, want.At)
	}
	ev := cases.Event{Key: cases.TimerKey(want.Timer, due), Kind: cases.TimerEvent(want.Timer), Actor: cases.System}
	r.now = instant(r.t, want.Until)
	if _, err := r.as.Ledger.Apply(r.ctx, c.ID, ev); !errors.Is(err, cases.ErrStale) {
		r.t.Errorf("at %s: %v", want.Until, err)
	}
	r.now = due
	for range 2 {
		if _, err := r.as.Ledger.Apply(r.ctx, c.ID, ev); err != nil {
			r.t.Errorf("fired: %v", err)
		}
	}
	is := r.theCase()
	if is.State != c.State || is.Version != c.Version+1 || is.Refund != c.Refund {
		r.t.Errorf("the case is %s at version %d after %s at %d", is.State, is.Version, c.State, c.Version)
	}
	rdb := r.as.Ledger.Store.(*rediscases.Store).RDB
	records, err := recordsNaming(r.ctx, rdb, rediscases.Prefix, string(c.ID))
	if err != nil {
		r.t.Fatal(err)
	}
	n := &Notifier{Dialogs: r.as.Dialogs, Ledger: r.as.Ledger, Policy: r.as.Policy, Now: func() time.Time { return r.now }}
	for _, rec := range records {
		var b rediscases.NoticeBody
		body, _ := rec.Values["v"].(string)
		if err := json.Unmarshal([]byte(body), &b); rec.Values["k"] != rediscases.NoticeRecord || err != nil || b.Version != is.Version {
			continue
		}
		for range 2 {
			if err := n.Notify(r.ctx, c.ID, b.Version, b.Notice); err != nil {
				r.t.Error(err)
			}
		}
	}
	got := heard()
	if len(got) != 1 || got[0].Card == nil || !slices.ContainsFunc(got[0].Card.Buttons, func(b dialog.Button) bool { return b.Action == dialog.ActHuman }) {
		r.t.Fatalf("he reads %+v", got)
	}
	if !strings.Contains(got[0].Text, replies.Money(is.Refund.AmountFen)) {
		r.t.Errorf("he reads %q", got[0].Text)
	}
}

func (r *playing) never() {
	r.t.Helper()
	own := r.pick(r.s.Never)
	if len(own) == 0 {
		r.t.Error("no line is forbidden")
	}
	said := r.said()
	if len(said) == 0 {
		r.t.Error("nothing was said")
	}
	for _, b := range broken(said, slices.Concat(own, neverAtAll[r.locale])) {
		r.t.Errorf("said what it never may: %s", b)
	}
}
