package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Finding is something about a valid policy that its owner should look at.
type Finding struct {
	Line    int    `json:"line,omitempty"` // of the file; 0 = of the whole
	Warning bool   `json:"warning"`        // false: a contradiction, nobody can want it
	What    string `json:"what"`
}

func (f Finding) String() string {
	kind := "error"
	if f.Warning {
		kind = "warning"
	}
	if f.Line == 0 {
		return kind + ": " + f.What
	}
	return fmt.Sprintf("line %d: %s: %s", f.Line, kind, f.What)
}

// horizon is how long before its end the calendar is said to end: a decision takes weeks (§2.1), and the State
// Council publishes the next year in November.
const horizon = 60 * 24 * time.Hour

// linter gathers findings.
type linter struct {
	p   *Policy
	out []Finding
}

func (l *linter) wrong(line int, format string, args ...any) {
	l.out = append(l.out, Finding{Line: line, What: fmt.Sprintf(format, args...)})
}

func (l *linter) warn(line int, format string, args ...any) {
	l.out = append(l.out, Finding{Line: line, Warning: true, What: fmt.Sprintf(format, args...)})
}

// Lint looks for what is valid piece by piece but does not go together: windows that overlap or contradict each
// other, rules that can never hold, evidence that nobody asks for, a calendar that ends soon.
func (p *Policy) Lint(now time.Time) []Finding {
	l := &linter{p: p}
	l.windows()
	l.clocks()
	l.reminders()
	l.sayings()
	l.evidence()
	for _, id := range p.Order {
		l.reason(id, p.Reasons[id])
	}
	l.calendar(now)
	slices.SortStableFunc(l.out, func(a, b Finding) int { return a.Line - b.Line })
	return l.out
}

func (l *linter) windows() {
	a := l.p.Values.Apply
	if a.NoReasonDays.V > a.ValidityDays.V {
		l.wrong(a.NoReasonDays.line, "apply.no_reason_days (%d) is longer than apply.validity_days (%d): nothing can be filed in between", a.NoReasonDays.V, a.ValidityDays.V)
	}
	if a.FaultDays.V > a.ValidityDays.V {
		l.wrong(a.FaultDays.line, "apply.fault_days (%d) is longer than apply.validity_days (%d)", a.FaultDays.V, a.ValidityDays.V)
	}
	if a.NoReasonDays.V > a.FaultDays.V {
		l.wrong(a.NoReasonDays.line, "apply.no_reason_days (%d) is longer than apply.fault_days (%d): disliking goods would be worth more than a fault", a.NoReasonDays.V, a.FaultDays.V)
	}
	if a.FreshHours.V > 24*a.FaultDays.V {
		l.warn(a.FreshHours.line, "apply.fresh_hours (%d) is longer than apply.fault_days (%d)", a.FreshHours.V, a.FaultDays.V)
	}
	if a.MaxAttempts.V == 0 {
		l.wrong(a.MaxAttempts.line, "apply.max_attempts_per_line is 0: nobody can apply")
	}
	if a.MaxRejections.V == 0 {
		l.wrong(a.MaxRejections.line, "apply.max_rejections_per_line is 0: nobody can apply")
	}
	if a.MaxRejections.V > a.MaxAttempts.V {
		l.warn(a.MaxRejections.line, "apply.max_rejections_per_line (%d) is above apply.max_attempts_per_line (%d) and never reached", a.MaxRejections.V, a.MaxAttempts.V)
	}
}

func (l *linter) clocks() {
	m, plat := l.p.Values.Merchant, l.p.Values.Platform
	if m.ReviewSoft.V >= m.ReviewHardDays.V {
		l.wrong(m.ReviewSoft.line, "merchant.review_soft_workdays (%d) never ends before merchant.review_hard_days (%d): nobody could escalate for silence", m.ReviewSoft.V, m.ReviewHardDays.V)
	}
	if m.FastSoftHours.V >= m.FastHardHours.V {
		l.wrong(m.FastSoftHours.line, "merchant.fast_soft_hours (%d) does not end before merchant.fast_hard_hours (%d)", m.FastSoftHours.V, m.FastHardHours.V)
	}
	if m.ExtendAfterDays.V >= m.UnsignedDays.V {
		l.wrong(m.ExtendAfterDays.line, "merchant.extend_after_days (%d) is not before merchant.unsigned_autorefund_days (%d): no merchant could ever extend", m.ExtendAfterDays.V, m.UnsignedDays.V)
	}
	if m.ReceiptRule.V == "min" && m.InspectHours.V > 24*m.UnsignedDays.V {
		l.warn(m.InspectHours.line, "merchant.inspect_hours (%d) is longer than merchant.unsigned_autorefund_days (%d) and, by receipt_deadline_rule min, always cut short", m.InspectHours.V, m.UnsignedDays.V)
	}
	hard := 24 * m.ReviewHardDays.V
	if m.ReviewProfile.V == ProfileFast {
		hard = m.FastHardHours.V
	}
	if m.ResumeMinHours.V > hard {
		l.warn(m.ResumeMinHours.line, "merchant.resume_min_hours (%d) is longer than the merchant's whole time to answer (%d hours)", m.ResumeMinHours.V, hard)
	}
	if plat.FirstResponseHours.V > 24*plat.DecisionWorkdays.V {
		l.wrong(plat.FirstResponseHours.line, "platform.first_response_hours (%d) is longer than platform.decision_workdays (%d)", plat.FirstResponseHours.V, plat.DecisionWorkdays.V)
	}
}

