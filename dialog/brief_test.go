package dialog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
	"recourse/cases/policy"
)

// logOf numbers entries from 1, a minute apart.
func logOf(entries ...Entry) []Entry {
	for i := range entries {
		entries[i].Seq, entries[i].At = int64(i+1), flowNow.Add(time.Duration(i)*time.Minute)
	}
	return entries
}

func buyerWrote(text string) Entry {
	return Entry{Author: Author{Kind: FromBuyer}, Kind: Text, Text: text}
}

func botSaid(key, client, text string) Entry {
	return Entry{Author: Author{Kind: FromBot, Name: "bot"}, Kind: Text, Key: key, Client: client, Text: text}
}

// What binds is told sentence by sentence; what asks, quotes or says nothing firm is not.
func TestPromisesAreTheSentencesThatBind(t *testing.T) {
	agent := Author{Kind: FromAgent, Name: "小周"}
	log := logOf(
		buyerWrote("你们得赔我 ¥500，今天就要"),
		botSaid("verdict.OK_LOGISTICS", "re:1:0", "可以申请退款 ¥199.00。您还想知道别的吗？"),
		botSaid("amount.confirm", "re:1:1", "您要退的是 ¥12.50，对吗？"),
		botSaid("wait.ok", "re:1:2", "好的，那就再等等。到时间我会告诉您。"),
		Entry{Author: Author{Kind: FromSystem}, Kind: Notice, Key: "notice.rejected", Text: "商家拒绝了您的申请，理由是：“最多赔 50 元。”您可以在 11月28日 10:00 前申请平台介入。"},
		Entry{Author: agent, Kind: Text, Text: "Hello. We will call you within 2 hours. Is that all right?"},
		Entry{Author: agent, Kind: Note, Text: "I will give him 100 yuan"},
		botSaid("wait.ok", "re:8:0", "到时间我会告诉您。"),
		botSaid("thanks", "re:8:1", "不客气。"),
	)
	var got []string
	for _, p := range promises(log) {
		got = append(got, fmt.Sprintf("%d %s %s %s", p.Seq, p.By, strings.Join(p.Binds, "+"), p.Text))
	}
	want := []string{
		"2 bot amount 可以申请退款 ¥199.00。",
		"5 system date+time 您可以在 11月28日 10:00 前申请平台介入。",
		"6 agent time+action We will call you within 2 hours.",
		"8 bot action 到时间我会告诉您。",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("promises (-want +got):\n%s", diff)
	}
	if none := promises(logOf(buyerWrote("今天退我 ¥5"), botSaid("thanks", "", "不客气。"))); none == nil || len(none) != 0 {
		t.Errorf("where nothing was promised: %v", none)
	}
}

func TestPromisesAreBounded(t *testing.T) {
	var log []Entry
	for i := range keptPromises + 5 {
		log = append(log, botSaid("x", "", fmt.Sprintf("退款 ¥%d.00。", i)))
	}
	got := promises(logOf(log...))
	if len(got) != keptPromises || got[len(got)-1].Text != fmt.Sprintf("退款 ¥%d.00。", keptPromises+4) {
		t.Errorf("%d promises, the last %q", len(got), got[len(got)-1].Text)
	}
}

// A mood is the bot's notice, told with the words that it answered, also when more was written meanwhile.
func TestMoodsNameTheWordsThatShowedThem(t *testing.T) {
	log := logOf(
		buyerWrote("你们是骗子！"), buyerWrote("还在吗"),
		botSaid("angry", "re:1:0", "碰上这种事确实让人着急。"), botSaid("status.none", "re:1:1", "您还没有提交过申请。"),
		buyerWrote("气死了"), botSaid("angry", "", "…"),
		buyerWrote("不想活了"), botSaid("distress", "re:7:0", "…"),
		Entry{Author: Author{Kind: FromSystem}, Kind: Note, Key: "note.distress", Client: "re:7:note:0"},
		Entry{Author: Author{Kind: FromBuyer}, Kind: Text, Key: "angry", Text: "a buyer has no keys"},
	)
	var got []string
	for _, m := range moods(log) {
		got = append(got, fmt.Sprint(m.Kind, " ", m.Seq, " ", m.Text))
	}
	if diff := cmp.Diff([]string{"anger 1 你们是骗子！", "anger 5 气死了", "distress 7 不想活了"}, got); diff != "" {
		t.Errorf("moods (-want +got):\n%s", diff)
	}
}

