package policy

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Figure is the value that stands under a key of the policy ("merchant.review_hard_days"), as text; false if
// there is no such key.
func (p *Policy) Figure(key string) (string, bool) {
	at := reflect.ValueOf(p.Values)
	for part := range strings.SplitSeq(key, ".") {
		if at.Kind() != reflect.Struct {
			return "", false
		}
		next := reflect.Value{}
		for i := range at.NumField() {
			if at.Type().Field(i).Tag.Get("yaml") == part {
				next = at.Field(i)
			}
		}
		if !next.IsValid() {
			return "", false
		}
		at = next
	}
	if at.Kind() != reflect.Struct {
		return "", false
	}
	v := at.FieldByName("V")
	if !v.IsValid() {
		return "", false // a group, not a value
	}
	return fmt.Sprint(v.Interface()), true
}

// spoken are the units of figures that a wording may name; the others are for programs.
var spoken = []string{"days", "hours", "workdays", "count", "MiB", "seconds", "chars", "fen"}

// figure is where a figure stands in Values.
type figure struct {
	at   []int
	unit string
}

// figures are those that a wording may name, by their keys joined with "_" ("merchant_review_hard_days").
var figures = sync.OnceValue(func() map[string]figure {
	out := map[string]figure{}
	var walk func(t reflect.Type, at []int, name string)
	walk = func(t reflect.Type, at []int, name string) {
		for i := range t.NumField() {
			f := t.Field(i)
			key, path := strings.Trim(name+"_"+f.Tag.Get("yaml"), "_"), append(slices.Clone(at), i)
			if _, value := f.Type.FieldByName("V"); !value {
				walk(f.Type, path, key)
				continue
			}
			if unit := f.Tag.Get("unit"); slices.Contains(spoken, unit) {
				out[key] = figure{append(path, 0), unit}
			}
		}
	}
	walk(reflect.TypeFor[Values](), nil, "")
	return out
})

// Spoken is a figure of the policy under the name that wordings have for it, with its unit; false if there is none.
func (p *Policy) Spoken(name string) (value any, unit string, ok bool) {
	f, ok := figures()[name]
	if !ok {
		return nil, "", false
	}
	return reflect.ValueOf(p.Values).FieldByIndex(f.at).Interface(), f.unit, true
}

// SpokenNames are the names that wordings have for figures.
func SpokenNames() []string { return slices.Sorted(maps.Keys(figures())) }
