package nlu

import (
	"recourse/cases/policy"
	"recourse/dialog"
)

// What a buyer says about the conversation itself: wait, go back, I said it wrong, I have no such thing, I'd rather
// not. Only a short text is one of these; a long one has a matter of its own in it.

// brief is how many characters a move may have, for Han and for Latin text.
const (
	briefHan   = 22
	briefLatin = 80
)

func isBrief(s reading) bool {
	if s.han {
		return s.runes <= briefHan
	}
	return s.runes <= briefLatin
}

// corrections by what they correct; the empty datum is the last thing that he gave.
var corrections = []struct {
	datum dialog.Datum
	words []string
}{
	{dialog.DatumOrder, []string{
		"不是这个订单", "不是这笔订单", "不是这单", "不是这一单", "不是这个商品", "不是这件", "不是那件", "订单选错", "选错订单", "选错了订单", "商品选错", "选错商品", "选错了商品", "另一个订单", "另外一个订单",
		"换个订单", "换一个订单", "换一单", "订单不对", "不是这个东西",
		"wrong order", "not this order", "not that order", "different order", "another order", "the other order", "wrong item selected", "not this item", "not that item",
	}},
	{dialog.DatumReason, []string{
		"不是这个原因", "原因选错", "选错原因", "选错了原因", "原因不对", "原因错了", "换个原因", "换一个原因", "理由选错", "理由不对", "不是因为这个", "改原因", "改一下原因",
		"wrong reason", "not the reason", "not that reason", "different reason", "another reason", "change the reason",
	}},
	{dialog.DatumClaim, []string{
		"金额不对", "金额错", "金额填错", "填错金额", "改金额", "改一下金额", "方式选错", "方式不对", "换个方式", "改方式",
		"wrong amount", "amount is wrong", "change the amount", "different amount", "wrong kind of refund",
	}},
	{dialog.DatumEvidence, []string{
		"照片传错", "图片传错", "视频传错", "凭证传错", "传错照片", "传错图", "传错了", "上传错", "发错图", "发错照片",
		"wrong photo", "wrong picture", "wrong file", "wrong video", "wrong image",
	}},
	{dialog.DatumWaybill, []string{
		"单号填错", "单号写错", "单号错了", "单号不对", "填错单号", "写错单号", "快递公司填错", "快递选错",
		"wrong tracking number", "wrong waybill", "tracking number is wrong", "wrong courier",
	}},
	{dialog.DatumFact, []string{
		"答错", "回答错", "刚才点错", "点错了", "按错了", "刚才选错", "wrong answer", "answered wrong", "pressed the wrong", "clicked the wrong", "hit the wrong", "tapped the wrong", "pressed wrong",
	}},
	{"", []string{
		"说错", "选错", "弄错", "搞错", "填错", "写错", "我错了", "不对不对", "改一下", "我要改", "我想改", "更正", "应该是", "不是这个",
		"i meant", "my mistake", "i was wrong", "that's not right", "that's wrong", "i made a mistake", "let me correct", "correction", "picked the wrong", "chose the wrong", "selected the wrong",
		"not that one", "not this one", "it should be", "it should have been", "actually it",
	}},
}

// notHis: somebody else was wrong, or sent the wrong thing, or a part of his story.
var notHis = []string{
	"商家", "卖家", "店家", "老板", "发错", "寄错", "买错", "拍错", "下错", "收到错", "they sent", "you sent", "seller", "shop", "merchant", "store", "sent me", "received the wrong", "got the wrong",
}

func correctionOf(s reading) (dialog.Datum, bool) {
	if !isBrief(s) || matchAny(s, notHis) {
		return "", false
	}
	for _, c := range corrections {
		if matchAny(s, c.words) {
			return c.datum, true
		}
	}
	return "", false
}

// moves in the order in which they outrank each other.
var moves = []intentRule{
	{intent: dialog.IntentBack, words: []string{
		"上一步", "返回上", "退回上一", "回到上", "回到前面", "回上一", "往回", "后退一步", "go back one", "previous step", "previous question", "one step back", "take me back", "go back to the last", "go back please", "can i go back", "let me go back",
	}, not: []string{"寄回", "send back"}},
	{intent: dialog.IntentBack, words: []string{"返回", "后退", "go back", "back", "undo"}, short: true},
	{intent: dialog.IntentRefuse, words: []string{
		"不想说", "不想提供", "不想填", "不想回答", "不想告诉", "不愿意", "不想传", "不愿提供", "不提供", "不告诉你", "拒绝提供", "拒绝回答", "不方便说", "不方便提供", "保密", "是隐私", "不给你看", "凭什么告诉",
		"rather not", "not telling", "won't tell", "don't want to say", "don't want to tell", "don't want to answer", "don't want to give", "don't want to upload", "none of your business",
		"i refuse", "not going to tell", "not going to give", "prefer not", "won't give you", "that's private",
	}},
	{intent: dialog.IntentSkip, words: []string{
		"跳过", "先不传", "先不填", "先不选", "先不说", "不传了", "不填了", "没有这个", "没有凭证", "没有照片", "没有视频", "没有图", "没拍", "没有证据", "没照片", "没图", "不用传", "没有单号", "下一步", "这个没有", "略过",
		"skip", "don't have it", "don't have any", "don't have one", "don't have that", "don't have a photo", "don't have photos", "don't have a video", "no photo", "no photos", "no evidence", "next step", "pass on this", "leave it out", "do it later",
	}},
	{intent: dialog.IntentWait, words: []string{
		"等一下", "我再想想", "再想想", "让我想想", "我想一下", "我考虑一下", "我再考虑", "等一等", "等等", "稍等", "等会", "先别急", "别急", "等我", "我找一下", "我找找", "我去找", "我看一下", "我看看先", "一会儿", "待会", "晚点再", "过会", "给我一点时间", "给我点时间",
		"give me a moment", "give me a minute", "give me a sec", "give me some time", "one moment", "one sec", "one second", "one minute", "just a moment", "just a minute", "hold on", "wait", "hang on", "bear with me",
		"let me find", "let me think", "think about it", "think it over", "let me look", "let me check", "be right back", "brb", "need a moment", "need a minute", "need some time",
	}, not: []string{"等多久", "等了", "还要等", "要等", "一直等", "让我等", "how long", "waited", "waiting", "wait for", "have to wait"}},
	{intent: dialog.IntentDecline, words: []string{"不接受", "不同意", "拒绝方案", "拒绝这个方案", "i decline", "don't accept", "don't agree", "not acceptable", "reject the offer", "decline the offer"}, not: theShopDeclines},
	{intent: dialog.IntentAccept, words: []string{"接受方案", "接受商家", "同意方案", "同意商家", "我接受", "我同意", "i accept", "accept the offer", "accept it", "i agree", "take the offer", "i'll take it"}},
	{intent: dialog.IntentAccept, words: []string{"接受", "同意", "accept", "agreed"}, short: true},
}

