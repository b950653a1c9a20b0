package nlu

import "testing"

func TestAPromiseOfAnAgentIsHeard(t *testing.T) {
	for text, want := range map[string]bool{
		"我查一下，稍后回复您": true, "请稍等": true, "等核实好了给您回电话": true, "有消息马上告诉您": true, "Let me check and get back to you.": true, "One moment please": true,
		"已经帮您登记好了，祝您生活愉快": false, "退款已经到账了": false, "": false, "You are welcome!": false, "The refund has been made.": false,
	} {
		if got := Promises(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
