package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"recourse/dialog"
)

// looks is a Reader that always misses the same points.
type looks struct {
	missing []int
	err     error
	seen    []Picture
}

func (l *looks) Look(ctx context.Context, p Picture) ([]int, error) {
	l.seen = append(l.seen, p)
	if l.err != nil {
		return nil, l.err
	}
	return l.missing, ctx.Err()
}

// atEvidence is a conversation that is asked for evidence, with somebody who looks.
func atEvidence(t *testing.T, l *looks) *seat {
	s := thinker(t)
	s.as.Reader, s.as.Glance = l, 10*time.Second
	s.as.Picture = func(_ context.Context, id string) (string, []byte, error) { return "image/jpeg", []byte(id), nil }
	for _, do := range story[:3] {
		do(s)
		s.turn()
	}
	return s
}

func (s *seat) uploadPicture(kind string) {
	s.t.Helper()
	s.upload(kind)
	e := s.log()[len(s.log())-1]
	item := *e.Evidence
	item.Media = "image/jpeg"
	s.put(dialog.Entry{Kind: dialog.Upload, Case: e.Case, Evidence: &item})
	s.turn()
}

func TestWhatAReaderDoesNotSeeIsAdviceAndAHint(t *testing.T) {
	l := &looks{missing: []int{0, 2, 99, -1}}
	s := atEvidence(t, l)
	before := s.theCase().Version
	s.uploadPicture("item_photo")
	if len(l.seen) != 1 {
		t.Fatalf("looked %d times", len(l.seen))
	}
	if p := l.seen[0]; p.Kind != "商品实拍图" || string(p.Bytes) != "e_item_photo" || len(p.MustShow) != 3 || p.MustShow[0] != "拍到整件商品" {
		t.Errorf("looked at %+v", p)
	}
	var advice, hint string
	for _, e := range s.log() {
		switch e.Key {
		case "evidence.unseen":
			advice = e.Text
		case "note.unseen":
			if hint = e.Text; e.Kind != dialog.Note {
				t.Errorf("the hint is a %s, which buyers read", e.Kind)
			}
		}
	}
	if !strings.Contains(advice, "拍到整件商品、能看出颜色和规格") || strings.Contains(advice, "光线清楚") {
		t.Errorf("advice %q", advice)
	}
	if !strings.Contains(hint, "拍到整件商品、能看出颜色和规格") || !strings.Contains(hint, "不作判断依据") {
		t.Errorf("hint %q", hint)
	}
	if v := s.theCase().Version; v != before+1 {
		t.Errorf("the case went from %d to %d: the upload is one event, and looking is none", before, v)
	}
}

func TestAPictureThatNobodyCanLookAtIsTaken(t *testing.T) {
	for name, change := range map[string]func(*seat, *looks){
		"no answer": func(_ *seat, l *looks) { l.err = errors.New("away") },
		"late":      func(s *seat, _ *looks) { s.as.Glance = -1 },
		"no reader": func(s *seat, _ *looks) { s.as.Reader = nil },
		"no picture": func(s *seat, _ *looks) {
			s.as.Picture = func(context.Context, string) (string, []byte, error) { return "", nil, errors.New("gone") }
		},
		"all seen": func(_ *seat, l *looks) { l.missing = nil },
	} {
		l := &looks{missing: []int{0}}
		s := atEvidence(t, l)
		change(s, l)
		s.uploadPicture("item_photo")
		got := strings.Join(keys(s.log()), " ")
		if strings.Contains(got, "unseen") || !strings.Contains(got, "evidence.got") {
			t.Errorf("%s: said %s", name, got)
		}
	}
}

func TestOnlyPicturesAreLookedAt(t *testing.T) {
	l := &looks{missing: []int{0}}
	s := atEvidence(t, l)
	s.upload("item_photo") // without a media type, as words are
	s.turn()
	if len(l.seen) != 0 {
		t.Errorf("looked at %+v", l.seen)
	}
}
