package replies

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

func TestBothLanguagesHaveTheSameKeysAndSlots(t *testing.T) {
	slot := regexp.MustCompile(`\{(\w+)`)
	slotsOf := func(text string) []string {
		var out []string
		for _, m := range slot.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(out, m[1]) {
				out = append(out, m[1])
			}
		}
		slices.Sort(out)
		return out
	}
	zh, en := texts()[dialog.ZH], texts()[dialog.EN]
	for key, text := range zh {
		other, ok := en[key]
		if !ok {
			t.Errorf("en.yaml lacks %s", key)
			continue
		}
		if diff := cmp.Diff(slotsOf(text), slotsOf(other)); diff != "" {
			t.Errorf("%s has other slots in English (-zh +en):\n%s", key, diff)
		}
	}
	for key := range en {
		if _, ok := zh[key]; !ok {
			t.Errorf("zh.yaml lacks %s", key)
		}
	}
}

// Numbers in wordings must come from policy and case. 12315 is a name.
func TestNoNumberIsTypedIntoAWording(t *testing.T) {
	digits := regexp.MustCompile(`[0-9]+`)
	for locale, m := range texts() {
		for key, text := range m {
			for _, n := range digits.FindAllString(text, -1) {
				if n != "12315" {
					t.Errorf("%s %s has the number %s typed in: %s", locale, key, n, text)
				}
			}
		}
	}
}

func TestEveryStateTransitionCodeAndNoticeHasWords(t *testing.T) {
	for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
		w := In(locale, policy.Default())
		want := func(key string) {
			if !w.Has(key) {
				t.Errorf("%s has no words for %s", locale, key)
			}
		}
		for _, s := range cases.States() {
			want("state." + string(s.State))
			want("sentence." + string(s.State))
			if s.Timer != "" {
				want("then." + string(s.Timer))
			}
		}
		for _, row := range cases.Table() {
			want("did." + row.ID)
		}
		for code := range policy.Default().Codes {
			if code != policy.NeedInfo && code != policy.HumanHighValue && code != policy.HumanSafety && code != policy.HumanCounterfeit {
				want("verdict." + string(code)) // the four others are never a verdict of their own
			}
		}
	}
}

// Wordings that stand inside others are named by a policy id; each id that has one must exist, or it is never said.
func TestWordsInsideOthersBelongToThePolicy(t *testing.T) {
	p := policy.Default()
	known := map[string]func(string) bool{
		"advice.": func(id string) bool { _, ok := p.Reasons[policy.ReasonID(id)]; return ok },
		"alert.":  func(id string) bool { _, ok := p.Codes[policy.Code(id)]; return ok },
		"ask.":    func(id string) bool { _, ok := p.Categories[id]; return ok || id == "other" },
	}
	found := 0
	for key := range texts()[dialog.ZH] {
		for prefix, ok := range known {
			if id, has := strings.CutPrefix(key, prefix); has {
				if found++; !ok(id) {
					t.Errorf("%s is about something that the policy does not know", key)
				}
			}
		}
	}
	if found < 12 {
		t.Fatalf("only %d found", found)
	}
	for _, code := range []policy.Code{policy.HumanSafety, policy.HumanCounterfeit, policy.HumanHighValue} {
		if !In(dialog.ZH, p).Has("alert." + string(code)) {
			t.Errorf("the alert %s has no words", code)
		}
	}
}

// Whatever the transition table tells a buyer has words; the keys are read from its sources.
func TestEveryNoticeToABuyerHasWords(t *testing.T) {
	files, err := filepath.Glob("../../cases/*.go")
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`\btell\("(\w+)"\)`)
	found := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range told.FindAllStringSubmatch(string(src), -1) {
			found++
			if !In(dialog.ZH, policy.Default()).Has("notice." + m[1]) {
				t.Errorf("%s tells the buyer %s, which has no words", filepath.Base(file), m[1])
			}
		}
	}
	if found < 25 {
		t.Fatalf("only %d notices found; the test looks at the wrong place", found)
	}
}

