package bot

import (
	"context"
	"strings"

	"recourse/cases/policy"
	"recourse/dialog"
)

// look asks a reader which of the points that a picture must show it does not see, before the buyer submits. A
// picture that cannot be looked at in time is taken as it is.
func (a *Assistant) look(ctx context.Context, conv dialog.Conversation, scene dialog.Scene, up dialog.Uploaded) dialog.Uploaded {
	if a.Reader == nil || a.Picture == nil || up.Complaint != "" || !strings.HasPrefix(up.Item.Media, "image/") {
		return up
	}
	kind := policy.EvidenceKind(up.Item.Kind)
	rule := scene.Policy.Evidence[kind]
	points := rule.MustShow.In(string(conv.Locale))
	if len(points) == 0 {
		return up
	}
	ctx, cancel := context.WithTimeout(ctx, a.Glance)
	defer cancel()
	media, raw, err := a.Picture(ctx, up.Item.ID)
	var missing []int
	if err == nil {
		missing, err = a.Reader.Look(ctx, Picture{
			Conversation: conv.ID, Evidence: up.Item.ID, Kind: scene.Policy.EvidenceName(kind, string(conv.Locale)), Media: media, Bytes: raw, MustShow: points,
		})
	}
	if err != nil {
		a.Log.DebugContext(ctx, "picture not looked at", "dialog", conv.ID, "evidence", up.Item.ID, "err", err)
		return up
	}
	for _, i := range missing {
		if i >= 0 && i < len(points) {
			up.Unseen.Kind, up.Unseen.At = kind, append(up.Unseen.At, i)
		}
	}
	return up
}
