package dialog

import (
	"slices"
	"testing"
)

func TestCannedRepliesAreFilled(t *testing.T) {
	values := map[string]string{"amount": "¥12.00", "order": "6920"}
	for _, tt := range []struct {
		text, want string
		missing    []string
	}{
		{"您好", "您好", nil},
		{"订单 {{order}} 退 {{ amount }}。", "订单 6920 退 ¥12.00。", nil},
		{"until {{deadline}}, {{deadline}} or {{then}}", "until {{deadline}}, {{deadline}} or {{then}}", []string{"deadline", "then"}},
		{"{order} { {order} } {{}}", "{order} { {order} } {{}}", []string{""}},
	} {
		got, missing := FillCanned(tt.text, values)
		if got != tt.want || !slices.Equal(missing, tt.missing) {
			t.Errorf("%q: %q, missing %q; want %q, %q", tt.text, got, missing, tt.want, tt.missing)
		}
	}
	// What a value says is never a slot itself: a title may have braces.
	if got, missing := FillCanned("{{item}}", map[string]string{"item": "{{amount}}"}); got != "{{amount}}" || missing != nil {
		t.Errorf("%q, missing %q", got, missing)
	}
}

func TestUnknownSlotsAreFound(t *testing.T) {
	if got := UnknownSlots("{{order}} {{ordr}} {{ordr}} {{}} {{amount}}"); !slices.Equal(got, []string{"ordr", ""}) {
		t.Errorf("%q", got)
	}
	if got := UnknownSlots("{{order}} {x}"); got != nil {
		t.Errorf("%q", got)
	}
}