// The same of complaints: states, events, clocks, and whatever the table tells anybody, as a buyer may be
// either party of a complaint.
func TestEveryStateEventAndNoticeOfAComplaintHasWords(t *testing.T) {
	w := In(dialog.ZH, policy.Default())
	want := func(key string) {
		if !w.Has(key) {
			t.Errorf("no words for %s", key)
		}
	}
	for _, s := range complaints.States() {
		want("complaint.state." + string(s.State))
		want("complaint.sentence." + string(s.State))
		if s.Timer != "" {
			want("complaint.then." + string(s.Timer))
		}
		if s.Waits != "" {
			want("who." + string(s.Waits))
			want("party." + string(s.Waits))
		}
	}
	for _, row := range complaints.Table() {
		want("complaint.did." + string(row.Event))
	}
	files, err := filepath.Glob("../../cases/complaints/*.go")
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`\b(?:tellBoth|answer|notify)\((?:s\.c\.(?:By|Other\(\)), )?"(\w+)"\)`)
	found := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range told.FindAllStringSubmatch(string(src), -1) {
			found++
			if m[1] != "answered" { // a merchant is told that, by its webhook
				want("complaint.notice." + m[1])
			}
		}
	}
	if found < 18 {
		t.Fatalf("only %d notices found; the test looks at the wrong place", found)
	}
	for _, code := range []cases.Code{
		cases.CodeStateConflict, cases.CodeVersionConflict, cases.CodeDeadlinePassed, cases.CodeConfirmation, cases.CodeFieldRequired,
		cases.CodeEvidenceRejected, cases.CodeEvidenceLocked, cases.CodeNotParty, cases.CodeIdempotencyMismatch,
	} {
		want("complaint.error." + string(code))
	}
}

// Every key that the guided flow says has words; the keys are read from its sources.
func TestEveryWordOfTheFlowHasWords(t *testing.T) {
	files, err := filepath.Glob("../../dialog/*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`\b(?:say|show|askOrder|askReason|askEvidence|summary|summarise|askComplaintOrder|showComplaint)\((?:\w+, )?"([a-z_.]+[a-z_])"`)
	found := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(src), -1) {
			found++
			if !In(dialog.ZH, policy.Default()).Has(m[1]) {
				t.Errorf("%s says %s, which has no words", filepath.Base(file), m[1])
			}
		}
	}
	if found < 30 {
		t.Fatalf("only %d keys found; the test looks at the wrong place", found)
	}
	for _, a := range []dialog.Action{
		dialog.ActStart, dialog.ActStatus, dialog.ActOtherReason, dialog.ActReady, dialog.ActSubmit, dialog.ActEdit, dialog.ActCancel,
		dialog.ActEscalate, dialog.ActResubmit, dialog.ActResubmitYes, dialog.ActWithdraw, dialog.ActWithdrawYes, dialog.ActAccept,
		dialog.ActAcceptYes, dialog.ActDecline, dialog.ActAppeal, dialog.ActAppealYes, dialog.ActTracking, dialog.ActReceived, dialog.ActBalance, dialog.ActBalanceYes, dialog.ActHuman, dialog.ActBot,
		dialog.ActClaim, dialog.ActAsk, dialog.ActStatement, dialog.ActSendRest, dialog.ActWait,
		dialog.ActComplain, dialog.ActOtherKind, dialog.ActRetell, dialog.ActComplainOnly, dialog.ActRefundToo, dialog.ActRefundInstead,
		dialog.ActComplaintReady, dialog.ActFileComplaint, dialog.ActDropComplaint, dialog.ActComplaintOn, dialog.ActComplaintStatus,
		dialog.ActComplaintConfirm, dialog.ActComplaintUnhappy, dialog.ActComplaintAppeal, dialog.ActComplaintAnswer,
		dialog.ActComplaintWithdraw, dialog.ActComplaintWithdrawYes,
	} {
		if !In(dialog.ZH, policy.Default()).Has("button." + string(a)) {
			t.Errorf("the button %s has no words", a)
		}
	}
}