// reminders: a clock no longer than the time before its end at which it is reminded of is never reminded of (§3.4).
func (l *linter) reminders() {
	v := l.p.Values
	for _, c := range []struct {
		key           string
		line, hours   int
		remindedHours int
	}{
		{"merchant.offer_reply_hours", v.Merchant.OfferReplyHours.line, v.Merchant.OfferReplyHours.V, 12},
		{"merchant.inspect_hours", v.Merchant.InspectHours.line, v.Merchant.InspectHours.V, 24},
		{"buyer.ship_days", v.Buyer.ShipDays.line, 24 * v.Buyer.ShipDays.V, 48},
		{"buyer.escalate_hours", v.Buyer.EscalateHours.line, v.Buyer.EscalateHours.V, 24},
		{"platform.first_response_hours", v.Platform.FirstResponseHours.line, v.Platform.FirstResponseHours.V, 4},
		{"platform.evidence_hours", v.Platform.EvidenceHours.line, v.Platform.EvidenceHours.V, 24},
		{"platform.ruling_execute_hours", v.Platform.ExecuteHours.line, v.Platform.ExecuteHours.V, 24},
		{"platform.appeal_days", v.Platform.AppealDays.line, 24 * v.Platform.AppealDays.V, 24},
	} {
		if c.hours <= c.remindedHours {
			l.warn(c.line, "%s is over before its reminder, %d hours before its end, would come", c.key, c.remindedHours)
		}
	}
}

// sayings: what buyers are told of times must go with the clocks that run.
func (l *linter) sayings() {
	v := l.p.Values
	_, typical, ok := bounds(v.Merchant.ReviewTypical.V)
	switch {
	case !ok:
		l.wrong(v.Merchant.ReviewTypical.line, "merchant.review_typical is %q, want a number or two, like 1-3", v.Merchant.ReviewTypical.V)
	case typical > v.Merchant.ReviewSoft.V:
		l.warn(v.Merchant.ReviewTypical.line, "buyers are told %s workdays (merchant.review_typical), but may escalate after %d", v.Merchant.ReviewTypical.V, v.Merchant.ReviewSoft.V)
	}
	_, arrival, ok := bounds(v.Refund.ArrivalWorkdays.V)
	switch {
	case !ok:
		l.wrong(v.Refund.ArrivalWorkdays.line, "refund.arrival_workdays is %q, want a number or two, like 1-3", v.Refund.ArrivalWorkdays.V)
	case arrival > v.Refund.ChaseWorkdays.V:
		l.wrong(v.Refund.ChaseWorkdays.line, "a refund is chased after %d workdays (refund.chase_after_workdays), but said to arrive within %s", v.Refund.ChaseWorkdays.V, v.Refund.ArrivalWorkdays.V)
	}
}

// bounds reads "3" or "1-3".
func bounds(s string) (low, high int, ok bool) {
	a, b, two := strings.Cut(s, "-")
	if !two {
		b = a
	}
	low, err1 := strconv.Atoi(strings.TrimSpace(a))
	high, err2 := strconv.Atoi(strings.TrimSpace(b))
	return low, high, err1 == nil && err2 == nil && 0 < low && low <= high
}

func (l *linter) evidence() {
	asked := map[EvidenceKind]bool{}
	for _, r := range l.p.Reasons {
		for _, k := range slices.Concat(append(r.Required, r.Auto, r.Optional, r.AfterAgree)...) {
			asked[k] = true
		}
	}
	for _, r := range l.p.Rejects {
		for _, k := range r.Evidence {
			asked[k] = true
		}
	}
	types := l.p.Values.Evidence.Types
	for _, k := range sortedKeys(l.p.Evidence) {
		line := l.p.lines["evidence."+string(k)]
		if !asked[k] {
			l.warn(line, "nobody asks for the evidence %s", k)
		}
		for _, m := range l.p.Evidence[k].Media {
			if m != "text" && !slices.ContainsFunc(types.V, func(t string) bool { return MediumOf(t) == m }) {
				l.wrong(line, "evidence %s may be a %s, but no type of evidence.types is one", k, m)
			}
		}
	}
}

