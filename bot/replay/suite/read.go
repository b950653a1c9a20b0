package suite

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// reader puts the nodes of a YAML document into values, in one language, and notes everything that is wrong on the way.
type reader struct {
	*found
	locale dialog.Locale
	policy *policy.Policy
	bad    map[int]bool // lines of structs of which something could not be read
}

var (
	saidType     = reflect.TypeFor[Said]()
	textsType    = reflect.TypeFor[Texts]()
	timeType     = reflect.TypeFor[Time]()
	durationType = reflect.TypeFor[Duration]()
	posType      = reflect.TypeFor[Pos]()
)

// field is one field of a struct as it is written.
type field struct {
	name  string
	index int
}

// fieldsOf are the fields of a struct that can be written: by their yaml names, or json names.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" {
			name, _, _ = strings.Cut(f.Tag.Get("json"), ",")
		}
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		out = append(out, field{name, i})
	}
	return out
}

// shape is what a value must look like, in words.
func shape(t reflect.Type) string {
	switch {
	case t == saidType:
		return "a text, or one per language {zh: …, en: …}"
	case t == textsType:
		return "texts, or a list per language {zh: […], en: […]}"
	case t == timeType:
		return `a time of Shanghai like "2006-01-02 15:04"`
	case t == durationType:
		return "a span like 49h, 7d or 1d2h"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return shape(t.Elem())
	case reflect.Struct, reflect.Map:
		return "fields (name: value)"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number that is not negative"
	}
	return "a text"
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "fields"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Tag == "!!null" {
		return "nothing"
	}
	return strconv.Quote(n.Value)
}

func (r *reader) wrong(n *yaml.Node, where string, t reflect.Type) {
	r.at(n.Line, "%s must be %s, not %s", where, shape(t), kindOf(n))
}

// into reads a node into a value; where names it in problems.
func (r *reader) into(n *yaml.Node, v reflect.Value, where string) {
	if n.Kind == yaml.AliasNode { // it may hold itself
		r.at(n.Line, "%s: write it out; a suite takes no aliases", where)
		return
	}
	switch v.Type() {
	case saidType:
		r.said(n, v, where)
		return
	case textsType:
		r.texts(n, v, where)
		return
	case timeType:
		at, err := time.ParseInLocation(clock, n.Value, policy.Zone())
		if n.Kind != yaml.ScalarNode || err != nil {
			r.wrong(n, where, v.Type())
			return
		}
		v.Set(reflect.ValueOf(Time{at.UTC()}))
		return
	case durationType:
		d, err := ParseDuration(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil {
			r.wrong(n, where, v.Type())
			return
		}
		v.SetInt(int64(d))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		r.into(n, fresh.Elem(), where)
		v.Set(fresh)
	case reflect.Struct:
		r.structure(n, v, where)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			r.wrong(n, where, v.Type())
			return
		}
		one := where
		if where == "steps" || where == "orders" {
			one = strings.TrimSuffix(where, "s")
		}
		list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
		for i, c := range n.Content {
			r.into(c, list.Index(i), fmt.Sprintf("%s %d", one, i+1))
		}
		v.Set(list)
	case reflect.Map:
		r.mapping(n, v, where)
	default:
		r.scalar(n, v, where)
	}
}

func (r *reader) structure(n *yaml.Node, v reflect.Value, where string) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, where, v.Type())
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(fields, func(f field) bool { return f.name == key.Value })
		if at < 0 {
			names := make([]string, len(fields))
			for j, f := range fields {
				names[j] = f.name
			}
			r.at(key.Line, "%s has no field %q%s", where, key.Value, nearest(key.Value, names))
			r.bad[n.Line] = true
			continue
		}
		if line, twice := seen[key.Value]; twice {
			r.at(key.Line, "%s is given twice, first on line %d", key.Value, line)
			continue
		}
		seen[key.Value] = key.Line
		before := len(r.list)
		r.into(value, v.Field(fields[at].index), key.Value)
		if len(r.list) > before && !nested(v.Field(fields[at].index).Type()) {
			r.bad[n.Line] = true
		}
	}
	if f := v.FieldByName("Pos"); f.IsValid() && f.Type() == posType {
		f.Set(reflect.ValueOf(Pos{r.file, n.Line}))
	}
}

// nested says that a type is read as a struct, which keeps account of its own faults.
func nested(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && t != saidType && t != textsType && t != timeType
}

func (r *reader) mapping(n *yaml.Node, v reflect.Value, where string) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, where, v.Type())
		return
	}
	out := reflect.MakeMap(v.Type())
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		r.scalar(n.Content[i], key, where)
		r.into(n.Content[i+1], value, where+"."+n.Content[i].Value)
		if out.MapIndex(key).IsValid() {
			r.at(n.Content[i].Line, "%s is given twice", n.Content[i].Value)
		}
		out.SetMapIndex(key, value)
	}
	v.Set(out)
}

