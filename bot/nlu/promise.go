package nlu

// promises are what agents say who will say more: the buyer waits for it, and is not given back to the bot meanwhile.
var promises = []string{
	"稍等", "等一下", "等我一下", "等一等", "请等", "一会儿", "一会回", "稍后", "晚点", "我查一下", "我查查", "我看一下", "我看看", "我核实", "核实一下", "我确认一下", "我问一下", "我去问", "回复您", "回复你", "答复您", "答复你", "联系您", "联系你", "给您回", "给你回", "有消息", "有结果",
	"one moment", "a moment", "hold on", "bear with me", "let me check", "let me look", "let me see", "let me ask", "i'll check", "i will check", "i'll look", "i will look", "i'll ask", "i will ask", "get back to you", "come back to you", "let you know", "i'll reply", "i will reply", "update you", "give me a", "wait a",
}

// Promises says that what an agent wrote announces more of him. In doubt it does: being waited for costs less than a
// promise that a machine breaks.
func Promises(text string) bool { return matchAny(read(text), promises) }

// Distressed says that somebody who writes this may not want to live, or may hurt himself.
func Distressed(text string) bool { return distressed(read(text)) }