func (l *linter) reason(id ReasonID, r Reason) {
	line := l.p.lines["reasons."+string(id)]
	if r.OK == "" && len(r.Required) == 0 {
		l.wrong(line, "reason %s says NEED_EVIDENCE but requires none: give it an ok", id)
	}
	images, videos := 0, 0
	for _, row := range r.Required {
		switch need := l.medium(row); need {
		case "image":
			images++
		case "video":
			videos++
		}
		for _, k := range row {
			if !slices.Contains(l.p.Evidence[k].By, "buyer") {
				l.wrong(line, "reason %s requires %s, which buyers cannot give", id, k)
			}
		}
	}
	if e := l.p.Values.Evidence; images > e.MaxImages.V || videos > e.MaxVideos.V {
		l.wrong(line, "reason %s requires %d pictures and %d videos, more than evidence.max_images (%d) and max_videos (%d) let through", id, images, videos, e.MaxImages.V, e.MaxVideos.V)
	}
	for s, use := range r.Use {
		if next := l.p.Reasons[use]; !slices.Contains(next.Status, s) && next.Use[s] == "" {
			l.wrong(line, "reason %s means %s while %s, which does not fit there either", id, use, s)
		}
	}
	l.rules(line, id, r)
}

// medium is the one medium all kinds of a row share, "" if there is a choice.
func (l *linter) medium(row []EvidenceKind) string {
	medium := ""
	for _, k := range row {
		for _, m := range l.p.Evidence[k].Media {
			if medium != "" && m != medium {
				return ""
			}
			medium = m
		}
	}
	return medium
}

// rules looks for rules that can never hold, are never reached, or ask for ever.
func (l *linter) rules(line int, id ReasonID, r Reason) {
	for i, rule := range r.Rules {
		values := map[string]string{}
		for _, c := range rule.If {
			name, value, _ := strings.Cut(c, "=")
			if was, twice := values[name]; twice && was != value && name != "tag" && name != "flag" {
				l.wrong(line, "reason %s, rule %d can never hold: %s is not both %s and %s", id, i+1, name, was, value)
			}
			values[name] = value
			if name == "status" && !slices.Contains(r.Status, Status(value)) {
				l.wrong(line, "reason %s, rule %d can never hold: the reason does not fit the status %s", id, i+1, value)
			}
		}
		for k, before := range r.Rules[:i] {
			if before.Alert == "" && rule.Alert == "" && subset(before.If, rule.If) {
				l.wrong(line, "reason %s, rule %d is never reached: whenever it holds, rule %d does", id, i+1, k+1)
				break
			}
		}
		if a, ok := answers[rule.Ask]; ok && values[a.name] == "" && values["has_goods"] != unknown {
			l.wrong(line, "reason %s, rule %d asks %s whatever is answered: it does not look at %s", id, i+1, rule.Ask, a.name)
		}
	}
	if n := len(r.Rules); n > 0 && len(r.Rules[n-1].If) == 0 && r.Rules[n-1].Alert == "" && r.OK != "" {
		l.wrong(line, "reason %s says ok: %s, but its last rule always decides before that", id, r.OK)
	}
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(c string) bool { return !slices.Contains(b, c) })
}

func (l *linter) calendar(now time.Time) {
	until := l.p.CoveredUntil(now)
	line := l.p.Values.Calendar.Workdays.line
	switch {
	case !l.p.Covered(now):
		l.warn(line, "the workday calendar does not know %d: workdays are counted Monday to Friday, and holidays are not seen; add the year (see calendar.workdays)", now.In(l.p.zone).Year())
	case until.Sub(now) < horizon:
		l.warn(line, "the workday calendar ends on %s: later workdays are counted Monday to Friday; add the year %d (see calendar.workdays)",
			until.Add(-time.Second).Format(time.DateOnly), until.Year())
	}
}

// Calendar is the workday calendar the policy was read with.
func (p *Policy) Calendar() *Calendar { return p.calendar }

// Questions are all that the policy may ask to be answered with yes or no.
func (p *Policy) Questions() []QuestionID {
	var out []QuestionID
	for _, r := range p.Reasons {
		for _, rule := range r.Rules {
			if rule.Ask != "" && rule.Ask != AskReason && !slices.Contains(out, rule.Ask) {
				out = append(out, rule.Ask)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Offers are all the alternatives that a verdict may name.
func (p *Policy) Offers() []Alternative { return slices.Clone(alts) }
