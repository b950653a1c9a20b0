package bot

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/ids"
	"recourse/internal/redistest"
)

const rude = "问了三天都不回，最后客服在聊天里骂我，态度差"

// does says or presses and lets the assistant answer; it returns the keys of what it said.
func (s *seat) does(what any) []string {
	s.t.Helper()
	before := len(s.log())
	switch w := what.(type) {
	case string:
		s.say(w)
	case dialog.Action:
		s.pressLive(w, nil)
	}
	s.turn()
	return keys(s.log()[before:])
}

// pressLive presses the button of the current card that has these arguments at least.
func (s *seat) pressLive(a dialog.Action, args dialog.Args) {
	s.t.Helper()
	live := s.load().Flow.Live
	for _, e := range slices.Backward(s.log()) {
		if e.Card == nil || a.FlowBound() && e.Seq != live {
			continue
		}
		for _, b := range e.Card.Buttons {
			if b.Action != a || slices.ContainsFunc([]string{"kind"}, func(k string) bool { return args[k] != "" && args[k] != b.Args[k] }) {
				continue
			}
			s.put(dialog.Entry{Kind: dialog.Press, On: e.Seq, Action: a, Args: b.Args})
			return
		}
		for _, o := range e.Card.Orders {
			if a == dialog.ActPickOrder && (args == nil || o.Order == args["order"]) {
				s.put(dialog.Entry{Kind: dialog.Press, On: e.Seq, Action: a, Args: dialog.Args{"order": o.Order, "line": o.Line}})
				return
			}
		}
	}
	s.t.Fatalf("no card offers %s", a)
}

func (s *seat) picks(a dialog.Action, args dialog.Args) []string {
	s.t.Helper()
	before := len(s.log())
	s.pressLive(a, args)
	s.turn()
	return keys(s.log()[before:])
}

func (s *seat) said(got []string, want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Fatalf("said (-want +got):\n%s", diff)
	}
}

func (s *seat) complaint() complaints.Complaint {
	s.t.Helper()
	c, err := s.as.Complaints.Store.Load(s.ctx, s.load().Flow.Complaint.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *seat) lastCard() *dialog.Card {
	s.t.Helper()
	for _, e := range slices.Backward(s.log()) {
		if e.Card != nil {
			return e.Card
		}
	}
	s.t.Fatal("no card was shown")
	return nil
}

// complained is the way to the summary of a complaint about rudeness.
func (s *seat) complained() {
	s.said(s.does("我要投诉商家，"+rude), "complaint.start", "complaint.order")
	s.said(s.picks(dialog.ActPickOrder, dialog.Args{"order": "6920251100010001"}), "complaint.kind")
	s.said(s.picks(dialog.ActPickKind, dialog.Args{"kind": "service_attitude"}), "complaint.evidence")
	s.said(s.does(dialog.ActComplaintReady), "complaint.summary")
}

func TestAComplaintIsFiledByAPressInHisOwnWords(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := newSeat(t, rdb)
		s.complained()
		if c := s.complaint(); c.State != complaints.Draft {
			t.Fatalf("filed without a press: %s", c.State)
		}
		s.said(s.does(dialog.ActFileComplaint)) // what was filed is told by the complaint itself
		c := s.complaint()
		if c.State != complaints.Filed || c.Kind != "service_attitude" || !strings.Contains(c.Text, rude) || c.Line.OrderID != "6920251100010001" {
			t.Fatalf("filed %+v", c)
		}
		if id := s.load().Flow.Case; id != "" {
			t.Errorf("a complaint about conduct opened the case %s", id)
		}
		s.said(s.does("我的投诉处理得怎么样了？"), "complaint.status")
		if got := s.lastCard(); got.Kind != dialog.CardComplaint || got.Complaint != string(c.ID) || got.Deadline.IsZero() {
			t.Errorf("the status shows %+v", got)
		}
	})
}

