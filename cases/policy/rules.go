package policy

import (
	"slices"
	"strings"
	"time"
)

// predicate is one thing that a rule's condition "name=value" may look at. The set is closed: a policy
// combines them, it cannot add to them.
type predicate struct {
	// values are those a condition may ask for.
	values func(p *Policy) []string
	// found are those that hold for the facts at hand.
	found func(j *judge) []string
	// until is when a condition that holds now will change by itself; nil if it does not.
	until func(j *judge) time.Time
}

// Values of conditions that several predicates share.
const (
	yes     = "yes"
	no      = "no"
	unknown = "unknown"
	moving  = "moving"
	stalled = "stalled"
)

func fixed(values ...string) func(*Policy) []string {
	return func(*Policy) []string { return values }
}

// one makes a found of a single value.
func one(f func(j *judge) string) func(*judge) []string {
	return func(j *judge) []string { return []string{f(j)} }
}

// predicates are all the conditions there are; those on the buyer's answers are added by init.
var predicates = map[string]predicate{
	// Where the order stands.
	"status": {values: fixed("paid_unshipped", "shipped", "signed", "completed"), found: one(func(j *judge) string { return string(j.f.Line.Status) })},
	// Service tags of the order.
	"tag": {values: fixed("freight_insurance", "price_protection", "no_reason_7d"), found: func(j *judge) []string { return j.f.Line.Tags }},
	// Category flags of the goods.
	"flag": {values: func(p *Policy) []string { return sortedKeys(p.Categories) }, found: func(j *judge) []string { return j.f.Line.Categories }},
	// Whether a category flag keeps the goods from a no-reason return, by law or as confirmed at purchase (§2.2).
	"category": {values: fixed("statutory", "confirmed"), found: one(func(j *judge) string { return j.excludedBy() })},
	// Whether the buyer has the goods: signed for, or he says so.
	"has_goods": {values: fixed(yes, no, unknown), found: one(func(j *judge) string {
		if s := j.f.Line.Status; s == Signed || s == Completed {
			return yes
		}
		return tri(j.f.Answers.Received)
	})},
	// Whether the parcel still moves: not lost, heard of within logistics.stalled_hours, not past its promised day.
	"trace": {values: fixed(moving, stalled), found: one(func(j *judge) string {
		if j.now.Before(j.traceUntil()) {
			return moving
		}
		return stalled
	}), until: func(j *judge) time.Time { return j.traceUntil() }},
	// Whether the shop may still ship in time. Unknown if it promised no time.
	"ship_promise": {values: fixed("open", "over", unknown), found: one(func(j *judge) string {
		switch due := j.f.Line.PromisedShipAt; {
		case due.IsZero():
			return unknown
		case j.now.Before(due):
			return "open"
		default:
			return "over"
		}
	}), until: func(j *judge) time.Time { return j.f.Line.PromisedShipAt }},
	// Whether another parcel of the line is on its way.
	"other_parcel": {values: fixed(moving, no), found: one(func(j *judge) string {
		if j.now.Before(j.otherUntil()) {
			return moving
		}
		return no
	}), until: func(j *judge) time.Time { return j.otherUntil() }},
	// Of which class the reason was under which the goods last travelled back.
	"returned": {values: fixed(no, "merchant_fault", "buyer_choice", "logistics", "neutral"), found: one(func(j *judge) string {
		if j.f.History.ReturnAt.IsZero() {
			return no
		}
		return j.p.Reasons[j.f.History.ReturnReason].Class
	})},
}

func init() {
	for _, a := range answers {
		predicates[a.name] = predicate{values: fixed(yes, no, unknown), found: one(func(j *judge) string { return tri(*a.fact(&j.f.Answers)) })}
	}
	// Refused at the door: the carrier says so, or the buyer.
	said := predicates["refused"]
	predicates["refused"] = predicate{values: said.values, found: func(j *judge) []string {
		if j.f.Line.Logistics == LogisticsRefused {
			return []string{yes}
		}
		return said.found(j)
	}}
}

// tri is an answer as conditions name it; what is neither yes nor no is not known.
func tri(t Tri) string {
	if t == Yes || t == No {
		return string(t)
	}
	return unknown
}

// condition splits "name=value".
func condition(c string) (predicate, string, bool) {
	name, value, _ := strings.Cut(c, "=")
	p, ok := predicates[name]
	return p, value, ok
}

// holds says whether all conditions of a rule hold.
func (j *judge) holds(r Rule) bool {
	for _, c := range r.If {
		p, value, ok := condition(c)
		if !ok || !slices.Contains(p.found(j), value) {
			return false
		}
	}
	return true
}

// changes is when the first of a rule's conditions ends by itself; zero if none does.
func (j *judge) changes(r Rule) time.Time {
	var at time.Time
	for _, c := range r.If {
		p, _, _ := condition(c)
		if p.until == nil {
			continue
		}
		if u := p.until(j); !u.IsZero() && (at.IsZero() || u.Before(at)) {
			at = u
		}
	}
	return at
}

// excludedBy is the basis on which the goods' category excludes a no-reason return, "" if it does not. What
// the law excludes goes before what was confirmed.
func (j *judge) excludedBy() string {
	basis := ""
	for _, flag := range j.f.Line.Categories {
		c := j.p.Categories[flag]
		switch {
		case c.Basis == "statutory":
			j.category = c.Name
			return c.Basis
		case c.Basis == "confirmed" && j.f.Line.ExclusionConfirmed && basis == "":
			j.category, basis = c.Name, c.Basis
		}
	}
	return basis
}

// traceUntil is until when the parcel counts as moving; zero if the carrier says that it does not.
func (j *judge) traceUntil() time.Time {
	l := j.f.Line
	if l.Logistics == LogisticsLost || l.Logistics == LogisticsStalled {
		return time.Time{}
	}
	until := j.quietUntil(l.LastLogisticAt)
	if due := l.PromisedArrivalAt; !due.IsZero() && due.Before(until) {
		return due
	}
	return until
}

// otherUntil is until when some other parcel of the line counts as moving; zero if none does.
func (j *judge) otherUntil() time.Time {
	var last time.Time
	for _, p := range j.f.Line.OtherParcels {
		if p.Logistics == LogisticsMoving || p.Logistics == LogisticsNone {
			if until := j.quietUntil(p.LastLogisticAt); until.After(last) {
				last = until
			}
		}
	}
	return last
}

// quietUntil is how long nothing may be heard of a parcel before it counts as stalled. One that was never heard
// of counts from when it was shipped, or at the earliest from when it was paid for.
func (j *judge) quietUntil(last time.Time) time.Time {
	for _, t := range []time.Time{j.f.Line.ShippedAt, j.f.Line.PaidAt} {
		if last.IsZero() {
			last = t
		}
	}
	return last.Add(hours(j.p.Values.Logistics.StalledHours.V))
}