func TestWhatTheBotTriedIsCounted(t *testing.T) {
	about := func(e Entry, topic Topic, code string) Entry {
		e.Basis = &Basis{Topic: topic, Code: code, Policy: "p"}
		return e
	}
	log := logOf(
		buyerWrote("?"), botSaid("unknown", "re:1:0", "…"),
		buyerWrote("运费谁出"), about(botSaid("faq.ret-freight", "re:3:0", "…"), "ret-freight", ""),
		buyerWrote("??"), botSaid("clarify", "re:5:0", "…"),
		buyerWrote("???"), botSaid("unknown", "re:7:0", "…"), botSaid("unknown.human", "re:7:1", "…"),
		about(botSaid("verdict.NOT_YET", "re:10:0", "…"), "elig-not-received", "NOT_YET"),
		about(botSaid("faq.ret-freight", "re:11:0", "…"), "ret-freight", ""),
		botSaid("error.STATE_CONFLICT", "re:12:0", "…"), botSaid("error.AMOUNT_INVALID", "re:13:0", "…"),
		botSaid("trouble.network", "re:14:0", "…"), botSaid("trouble.saved", "re:14:1", "…"),
		about(Entry{Author: Author{Kind: FromSystem}, Kind: Notice, Key: "handoff.waiting"}, TopicHuman, ""),
	)
	var topics, fixed []string
	for _, x := range answered(log, map[Topic]string{"ret-freight": "Who pays the postage"}) {
		topics = append(topics, fmt.Sprintf("%s %s ×%d, last %d", x.Label, x.Code, x.Times, x.Seq))
	}
	if diff := cmp.Diff([]string{"Who pays the postage  ×2, last 11", "elig-not-received NOT_YET ×1, last 10"}, topics); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
	for _, x := range repairs(log) {
		fixed = append(fixed, fmt.Sprintf("%s %s ×%d, last %d", x.Kind, x.Code, x.Times, x.Seq))
	}
	want := []string{
		"not_understood  ×2, last 8", "asked_which  ×1, last 6", "refused STATE_CONFLICT ×1, last 12", "refused AMOUNT_INVALID ×1, last 13", "upload_trouble  ×1, last 14",
	}
	if diff := cmp.Diff(want, fixed); diff != "" {
		t.Errorf("repairs (-want +got):\n%s", diff)
	}
}

// The last words are the buyer's texts, with those that nobody has answered marked.
func TestTheLastWordsAreTheBuyersOwn(t *testing.T) {
	conv := Conversation{ID: "d", Holder: HeldWaiting, Handoff: HandoffConfused, WaitingSince: flowNow, Answered: 4}
	log := logOf(
		buyerWrote("one"), buyerWrote("two"), botSaid("unknown", "", "…"), buyerWrote("three"),
		Entry{Author: Author{Kind: FromBuyer}, Kind: Press, Text: "pressed"}, buyerWrote("four"),
	)
	b := NewBrief(BriefOf{Conversation: conv, Entries: log})
	var got []string
	for _, w := range b.LastWords {
		got = append(got, fmt.Sprint(w.Text, " ", w.Open))
	}
	if diff := cmp.Diff([]string{"two false", "three false", "four true"}, got); diff != "" {
		t.Errorf("last words (-want +got):\n%s", diff)
	}
	if b.From != 1 || b.Upto != 6 || b.Handoff == nil || b.Handoff.Reason != HandoffConfused || !b.Handoff.Since.Equal(flowNow) {
		t.Errorf("%+v", b)
	}
	conv.Holder = HeldByBot
	if NewBrief(BriefOf{Conversation: conv}).Handoff != nil {
		t.Error("a handoff while the bot has the floor")
	}
}

// Lists are never null: a client that reads "none" must read it as none.
func TestAnEmptyBriefSaysNone(t *testing.T) {
	raw, err := json.Marshal(NewBrief(BriefOf{Conversation: Conversation{ID: "d", Holder: HeldByBot}}))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "null") {
		t.Errorf("%s", raw)
	}
}

