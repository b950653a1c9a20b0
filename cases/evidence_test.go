package cases

import (
	"errors"
	"slices"
	"testing"

	"recourse/cases/policy"
)

func picture(id EvidenceID, kind policy.EvidenceKind, sha string) Evidence {
	return Evidence{ID: id, Kind: kind, Media: "image/jpeg", SHA256: sha}
}

func TestADraftsEvidenceMayBeTakenOutAgain(t *testing.T) {
	s := amended(t)
	s.do("2026-03-03 09:05", Buyer, EvSupplement, func(ev *Event) {
		ev.Evidence = []Evidence{picture("keep", "item_photo", "aa"), picture("drop", "fault_video", "bb")}
	})
	if c := s.c; c.StageOf(c.Evidence[0]) != Staged {
		t.Errorf("in a draft it is %s", c.StageOf(c.Evidence[0]))
	}
	was := len(s.c.Verdict.Missing)
	s.now = at("2026-03-03 09:06")
	out := s.fitting(s.c, Buyer, EvUnstage)
	out.Evidence = []Evidence{{ID: "drop"}}
	res, err := s.c.Apply(s.env(), out)
	if err != nil {
		t.Fatal(err)
	}
	s.take(res)
	if len(s.c.Evidence) != 1 || s.c.Evidence[0].ID != "keep" || s.c.State != Draft {
		t.Fatalf("left in %s: %+v", s.c.State, s.c.Evidence)
	}
	if len(s.c.Verdict.Missing) != was+1 {
		t.Errorf("missing %v, was %d before it was taken out", s.c.Verdict.Missing, was)
	}
	// Its file is thrown away, once.
	want := Order{Kind: OrderDiscard, Key: "discard_evidence:drop", Evidence: "drop"}
	if !slices.Contains(res.Orders, want) || len(res.Orders) != 1 {
		t.Errorf("orders %+v", res.Orders)
	}
	s.refuses(CodeFieldRequired, "2026-03-03 09:07", Buyer, EvUnstage, func(ev *Event) { ev.Evidence = []Evidence{{ID: "drop"}} })
	s.refuses(CodeNotParty, "2026-03-03 09:07", Merchant, EvUnstage, func(ev *Event) { ev.Evidence = []Evidence{{ID: "keep"}} })
	// It may come again, as another file.
	s.do("2026-03-03 09:08", Buyer, EvSupplement, func(ev *Event) { ev.Evidence = []Evidence{picture("again", "fault_video", "bb")} })
}

func TestSubmittedEvidenceStays(t *testing.T) {
	s := aFiledCase(t)
	if got := s.c.StageOf(s.c.Evidence[0]); got != Submitted {
		t.Errorf("after the submission it is %s", got)
	}
	s.refuses(CodeStateConflict, "2026-03-03 11:00", Buyer, EvUnstage, func(ev *Event) { ev.Evidence = []Evidence{{ID: s.c.Evidence[0].ID}} })
	s = ruledFor(t)
	if got := s.c.StageOf(s.c.Evidence[0]); got != Locked {
		t.Errorf("after the ruling it is %s", got)
	}
}

func TestARefusalNamesEveryItemThatWillNotDo(t *testing.T) {
	s := amended(t)
	s.do("2026-03-03 09:05", Buyer, EvSupplement, func(ev *Event) { ev.Evidence = []Evidence{picture("old", "item_photo", "aa")} })
	err := s.try("2026-03-03 09:06", Buyer, EvSupplement, func(ev *Event) {
		ev.Evidence = []Evidence{
			picture("a", "item_photo", "aa"), picture("b", "item_photo", "bb"), picture("c", "defect_closeup", "bb"),
			picture("d", "merchant_inspection", "dd"), picture("e", "horoscope", "ee"),
			{ID: "f", Kind: "item_photo", Media: "video/mp4"},
		}
	})
	refused, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatal(err)
	}
	want := []RejectedItem{
		{"a", "item_photo", RejectTwice},
		{"c", "defect_closeup", RejectTwice},
		{"d", "merchant_inspection", RejectNotYours},
		{"e", "horoscope", RejectUnknownKind},
		{"f", "item_photo", RejectWrongMedia},
	}
	if !slices.Equal(refused.Items, want) {
		t.Errorf("refused\n%+v\nwant\n%+v", refused.Items, want)
	}
	if len(s.c.Evidence) != 1 {
		t.Errorf("some of it was taken: %+v", s.c.Evidence)
	}
}

func TestTheReturnIsPhotographed(t *testing.T) {
	s := anAgreedReturn(t)
	s.do("2026-03-04 10:00", Buyer, EvSupplement, func(ev *Event) { ev.Evidence = []Evidence{picture("parcel", "return_parcel_photo", "p")} })
	if last := s.c.Evidence[len(s.c.Evidence)-1]; last.ID != "parcel" || s.c.State != AwaitingReturn {
		t.Errorf("in %s: %+v", s.c.State, s.c.Evidence)
	}
}
