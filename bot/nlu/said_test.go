package nlu

import (
	"testing"

	"recourse/cases/policy"
	"recourse/dialog"
)

// heard is what a text is understood as; the zero value is "not understood".
type heard struct {
	intent dialog.Intent
	reason policy.ReasonID
	angry  bool
}

func check(t *testing.T, said map[string]heard) {
	t.Helper()
	for text, want := range said {
		h := Understand(text, shelf)
		if got := (heard{h.Intent, h.Reason, h.Angry}); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestShortAngryMistypedAndMixedTextsAreUnderstood(t *testing.T) {
	defect, angry := policy.QualityDefect, true
	check(t, map[string]heard{
		// short
		"退款":                   {intent: dialog.IntentRefund},
		"退钱":                   {intent: dialog.IntentRefund},
		"坏了":                   {intent: dialog.IntentRefund, reason: defect},
		"人工":                   {intent: dialog.IntentHuman},
		"客服":                   {intent: dialog.IntentHuman},
		"在吗":                   {intent: dialog.IntentGreet},
		"嗯":                    {intent: dialog.IntentYes},
		"好的":                   {intent: dialog.IntentYes},
		"对":                    {intent: dialog.IntentYes},
		"不对":                   {intent: dialog.IntentNo},
		"没有":                   {intent: dialog.IntentNo},
		"进度":                   {intent: dialog.IntentStatus},
		"refund":               {intent: dialog.IntentRefund},
		"human":                {intent: dialog.IntentHuman},
		"hi":                   {intent: dialog.IntentGreet},
		"ok":                   {intent: dialog.IntentYes},
		"yep":                  {intent: dialog.IntentYes},
		"no":                   {intent: dialog.IntentNo},
		"thx":                  {intent: dialog.IntentThanks},
		"why do you need this": {intent: dialog.IntentWhy},
		// angry
		"骗子！！！":                              {angry: angry},
		"垃圾店铺，东西坏了":                          {intent: dialog.IntentRefund, reason: defect, angry: angry},
		"你们太过分了，我要投诉你，转人工":                   {intent: dialog.IntentHuman, angry: angry},
		"气死我了！！！充不进电":                        {intent: dialog.IntentRefund, reason: defect, angry: angry},
		"什么破手环，开不了机":                         {intent: dialog.IntentRefund, reason: defect, angry: angry},
		"this is ridiculous, it's broken":    {intent: dialog.IntentRefund, reason: defect, angry: angry},
		"WTF!!! where is my money":           {intent: dialog.IntentStatus, angry: angry},
		"unacceptable. I want a real person": {intent: dialog.IntentHuman, angry: angry},
		// traditional
		"我要退貨":      {intent: dialog.IntentRefund},
		"轉人工":       {intent: dialog.IntentHuman},
		"還沒收到貨":     {intent: dialog.IntentRefund, reason: policy.NotReceived},
		"顏色不喜歡":     {intent: dialog.IntentRefund, reason: policy.NoReason7d},
		"質量問題，壞了":   {intent: dialog.IntentRefund, reason: defect},
		"發錯貨":       {intent: dialog.IntentRefund, reason: policy.WrongItem},
		"撤銷申請":      {intent: dialog.IntentWithdraw},
		"怎麼退款":      {intent: dialog.IntentRefund},
		"錢什麼時候到帳":   {intent: dialog.IntentStatus},
		"申請平台介入":    {intent: dialog.IntentEscalate},
		"沒反應，充不進電了": {intent: dialog.IntentRefund, reason: defect},
		// mixed, full width, spaced out, emoji
		"ＲＥＦＵＮＤ":               {intent: dialog.IntentRefund},
		"　退款　":                 {intent: dialog.IntentRefund},
		"手环broken了，要refund":    {intent: dialog.IntentRefund, reason: defect},
		"我要 refund":            {intent: dialog.IntentRefund},
		"I want 退货":            {intent: dialog.IntentRefund},
		"转\u200b人工":            {intent: dialog.IntentHuman},
		"😡😡坏了":                 {intent: dialog.IntentRefund, reason: defect},
		"Refund\n\nplease":     {intent: dialog.IntentRefund},
		"HELLO":                {intent: dialog.IntentGreet},
		"My Band WON'T charge": {intent: dialog.IntentRefund, reason: defect},
		"it doesn’t work":      {intent: dialog.IntentRefund, reason: defect},
		// typos and how people really write
		"能退嘛":                              {intent: dialog.IntentRefund},
		"怎么退啊":                             {intent: dialog.IntentRefund},
		"快递显示签收但是没收到":                      {intent: dialog.IntentRefund, reason: "signed_not_received"},
		"穿着太小了":                            {intent: dialog.IntentRefund, reason: policy.NoReason7d},
		"买错了还没发货":                          {intent: dialog.IntentRefund, reason: policy.UnshippedCancel},
		"跟直播间不一样":                          {intent: dialog.IntentRefund, reason: policy.NotAsDescribed},
		"掉色严重":                             {intent: dialog.IntentRefund, reason: defect},
		"wrong color":                      {intent: dialog.IntentRefund, reason: policy.WrongItem},
		"doesn't fit me":                   {intent: dialog.IntentRefund, reason: policy.NoReason7d},
		"not as described at all":          {intent: dialog.IntentRefund, reason: policy.NotAsDescribed},
		"my parcel hasn't arrived":         {intent: dialog.IntentRefund, reason: policy.NotReceived},
		"cancel my order, not shipped yet": {intent: dialog.IntentRefund, reason: policy.UnshippedCancel},
		"how long does it take":            {intent: dialog.IntentStatus},
		"商家一直不处理怎么办，平台介入":                  {intent: dialog.IntentEscalate},
		"我不想退了":                            {intent: dialog.IntentWithdraw},
		"先这样吧":                             {intent: dialog.IntentCancel},
		"没看懂":                              {intent: dialog.IntentRepeat},
		"what do you mean":                 {intent: dialog.IntentRepeat},
		"不等了":                              {intent: dialog.IntentBot},
	})
}

// What is beyond the lexicon must be "not understood", never something else: the bot then asks, and after
// some turns offers a person.
func TestWhatIsBeyondTheLexiconIsNotUnderstoodRatherThanWrong(t *testing.T) {
	check(t, map[string]heard{
		"手还开补了鸡":               {}, // heavily mistyped
		"退":                    {}, // alone it is in too many words
		"tuikuan":              {}, // pinyin
		"的确良衬衫":                {}, // 的确 is not a yes
		"行李箱":                  {}, // 行 is not a yes
		"对面那家店":                {},
		"是不是可以用微信":             {},
		"my friend told me":    {},
		"the operation manual": {}, // "operator" stands alone
		"i am in china":        {}, // no "hi"
		"nothing special":      {},
		"12345":                {},
		"？？":                   {},
		"asdf qwer":            {},
		"🤔":                    {},
		"Quiero un reembolso":  {},
		"返金してください":             {},
	})
}

// Words of one thing inside the name of another must not be heard.
func TestOneWordIsNotHeardInsideAnother(t *testing.T) {
	for text, not := range map[string]dialog.Intent{
		"agenda":               dialog.IntentHuman,
		"this is unacceptably": dialog.IntentGreet,
		"statuses":             dialog.IntentStatus,
		"returned":             dialog.IntentWithdraw,
		"i know nothing":       dialog.IntentNo,
		"okra":                 dialog.IntentYes,
		"我想知道怎么用这个商品的人工智能功能呢": dialog.IntentHuman,
	} {
		if got := Understand(text, nil).Intent; got == not {
			t.Errorf("%q is heard as %s", text, got)
		}
	}
}

func TestFactsToldUnaskedAreKept(t *testing.T) {
	for text, want := range map[string]policy.Answers{
		"收到了，没用过":                {Received: policy.Yes, Intact: policy.Yes},
		"一直没收到":                  {Received: policy.No},
		"吊牌还在，不喜欢":               {Intact: policy.Yes},
		"用了几天就坏了":                {Intact: policy.No},
		"haven't received it":    {Received: policy.No},
		"it arrived, brand new":  {Received: policy.Yes, Intact: policy.Yes},
		"not received":           {Received: policy.No},
		"i've used it once":      {Intact: policy.No},
		"never used it, tags on": {Intact: policy.Yes},
		"我要退款":                   {},
	} {
		if got := Understand(text, nil).Answers; got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestTheLinesAreNamedByTitleOrNumber(t *testing.T) {
	for text, want := range map[string]string{
		"手环":               "6920251100010001/1",
		"那个智能手环":           "6920251100010001/1",
		"卫衣掉色":             "6920251100010003/1",
		"连帽的那件":            "6920251100010003/1",
		"6920251100010002": "6920251100010002/1",
		"６９２０２５１１０００１０００２ 这个": "6920251100010002/1",
		"the SMART band":        "6920251100020001/1",
		"毛衣，订单6920251100010003": "6920251100010003/1", // a number says more than a name
		"耳机":                    "",
		"":                      "",
	} {
		got := ""
		if lines := Understand(text, shelf).Lines; len(lines) > 0 {
			got = lines[0]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
