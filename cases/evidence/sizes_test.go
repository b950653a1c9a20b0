package evidence

import (
	"net/http/httptest"
	"testing"
	"time"
)

// The limits are those of the policy in force, also when it changes while serving.
func TestSizesFollowThePolicy(t *testing.T) {
	video := int64(100)
	in := &Intake{opt: Options{
		MaxImage: 1, MaxVideo: 2, MaxLasts: time.Second, MinSide: 640,
		Sizes: func() (int64, int64, time.Duration) { return 10, video, time.Minute },
	}}
	for _, want := range []int64{100, 50} {
		video = want
		if got := in.lengthLimit([]string{mediaVideo}); got != want {
			t.Errorf("a video may have %d bytes, want %d", got, want)
		}
		if l := in.opt.limits(); l.image != 10 || l.video != want || l.lasts != time.Minute || l.side != 640 {
			t.Errorf("limits %+v", l)
		}
	}
	rec := httptest.NewRecorder()
	if err := in.options(rec); err != nil || rec.Header().Get("Tus-Max-Size") != "50" {
		t.Errorf("Tus-Max-Size %q, %v", rec.Header().Get("Tus-Max-Size"), err)
	}
	in.opt.Sizes = nil
	if got := in.lengthLimit([]string{mediaVideo}); got != 2 {
		t.Errorf("without a policy a video may have %d bytes", got)
	}
}
