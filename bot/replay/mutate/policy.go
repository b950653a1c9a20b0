package mutate

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"recourse/bot/replay/stage"
	"recourse/cases/policy"
)

var (
	section  = regexp.MustCompile(`^( *)([a-z_0-9]+):\s*$`)
	value    = regexp.MustCompile(`^( *)([a-z_0-9]+): \{value: ([^,\[\]]+),`)
	ofReason = regexp.MustCompile(`^    (status|window|freight|ok|alert|required): (.+?)\s*$`)
	rule     = regexp.MustCompile(`^      - \{if: (\[.*?\]), (.*)\}\s*$`)
	reminder = regexp.MustCompile(`^    ([a-z_]+): (\[\{to: .*\}\])\s*$`)
	toBuyer  = regexp.MustCompile(`\{to: buyer, hours: (\d+)\}`)
)

// Other words that a value or a reason may have in place of one.
var instead = map[string][]string{
	"true": {"false"}, "false": {"true"}, `"buyer"`: {`"merchant"`}, `"merchant"`: {`"buyer"`}, `"min"`: {`"replace"`}, `"seed"`: {`"fast"`},
	`"original_route"`: {`"balance"`}, `"1-3"`: {`"2-5"`},
	"no_reason_days": {"fault_days"}, "fault_days": {"no_reason_days", "fresh_hours"}, "validity_days": {"no_reason_days"}, "shelf_life": {"fresh_hours"},
	"after_return": {"none"}, "none": {"no_reason_days"},
	"merchant_fault": {"no_reason"}, "no_reason": {"merchant_fault"},
}

// inert are values that nothing in a conversation under this policy rests on, so that a suite could not notice: the clocks
// of a profile that is not chosen, how often the desk's page is told, and limits to what the merchant or the platform may
// still do, where the buyer is neither offered nor refused anything (package cases holds those).
var inert = map[string]bool{
	"merchant.fast_soft_hours": true, "merchant.fast_hard_hours": true, "handoff.queue_notice_seconds": true,
	"merchant.extend_max": true,
	// The ledger opens no second case on a line whatever it says, so that no draft is judged beside an open case of another.
	"apply.one_open_case_per_line": true,
}

// onlyMore are limits to how often something may be done of which less shows and more does not: to others, where more
// shows nobody but them; and to appeals of a complaint, where what the first comes to is final however many are allowed.
var onlyMore = map[string]bool{"merchant.max_offers": true, "platform.evidence_rounds": true, "complaint.appeal_max": true}

// unsigned are reasons of orders that were never signed for: windows count from then, so another one changes nothing.
var unsigned = map[string]bool{"not_received": true, "late_shipment": true, "unshipped_cancel": true}

// ofPolicy changes the policy in one place at a time: its values; of each reason where the order may stand, how long it
// may be claimed, who pays the postage, what is needed as evidence, each rule and alert; when the buyer is reminded. Not
// the words of clauses and names: they are not what it decides by.
func ofPolicy(p *policy.Policy) ([]Mutant, error) {
	m := policyLines{lines: strings.Split(p.Source().Text, "\n")}
	var path []string
	for i, line := range m.lines {
		if s := section.FindStringSubmatch(line); s != nil {
			path = append(path[:min(len(s[1])/2, len(path))], s[2])
			continue
		}
		switch {
		case len(path) == 0:
		case path[0] == "values":
			if v := value.FindStringSubmatch(line); v != nil {
				name := strings.Join(append(slices.Clone(path[1:min(len(v[1])/2, len(path))]), v[2]), ".")
				for _, to := range others(v[3]) {
					if inert[name] || onlyMore[name] && more(v[3], to) {
						continue
					}
					m.replace(i, name, v[3], strings.Replace(line, "value: "+v[3]+",", "value: "+to+",", 1), to)
				}
			}
		case path[0] == "reasons" && len(path) > 1:
			m.reason(i, path[1], line)
		case path[0] == "reminders":
			if r := reminder.FindStringSubmatch(line); r != nil {
				for _, at := range toBuyer.FindAllStringSubmatchIndex(line, -1) {
					for _, to := range others(line[at[2]:at[3]]) {
						m.replace(i, "reminders."+r[1], line[at[2]:at[3]], line[:at[2]]+to+line[at[3]:], to)
					}
				}
			}
		}
	}
	if len(m.out) == 0 {
		return nil, fmt.Errorf("no value of the policy can be changed: %w", os.ErrInvalid)
	}
	return m.out, nil
}

