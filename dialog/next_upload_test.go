package dialog

import (
	"slices"
	"testing"

	"recourse/cases"
	"recourse/cases/policy"
)

// returning is a case whose goods are to be sent back; they came under SF0000000000001.
func returning() *cases.Case {
	line := bandLine()
	line.Waybill = "SF0000000000001"
	return &cases.Case{ID: "c_000_A", State: cases.AwaitingReturn, Buyer: "b1", Shop: "s1", Line: line, Attempt: 1}
}

func parcel(number string) Uploaded {
	return Uploaded{Item: EvidenceItem{ID: "e1", Kind: "return_parcel_photo", Waybill: number, SHA256: "0123456789abcdef"}, Case: "c_000_A", At: flowNow}
}

func TestANumberReadFromTheParcelIsOfferedAndNotUsed(t *testing.T) {
	conv := Conversation{ID: "d_000_A", Buyer: "b1", Holder: HeldByBot, Flow: Flow{Case: "c_000_A"}}
	for name, tt := range map[string]struct {
		number, key string
		args        Args
	}{
		"of a carrier":         {"YT7300000100055", "waybill.found_carrier", Args{"case": "c_000_A", "carrier": "圆通速递", "waybill": "YT7300000100055"}},
		"of some carrier":      {"123456789012", "waybill.found", Args{"case": "c_000_A", "waybill": "123456789012"}},
		"of the parcel it was": {"SF0000000000001", "waybill.found_outbound", Args{"case": "c_000_A"}},
		"none":                 {"", "", nil},
	} {
		scene := Scene{Policy: policy.Default(), Now: flowNow, Case: returning()}
		plan := Next(conv, scene, parcel(tt.number), flowNow)
		if plan.Do != nil {
			t.Fatalf("%s: a picture caused %+v", name, plan.Do)
		}
		i := slices.IndexFunc(plan.Replies, func(r Reply) bool { return r.Card != nil && r.Card.Kind == CardTracking })
		if tt.key == "" {
			if i >= 0 {
				t.Errorf("%s: offered %+v", name, plan.Replies[i])
			}
			continue
		}
		if i < 0 || plan.Replies[i].Key != tt.key || len(plan.Replies[i].Card.Buttons) != 1 {
			t.Fatalf("%s: said %+v", name, plan.Replies)
		}
		b := plan.Replies[i].Card.Buttons[0]
		if b.Action != ActTracking || !mapsEqual(b.Args, tt.args) {
			t.Errorf("%s: button %+v, want %v", name, b, tt.args)
		}
		// What the form starts from may be changed before it is sent; the case may not.
		card := &Entry{Card: &Card{Kind: CardTracking, Buttons: []Button{{Action: b.Action, Args: b.Args}}}}
		for id, want := range map[string]error{"c_000_A": nil, "c_000_B": ErrUnknownAction} {
			p := Pressed{On: 5, Action: ActTracking, Args: Args{"case": id, "carrier": "顺丰", "waybill": "SF1234567890123"}}
			if err := CheckPress(conv, card, p); err != want {
				t.Errorf("%s: a press on %s: %v", name, id, err)
			}
		}
	}
	// In another state, or of another kind, nothing is offered.
	other := returning()
	other.State = cases.MerchantReview
	if plan := Next(conv, Scene{Policy: policy.Default(), Now: flowNow, Case: other}, parcel("YT7300000100055"), flowNow); len(plan.Replies) != 1 || plan.Replies[0].Card != nil {
		t.Errorf("before a return: %+v", plan.Replies)
	}
}

