package record_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"recourse/bot/replay/record"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

var begin = time.Date(2026, 11, 25, 6, 0, 20, 0, time.UTC)

func at(d time.Duration) time.Time { return begin.Add(d) }

// story is a conversation in which everything that is recorded happens.
func story() record.Source {
	var log []dialog.Entry
	put := func(d time.Duration, e dialog.Entry) {
		e.Seq, e.At = int64(len(log)+1), at(d)
		log = append(log, e)
	}
	buyer, bot, system, agent := dialog.Author{Kind: dialog.FromBuyer}, dialog.Author{Kind: dialog.FromBot}, dialog.Author{Kind: dialog.FromSystem}, dialog.Author{Kind: dialog.FromAgent, Name: "小周"}
	put(0, dialog.Entry{Author: bot, Kind: dialog.Text, Key: "greet", Text: "您好"})
	put(5*time.Second, dialog.Entry{Author: buyer, Kind: dialog.Text, Text: "订单6920251100030001坏了，打我电话13812345678"})
	put(6*time.Second, dialog.Entry{Author: bot, Kind: dialog.Text, Key: "ask.reason", Basis: &dialog.Basis{Topic: "elig-quality-defect"}, Card: &dialog.Card{Kind: dialog.CardChoices, Buttons: []dialog.Button{{Action: dialog.ActPickReason, Args: dialog.Args{"reason": "quality"}}}}})
	put(8*time.Second, dialog.Entry{Author: bot, Kind: dialog.Text, Key: "ask.reason", Card: &dialog.Card{Kind: dialog.CardChoices, Buttons: []dialog.Button{{Action: dialog.ActPickReason, Args: dialog.Args{"reason": "quality"}}}}})
	put(20*time.Second, dialog.Entry{Author: buyer, Kind: dialog.Press, On: 3, Action: dialog.ActPickReason, Args: dialog.Args{"reason": "quality"}})
	put(30*time.Second, dialog.Entry{Author: buyer, Kind: dialog.Upload, Case: "c1", Evidence: &dialog.EvidenceItem{ID: "e1", Kind: "item_photo", Name: "李雷的手机.jpg"}})
	put(40*time.Second, dialog.Entry{Author: buyer, Kind: dialog.Press, On: 4, Action: dialog.ActSubmit, Args: dialog.Args{"case": "c1", "version": "3"}})
	put(3*time.Hour, dialog.Entry{Author: system, Kind: dialog.Notice, Key: "notice.rejected", Text: "商家拒绝了", Case: "c1"})
	put(3*time.Hour+30*time.Second, dialog.Entry{Author: buyer, Kind: dialog.Text, Text: "人工"})
	put(3*time.Hour+40*time.Second, dialog.Entry{Author: system, Kind: dialog.Notice, Key: "handoff.joined"})
	put(3*time.Hour+45*time.Second, dialog.Entry{Author: agent, Kind: dialog.Text, Text: "我在，您的手机13812345678对吗"})
	put(3*time.Hour+46*time.Second, dialog.Entry{Author: agent, Kind: dialog.Note, Text: "只给同事看"})
	put(3*time.Hour+50*time.Second, dialog.Entry{Author: system, Kind: dialog.Notice, Key: dialog.ReturnedKey})
	put(3*time.Hour+55*time.Second, dialog.Entry{Author: buyer, Kind: dialog.Press, Action: dialog.ActTracking, Args: dialog.Args{"case": "c1", "carrier": "shunfeng", "waybill": "SF1234567890123"}})
	put(52*time.Hour, dialog.Entry{Author: system, Kind: dialog.Notice, Key: "notice.expired", Case: "c1"})
	mark := func(d time.Duration, ev cases.Event, to cases.State) cases.Mark {
		return cases.Mark{At: at(d), Event: ev, To: to}
	}
	return record.Source{
		Conversation: dialog.Conversation{ID: "d_s001_abc", Buyer: "buyer-77", Locale: dialog.ZH, CreatedAt: begin}, Entries: log,
		Lines: []policy.Line{{OrderID: "6920251100030001", LineID: "1", BuyerID: "buyer-77", ShopID: "shop-9", ShopName: "李雷小店", Title: "智能手环", PaidGoodsFen: 19900, Status: policy.Signed, SignedAt: begin.Add(-24 * time.Hour), Waybill: "7300123456789", ReturnAddress: "上海市示例路8号"}},
		Cases: []record.Past{{Case: cases.Case{ID: "c1", Line: policy.Line{OrderID: "6920251100030001", LineID: "1", ShopID: "shop-9", Title: "智能手环", PaidGoodsFen: 19900, Status: policy.Signed, SignedAt: begin.Add(-24 * time.Hour), Waybill: "7300123456789"}}, Marks: []cases.Mark{
			mark(20*time.Second, cases.Event{Kind: cases.EvOpen, Actor: cases.Buyer}, cases.Draft),
			mark(30*time.Second, cases.Event{Kind: cases.EvSupplement, Actor: cases.Buyer, Key: "e1", Evidence: []cases.Evidence{{ID: "e1"}}}, cases.Draft),
			mark(40*time.Second, cases.Event{Kind: cases.EvSubmit, Actor: cases.Buyer, Key: "chat:d/7"}, cases.MerchantReview),
			mark(3*time.Hour-time.Second, cases.Event{Kind: cases.EvReject, Actor: cases.Merchant, By: "shop-9", Key: "m1", Code: "NO_DEFECT", Text: "联系我13987654321"}, cases.MerchantRejected),
			mark(52*time.Hour, cases.Event{Kind: cases.TimerEvent(cases.TimerEscalate), Actor: cases.System, Key: "timer"}, cases.ClosedExpired),
		}}},
	}
}

