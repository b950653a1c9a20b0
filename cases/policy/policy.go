package policy

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"
)

//go:embed default.yaml
var defaultYAML []byte

// Default is the policy that the program carries.
var Default = sync.OnceValue(func() *Policy {
	p, err := Parse("default.yaml", defaultYAML)
	if err != nil {
		panic(err) // a test holds the embedded file valid
	}
	return p
})

// Name is a name in both languages.
type Name struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// In is the name in a language: "en…" is English, everything else Chinese.
func (n Name) In(lang string) string {
	if strings.HasPrefix(lang, "en") {
		return n.EN
	}
	return n.ZH
}

// ClauseText is the text of a clause before its slots are filled.
type ClauseText struct {
	Name  `yaml:",inline"`
	Facts []string `yaml:"facts"`
}

// Lines are sentences in both languages.
type Lines struct {
	ZH []string `yaml:"zh"`
	EN []string `yaml:"en"`
}

// In are the sentences in a language.
func (l Lines) In(lang string) []string {
	if strings.HasPrefix(lang, "en") {
		return l.EN
	}
	return l.ZH
}

// EvidenceRule says of a kind of evidence (domain §2.3) what it is called, how it may be given, what must be
// visible, what makes it useless, and who may give it.
type EvidenceRule struct {
	Name      `yaml:",inline"`
	Media     []string `yaml:"media"` // image, video, pdf, text
	By        []string `yaml:"by"`    // buyer, merchant
	MustShow  Lines    `yaml:"must_show"`
	RefusedIf Lines    `yaml:"refused_if"` // may be empty; a person decides, never the program
	Facts     []string `yaml:"facts"`
}

// Rule is one condition of a reason: if all of If hold, it says what follows. The conditions are those of
// `predicates`. Exactly one of Code, Ask, Use and Alert is given.
type Rule struct {
	If     []string      `yaml:"if"`
	Code   Code          `yaml:"code"`  // this is the verdict
	Ask    QuestionID    `yaml:"ask"`   // this must be known first
	Use    ReasonID      `yaml:"use"`   // what is meant is this other reason: judge that
	Alert  Code          `yaml:"alert"` // a person is offered; it goes on
	Clause string        `yaml:"clause"`
	Offer  []Alternative `yaml:"offer"` // what else is open then
}

// Reason is one ground for a refund (domain §2.4).
type Reason struct {
	Name       `yaml:",inline"`
	Class      string              `yaml:"class"`
	Status     []Status            `yaml:"status"`     // where the order may stand
	Use        map[Status]ReasonID `yaml:"use"`        // elsewhere: the reason that is meant
	Elsewhere  []Alternative       `yaml:"elsewhere"`  // elsewhere, if none is meant: what else is open
	Window     string              `yaml:"window"`     // until when it can be claimed
	WindowBy   map[string]string   `yaml:"window_by"`  // a category flag of the goods to the window they have
	Over       Code                `yaml:"over"`       // after the window; HUMAN_AFTER_VALIDITY if not given
	AfterOver  []Alternative       `yaml:"after_over"` // what else is open then
	Clause     string              `yaml:"clause"`     // on what it rests
	Rules      []Rule              `yaml:"rules"`      // in this order; the first that decides ends the checks
	OK         Code                `yaml:"ok"`         // nothing against it and nothing missing; NEED_EVIDENCE if not given
	Offer      []Alternative       `yaml:"offer"`      // what else is open though it is fine
	Types      []RefundType        `yaml:"types"`      // what the buyer may ask for, the first unless he says
	ByDecision []RefundType        `yaml:"by_decision"`
	Freight    string              `yaml:"freight"`
	Alert      Code                `yaml:"alert"`    // always offers a person
	Required   [][]EvidenceKind    `yaml:"required"` // every row, any one of its kinds
	Auto       []EvidenceKind      `yaml:"auto"`
	Optional   []EvidenceKind      `yaml:"optional"`
	AfterAgree []EvidenceKind      `yaml:"after_agree"`
	Facts      []string            `yaml:"facts"`
}

// Category is a flag of the goods. Basis: statutory or confirmed (at purchase) exclude a no-reason return,
// none does not; it is there because a window depends on it.
type Category struct {
	Name  `yaml:",inline"`
	Basis string `yaml:"basis"`
}

// RejectCode is a ground on which a merchant may refuse (domain §2.6).
type RejectCode struct {
	Name     `yaml:",inline"`
	Phase    string         `yaml:"phase"`
	Evidence []EvidenceKind `yaml:"evidence"`
}

// ComplaintKindID names a kind of complaint (domain §2.4).
type ComplaintKindID string