func (r *reader) scalar(n *yaml.Node, v reflect.Value, where string) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.wrong(n, where, v.Type())
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		if n.Tag != "!!bool" {
			r.wrong(n, where, v.Type())
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 10, 64)
		if err != nil || i < 0 || n.Tag == "!!str" {
			r.wrong(n, where, v.Type())
			return
		}
		v.SetInt(i)
	default:
		v.SetString(n.Value)
		if allowed, checked := names[v.Type()]; checked && n.Value != "" && !slices.Contains(allowed(r.policy), n.Value) {
			r.at(n.Line, "%s: there is no %s %q%s", where, kindName(v.Type()), n.Value, nearest(n.Value, allowed(r.policy)))
		}
	}
}

// kindName is how a type is called in problems: "RefundType" is a refund type.
func kindName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[policy.Tri]():
		return "answer"
	case reflect.TypeFor[cases.Actor]():
		return "party"
	}
	return strings.ToLower(strings.TrimSpace(capitals.ReplaceAllString(strings.TrimSuffix(t.Name(), "ID"), " $0")))
}

var capitals = regexp.MustCompile(`[A-Z]`)

// perLanguage finds the node of a text in the reader's language; nil if it must be written otherwise or is missing.
func (r *reader) perLanguage(n *yaml.Node, where string) *yaml.Node {
	lang := short(r.locale)
	var mine *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case lang:
			mine = n.Content[i+1]
		case "zh", "en":
		default:
			r.at(n.Content[i].Line, "%s: a text is in zh or en, not in %q", where, n.Content[i].Value)
		}
	}
	if mine == nil {
		r.at(n.Line, "%s has no text in %s, a language that the conversation is in", where, lang)
	}
	return mine
}

func (r *reader) said(n *yaml.Node, v reflect.Value, where string) {
	mine := n
	if n.Kind == yaml.MappingNode {
		if mine = r.perLanguage(n, where); mine == nil {
			return
		}
	}
	if mine.Kind != yaml.ScalarNode || mine.Tag == "!!null" {
		r.wrong(mine, where, saidType)
		return
	}
	v.Set(reflect.ValueOf(Said{mine.Value, mine.Value}))
}

func (r *reader) texts(n *yaml.Node, v reflect.Value, where string) {
	mine := n
	if n.Kind == yaml.MappingNode {
		if mine = r.perLanguage(n, where); mine == nil {
			return
		}
	}
	var list []string
	switch {
	case mine.Kind == yaml.ScalarNode && mine.Tag != "!!null":
		list = []string{mine.Value}
	case mine.Kind == yaml.SequenceNode:
		for _, c := range mine.Content {
			if c.Kind != yaml.ScalarNode || c.Tag == "!!null" {
				r.wrong(c, where, textsType)
				return
			}
			list = append(list, c.Value)
		}
	default:
		r.wrong(mine, where, textsType)
		return
	}
	v.Set(reflect.ValueOf(Texts{list, list}))
}

// short is a locale as suites write it.
func short(l dialog.Locale) string {
	if l == dialog.EN {
		return "en"
	}
	return "zh"
}

var days = regexp.MustCompile(`^(\d{1,5})d(.*)$`)

// ParseDuration reads a span: Go's form, before it perhaps days.
func ParseDuration(s string) (Duration, error) {
	s = strings.TrimPrefix(s, "+")
	total := time.Duration(0)
	if m := days.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, err
		}
		total = time.Duration(n) * 24 * time.Hour
		if s = m[2]; s == "" {
			return Duration(total), nil
		}
	}
	d, err := time.ParseDuration(s)
	if err == nil && (d < 0 || total+d < total) {
		err = fmt.Errorf("%s is before, or too long", s)
	}
	return Duration(total + d), err
}

// String writes a span as ParseDuration reads it.
func (d Duration) String() string {
	n := time.Duration(d)
	out := ""
	if whole := n / (24 * time.Hour); whole > 0 {
		out = fmt.Sprintf("%dd", whole)
		n -= whole * 24 * time.Hour
	}
	for _, u := range []struct {
		is   time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "m"}} {
		if k := n / u.is; k > 0 {
			out += fmt.Sprintf("%d%s", k, u.name)
			n -= k * u.is
		}
	}
	if n > 0 || out == "" {
		out += n.String()
	}
	return out
}

// clock is how a time is written.
const clock = "2006-01-02 15:04"

// String writes a time as suites do.
func (t Time) String() string { return t.In(policy.Zone()).Format(clock) }

// sorted are the keys of a set.
func sorted[T ~string](set map[T]bool) []string {
	out := make([]string, 0, len(set))
	for _, k := range slices.Sorted(maps.Keys(set)) {
		out = append(out, string(k))
	}
	return out
}