func moveOf(s reading) dialog.Intent {
	if !isBrief(s) {
		return ""
	}
	for _, m := range moves {
		if m.matches(s) && (m.intent == dialog.IntentAccept || m.intent == dialog.IntentDecline || !matchAny(s, theShop)) {
			return m.intent
		}
	}
	return ""
}

// theShopDeclines: it is the merchant who does not agree.
var theShopDeclines = []string{
	"商家不同意", "卖家不同意", "店家不同意", "店铺不同意", "老板不同意", "对方不同意", "他们不同意", "商家不接受", "卖家不接受", "店家不接受", "商家又不同意", "卖家又不同意", "商家还不同意", "商家还是不同意", "卖家还是不同意",
	"seller doesn't agree", "seller don't agree", "merchant doesn't agree", "shop doesn't agree", "they don't agree", "they don't accept", "seller doesn't accept", "merchant doesn't accept", "seller didn't agree",
}

// theShop: what the merchant said or did is a story.
var theShop = []string{"商家", "卖家", "店家", "店铺", "老板", "seller", "shop", "merchant", "store"}

// wants are what a buyer may ask for, by the words he uses (domain §6.3).
var wants = []struct {
	want  policy.RefundType
	words []string
}{
	{policy.RefundOnly, []string{"仅退款", "只退款", "退款不退货", "不退货退款", "只退钱", "不用退货", "refund only", "refund without return", "keep the item"}},
	{policy.Reship, []string{"补发", "补寄", "重发", "重新发一", "reship", "send it again", "send a replacement", "send the missing"}},
	{policy.Exchange, []string{"换货", "换一个", "换一件", "换个新的", "exchange", "swap it", "replace it"}},
	{policy.Partial, []string{"部分退款", "退一部分", "退部分", "补差价", "小额打款", "赔点", "退一半", "partial refund", "part of the money", "some of the money", "half the money"}},
	{policy.ReturnRefund, []string{"退货退款", "退货并退款", "寄回去退款", "退回去", "return and refund", "return it for a refund", "send it back for a refund"}},
}

func wantOf(s reading) policy.RefundType {
	for _, w := range wants {
		if matchAny(s, w.words) {
			return w.want
		}
	}
	return ""
}

// goods are what people name when they name only a thing. Which of his orders it is, his order lines say better.
var goods = append([]string{
	"耳机", "手机", "手环", "手表", "电脑", "平板", "键盘", "鼠标", "充电器", "充电宝", "音箱", "相机", "衣服", "裤子", "裙子", "外套", "羽绒服", "毛衣", "卫衣", "围巾", "帽子", "鞋", "鞋子", "袜子", "包", "包包", "口红", "面膜", "护肤品",
	"洗面奶", "杯子", "锅", "电饭煲", "吹风机", "扫地机", "台灯", "床单", "被子", "枕头", "沙发", "椅子", "桌子", "玩具", "书", "手机壳", "手镯", "项链", "戒指", "零食", "茶叶",
	"headphones", "earphones", "earbuds", "phone", "watch", "laptop", "tablet", "keyboard", "mouse", "charger", "speaker", "camera", "clothes", "shirt", "trousers", "jeans", "dress", "coat", "jacket",
	"sweater", "cardigan", "hoodie", "scarf", "hat", "shoes", "socks", "bag", "lipstick", "cup", "mug", "pan", "lamp", "pillow", "sofa", "chair", "table", "toy", "book", "case", "bracelet", "necklace", "ring",
}, foodWords...)

// nounOnly says that a text names a thing and says nothing of it.
func nounOnly(s reading, named bool) bool {
	switch {
	case s.han && s.runes > 8, !s.han && (s.runes > 24 || countWords(s.text) > 3):
		return false
	}
	return named || matchAny(s, goods)
}
