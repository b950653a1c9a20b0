package nlu

import "testing"

func TestAQuestionIsToldFromAStory(t *testing.T) {
	for text, want := range map[string]bool{
		"运费谁出":                         true,
		"退款多久到账":                       true,
		"这能退不":                         true,
		"请问怎么联系你们":                     true,
		"平台介入之后要等几天？":                  true,
		"手环充了一晚上开不了机":                  false,
		"收到一双白色的，鞋码也不对":                false,
		"我要退款":                         false,
		"申请平台介入":                       false,
		"how long does a refund take":  true,
		"The seller refused, what now": true,
		"who pays for the return":      true,
		"it arrived broken":            false,
		"I want my money back":         false,
		"Please escalate this":         false,
	} {
		if got := Understand(text, nil).Question.Form; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
