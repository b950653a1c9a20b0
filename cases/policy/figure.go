package policy

import (
	"fmt"
	"reflect"
	"strings"
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
