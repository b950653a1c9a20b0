package nlu

import (
	"recourse/cases/policy"
	"recourse/dialog"
)

// complaintWords speak of complaining itself; threats to complain if something does not happen are not one,
// and neither is anger at the assistant.
var complaintWords = intentRule{
	intent: dialog.IntentComplaint,
	words:  []string{"投诉", "举报", "曝光他", "曝光商家", "complain", "complaint", "report the shop", "report the seller", "report this seller", "report this shop", "report the merchant"},
	not: []string{
		"投诉你", "投诉机器人", "投诉客服", "就投诉", "就去投诉", "就要投诉", "不然投诉", "否则投诉", "举报你",
		"or i'll complain", "or i will complain", "complain about you",
	},
}

type conductRule struct {
	kind  policy.ComplaintKindID
	words []string
	// plain: the words alone are a complaint; without it they may as well be the ground of a refund.
	plain bool
}

// conduct by the words buyers use for it (domain §2.4, F3-01, F3-04).
var conduct = []conductRule{
	{kind: "induced_review", plain: true, words: []string{
		"诱导评价", "诱导好评", "好评返现", "返现好评", "逼我给好评", "逼我好评", "要我给好评", "让我改评价", "让我删差评", "让我删评", "强迫好评", "给好评才", "刷好评",
		"pay for a good review", "cash for a review", "forced me to review", "five stars for", "delete my review", "change my review", "bribe",
	}},
	{kind: "harassment", plain: true, words: []string{
		"骚扰", "威胁我", "恐吓", "一直打电话", "天天打电话", "人肉", "harass", "harassing", "harassment", "threatened me", "threatening me", "keeps calling me", "stalking",
	}},
	{kind: "service_attitude", plain: true, words: []string{
		"态度差", "态度恶劣", "态度不好", "服务差", "服务态度", "骂我", "骂人", "辱骂", "阴阳怪气", "不理人", "爱理不理", "出言不逊",
		"rude", "insulted me", "swore at me", "bad attitude", "poor service", "terrible service", "ignored me", "ignores me",
	}},
	{kind: "false_advertising", words: []string{
		"虚假宣传", "夸大宣传", "虚假广告", "虚假承诺", "说话不算数", "承诺没兑现", "承诺不兑现", "欺骗消费者", "false advertising", "false advertisement", "lied about", "broken promise", "promised but",
	}},
}

// moneyWords ask for money or goods back, whatever else the text is about.
var moneyWords = []string{
	"退款", "退钱", "退货", "把钱退", "赔", "我要退", "想退", "给我退", "refund", "money back", "compensation", "compensate", "return it", "want my money",
}

// complaintOf finds what a text says of somebody's conduct, and whether it asks for money as well.
func complaintOf(s reading) (kind policy.ComplaintKindID, plain, money bool) {
	for _, r := range conduct {
		if matchAny(s, r.words) {
			kind, plain = r.kind, r.plain
			break
		}
	}
	return kind, plain, matchAny(s, moneyWords)
}
