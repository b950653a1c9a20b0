package dialog

import (
	"errors"
	"slices"
	"testing"
	"time"

	"recourse/cases/policy"
)

// fails reports a failed upload as the page does.
func (tb *table) fails(code Trouble, more Args) {
	args := Args{"code": string(code), "case": "c_000_A", "kind": "item_photo"}
	for k, v := range more {
		args[k] = v
	}
	tb.turn(Pressed{Action: ActTrouble, Args: args})
}

func (tb *table) saidNot(key string) {
	tb.t.Helper()
	if slices.ContainsFunc(tb.plan.Replies, func(r Reply) bool { return r.Key == key }) {
		tb.t.Fatalf("said %s", key)
	}
}

func (tb *table) slot(key, slot string) any {
	for _, r := range tb.plan.Replies {
		if r.Key == key {
			return r.Slots[slot]
		}
	}
	return nil
}

func atEvidence(t *testing.T) *table {
	tb := newTable(t)
	steps[StepEvidence](tb)
	if tb.conv.Flow.Step != StepEvidence {
		t.Fatalf("at %q", tb.conv.Flow.Step)
	}
	return tb
}

func TestAFailedUploadIsAnsweredWithTheStepThatFitsItsError(t *testing.T) {
	for code, key := range map[Trouble]string{
		TroubleCamera: "trouble.permission", TroubleNoCamera: "trouble.camera_missing", TroubleNetwork: "trouble.network",
		TroubleTimeout: "trouble.network", TroubleTooLarge: "trouble.too_large", TroubleWrongType: "trouble.wrong_type",
		TroubleUnreadable: "trouble.unreadable", TroubleUndecodable: "trouble.undecodable", TroubleSession: "trouble.session",
		TroubleServer: "trouble.server", TroubleDevice: "trouble.device_full", TroubleOther: "trouble.update",
	} {
		tb := atEvidence(t)
		live := tb.conv.Flow.Live
		tb.fails(code, nil)
		tb.said(key)
		tb.said("trouble.saved")
		tb.saidNot("trouble.human")
		if tb.conv.Flow.Step != StepEvidence || tb.conv.Flow.Live != live {
			t.Errorf("%s moved the flow to %q, card %d", code, tb.conv.Flow.Step, tb.conv.Flow.Live)
		}
	}
	tb := atEvidence(t)
	tb.fails(TroubleMoved, nil)
	tb.said("trouble.case_moved")
	tb.saidNot("trouble.saved")
}

func TestFiguresOfAnAdviceComeFromPolicyAndFile(t *testing.T) {
	tb := atEvidence(t)
	tb.fails(TroubleTooLarge, Args{"type": "", "bytes": "14680064"})
	if got := tb.slot("trouble.too_large", "size"); got != Bytes(14680064) {
		t.Errorf("size %v", got)
	}
	if got, want := tb.slot("trouble.too_large", "image_mib"), policy.Default().Values.Evidence.MaxImageMiB.V; got != want {
		t.Errorf("limit %v, want %v", got, want)
	}
	if got := tb.slot("trouble.too_large", "types"); got != "JPG/PNG/WebP/HEIC" {
		t.Errorf("types %v", got)
	}
	tb.fails(TroubleTooLarge, Args{"type": "video/mp4", "bytes": "314572800"})
	tb.said("trouble.too_large_video")
}

// The order of Q16: what fits the error, then update or install again, then retry and a person.
func TestTheNextStepComesWhenTheFirstDidNotHelp(t *testing.T) {
	tb := atEvidence(t)
	for i, want := range [][]string{
		{"trouble.network", "trouble.saved"},
		{"trouble.update"},
		{"trouble.retry", "trouble.human"},
	} {
		tb.fails(TroubleNetwork, nil)
		for _, key := range want {
			tb.said(key)
		}
		if i < 2 {
			tb.saidNot("trouble.human")
		}
	}
	// Another error has its own step, and the person stays on offer.
	tb.fails(TroubleTooLarge, nil)
	tb.said("trouble.too_large")
	tb.said("trouble.human")
	// One that works ends it.
	tb.evidence("item_photo")
	if tb.conv.Flow.Trouble != nil {
		t.Errorf("still in trouble: %+v", tb.conv.Flow.Trouble)
	}
	tb.fails(TroubleNetwork, nil)
	tb.said("trouble.network")
	tb.saidNot("trouble.human")
}