// ComplaintKind is what a complaint may be about: conduct, never money. Evidence lists what helps.
type ComplaintKind struct {
	ID       ComplaintKindID `yaml:"id"`
	Name     `yaml:",inline"`
	By       string         `yaml:"by"` // who complains of it: buyer or merchant
	Evidence []EvidenceKind `yaml:"evidence"`
	Facts    []string       `yaml:"facts"`
}

// UIPath says where in the marketplace's app something is found (domain §2.7, C-12). Of the paths for one
// thing exactly one is shown.
type UIPath struct {
	For   string   `yaml:"for"`
	ZH    string   `yaml:"zh"`
	Show  bool     `yaml:"show"`
	Facts []string `yaml:"facts"`
}

// Policy is a validated policy file. It is never changed after Parse.
type Policy struct {
	Declared    string // the version that the file states
	Version     string // that, and a short hash of file and calendar: what cases and answers name
	Values      Values
	Clauses     map[string]ClauseText
	Evidence    map[EvidenceKind]EvidenceRule
	Reasons     map[ReasonID]Reason
	Order       []ReasonID // as in the file
	Categories  map[string]Category
	Rejects     map[string]RejectCode
	BareGrounds []string // refusals that count for nothing when they are all a merchant says (F2-20)
	Codes       map[Code]string
	UIPaths     map[string]UIPath
	Complaints  []ComplaintKind // in the order in which they are offered
	source      Source
	calendar    *Calendar
	zone        *time.Location
	lines       map[string]int // of the file, for Lint
	Reminders   Reminders
}

// Source is a policy as it is kept: the text of the file, and the whole calendar that it is read with. From
// the same source comes the same policy, whatever calendar a later program carries.
type Source struct {
	Name     string `json:"name"` // for messages
	Text     string `json:"text"`
	Calendar string `json:"calendar"`
}

// Source is what the policy was read from.
func (p *Policy) Source() Source { return p.source }

type file struct {
	Version     string                        `yaml:"version"`
	Values      Values                        `yaml:"values"`
	Clauses     map[string]ClauseText         `yaml:"clauses"`
	Evidence    map[EvidenceKind]EvidenceRule `yaml:"evidence"`
	Reasons     yaml.Node                     `yaml:"reasons"`
	Categories  map[string]Category           `yaml:"categories"`
	Rejects     map[string]RejectCode         `yaml:"reject_codes"`
	BareGrounds []string                      `yaml:"bare_grounds"`
	Codes       map[Code]string               `yaml:"codes"`
	UIPaths     map[string]UIPath             `yaml:"ui_paths"`
	Complaints  []ComplaintKind               `yaml:"complaint_kinds"`
	Reminders   Reminders                     `yaml:"reminders"`
}

// Load reads a policy file, and the calendar file that it names with calendar.workdays from the same
// directory. Errors name file and line.
func Load(path string) (*Policy, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	// Only the key is looked for here; what else may be wrong is Parse's to say.
	var head struct {
		Values struct {
			Calendar struct {
				Workdays struct {
					Value string `yaml:"value"`
				} `yaml:"workdays"`
			} `yaml:"calendar"`
		} `yaml:"values"`
	}
	cal := builtinCalendar()
	if yaml.Unmarshal(raw, &head) == nil {
		name := head.Values.Calendar.Workdays.Value
		if name != "" && name != BuiltinCalendar {
			if filepath.Base(name) != name {
				return nil, fmt.Errorf("%s: values.calendar.workdays must name a file beside the policy, not %q", path, name)
			}
			file := filepath.Join(filepath.Dir(path), name)
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("%s: read values.calendar.workdays: %w", path, err)
			}
			more, err := ParseCalendar(file, text)
			if err != nil {
				return nil, err
			}
			cal = cal.With(more)
		}
	}
	return Source{Name: path, Text: string(raw), Calendar: string(cal.Text())}.Parse()
}

// Parse reads a policy with the calendar that the program carries. See Source.Parse.
func Parse(name string, data []byte) (*Policy, error) {
	return Source{Name: name, Text: string(data), Calendar: string(builtinCalendar().Text())}.Parse()
}

