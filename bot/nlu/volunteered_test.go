package nlu

import "testing"

func TestHarmIsHeard(t *testing.T) {
	for text, want := range map[string]string{
		"充电的时候冒烟了": "yes", "插头漏电，把我电到了": "yes", "吃了以后拉肚子": "yes", "it caught fire": "yes", "开不了机": "", "没有冒烟": "",
	} {
		if got := string(Understand(text, nil).Answers.Harm); got != want {
			t.Errorf("%q: harm %q, want %q", text, got, want)
		}
	}
}

func TestAPromiseIsHeard(t *testing.T) {
	for text, want := range map[string]string{
		"直播间说送一个收纳包，我收到的只有主商品": "yes", "主播说会送的没有": "yes", "a pouch was promised and did not come": "yes", "少了一件": "",
	} {
		if got := string(Understand(text, nil).Answers.Promised); got != want {
			t.Errorf("%q: promised %q, want %q", text, got, want)
		}
	}
}