func TestAConversationBecomesStepsThatCanBePlayedAgain(t *testing.T) {
	c, err := record.Case(story(), []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Review != suite.Pending || c.Locale != dialog.ZH || !strings.HasPrefix(c.ID, "recorded-") {
		t.Errorf("a recorded case must wait for a reader: %+v", c)
	}
	if !c.Conversation.Fixture.Unpaid {
		t.Error("the bank would pay by itself, and what it paid is a step besides")
	}
	order := c.Conversation.Fixture.Orders[0]
	if len(order.Order) != 16 || !strings.HasPrefix(order.Order, "69") || order.Order == "6920251100030001" || order.Shop != "s1" {
		t.Errorf("the order: %+v", order)
	}
	steps := c.Conversation.Steps
	var said string
	if len(steps) > 0 && steps[0].Say != nil {
		said = steps[0].Say.ZH
	}
	if !strings.Contains(said, order.Order) || !strings.Contains(said, "<phone:") {
		t.Errorf("the text names another order than the fixture has, or his phone: %q", said)
	}
	say := func(zh string) *suite.Said { return &suite.Said{ZH: zh, EN: zh} }
	want := []suite.Step{
		{Say: say(said), Expect: &suite.Expect{Key: "ask.reason", Topic: "elig-quality-defect", Card: dialog.CardChoices}},
		{Press: dialog.ActPickReason, Args: dialog.Args{"reason": "quality"}, OldCard: true, Expect: &suite.Expect{State: cases.Draft}},
		{Upload: []policy.EvidenceKind{"item_photo"}, Expect: &suite.Expect{State: cases.Draft}},
		{Press: dialog.ActSubmit, Expect: &suite.Expect{State: cases.MerchantReview}},
		{Pass: suite.Duration(3*time.Hour + time.Minute)},
		{Merchant: "reject", Event: &suite.Event{Code: "NO_DEFECT"}, Expect: &suite.Expect{State: cases.MerchantRejected, Key: "notice.rejected"}},
		{Say: say("人工")},
		{Agent: "join", Expect: &suite.Expect{Key: "handoff.joined"}},
		{Agent: "say"},
		{Agent: "leave", Expect: &suite.Expect{Key: dialog.ReturnedKey}},
		{Press: dialog.ActTracking, Form: dialog.Args{"carrier": "shunfeng"}},
		{Pass: suite.Duration(49 * time.Hour), Expect: &suite.Expect{State: cases.ClosedExpired, Key: "notice.expired"}},
	}
	masked := cmp.FilterPath(func(p cmp.Path) bool {
		return strings.HasSuffix(p.String(), "Event.Text") || strings.HasSuffix(p.String(), "Text") && !strings.Contains(p.String(), "Say")
	}, cmp.Ignore())
	if diff := cmp.Diff(want, steps, masked, cmpopts.IgnoreMapEntries(func(k, _ string) bool { return k == "waybill" }), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestNothingThatTellsAPersonIsRecorded(t *testing.T) {
	src := story()
	c, err := record.Case(src, []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"13812345678", "13987654321", "6920251100030001", "7300123456789", "1234567890123", "李雷", "示例路", "buyer-77", "shop-9", "d_s001_abc", "只给同事看"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("%s is in what was recorded: %s", secret, raw)
		}
	}
	again, err := record.Case(src, []byte("key"))
	if err != nil || fmt.Sprint(again.Conversation.Fixture.Orders) != fmt.Sprint(c.Conversation.Fixture.Orders) {
		t.Errorf("the same key gives other pseudonyms (%v)", err)
	}
	other, err := record.Case(src, []byte("another"))
	if err != nil || other.Conversation.Fixture.Orders[0].Order == c.Conversation.Fixture.Orders[0].Order {
		t.Errorf("another key gives the same pseudonyms (%v)", err)
	}
}

func TestAConversationWithoutABuyerIsNoCase(t *testing.T) {
	src := story()
	src.Entries = src.Entries[:1]
	if _, err := record.Case(src, nil); !errors.Is(err, record.ErrEmpty) {
		t.Errorf("got %v", err)
	}
}

// What is recorded is handed to a person as a file: it must load, and be the same steps.
func TestWhatIsRecordedIsASuite(t *testing.T) {
	c, err := record.Case(story(), []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "recorded.yaml")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(suite.WriteConversation(f, c), f.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := suite.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	seconds := cmp.Comparer(func(a, b suite.Time) bool { return a.String() == b.String() }) // a suite counts minutes
	if d := cmp.Diff(c, again[0], seconds, cmpopts.IgnoreTypes(suite.Pos{}), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("-recorded +loaded:\n%s", d)
	}
}
