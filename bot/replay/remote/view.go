package remote

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/page"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// view is what can be seen over the wire now.
func (st *seat) view(step suite.Step) replay.View {
	b := st.buyer
	v := replay.View{Now: st.back(st.stands.Now), Unseen: []string{"intent", "step", "slots.asked", "slots.pending", "slots.handoff"}}
	v.Did, v.Beside = page.Did(step, st.locale, st.label)
	if !st.aligned() {
		v.Unseen = append(v.Unseen, replay.UnseenDates)
	}
	if b.Away() {
		// Nothing reaches his page; nobody can say where things stand.
		v.Unseen = append(v.Unseen, "holder", "buttons", "no_button", "state", "deadline", "verdict", "code", "moves", "slots")
		return v
	}
	v.Said = st.told(page.News(b.Entries[st.read:]))
	st.read = len(b.Entries)
	v.Holder, v.Agent = b.State.Holder, b.State.AgentName
	if st.s.lab != nil && v.Agent == st.s.lab.Desk[0].Name {
		v.Agent = stage.Alias()
	}
	var rights []dialog.Action
	if c := b.State.Case; c != nil {
		for _, x := range c.Buttons {
			rights = append(rights, x.Action)
		}
	}
	for _, c := range b.State.Complaints {
		if c.ID == st.complaintID() {
			for _, x := range c.Buttons {
				rights = append(rights, x.Action)
			}
		}
	}
	v.Buttons = page.Buttons(page.Offers(b.State.Live, b.Entries), rights)
	st.caseSeen(&v)
	return v
}

// caseSeen puts the case at hand into a view, as the state frame has it.
func (st *seat) caseSeen(v *replay.View) {
	c := st.buyer.State.Case
	v.Slots = map[string]string{}
	for _, k := range st.buyer.State.Complaints {
		if k.ID == st.complaintID() {
			v.Slots["complaint"], v.Slots["complaint_kind"] = k.State, k.Kind
		}
	}
	if c == nil {
		v.Unseen = append(v.Unseen, "slots.reason") // what was told without a case is the assistant's to know
		if st.had || st.stands.Hidden {
			// He had one, and it is not sent any more: as if he had never had it, or one that could not be begun.
			v.Unseen = append(v.Unseen, "state", "deadline", "verdict", "code", "moves", "slots")
		}
		return
	}
	st.had = true
	v.Case = &replay.CaseSeen{
		State: cases.State(c.State), Reason: policy.ReasonID(c.Reason), Type: policy.RefundType(c.Type), AmountFen: c.AmountFen,
	}
	if c.Verdict != nil {
		v.Case.Verdict, v.Case.Code = policy.Kind(c.Verdict.Kind), policy.Code(c.Verdict.Code)
	}
	slot := func(name, value string) {
		if value != "" {
			v.Slots[name] = value
		}
	}
	slot("order", c.Order.Order)
	slot("line", c.Order.Line)
	slot("reason", c.Reason)
	slot("want", c.Type)
	if c.AmountFen > 0 {
		slot("amount_fen", fmt.Sprint(c.AmountFen))
	}
	if c.Return != nil {
		slot("waybill", c.Return.Waybill)
		slot("carrier", c.Return.Carrier)
	}
	was, known := st.marks[c.ID]
	if !known && len(st.marks) > 0 {
		// Another case has taken the place of the one before, whose last transition is not sent any more.
		v.Unseen = append(v.Unseen, "moves")
	}
	for _, line := range c.Timeline[min(was, len(c.Timeline)):] {
		if line.Rule != "" {
			v.Moves = append(v.Moves, line.Rule)
		}
	}
	st.marks[c.ID] = len(c.Timeline)
}

// mark notes the timeline of the case at hand up to now.
func (st *seat) mark() {
	if c := st.buyer.State.Case; c != nil {
		st.marks[c.ID], st.had = len(c.Timeline), true
	}
}

// aligned says that the server's clock stands whole weeks from the fixture's.
func (st *seat) aligned() bool { return st.s.lab != nil && st.shift-st.weeks() < time.Minute }

// weeks is by how much the fixture was moved, in whole weeks.
func (st *seat) weeks() time.Duration { return st.shift - ((st.shift%week)+week)%week }

// back is an instant of the server as the fixture's clock has it.
func (st *seat) back(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.Add(-st.shift).UTC()
}

var (
	instants  = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)
	datesZH   = regexp.MustCompile(`(\d{1,2})月(\d{1,2})日`)
	datesEN   = regexp.MustCompile(`\b(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b`)
	monthsEN  = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	marketTZ  = policy.Zone()
	halfAYear = 183 * 24 * time.Hour
)

// told puts the dates of what was said back by the weeks that the fixture was moved, and the agent's name, so that what is expected of them can
// be looked at and two runs say the same.
func (st *seat) told(list []replay.Said) []replay.Said {
	if st.s.lab == nil || len(list) == 0 {
		return list
	}
	var raw strings.Builder
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(list); err != nil {
		panic(err) // plain data, cannot happen
	}
	text := strings.ReplaceAll(raw.String(), st.s.lab.Desk[0].Name, stage.Alias())
	if st.aligned() && st.weeks() != 0 {
		text = st.undone(text)
	}
	var out []replay.Said
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		panic(err) // words for words and digits for digits, cannot happen
	}
	return out
}

// undone puts the dates in a text back.
func (st *seat) undone(text string) string {
	text = instants.ReplaceAllStringFunc(text, func(s string) string {
		at, err := time.Parse(`"`+time.RFC3339Nano+`"`, s)
		if err != nil || at.IsZero() {
			return s
		}
		return at.Add(-st.shift).Truncate(time.Minute).Format(`"` + time.RFC3339Nano + `"`)
	})
	text = datesZH.ReplaceAllStringFunc(text, func(s string) string {
		m := datesZH.FindStringSubmatch(s)
		at, ok := st.day(m[2], m[1])
		if !ok {
			return s
		}
		return fmt.Sprintf("%d月%d日", at.Month(), at.Day())
	})
	text = datesEN.ReplaceAllStringFunc(text, func(s string) string {
		m := datesEN.FindStringSubmatch(s)
		month := 0
		for i, name := range monthsEN {
			if name == m[2] {
				month = i + 1
			}
		}
		at, ok := st.day(m[1], strconv.Itoa(month))
		if !ok {
			return s
		}
		return at.Format("2 Jan")
	})
	return text
}

// day is a day of the server's calendar as the fixture's has it. It has no year: the one nearest to now is meant.
func (st *seat) day(day, month string) (time.Time, bool) {
	d, _ := strconv.Atoi(day)
	m, _ := strconv.Atoi(month)
	if d < 1 || d > 31 || m < 1 || m > 12 {
		return time.Time{}, false
	}
	now := st.stands.Now
	if now.IsZero() {
		now = st.set.Now
	}
	at := time.Date(now.In(marketTZ).Year(), time.Month(m), d, 12, 0, 0, 0, marketTZ)
	switch {
	case at.Sub(now) > halfAYear:
		at = at.AddDate(-1, 0, 0)
	case now.Sub(at) > halfAYear:
		at = at.AddDate(1, 0, 0)
	}
	return at.Add(-st.weeks()), true
}