// Parse reads a policy strictly. Its error names the file and the line of every problem found.
func (src Source) Parse() (*Policy, error) {
	cal, err := ParseCalendar(src.Name+" (calendar)", []byte(src.Calendar))
	if err != nil {
		return nil, err
	}
	var f file
	r := &report{name: src.Name, lines: map[string]int{}}
	dec := yaml.NewDecoder(strings.NewReader(src.Text))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		r.yaml(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(src.Text), &root); err == nil {
		r.index(&root)
	}
	p := &Policy{
		Declared: f.Version, Values: f.Values, Clauses: f.Clauses, Evidence: f.Evidence, Categories: f.Categories,
		Rejects: f.Rejects, Reminders: f.Reminders, BareGrounds: f.BareGrounds, Codes: f.Codes, UIPaths: f.UIPaths, Complaints: f.Complaints,
		Reasons: map[ReasonID]Reason{}, source: src, calendar: cal, zone: shanghai(), lines: r.lines,
	}
	p.readReasons(f.Reasons, r)
	sum := sha256.Sum256([]byte(src.Text + "\x00" + src.Calendar))
	p.Version = f.Version + "-" + hex.EncodeToString(sum[:3])
	if f.Version == "" {
		r.add(1, "version is missing")
	}
	if tz := p.Values.Timezone; tz.line > 0 {
		if zone, err := time.LoadLocation(tz.V); err == nil && tz.V != "" {
			p.zone = zone
		} else {
			r.add(tz.line, "values.timezone is %q, want a name like Asia/Shanghai", tz.V)
		}
	}
	p.checkValues(r)
	p.checkReasons(r)
	p.checkNames(r)
	p.checkReminders(r)
	p.checkComplaints(r)
	if err := r.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// readReasons decodes the reasons in their order.
func (p *Policy) readReasons(n yaml.Node, r *report) {
	if n.Kind != yaml.MappingNode {
		r.add(1, "reasons are missing")
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		id := ReasonID(n.Content[i].Value)
		if _, twice := p.Reasons[id]; twice {
			r.add(n.Content[i].Line, "reason %q stands twice", id)
			continue
		}
		p.Reasons[id] = strictReason(n.Content[i+1], r)
		p.Order = append(p.Order, id)
	}
}

// strictReason reports unknown keys: Node.Decode alone would let them pass.
func strictReason(n *yaml.Node, r *report) Reason {
	var reason Reason
	unknownKeys(n, reflect.TypeFor[Reason](), r)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "rules" {
			for _, rule := range n.Content[i+1].Content {
				unknownKeys(rule, reflect.TypeFor[Rule](), r)
			}
		}
	}
	if err := n.Decode(&reason); err != nil {
		r.yaml(err)
	}
	return reason
}

func unknownKeys(n *yaml.Node, t reflect.Type, r *report) {
	known := map[string]bool{}
	for i := range t.NumField() {
		if t.Field(i).Anonymous { // Name, inlined
			known["zh"], known["en"] = true, true
			continue
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		known[name] = true
	}
	for i := 0; i < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if key := n.Content[i].Value; !known[key] || key == "" {
			r.add(n.Content[i].Line, "unknown key %q", key)
		}
	}
}

// In lists the reasons that an order status allows, in the order of the file.
func (p *Policy) In(s Status) []ReasonID {
	var out []ReasonID
	for _, id := range p.Order {
		if slices.Contains(p.Reasons[id].Status, s) {
			out = append(out, id)
		}
	}
	return out
}

// ReasonName is a reason's name in a language, or its id.
func (p *Policy) ReasonName(id ReasonID, lang string) string {
	if r, ok := p.Reasons[id]; ok {
		return r.In(lang)
	}
	return string(id)
}

// EvidenceName is an evidence kind's name in a language, or its id.
func (p *Policy) EvidenceName(k EvidenceKind, lang string) string {
	if e, ok := p.Evidence[k]; ok {
		return e.In(lang)
	}
	return string(k)
}

// UIPath is the way in the app that is shown for something: "apply", "escalate", "cs", …; false if there is none.
func (p *Policy) UIPath(what string) (UIPath, bool) {
	for _, u := range p.UIPaths {
		if u.For == what && u.Show {
			return u, true
		}
	}
	return UIPath{}, false
}

// ComplaintKind is a kind of complaint by its id.
func (p *Policy) ComplaintKind(id ComplaintKindID) (ComplaintKind, bool) {
	i := slices.IndexFunc(p.Complaints, func(k ComplaintKind) bool { return k.ID == id })
	if i < 0 {
		return ComplaintKind{}, false
	}
	return p.Complaints[i], true
}

// BareGround says that a refusal says nothing but a phrase that is no ground: "签收即无误", "拆封不退" (F2-20, X-LAW-P9).
func (p *Policy) BareGround(text string) bool {
	text = onlyLetters(text)
	return slices.ContainsFunc(p.BareGrounds, func(g string) bool { return onlyLetters(g) == text })
}

func onlyLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// MediumOf is the medium of a content type in the words of the policy: image, video or pdf; text if there is no file.
func MediumOf(contentType string) string {
	switch class, _, _ := strings.Cut(contentType, "/"); {
	case contentType == "":
		return "text"
	case contentType == "application/pdf":
		return "pdf"
	default:
		return class
	}
}