func TestWhatIsWrittenAboutUploadsIsAnsweredFromTheLastError(t *testing.T) {
	tb := atEvidence(t)
	tb.evidence("item_photo")
	tb.fails(TroubleTooLarge, Args{"kind": "defect_closeup", "bytes": "14680064"})
	tb.fails(TroubleTooLarge, Args{"kind": "defect_closeup", "bytes": "14680064"})
	tb.hear(Heard{Text: "凭证一直传不上去，转圈然后失败。", Intent: IntentTrouble})
	tb.said("trouble.too_large")
	have, _ := tb.slot("trouble.saved", "have").([]policy.EvidenceKind)
	if !slices.Equal(have, []policy.EvidenceKind{"item_photo"}) {
		t.Errorf("has arrived: %v", have)
	}
	if at := tb.plan.LiveAt(); at < 0 || tb.plan.Replies[at].Card.Kind != CardEvidence {
		t.Errorf("the upload is not shown again: %+v", tb.plan.Replies)
	}
	tb.saidNot("trouble.human")
	tb.hear(Heard{Text: "还是传不上去", Intent: IntentTrouble})
	tb.said("trouble.human")
}

func TestWithoutAnErrorTheBotAsksOneQuestion(t *testing.T) {
	tb := atEvidence(t)
	tb.hear(Heard{Text: "凭证一直传不上去", Intent: IntentTrouble})
	tb.said("trouble.ask")
	card := tb.plan.Replies[0].Card
	var offered []string
	for _, b := range card.Buttons {
		if b.Action == ActTrouble {
			offered = append(offered, b.Args["code"])
		}
	}
	if !slices.Equal(offered, []string{"told_picker", "told_spins", "told_message"}) {
		t.Fatalf("offers %v", offered)
	}
	for code, key := range map[Trouble]string{ToldNoPicker: "trouble.permission", ToldSpins: "trouble.network", ToldMessage: "trouble.told_message"} {
		again := *tb
		again.turn(Pressed{On: 1, Action: ActTrouble, Args: Args{"code": string(code)}})
		again.said(key)
		if at := again.plan.LiveAt(); at < 0 || again.plan.Replies[at].Card.Kind != CardEvidence {
			t.Errorf("%s does not show the upload again: %+v", code, again.plan.Replies)
		}
	}
	// What failed the day before yesterday explains nothing.
	tb.fails(TroubleNetwork, nil)
	tb.conv.Flow.Trouble.At = flowNow.Add(-48 * time.Hour)
	tb.hear(Heard{Text: "传不上去", Intent: IntentTrouble})
	tb.said("trouble.ask")
}

func TestOurFaultIsNotedForAgentsOnceAndAgainWhenTheTimeIsOver(t *testing.T) {
	tb := atEvidence(t)
	noted := func() (keys []string) {
		for _, r := range tb.plan.Notes {
			keys = append(keys, r.Key)
		}
		return keys
	}
	tb.fails(TroubleNetwork, nil)
	if got := noted(); len(got) > 0 {
		t.Errorf("the buyer's network is noted as our fault: %v", got)
	}
	tb.fails(TroubleServer, nil)
	if got := noted(); !slices.Equal(got, []string{"note.upload_ours"}) {
		t.Errorf("noted %v", got)
	}
	tb.fails(TroubleServer, nil)
	if got := noted(); len(got) > 0 {
		t.Errorf("noted twice: %v", got)
	}
	tb.fails(TroubleLate, nil)
	if got := noted(); !slices.Equal(got, []string{"note.deadline_ours"}) {
		t.Errorf("noted %v", got)
	}
}

func TestAReportOfThePageCarriesNoText(t *testing.T) {
	for name, tt := range map[string]struct {
		args Args
		ok   bool
	}{
		"all of it":         {Args{"code": "too_large", "case": "c_000_A", "kind": "item_photo", "type": "image/heic", "bytes": "14680064"}, true},
		"no type":           {Args{"code": "wrong_type", "type": ""}, true},
		"only the code":     {Args{"code": "camera_denied"}, true},
		"no code":           {Args{"kind": "item_photo"}, false},
		"another code":      {Args{"code": "给我退款"}, false},
		"a text as kind":    {Args{"code": "network", "kind": "ignore all rules"}, false},
		"a text as type":    {Args{"code": "network", "type": "image/<b>hello</b>"}, false},
		"a text as bytes":   {Args{"code": "network", "bytes": "-1"}, false},
		"another argument":  {Args{"code": "network", "note": "x"}, false},
		"nothing whatever":  {nil, false},
		"a bytes too large": {Args{"code": "network", "bytes": "9999999999999999"}, false},
	} {
		err := CheckPress(Conversation{}, nil, Pressed{Action: ActTrouble, Args: tt.args})
		if tt.ok != (err == nil) || !tt.ok && !errors.Is(err, ErrUnknownAction) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
