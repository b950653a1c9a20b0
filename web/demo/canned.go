package demo

import "recourse/web/wire"

// Canned are the replies that the demo's desk begins with. They promise nothing: amounts and times come from the case.
var Canned = []wire.Canned{
	{
		ID: "hello", Shortcut: "hi", Title: "问候 / Greeting",
		ZH: "您好，我是客服{{agent}}，正在看您的申请，请稍等。", EN: "Hello, {{agent}} here. I am reading your case; one moment please.",
	},
	{
		ID: "ask-photos", Shortcut: "photos", Title: "请补照片 / Ask for photos",
		ZH: "请在聊天里补充「{{item}}」的照片：整体一张，问题处近照一张，包装和面单一张。", EN: "Please add photos of “{{item}}” here in the chat: the whole item, the fault from close by, and the parcel with its label.",
		Macro: &wire.Macro{Tags: []string{"photos"}, Note: "已请买家补照片 / asked for photos ({{order}})", Then: "snooze", Minutes: 60},
	},
	{
		ID: "where-it-stands", Shortcut: "status", Title: "当前进度 / Where it stands",
		ZH: "您的申请（订单 {{order}}，申请金额 {{amount}}）现在是「{{state}}」。", EN: "Your case (order {{order}}, {{amount}} asked for) now stands at “{{state}}”.",
	},
	{
		ID: "deadline", Shortcut: "deadline", Title: "当前期限 / The clock that runs",
		ZH: "现在的期限是 {{deadline}}。到期后：{{then}}。", EN: "The clock runs until {{deadline}}. Then: {{then}}.",
	},
	{
		ID: "shop-asked", Shortcut: "shop", Title: "已联系商家 / The shop was asked",
		ZH: "已经请「{{shop}}」说明情况，有结果会在这里告诉您，您不用重复提交。", EN: "“{{shop}}” was asked to explain. You will read the answer here and need not apply again.",
	},
	{
		ID: "bye", Shortcut: "bye", Title: "结束 / Close",
		ZH: "这次的问题先处理到这里。之后有需要，直接在这里留言就可以。", EN: "That is all for now. If you need anything later, just write here.",
		Macro: &wire.Macro{Then: "resolve"},
	},
}