func TestAComplaintThatAsksForMoneyBecomesADraftOnlyWithConsent(t *testing.T) {
	begin := func(t *testing.T) *seat {
		s := newSeat(t, redistest.Embedded(t))
		s.said(s.does("我要投诉商家虚假宣传，直播间说防水，下雨就坏了，要求退款"), "complaint.start", "complaint.order")
		s.said(s.picks(dialog.ActPickOrder, dialog.Args{"order": "6920251100010001"}), "complaint.kind")
		s.said(s.picks(dialog.ActPickKind, dialog.Args{"kind": "false_advertising"}), "complaint.money")
		if id := s.load().Flow.Case; id != "" {
			t.Fatalf("a case was opened without consent: %s", id)
		}
		return s
	}
	t.Run("both", func(t *testing.T) {
		s := begin(t)
		s.said(s.does(dialog.ActRefundToo), "complaint.refund_later", "complaint.evidence")
		s.said(s.does(dialog.ActComplaintReady), "complaint.summary")
		s.said(s.does(dialog.ActFileComplaint), "complaint.now_refund", "reason.confirm")
		c, k := s.theCase(), s.complaint()
		if k.Case != c.ID || c.State != cases.Draft || c.Line.OrderID != k.Line.OrderID || k.State != complaints.Filed {
			t.Fatalf("complaint %+v, case %s of %s", k, c.State, c.Line.OrderID)
		}
		s.picks(dialog.ActPickReason, nil)
		if c := s.theCase(); c.Reason != "false_advertising" || !strings.Contains(c.Story, "下雨就坏了") {
			t.Errorf("the draft has reason %q and story %q", c.Reason, c.Story)
		}
	})
	t.Run("only the refund", func(t *testing.T) {
		s := begin(t)
		s.said(s.does(dialog.ActRefundInstead), "reason.confirm")
		if c := s.theCase(); c.State != cases.Draft {
			t.Errorf("case is %s", c.State)
		}
		if list, err := s.as.Complaints.Store.OfBuyer(s.ctx, buyer, 9); err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		} else if k, err := s.as.Complaints.Store.Load(s.ctx, list[0]); err != nil || k.State != complaints.Draft {
			t.Errorf("the complaint is %s, %v", k.State, err)
		}
	})
	t.Run("only the complaint", func(t *testing.T) {
		s := begin(t)
		s.said(s.does("退款！"), "complaint.money") // writing it again is no press
		s.said(s.does(dialog.ActComplainOnly), "complaint.evidence")
		if id := s.load().Flow.Case; id != "" {
			t.Errorf("a case was opened against his will: %s", id)
		}
	})
	t.Run("asked where a loss is likely", func(t *testing.T) {
		s := newSeat(t, redistest.Embedded(t))
		s.does("我要投诉虚假宣传，直播间说的和页面写的不一样")
		s.picks(dialog.ActPickOrder, dialog.Args{"order": "6920251100010001"})
		s.said(s.picks(dialog.ActPickKind, dialog.Args{"kind": "false_advertising"}), "complaint.money_ask")
	})
}

