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

// Who surely asks how long, how likely, how or where is answered, though his words are those of a flow; who wants it
// done, or tells what happened, gets the flow.
func TestASureQuestionIsAnsweredAndAWishIsNot(t *testing.T) {
	const review, rejected = cases.MerchantReview, cases.MerchantRejected
	ask(t, []asked{
		{"申请介入一般几成能成", rejected, replay.Answers, "plat-success-odds"},
		{"申请介入一般几成能成", "", replay.Answers, "plat-success-odds"},
		{"投诉处理周期是多长", "", replay.Answers, "cmp-duration"},
		{"how long until my complaint is dealt with", "", replay.Answers, "cmp-duration"},
		{"忘记申请介入 时间已经过了", cases.ClosedExpired, replay.Answers, "plat-missed-window"},
		{"can I change the reason after submitting", review, replay.Answers, "apply-modify-cancel"},
		{"申请售后的按钮找不到", "", replay.Answers, "apply-entry"},
		{"商家不同意我的退款 还没寄回", rejected, replay.Answers, "mer-rejected"},
		{"怎么撤销申请", review, replay.Answers, "apply-modify-cancel"},
		{"怎么申请平台介入", "", replay.Answers, "plat-entry"},

		{"我要申请介入", rejected, replay.Flows, ""},
		{"帮我申请介入", rejected, replay.Flows, ""},
		{"申请平台介入", rejected, replay.Flows, ""},
		{"撤销申请", review, replay.Flows, ""},
		{"I want to take back the application I just filed", review, replay.Flows, ""},
		{"我要投诉商家", "", replay.Flows, ""},
		{"客服骂我，我要投诉", "", replay.Flows, ""},
		{"我要退款", "", replay.Flows, ""},
		{"打开包裹少了一个充电头", "", replay.Flows, ""},
		{"转人工", rejected, replay.Human, "cs-human"},
		{"申请介入一般几成能成，转人工", rejected, replay.Human, "cs-human"},
	})
}