// Every trouble with an upload has a name for the log and an advice.
func TestEveryTroubleHasWords(t *testing.T) {
	w := In(dialog.ZH, policy.Default())
	src, err := os.ReadFile("../../dialog/trouble.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range regexp.MustCompile(`Trouble\s+= "(\w+)"`).FindAllStringSubmatch(string(src), -1) {
		found++
		if !dialog.Trouble(m[1]).Known() || !w.Has("trouble.code."+m[1]) {
			t.Errorf("the trouble %s has no step or no words", m[1])
		}
	}
	if found < 20 {
		t.Fatalf("only %d troubles found; the test looks at the wrong place", found)
	}
}

// The slots of a wording may stand in one optional part, not in one within another.
func TestOptionalPartsAreNotNested(t *testing.T) {
	nested := regexp.MustCompile(`\{\w+\?[^{}]*(?:\{\w+\}[^{}]*)*\{\w+\?`)
	for locale, m := range texts() {
		for key, text := range m {
			if nested.MatchString(text) {
				t.Errorf("%s %s nests optional parts: %s", locale, key, text)
			}
		}
	}
}

func TestSlotsAreFilledAndEmptyOnesLeftOut(t *testing.T) {
	at := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	midnight := time.Date(2026, 12, 2, 16, 0, 0, 0, time.UTC)
	zh, en := In(dialog.ZH, policy.Default()), In(dialog.EN, policy.Default())
	for _, tt := range []struct {
		name, got, want string
	}{
		{"time zh", zh.Time(at), "11月25日 18:00"},
		{"time en", en.Time(at), "25 Nov 18:00"},
		{"midnight is the end of a day", zh.Time(midnight), "12月2日 24:00"},
		{"money", Money(19905), "¥199.05"},
		{"optional left out", zh.fill("甲{x?乙{x}丙}丁", nil), "甲丁"},
		{"optional kept", zh.fill("甲{x?乙{x}丙}丁", dialog.Slots{"x": 3}), "甲乙3丙丁"},
		{"reason", en.fill("{r}", dialog.Slots{"r": policy.QualityDefect}), "Quality defect or malfunction"},
		{"buyer text is not a template", zh.fill("“{t}”", dialog.Slots{"t": "{amount}"}), "“{amount}”"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

// C-12: one way in the app is shown, in words that say that versions differ.
func TestAWayInTheAppComesFromThePolicy(t *testing.T) {
	for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
		w := In(locale, policy.Default())
		u, _ := policy.Default().UIPath("complaint")
		if got := w.Say("alt.complaint", nil); !strings.Contains(got, u.ZH) || strings.ContainsAny(got, "{}") {
			t.Errorf("%s: %q does not name %s", locale, got, u.ZH)
		}
	}
	for locale, m := range texts() {
		for key, text := range m {
			for _, p := range regexp.MustCompile(`\{path_(\w+)\}`).FindAllStringSubmatch(text, -1) {
				if _, ok := policy.Default().UIPath(p[1]); !ok {
					t.Errorf("%s %s names a way that is not in the policy: %s", locale, key, p[1])
				}
			}
		}
	}
}

func TestPiecesOfOneKindAreCounted(t *testing.T) {
	given := []cases.Evidence{{Kind: "item_photo"}, {Kind: "fault_video"}, {Kind: "item_photo"}}
	for locale, want := range map[dialog.Locale]string{dialog.ZH: "商品实拍图 ×2、故障视频", dialog.EN: "Photo of the real item ×2, Video of the malfunction"} {
		if got := In(locale, policy.Default()).pieces(given); got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}
