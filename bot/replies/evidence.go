package replies

import (
	"strings"

	"recourse/cases"
	"recourse/cases/waybill"
	"recourse/dialog"
)

// evidenceView is a piece of evidence as one reader may see it: hints are its uploader's and the agents', flags the
// agents' alone.
func (w Words) evidenceView(c cases.Case, e cases.Evidence, r dialog.Reader) dialog.EvidenceView {
	stage := c.StageOf(e)
	v := dialog.EvidenceView{
		EvidenceItem: w.EvidenceItem(e), At: e.At, Locked: e.Locked, Stage: string(stage), StageName: w.Say("stage."+string(stage), nil),
	}
	if r.Links != nil {
		l := r.Links(e)
		v.URL, v.Thumb, v.Original = l.URL, l.Thumb, l.Original
	}
	w.mayKnow(&v, e, r.Actor)
	switch {
	case r.Actor == cases.Agent:
		v.WaybillIs = waybillIs(c, e)
	case r.Actor == e.Party && stage == cases.Staged && r.Actor == cases.Buyer:
		b := w.Buttons([]dialog.ButtonSpec{{Action: dialog.ActUnstage, Args: dialog.Args{"case": string(c.ID), "evidence": string(e.ID)}}})[0]
		v.Remove = &b
	}
	return v
}

// mayKnow gives agents the flags, and takes from the other party what was found for the uploader.
func (w Words) mayKnow(v *dialog.EvidenceView, e cases.Evidence, reader cases.Actor) {
	switch reader {
	case cases.Agent:
		for _, f := range e.Flags {
			v.Flags = append(v.Flags, dialog.Remark{Code: string(f), Text: w.Say("flag."+string(f), nil)})
		}
	case e.Party:
	default:
		v.Hints, v.Waybill = nil, ""
	}
}

// waybillIs compares what was read from a picture of the parcel that came with the number it was sent under.
func waybillIs(c cases.Case, e cases.Evidence) string {
	if e.Kind != "parcel_photo" || c.Line.Waybill == "" || !strings.HasPrefix(e.Media, "image/") {
		return ""
	}
	switch e.Waybill {
	case "":
		return "unread"
	case waybill.Clean(c.Line.Waybill):
		return "outbound"
	}
	return "other"
}

// points are what a kind of evidence must show, in words.
func (w Words) points(p dialog.Points) string {
	all := w.Policy.Evidence[p.Kind].MustShow.In(string(w.Locale))
	var out []string
	for _, i := range p.At {
		if i >= 0 && i < len(all) {
			out = append(out, all[i])
		}
	}
	return strings.Join(out, w.comma())
}

func (w Words) hints(list []cases.EvidenceHint) []dialog.Remark {
	var out []dialog.Remark
	for _, h := range list {
		out = append(out, dialog.Remark{Code: string(h), Text: w.Say("hint."+string(h), nil)})
	}
	return out
}
