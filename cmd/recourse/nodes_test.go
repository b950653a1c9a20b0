package main

import (
	"testing"

	"recourse/dialog"
	"recourse/internal/redistest"
	"recourse/web/wire"
)

// Two nodes on one Redis: the buyer is on the first, the agent on the second, the merchant asks either.
// What one node stores the other shows; the bot of neither talks over the agent; deadlines fire once.
func TestTwoNodesOnOneRedis(t *testing.T) {
	t.Parallel()
	url := redistest.Server(t).URL()
	first := newWorld(t, "--redis", url)
	second := newWorld(t, "--redis", url)
	b := newBand(first, "zh-CN")
	for _, s := range bandStory[:8] { // until the buyer has escalated
		s.do(b)
	}
	b.agent = newClient(second, login(second, "agent"), "zh-CN", true)
	for _, s := range bandStory[8:10] { // the agent takes the chat, they talk
		s.do(b)
	}
	// What passes between nodes without being kept: typing, and who is there.
	b.buyer.write(wire.Typing{T: wire.TTyping, On: true})
	b.agent.await("the buyer's typing", func() bool { return b.agent.typing[dialog.FromBuyer] })
	b.agent.write(wire.Typing{T: wire.TTyping, Conversation: b.agent.conv, On: true})
	b.buyer.await("the agent's typing", func() bool { return b.buyer.typing[dialog.FromAgent] })
	b.agent.write(wire.Seen{T: wire.TSeen, Conversation: b.agent.conv, Seq: 5})
	b.buyer.await("the agent's read mark", func() bool { return b.buyer.state.SeenAgent == 5 })

	// Two agents on two nodes claim one chat: one has it, the other is told.
	other := newClient(first, login(first, "lead"), "zh-CN", true)
	other.conv = b.buyer.conv
	other.write(wire.Watch{T: wire.TWatch, Conversation: other.conv})
	other.await("the view", func() bool { return other.state.Conversation == other.conv })
	id := other.post(func(id string) any {
		return wire.Claim{T: wire.TClaim, ID: id, Conversation: other.conv, Epoch: other.state.Epoch}
	})
	other.await("the refusal", func() bool { return other.errs[id].Code == "ALREADY_CLAIMED" })
	id = other.post(func(id string) any {
		return wire.Say{T: wire.TSay, ID: id, Conversation: other.conv, Text: "我来"}
	})
	other.await("the refusal", func() bool { return other.errs[id].Code == "NOT_HOLDER" })

	if v := agentView(b); v.State == "platform_review" {
		first.caseAct("agent", b.agent.token, b.id, "rule_refund", "rule", wire.CaseAction{
			ExpectedVersion: v.Version, Text: "故障视频显示充电后无法开机，签收不代表质量无误。",
		})
	}
	b.buyer.awaitKey("notice.ruled_refund")
	// Each node has a clock of its own that was pushed; the deadline takes effect once.
	first.advance("48h")
	second.advance("48h")
	b.buyer.awaitKey("notice.platform_paid")
	first.advance("6h")
	b.buyer.awaitKey("notice.refunded")
	b.checkLog()
}
