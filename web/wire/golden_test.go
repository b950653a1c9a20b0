package wire_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/dialog"
	"recourse/web/wire"
)

var update = flag.Bool("update", false, "write the golden frames anew")

var at = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// samples are one frame of every type as it goes over the wire. The TypeScript tests read the same files.
var samples = map[string]any{
	"hello":    wire.Hello{T: wire.THello, Token: "eyJ…", Conversation: "d_017_A", Since: 12, Log: "log_017_B", Locale: "zh-CN"},
	"say":      wire.Say{T: wire.TSay, ID: "m1", Text: "手环充了一晚上电都开不了机"},
	"press":    wire.Press{T: wire.TPress, ID: "m2", Seq: 3, Action: dialog.ActPickReason, Args: dialog.Args{"reason": "quality_defect"}},
	"seen":     wire.Seen{T: wire.TSeen, Seq: 9, Who: dialog.FromAgent},
	"typing":   wire.Typing{T: wire.TTyping, Conversation: "d_017_A", On: true, Who: dialog.FromAgent, Name: "小周"},
	"watch":    wire.Watch{T: wire.TWatch, Conversation: "d_017_A", Since: 4},
	"unwatch":  wire.Watch{T: wire.TUnwatch, Conversation: "d_017_A"},
	"claim":    wire.Claim{T: wire.TClaim, ID: "m3", Conversation: "d_017_A", Epoch: 2},
	"release":  wire.Release{T: wire.TRelease, ID: "m4", Conversation: "d_017_A", Epoch: 3},
	"status":   wire.Status{T: wire.TStatus, ID: "m6", Status: "away"},
	"decline":  wire.Decline{T: wire.TDecline, ID: "m7", Conversation: "d_017_A"},
	"assign":   wire.Assign{T: wire.TAssign, ID: "m8", Conversation: "d_017_A", Epoch: 2, Agent: "zhou"},
	"takeover": wire.Takeover{T: wire.TTakeover, ID: "m9", Conversation: "d_017_A", Epoch: 3, Reason: "客服长时间未回复"},
	"transfer": wire.Transfer{T: wire.TTransfer, ID: "m10", Conversation: "d_017_A", Epoch: 3, Skill: "appeal", Note: "买家要申诉"},
	"lease":    wire.Lease{T: wire.TLease, Conversation: "d_017_A", On: true, Login: "zhou", Name: "小周"},
	"note":     wire.Note{T: wire.TNote, ID: "m5", Conversation: "d_017_A", Text: "外箱有磨损"},
	"presence": wire.Presence{T: wire.TPresence, Conversation: "d_017_A", Who: dialog.FromBuyer, Online: true},
	"queue":    wire.Queue{T: wire.TQueue, Position: 2, Agents: 3, Wait: 240},
	"drain":    wire.Drain{T: wire.TDrain, After: 1500},
	"draft":    wire.Draft{T: wire.TDraft, Conversation: "d_017_A", Client: "re:12:0", Text: "我理解您。"},
	"ack":      wire.Ack{T: wire.TAck, ID: "m1", Seq: 13},
	"welcome": wire.Welcome{
		T: wire.TWelcome, Role: "buyer", Conversation: "d_017_A", Log: "log_017_B", Seq: 12, Locale: "zh-CN", Session: "eyJ…", Expires: at,
		Now: at, Speed: 1, Limits: wire.Limits{TextRunes: 2000, FrameSize: 32768, Images: 8, ImageSize: 10485760, VideoSize: 104857600},
	},
	"error": wire.Error{T: wire.TError, Code: "CARD_STALE", Message: "这张卡片已经过期，没有执行，请看最新的卡片。", For: "m2"},
	"entry": wire.Entry{T: wire.TEntry, Conversation: "d_017_A", Entry: dialog.Entry{
		Seq: 13, At: at, Author: dialog.Author{Kind: dialog.FromBot, Name: "Recourse"}, Kind: dialog.Text, Client: "re:12:0",
		Text: "可以按“质量问题/功能故障”申请，需要凭证来说明。", Key: "verdict.NEED_EVIDENCE", Case: "c_017_C",
		Card: &dialog.Card{
			Kind: dialog.CardVerdict, Case: "c_017_C", Deadline: at, DeadlineLabel: "申请截止",
			Verdict: &dialog.VerdictView{
				Kind: "eligible_if_evidence", Code: "NEED_EVIDENCE", Headline: "可以申请", AmountFen: 19900, Policy: "2026.11-abc",
				Clauses: []dialog.ClauseView{{ID: "apply.fault_days", Text: "签收次日起 15 天内提出。"}},
			},
			Buttons: []dialog.Button{{Action: dialog.ActOtherReason, Label: "换个原因"}},
		},
	}},
	"state": wire.State{
		T: wire.TState, Conversation: "d_017_A", Version: 7, Holder: dialog.HeldByHuman, Epoch: 3, AgentName: "小周", SeenBuyer: 12, SeenAgent: 13, Settled: 12, Live: 11,
		Case: &dialog.CaseView{
			ID: "c_017_C", Version: 8, State: "merchant_rejected", StateName: "商家已拒绝", Sentence: "商家拒绝了。", WaitsFor: "buyer", WaitsForName: "轮到您",
			Deadline: at, Then: "不申请平台介入，申请自动关闭", AmountFen: 19900, CreatedAt: at, Policy: "2026.11-abc", Shop: "数码小站",
			Order: dialog.OrderItem{Order: "692", Line: "1", Title: "智能手环", Shop: "数码小站", PaidFen: 19900, Status: "已签收"},
			Steps: []dialog.StepView{{Key: "applied", Label: "提交申请", At: at, Done: true}}, Allowed: []string{"escalate"},
			Buttons:  []dialog.Button{{Action: dialog.ActEscalate, Label: "申请平台介入", Args: dialog.Args{"case": "c_017_C"}, Style: "primary"}},
			Evidence: []dialog.EvidenceView{{EvidenceItem: dialog.EvidenceItem{ID: "e_017_D", Kind: "item_photo", Label: "商品实拍图", Media: "image/jpeg", Party: "buyer"}, At: at}},
		},
	},
	"inbox": wire.Inbox{T: wire.TInbox, Whole: true, Items: []wire.InboxItem{{
		Conversation: "d_017_A", Buyer: "b1", Holder: dialog.HeldWaiting, Epoch: 2, Handoff: "escalation", WaitingSince: at, Last: "麻烦了", LastAt: at,
		Seq: 14, Seen: 9, CaseState: "platform_queued", CaseTitle: "智能手环", Deadline: at, DeadlineOf: "platform_first_response",
		Locale: dialog.ZH, Skill: "appeal", Place: 1, Owed: true, Offered: &wire.Offered{To: "zhou", Name: "小周", At: at, End: at},
	}}, Desk: &wire.DeskView{
		Status: "online", Capacity: 5, Open: 1, Waiting: 1, Agents: []wire.DeskAgent{{Login: "zhou", Name: "小周", Role: "agent", Status: "online", Open: 1, Capacity: 5}},
	}},
}

func TestEveryFrameHasAGoldenExampleThatReadsBackTheSame(t *testing.T) {
	for typ, zero := range wire.Frames {
		sample, ok := samples[string(typ)]
		if !ok {
			t.Errorf("no golden example of %s", typ)
			continue
		}
		file := filepath.Join("testdata", "golden", string(typ)+".json")
		want, err := json.MarshalIndent(sample, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(raw)); diff != "" {
			t.Errorf("%s is not what the program sends (-program +file):\n%s", file, diff)
		}
		got := reflect.New(reflect.TypeOf(zero))
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(got.Interface()); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if diff := cmp.Diff(sample, got.Elem().Interface()); diff != "" {
			t.Errorf("%s reads back as something else (-sent +read):\n%s", file, diff)
		}
		if head := `"t": "` + string(typ) + `"`; !strings.Contains(string(raw), head) {
			t.Errorf("%s lacks %s", file, head)
		}
	}
}