// Facts say by whom they are known; what is asked of both sides and has not come is missing, with its clock.
func TestTheCaseIsToldWithItsSources(t *testing.T) {
	tb := newTable(t)
	tb.hear(Heard{Intent: IntentRefund, Text: "开不了机", Reason: policy.QualityDefect})
	tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
	tb.press(ActPickReason, Args{"reason": string(policy.QualityDefect)})
	c := *tb.scene.Case
	c.Answers.Received, c.Answers.Harm = policy.Yes, policy.No
	asked := flowNow.Add(-time.Hour)
	c.Arbitration.Asked = []cases.EvidenceRequest{
		{Party: cases.Buyer, Kinds: []policy.EvidenceKind{"packaging_photo", "item_photo"}, At: asked},
		{Party: cases.Merchant, Kinds: []policy.EvidenceKind{"merchant_inspection"}, At: asked},
		{Party: cases.Merchant, Kinds: []policy.EvidenceKind{"courier_statement"}, At: asked.Add(-time.Hour), Answered: true},
	}
	c.Evidence = []cases.Evidence{{ID: "e1", Kind: "item_photo", Party: cases.Buyer, At: flowNow}}
	c.Deadlines = map[cases.Timer]time.Time{cases.TimerEvidenceBuyer: flowNow.Add(2 * time.Hour), cases.TimerEvidenceShop: flowNow.Add(time.Hour)}
	c.Rejection = &cases.Rejection{Code: "MR04", Text: "已签收", At: flowNow}
	row := func(kind string, done bool) ChecklistRow {
		return ChecklistRow{Kinds: []KindView{{Kind: kind, Label: "L:" + kind}}, Required: true, Done: done}
	}
	v := CaseView{
		DeadlineTimer: string(cases.TimerEvidenceBuyer), Then: "on what is there", ReasonName: "Faulty", Verdict: &VerdictView{Code: "NEED_EVIDENCE"},
		Rejection: &RejectionView{Code: "MR04", Name: "Signed for", Text: "已签收", At: flowNow},
		Checklist: []ChecklistRow{row("packaging_photo", false), row("item_photo", true), row("fault_video", false), {Kinds: []KindView{{Label: "helps"}}}},
		Evidence:  []EvidenceView{{EvidenceItem: EvidenceItem{ID: "e1", Label: "Picture", Party: "buyer"}, At: flowNow, Flags: []Remark{{}, {}}}},
	}
	b := NewBrief(BriefOf{
		Conversation: tb.conv, Case: &c, View: &v, Kinds: map[policy.EvidenceKind]string{"packaging_photo": "Packaging"},
	})
	fact := func(key string) BriefFact {
		t.Helper()
		i := slices.IndexFunc(b.Facts, func(f BriefFact) bool { return f.Key == key })
		if i < 0 {
			t.Fatalf("no fact %s in %+v", key, b.Facts)
		}
		return b.Facts[i]
	}
	for key, want := range map[string]BriefFact{
		"answer.received": {Source: ByBuyer, Text: "yes"},
		"answer.harm":     {Source: ByBuyer, Text: "no"},
		"reason":          {Source: ByBuyer, Text: "Faulty"},
		"rejection":       {Source: ByMerchant, Text: "MR04 Signed for: 已签收", At: flowNow},
	} {
		want.Key = key
		if diff := cmp.Diff(want, fact(key)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key, diff)
		}
	}
	if fact("item").Source != ByOrder || fact("signed").Source != ByLogistics {
		t.Errorf("sources of %+v", b.Facts)
	}
	if b.Verdict == nil || b.Verdict.Code != "NEED_EVIDENCE" || len(b.Verdict.Facts) == 0 {
		t.Errorf("verdict %+v", b.Verdict)
	}
	wantMissing := []BriefMissing{
		{Labels: []string{"Packaging"}, Party: "buyer", Required: true, Asked: true, Until: flowNow.Add(2 * time.Hour)},
		{Labels: []string{"merchant_inspection"}, Party: "merchant", Required: true, Asked: true, Until: flowNow.Add(time.Hour)},
		{Labels: []string{"L:fault_video"}, Party: "buyer", Required: true},
		{Labels: []string{"helps"}, Party: "buyer"},
	}
	if diff := cmp.Diff(wantMissing, b.Missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	wantClocks := []BriefDeadline{
		{Timer: "evidence_merchant", At: flowNow.Add(time.Hour)}, {Timer: "evidence_buyer", At: flowNow.Add(2 * time.Hour), Main: true, Then: "on what is there"},
	}
	if diff := cmp.Diff(wantClocks, b.Deadlines); diff != "" {
		t.Errorf("deadlines (-want +got):\n%s", diff)
	}
	if len(b.Received) != 1 || b.Received[0].Flags != 2 {
		t.Errorf("received %+v", b.Received)
	}
	// The same state tells the same brief.
	again := NewBrief(BriefOf{Conversation: tb.conv, Case: &c, View: &v, Kinds: map[policy.EvidenceKind]string{"packaging_photo": "Packaging"}})
	if diff := cmp.Diff(b, again); diff != "" {
		t.Errorf("told twice:\n%s", diff)
	}
}