func TestCorrectionsDigressionsAndPeopleAtEveryStep(t *testing.T) {
	steps := []struct {
		name string
		go_  func(s *seat)
		key  string
	}{
		{"order", func(s *seat) { s.does("我要投诉商家") }, "complaint.order"},
		{"kind", func(s *seat) { s.picks(dialog.ActPickOrder, dialog.Args{"order": "6920251100010001"}) }, "complaint.kind"},
		{"story", func(s *seat) { s.picks(dialog.ActPickKind, dialog.Args{"kind": "service_attitude"}) }, "complaint.story"},
		{"evidence", func(s *seat) { s.does(rude) }, "complaint.evidence"},
		{"summary", func(s *seat) { s.does(dialog.ActComplaintReady) }, "complaint.summary"},
	}
	for i, at := range steps {
		t.Run(at.name, func(t *testing.T) {
			s := newSeat(t, redistest.Embedded(t))
			for _, step := range steps[:i+1] {
				step.go_(s)
			}
			back := func(what string, want ...string) {
				t.Helper()
				s.said(s.does(what), append(want, at.key)...)
			}
			back("为什么要这些？", "why.complaint")
			back("你好", "greet")
			if at.name != "story" { // there every text is the story
				back("今天天气怎么样", "outside")
			}
			if at.name != "order" {
				s.said(s.does("算了"), "complaint.drop")
				s.said(s.does(dialog.ActComplaintOn), at.key)
			}
			s.does("转人工")
			if got := s.load().Holder; got != dialog.HeldWaiting {
				t.Errorf("he asked for a person; the floor is %s's", got)
			}
		})
	}
	t.Run("another kind, in words, counts when it is pressed", func(t *testing.T) {
		s := newSeat(t, redistest.Embedded(t))
		s.complained()
		s.said(s.does("其实主要是他们好评返现，逼我给好评"), "complaint.noted", "complaint.kind")
		s.said(s.picks(dialog.ActPickKind, dialog.Args{"kind": "induced_review"}), "complaint.summary")
		s.does(dialog.ActFileComplaint)
		if c := s.complaint(); c.Kind != "induced_review" || !strings.Contains(c.Text, rude) || !strings.Contains(c.Text, "逼我给好评") {
			t.Errorf("filed %s: %s", c.Kind, c.Text)
		}
	})
	t.Run("given up", func(t *testing.T) {
		s := newSeat(t, redistest.Embedded(t))
		s.complained()
		id := s.load().Flow.Complaint.ID
		s.said(s.does(dialog.ActDropComplaint), "complaint.dropped")
		if c, err := s.as.Complaints.Store.Load(s.ctx, id); err != nil || c.State != complaints.ClosedWithdrawn || !c.FiledAt.IsZero() {
			t.Errorf("%+v, %v", c, err)
		}
	})
	t.Run("told again", func(t *testing.T) {
		s := newSeat(t, redistest.Embedded(t))
		s.complained()
		s.said(s.does(dialog.ActRetell), "complaint.retell")
		s.said(s.does("就是骂人"), "complaint.noted", "complaint.summary")
		s.does(dialog.ActFileComplaint)
		if c := s.complaint(); c.Text != "就是骂人" {
			t.Errorf("filed %q", c.Text)
		}
	})
	t.Run("the same grievance twice", func(t *testing.T) {
		s := newSeat(t, redistest.Embedded(t))
		s.complained()
		s.does(dialog.ActFileComplaint)
		s.does("我还要投诉，" + rude)
		s.picks(dialog.ActPickOrder, dialog.Args{"order": "6920251100010001"})
		s.picks(dialog.ActPickKind, dialog.Args{"kind": "service_attitude"})
		s.does(dialog.ActComplaintReady)
		if got := s.does(dialog.ActFileComplaint); got[0] != "complaint.already_open" {
			t.Errorf("said %v", got)
		}
	})
}

// others applies events of the other parties and tells the buyer as the outbox does.
func (s *seat) others(id complaints.ID, events ...complaints.Event) {
	s.t.Helper()
	for _, ev := range events {
		s.next++
		ev.Key = fmt.Sprint("other", s.next)
		if _, err := s.as.Complaints.Apply(s.ctx, id, ev); err != nil {
			s.t.Fatalf("%s: %v", ev.Kind, err)
		}
	}
}

func TestTheBuyerConfirmsAppealsOrWithdrawsByPresses(t *testing.T) {
	decided := func(t *testing.T, kind cases.EventKind) *seat {
		s := newSeat(t, redistest.Embedded(t))
		s.complained()
		s.does(dialog.ActFileComplaint)
		s.others(s.complaint().ID,
			complaints.Event{Kind: complaints.EvForward, Actor: cases.System},
			complaints.Event{Kind: complaints.EvReply, Actor: cases.Merchant, By: "shop-shuma", Text: "已批评客服并道歉"},
			complaints.Event{Kind: complaints.EvClaim, Actor: cases.Agent, By: "a1"},
			complaints.Event{Kind: kind, Actor: cases.Agent, By: "a1", Text: "聊天记录显示的情况如上", Measure: complaints.Warning},
		)
		s.does("投诉怎么样了")
		return s
	}
	t.Run("satisfied", func(t *testing.T) {
		s := decided(t, complaints.EvUphold)
		s.said(s.does(dialog.ActComplaintConfirm))
		if c := s.complaint(); c.State != complaints.ClosedResolved || c.Confirmation != complaints.Satisfied {
			t.Errorf("%s, %s", c.State, c.Confirmation)
		}
	})
	t.Run("not satisfied, then an appeal in his words", func(t *testing.T) {
		s := decided(t, complaints.EvUphold)
		s.does(dialog.ActComplaintUnhappy)
		s.does("投诉怎么样了")
		s.said(s.does(dialog.ActComplaintAppeal), "complaint.say.complaint_appeal")
		s.said(s.does("道歉太敷衍，客服没有改"), "complaint.said.complaint_appeal")
		s.said(s.does("道歉太敷衍，而且又骂了我一次"), "complaint.said.complaint_appeal") // reworded
		s.does(dialog.ActComplaintSend)
		if c := s.complaint(); c.State != complaints.AppealReview || c.Appeal != "道歉太敷衍，而且又骂了我一次" {
			t.Errorf("%s: %q", c.State, c.Appeal)
		}
	})
	t.Run("an appeal put off", func(t *testing.T) {
		s := decided(t, complaints.EvNotUphold)
		s.does(dialog.ActComplaintAppeal)
		s.said(s.does(dialog.ActComplaintStatus), "complaint.status")
		if f := s.load().Flow; f.Step != dialog.StepIdle {
			t.Errorf("the flow is at %s", f.Step)
		}
	})
	t.Run("withdrawn after a second press", func(t *testing.T) {
		s := newSeat(t, redistest.Embedded(t))
		s.complained()
		s.does(dialog.ActFileComplaint)
		s.does("投诉怎么样了")
		s.said(s.does(dialog.ActComplaintWithdraw), "complaint.withdraw")
		if c := s.complaint(); c.State != complaints.Filed {
			t.Fatalf("withdrawn by the first press: %s", c.State)
		}
		s.does(dialog.ActComplaintWithdrawYes)
		if c := s.complaint(); c.State != complaints.ClosedWithdrawn {
			t.Errorf("%s", c.State)
		}
	})
}