// policyLines gathers the mutants of a policy file.
type policyLines struct {
	lines []string
	out   []Mutant
}

// add makes a mutant in which a line is another, or is not there ("").
func (m *policyLines) add(i int, id, what string, near near, line string) {
	before, after := m.lines[:i], m.lines[i+1:]
	m.out = append(m.out, Mutant{ID: "policy/" + id, Family: Policy, What: what, near: near, spoil: func(o *stage.Options) error {
		mid := []string{line}
		if line == "" {
			mid = nil
		}
		p, err := policy.Parse(id, []byte(strings.Join(slices.Concat(before, mid, after), "\n")))
		if err != nil {
			return fmt.Errorf("%w: %w", errNoMutant, err)
		}
		o.Policy = p
		return nil
	}})
}

func (m *policyLines) replace(i int, name, from, line, to string) {
	m.add(i, name+":"+from+"→"+to, fmt.Sprintf("%s is %s in place of %s", name, to, from), near{words: from}, line)
}

// reason spoils a line of a reason.
func (m *policyLines) reason(i int, id, line string) {
	name := func(field string) string { return id + "." + field }
	of := near{reason: policy.ReasonID(id)}
	if r := rule.FindStringSubmatch(line); r != nil {
		m.add(i, name("rules")+"-"+r[1], fmt.Sprintf("the rule %s of %s is not there", r[1], id), of, "")
		return
	}
	r := ofReason.FindStringSubmatch(line)
	if r == nil {
		return
	}
	field, is := r[1], r[2]
	change := func(to, what string) {
		m.add(i, name(field)+":"+is+"→"+to, what, of, "    "+field+": "+to)
	}
	switch field {
	case "status":
		list := strings.Split(strings.Trim(is, "[]"), ", ")
		for n, s := range list {
			if len(list) > 1 {
				change("["+strings.Join(slices.Delete(slices.Clone(list), n, n+1), ", ")+"]", fmt.Sprintf("%s is not taken where the order is %s", id, s))
			}
		}
	case "window", "freight":
		if field == "window" && unsigned[id] {
			return
		}
		for _, to := range instead[is] {
			change(to, fmt.Sprintf("the %s of %s is %s in place of %s", field, id, to, is))
		}
	case "ok", "alert":
		m.add(i, name(field)+"-"+is, fmt.Sprintf("%s does not say %s", id, is), of, "")
	case "required":
		if id == "price_difference" {
			return // one of its two rules always decides before evidence is asked for
		}
		rows := regexp.MustCompile(`\[[a-z_, ]+\]`).FindAllString(strings.TrimSuffix(strings.TrimPrefix(is, "["), "]"), -1)
		for n, row := range rows {
			change("["+strings.Join(slices.Delete(slices.Clone(rows), n, n+1), ", ")+"]", fmt.Sprintf("%s does not need %s", id, row))
			other, wants := slices.Clone(rows), "[medical_record]"
			if row == wants {
				wants = "[weight_photo]"
			}
			other[n] = wants
			change("["+strings.Join(other, ", ")+"]", fmt.Sprintf("%s needs %s in place of %s", id, wants, row))
		}
		if len(rows) == 0 {
			change("[[item_photo]]", id+" needs a photo")
		}
	}
}

// more says that a number is greater than another.
func more(than, n string) bool {
	a, errA := strconv.Atoi(than)
	b, errB := strconv.Atoi(n)
	return errA == nil && errB == nil && b > a
}

// others are values near one.
func others(v string) []string {
	n, err := strconv.Atoi(v)
	if err != nil {
		return instead[v]
	}
	list := []string{strconv.Itoa(n + 1), strconv.Itoa(2*n + 1)}
	if n > 1 {
		list = append(list, strconv.Itoa(n-1))
	}
	return list
}
