package stage_test

import (
	"testing"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/dialog"
)

// asked is a text where the case stands, and what must come of it.
type asked struct {
	text     string
	state    cases.State
	decision replay.Decision
	topic    dialog.Topic
}

func ask(t *testing.T, list []asked) {
	t.Helper()
	s := ready(t)
	for _, q := range list {
		l := dialog.ZH
		if q.text[0] < 0x80 {
			l = dialog.EN
		}
		a, err := s.Ask(t.Context(), l, suite.Question{Text: q.text, State: q.state})
		if err != nil {
			t.Fatal(err)
		}
		if a.Decision != q.decision || a.Topic != q.topic {
			t.Errorf("%q where the case is %q: %s; want %s by %q", q.text, q.state, a, q.decision, q.topic)
		}
	}
}

// The same words are about the application, the return under way or the return that arrived, whether a rule hears them
// or they are like examples.
func TestWhereTheCaseStandsDecidesWhatIsMeant(t *testing.T) {
	var list []asked
	for state, topic := range map[cases.State]dialog.Topic{
		cases.MerchantReview: "mer-no-response", cases.ReturnInTransit: "ret-silent-after-tracking", cases.ReturnInspection: "ret-merchant-not-refunding",
	} {
		for _, text := range []string{"卖家还是不处理我这单", "商家不处理怎么办", "商家一直不理我", "the seller is not responding at all", "店家在躺平，退款不批也不拒", "我的退款申请石沉大海了", "催了好几次了都没人点同意"} {
			list = append(list, asked{text, state, replay.Answers, topic})
		}
	}
	ask(t, append(list,
		// What says clearly which it is about stays: who has not sent anything, who asks ahead, who asks of another thing.
		asked{"商家收到我的退货一直不退款", cases.ReturnInTransit, replay.Answers, "ret-merchant-not-refunding"},
		asked{"平台介入要多久出结果", cases.MerchantReview, replay.Answers, "plat-duration"},
		asked{"商家不处理怎么办", "", replay.Answers, "mer-no-response"},
		asked{"如果商家拒绝了我的退款申请怎么办", cases.MerchantReview, replay.Answers, "mer-rejected"},
	))
}
