package replies

import (
	"testing"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// A refusal that says nothing but "signed for, so it is fine" is marked for buyer, merchant and agent; one that says
// more is not (F2-20, §2.6).
func TestABareGroundIsMarkedForEveryReader(t *testing.T) {
	for text, bare := range map[string]bool{"已签收视为无误": true, "本店不退不换。": true, "已签收视为无误，开箱视频里手环是好的": false} {
		c := cases.Case{State: cases.MerchantRejected, Rejection: &cases.Rejection{Code: "MR04", Text: text, Phase: cases.PhaseApplication}}
		for _, reader := range []cases.Actor{cases.Buyer, cases.Merchant, cases.Agent} {
			for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
				v := In(locale, policy.Default()).CaseView(c, dialog.Reader{Actor: reader, Env: cases.Env{Policy: policy.Default()}})
				if v.Rejection == nil || v.Rejection.Bare != bare || (v.Rejection.Note != "") != bare || v.Rejection.Text != text {
					t.Errorf("%s in %s reads %+v", reader, locale, v.Rejection)
				}
			}
		}
	}
}
