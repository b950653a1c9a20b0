package replies

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Every clause that the transition table cites has words with its figure; the keys are read from its sources.
func TestEveryClauseOfTheTableHasWords(t *testing.T) {
	files, err := filepath.Glob("../../cases/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(src, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "cite" && sel.Sel.Name != "setAt" {
				return true
			}
			lit, ok := call.Args[len(call.Args)-1].(*ast.BasicLit)
			if !ok {
				return true
			}
			key, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found++
			for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
				if text := In(locale, policy.Default()).Clause(key); text == key || strings.ContainsAny(text, "{}") {
					t.Errorf("%s: the clause %s reads %q", locale, key, text)
				}
			}
			return true
		})
	}
	for _, profile := range []string{"seed", "fast"} {
		p := *policy.Default()
		p.Values.Merchant.ReviewProfile.V = profile
		soft, hard := p.ReviewKeys()
		for _, key := range []string{soft, hard} {
			if In(dialog.ZH, &p).Clause(key) == key {
				t.Errorf("profile %s: the clause %s has no words", profile, key)
			}
		}
	}
	if found < 15 {
		t.Fatalf("only %d clauses found; the test looks at the wrong place", found)
	}
}

// What was written with an event is read by whom it was written for: for every row of the table and every reader.
func TestNobodyReadsWhatWasNotWrittenForHim(t *testing.T) {
	both := map[string]bool{}
	for _, id := range shared {
		both[id] = true
	}
	readers := []cases.Actor{cases.Buyer, cases.Merchant, cases.Agent}
	rows, hidden := 0, 0
	for _, row := range cases.Table() {
		for _, actor := range row.Actors {
			for _, from := range row.From {
				rows++
				m := cases.Mark{ID: row.ID, From: from, To: from, Event: cases.Event{Kind: row.Event, Actor: actor, Party: cases.Merchant, Text: "SECRET", By: "login-li"}}
				for _, reader := range readers {
					lines := In(dialog.ZH, policy.Default()).timeline([]cases.Mark{m}, reader)
					draft := from == cases.Draft && row.ID != "T01"
					if reader == cases.Merchant && draft {
						if len(lines) != 0 {
							t.Errorf("the merchant reads %s of a draft", row.ID)
						}
						continue
					}
					if len(lines) != 1 {
						t.Fatalf("%s: %d lines", row.ID, len(lines))
					}
					reads := lines[0].Text != ""
					may := both[row.ID] || reader == cases.Agent || reader == actor || row.ID == "T31" && reader == cases.Merchant
					if row.ID == "D01" {
						may = false
					}
					if reads != may {
						t.Errorf("%s by %s: the %s reads the text: %v, want %v", row.ID, actor, reader, reads, may)
					}
					if !reads {
						hidden++
					}
					if strings.Contains(lines[0].Who+lines[0].What+lines[0].Text, "login-li") {
						t.Errorf("%s shows a login: %+v", row.ID, lines[0])
					}
				}
			}
		}
	}
	if rows < 60 || hidden < 20 {
		t.Fatalf("%d rows, %d texts hidden: the test looks at the wrong place", rows, hidden)
	}
}

// Who looks for the money or for decisions finds them by their sort; the login of an agent is for agents.
func TestTimelineLinesHaveASortAndAgentsALogin(t *testing.T) {
	marks := []cases.Mark{
		{ID: "T01", From: cases.Draft, Event: cases.Event{Kind: cases.EvSubmit, Actor: cases.Buyer, By: "b1"}},
		{ID: "T32", From: cases.EvidenceRequested, Event: cases.Event{Kind: cases.EvSupplement, Actor: cases.Buyer, By: "b1"}},
		{ID: "T35", From: cases.PlatformReview, Event: cases.Event{Kind: cases.EvRuleRefund, Actor: cases.Agent, By: "zhou"}},
		{ID: "T40", From: cases.RulingExecution, Event: cases.Event{Kind: cases.TimerEvent(cases.TimerRulingExecute), Actor: cases.System}},
		{ID: "T41", From: cases.RefundPending, Event: cases.Event{Kind: cases.EvPaymentSucceeded, Actor: cases.PaymentCh}},
	}
	want := map[cases.Actor]string{
		cases.Agent: "step evidence decision:zhou deadline money ", cases.Buyer: "step evidence decision deadline money ", cases.Merchant: "step evidence decision deadline money ",
	}
	for reader, want := range want {
		got := ""
		for _, line := range In(dialog.ZH, policy.Default()).timeline(marks, reader) {
			got += line.Kind
			if line.By != "" {
				got += ":" + line.By
			}
			got += " "
		}
		if got != want {
			t.Errorf("%s reads %q, want %q", reader, got, want)
		}
	}
}

// Whose case it is, and who may not hear the appeal, is for agents to know.
func TestAgentsLoginsAreForAgents(t *testing.T) {
	c := cases.Case{State: cases.AppealReview, Arbitration: cases.Arbitration{Status: "review", Agent: "chen", FirstAgent: "zhou"}}
	for _, actor := range []cases.Actor{cases.Buyer, cases.Merchant, cases.Agent} {
		var v dialog.CaseView
		record(&v, c, dialog.Reader{Actor: actor})
		if told := v.Arbitration.Agent == "chen" && v.Arbitration.FirstAgent == "zhou"; told != (actor == cases.Agent) || !told && v.Arbitration.Agent+v.Arbitration.FirstAgent != "" {
			t.Errorf("%s reads %+v", actor, v.Arbitration)
		}
	}
}

// A return without an address closes for nobody's lateness: nothing says so, and it says what is true.
func TestAReturnWithoutAnAddressSaysWhatIsWaitedFor(t *testing.T) {
	at := time.Date(2026, 3, 17, 1, 0, 0, 0, time.UTC)
	c := cases.Case{ID: "c_1", State: cases.AwaitingReturn, Deadlines: map[cases.Timer]time.Time{cases.TimerBuyerShip: at}}
	for _, tt := range []struct {
		locale        dialog.Locale
		without, with [2]string // sentence, clock
	}{
		{dialog.ZH, [2]string{"请先不要寄出", "商家不提供退货地址，自动转给平台"}, [2]string{"逾期会自动关闭", "不寄回，申请自动关闭"}},
		{dialog.EN, [2]string{"do not ship before that", "without a return address it goes to the platform"}, [2]string{"closes by itself", "without a return the application closes"}},
	} {
		w := In(tt.locale, policy.Default())
		for address, want := range map[string][2]string{"": tt.without, "2 Return Street, Hangzhou": tt.with} {
			c.Return.Address = address
			card := w.NoticeCard(dialog.Card{}, c)
			if s := w.Sentence(c); !strings.Contains(s, want[0]) || card.DeadlineLabel != want[1] || !card.Deadline.Equal(at) {
				t.Errorf("%s %q: %q, %q", tt.locale, address, s, card.DeadlineLabel)
			}
			if who := c.Turn().Who; (who == cases.Merchant) != (address == "") {
				t.Errorf("%q: waits for %s", address, who)
			}
		}
	}
}