func TestANoticeOfAComplaintIsToldOnceWithWhatCanBeDone(t *testing.T) {
	s := newSeat(t, redistest.Embedded(t))
	s.complained()
	s.does(dialog.ActFileComplaint)
	c := s.complaint()
	n := len(s.log())
	for range 2 {
		if err := s.notifier().NotifyComplaint(s.ctx, c.ID, c.Version, cases.Notice{To: cases.Buyer, Key: "filed"}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"system complaint.notice.filed"}, s.since(n)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if card := s.lastCard(); card.Complaint != string(c.ID) || len(card.Buttons) != 1 || card.Buttons[0].Action != dialog.ActComplaintWithdraw {
		t.Errorf("the notice shows %+v", card)
	}
	err := s.notifier().NotifyComplaint(s.ctx, c.ID, c.Version, cases.Notice{To: cases.Buyer, Key: "nonsense"})
	if !errors.Is(err, ErrNoWords) {
		t.Errorf("a notice without words: %v", err)
	}
	if err := s.notifier().NotifyComplaint(s.ctx, c.ID, c.Version, cases.Notice{To: cases.Merchant, Key: "nonsense"}); err != nil {
		t.Errorf("a merchant's notice is not the chat's: %v", err)
	}
}

// A merchant's complaint: the buyer is told, and gives his side in his words.
func TestABuyerWhoIsComplainedOfIsHeard(t *testing.T) {
	s := newSeat(t, redistest.Embedded(t))
	line := policy.Line{OrderID: "6920251100010001", LineID: "1", BuyerID: buyer, ShopID: "shop-shuma", ShopName: "数码小站", Title: "手环"}
	c, err := s.as.Complaints.Open(s.ctx, complaints.ID(ids.New(complaints.Prefix, ids.Of(buyer))), complaints.Opening{
		By: cases.Merchant, Who: "shop-shuma", Conversation: string(s.id), Line: line, Kind: "malicious_claim", Text: "反复申请又撤销",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.others(c.ID, complaints.Event{Kind: complaints.EvForward, Actor: cases.System})
	if c, err = s.as.Complaints.Store.Load(s.ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.notifier().NotifyComplaint(s.ctx, c.ID, c.Version, cases.Notice{To: cases.Buyer, Key: "received"}); err != nil {
		t.Fatal(err)
	}
	s.said(s.does(dialog.ActComplaintAnswer), "complaint.say.complaint_answer")
	s.said(s.does("商品确实坏了，我只申请过一次"), "complaint.said.complaint_answer")
	s.does(dialog.ActComplaintSend)
	if c := s.complaint(); c.State != complaints.PlatformAudit || c.Answer == nil || c.Answer.Text != "商品确实坏了，我只申请过一次" {
		t.Errorf("%s, %+v", c.State, c.Answer)
	}
}