func mapsEqual(a, b Args) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func TestAHintIsAQuestionAndKeepsNobodyWaiting(t *testing.T) {
	conv := Conversation{ID: "d_000_A", Buyer: "b1", Holder: HeldByBot, Flow: Flow{Case: "c_000_A"}}
	u := parcel("")
	u.Item.Hints = []Remark{{Code: string(cases.HintBlurry)}, {Code: string(cases.HintNoPreview)}}
	plan := Next(conv, Scene{Policy: policy.Default(), Now: flowNow, Case: returning()}, u, flowNow)
	var keys []string
	for _, r := range plan.Replies {
		keys = append(keys, r.Key)
	}
	if !slices.Equal(keys, []string{"evidence.got", "evidence.hint"}) || plan.Do != nil {
		t.Fatalf("said %v", keys)
	}
	if why, _ := plan.Replies[1].Slots["why"].([]cases.EvidenceHint); !slices.Equal(why, []cases.EvidenceHint{cases.HintBlurry}) {
		t.Errorf("it is asked for %v; that we cannot preview a file is not the buyer's to mend", why)
	}
	if plan.Replies[0].Slots["receipt"] != "0123456789ab" || plan.Replies[0].Slots["at"] != flowNow {
		t.Errorf("the receipt: %v", plan.Replies[0].Slots)
	}
}

// Files that arrive together are in the case before the first of them is answered.
func TestOfFilesThatCameTogetherOneLeadsToTheSummary(t *testing.T) {
	both := func(t *testing.T) *table {
		t.Helper()
		tb := at(t, StepEvidence)
		for _, kind := range []policy.EvidenceKind{"item_photo", "fault_video"} {
			err := tb.apply(Command{Event: cases.Event{
				Kind: cases.EvSupplement, Actor: cases.Buyer, By: "b1",
				Evidence: []cases.Evidence{{ID: cases.EvidenceID("e_" + string(kind)), Kind: kind, Media: "image/jpeg", At: flowNow}},
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		return tb
	}
	arrives := func(tb *table, kind string, more bool) []string {
		tb.turn(Uploaded{Item: EvidenceItem{Kind: kind, SHA256: "0123456789abcdef"}, Case: "c_000_A", At: flowNow, More: more})
		var keys []string
		for _, r := range tb.plan.Replies {
			keys = append(keys, r.Key)
		}
		return keys
	}
	receipt, ready := []string{"evidence.got"}, []string{"evidence.got", "summary.ready"}

	t.Run("both wait for an answer", func(t *testing.T) {
		tb := both(t)
		if got := arrives(tb, "item_photo", true); !slices.Equal(got, receipt) {
			t.Errorf("the earlier: %v", got)
		}
		if got := arrives(tb, "fault_video", false); !slices.Equal(got, ready) {
			t.Errorf("the later: %v", got)
		}
	})
	t.Run("the second is told when the first was answered", func(t *testing.T) {
		tb := both(t)
		if got := arrives(tb, "item_photo", false); !slices.Equal(got, ready) {
			t.Errorf("the earlier: %v", got)
		}
		if got := arrives(tb, "fault_video", false); !slices.Equal(got, receipt) {
			t.Errorf("the later: %v", got)
		}
		tb.press(ActSubmit, caseArgs(tb.scene.Case, true))
		if tb.scene.Case.State != cases.MerchantReview {
			t.Errorf("the one summary does not submit: %s", tb.scene.Case.State)
		}
	})
	t.Run("one that changes what was summed up", func(t *testing.T) {
		tb := both(t)
		arrives(tb, "fault_video", false)
		tb.evidence("packaging_photo")
		tb.said("summary.ready")
	})
}

func TestAPressThatTakesNothingOutSaysWhereThingsAreTakenOut(t *testing.T) {
	tb := at(t, StepSummary)
	version := tb.scene.Case.Version
	tb.turn(Pressed{Action: ActUnstage, Args: Args{"case": string(tb.scene.Case.ID)}})
	tb.said("correct.evidence")
	if tb.scene.Case.Version != version || tb.conv.Flow.Step != StepSummary {
		t.Errorf("version %d, was %d; at %q", tb.scene.Case.Version, version, tb.conv.Flow.Step)
	}
}
