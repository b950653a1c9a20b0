package web

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/cases/evidence"
	"recourse/web/wire"
)

type evidenceInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The piece of evidence."`
	Auth string `header:"Authorization" hidden:"true"`
}

type detailInput struct {
	ID       string `path:"id" maxLength:"64" doc:"The case."`
	Evidence string `path:"evidence" maxLength:"64" doc:"The piece of evidence."`
}

// evidenceRoutes give receipts out, check them, and tell agents what was found in a file.
func (a *rest) evidenceRoutes() {
	a.describePack()
	openOperation(a, may(huma.Operation{
		OperationID: "getReceipt", Method: http.MethodGet, Path: "/api/evidence/{id}/receipt", Tags: []string{tagCases},
		Summary: "Get the receipt of a piece of evidence", Description: "For who gave it: a buyer by his session, a shop by its key. It says what was received and when, signed by the server.",
		Security: []map[string][]string{{schemeShop: {}}},
	}, CodeUnauthenticated, Code(evidence.CodeEvidenceMissing)), func(ctx context.Context, in *evidenceInput) (*answer[wire.Receipt], error) {
		p, err := a.party(ctx, bearerToken(in.Auth), false)
		if err != nil {
			return nil, err
		}
		x, err := a.receipt(ctx, p, cases.EvidenceID(in.ID))
		return &answer[wire.Receipt]{wireReceipt(x)}, err
	})
	openOperation(a, may(huma.Operation{
		OperationID: "verifyReceipt", Method: http.MethodPost, Path: "/api/receipts/verify", Tags: []string{tagCases},
		Summary: "Check a receipt", Description: "Whether this server made it out and nothing in it was changed since. Anybody who has a receipt may ask.",
	}), func(_ context.Context, in *struct{ Body wire.Receipt }) (*answer[wire.ReceiptCheck], error) {
		return &answer[wire.ReceiptCheck]{wire.ReceiptCheck{Valid: a.Receipts.Verify(receiptOf(in.Body)) == nil}}, nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentGetEvidence", Method: http.MethodGet, Path: "/api/agent/cases/{id}/evidence/{evidence}", Tags: []string{tagDesk},
		Summary: "Read what was found in a file", Description: "What the file says of itself, and the files of other cases that are like it as the index knows them now.",
	}, Code(cases.CodeNotFound), Code(evidence.CodeEvidenceMissing)), func(ctx context.Context, _ Agent, in *detailInput) (*answer[wire.EvidenceDetail], error) {
		d, err := a.detail(ctx, cases.ID(in.ID), cases.EvidenceID(in.Evidence))
		return &answer[wire.EvidenceDetail]{d}, err
	})
}

// describePack puts the pack into the document; it is served by a handler of its own, since it is streamed for longer
// than a request of the API may take.
func (a *rest) describePack() {
	op := may(huma.Operation{
		OperationID: "agentGetPack", Method: http.MethodGet, Path: "/api/agent/cases/{id}/pack", Tags: []string{tagDesk},
		Summary: "Save the evidence of a case", Description: "A zip: every file as it came, what the other party saw of it, manifest.json, index.html for people, and MANIFEST.sha256 as sha256sum -c reads it. A connection that is cut means that it is not whole.",
		Security: []map[string][]string{{schemeAgent: {}}},
		Parameters: []*huma.Param{{
			Name: "id", In: "path", Required: true, Description: "The case.", Schema: &huma.Schema{Type: huma.TypeString},
		}},
	}, CodeUnauthenticated, CodeForbidden, CodeUnavailable, Code(cases.CodeNotFound))
	failed := a.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[failure](), true, "")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The zip.", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	for _, status := range statuses(op) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/json": {Schema: failed}},
		}
	}
	a.api.OpenAPI().AddOperation(&op)
}

func noEvidence() error {
	return &evidence.Error{Code: evidence.CodeEvidenceMissing, Status: http.StatusNotFound, Reason: evidence.ReasonNotFound}
}

// receipt makes a receipt out for who gave a piece of evidence that is in its case now.
func (s *Server) receipt(ctx context.Context, p evidence.Party, id cases.EvidenceID) (evidence.Receipt, error) {
	info, err := s.Uploads.Info(ctx, id)
	if errors.Is(err, evidence.ErrNotFound) || err == nil && info.Party != p {
		return evidence.Receipt{}, noEvidence()
	}
	if err != nil {
		return evidence.Receipt{}, err
	}
	c, e, err := s.evidenceOf(ctx, info.Meta.Case, id)
	if err != nil {
		return evidence.Receipt{}, err
	}
	return s.Receipts.Issue(c, e, s.Now()), nil
}

// evidenceOf is a piece of evidence in its case.
func (s *Server) evidenceOf(ctx context.Context, id cases.ID, item cases.EvidenceID) (cases.Case, cases.Evidence, error) {
	c, err := s.Ledger.Store.Load(ctx, id)
	if err != nil {
		return c, cases.Evidence{}, err
	}
	i := slices.IndexFunc(c.Evidence, func(e cases.Evidence) bool { return e.ID == item })
	if i < 0 {
		return c, cases.Evidence{}, noEvidence()
	}
	return c, c.Evidence[i], nil
}

func wireReceipt(x evidence.Receipt) wire.Receipt {
	return wire.Receipt{
		ID: string(x.ID), Case: string(x.Case), Party: string(x.Party), Kind: string(x.Kind), Media: x.Media, Bytes: x.Bytes, SHA256: x.SHA256,
		ReceivedAt: x.ReceivedAt, Stage: string(x.Stage), IssuedAt: x.IssuedAt, Signature: x.Signature,
	}
}

func receiptOf(x wire.Receipt) evidence.Receipt {
	return evidence.Receipt{
		ID: cases.EvidenceID(x.ID), Case: cases.ID(x.Case), Party: cases.Actor(x.Party), Kind: kindOf(x.Kind), Media: x.Media, Bytes: x.Bytes,
		SHA256: x.SHA256, ReceivedAt: x.ReceivedAt, Stage: cases.EvidenceStage(x.Stage), IssuedAt: x.IssuedAt, Signature: x.Signature,
	}
}

// detail is what an agent is told of a file.
func (s *Server) detail(ctx context.Context, id cases.ID, item cases.EvidenceID) (wire.EvidenceDetail, error) {
	_, e, err := s.evidenceOf(ctx, id, item)
	if err != nil {
		return wire.EvidenceDetail{}, err
	}
	d := wire.EvidenceDetail{ID: string(e.ID), SHA256: e.SHA256, Waybill: e.Waybill, Alike: []wire.Alike{}}
	if e.Media == "" {
		return d, nil
	}
	info, err := s.Uploads.Info(ctx, item)
	if errors.Is(err, evidence.ErrNotFound) {
		return d, noEvidence()
	}
	if err != nil {
		return d, err
	}
	f := info.Found
	d.Width, d.Height, d.Seconds, d.Codes, d.NoView = f.Width, f.Height, f.Lasts.Seconds(), f.Codes, f.NoView
	d.Camera, d.Software, d.Taken, d.HasPlace = f.Exif.Camera, f.Exif.Software, f.Exif.Taken, f.Exif.Place
	if s.Similar == nil {
		return d, nil
	}
	// As the index knows it now: what came later than this file is in it, too.
	seen := evidence.Seen{ID: item, Case: id, Party: info.Party, SHA256: info.SHA256, Like: f.Like, At: info.Checked}
	matches, err := s.Similar.Find(ctx, seen)
	if err != nil {
		return d, err
	}
	for _, m := range matches[:min(len(matches), 20)] {
		d.Alike = append(d.Alike, wire.Alike{
			Case: string(m.Case), ID: string(m.ID), Exact: m.Exact, Bits: m.Bits, SameParty: m.Party == info.Party, SameCase: m.Case == id, At: m.At,
		})
	}
	return d, nil
}

// servePack streams the pack of a case to an agent.
func (s *Server) servePack(w http.ResponseWriter, r *http.Request) {
	id := cases.ID(r.PathValue("id"))
	pack, t, err := s.packFor(r.Context(), bearer(r), id)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(pack.Case.ID)+`.zip"`)
	w.Header().Set("Cache-Control", "no-store")
	if err := s.Uploads.WritePack(r.Context(), w, pack); err != nil {
		// Its beginning is sent. A cut connection is the one way to say that the zip is not whole.
		s.log.ErrorContext(r.Context(), "pack cut off", "case", id, "request", requestID(r.Context()), "err", err)
		t.end(r.Context(), string(CodeUnavailable))
		panic(http.ErrAbortHandler)
	}
	t.end(r.Context(), auditDone)
}

// packFor makes the pack of a case for an agent who may have it. That he wants it is recorded first: what has left
// cannot be called back.
func (s *Server) packFor(ctx context.Context, session string, id cases.ID) (evidence.Pack, *trail, error) {
	agent, err := s.Accounts.Session(ctx, session)
	if err != nil {
		return evidence.Pack{}, nil, err
	}
	t := s.newTrail(agent, ruleOf("agentGetPack"), "rest", originIn(ctx))
	t.about("", string(id))
	pack, err := s.permittedPack(ctx, agent, t, id)
	if err != nil {
		t.end(ctx, outcomeOf(err))
	}
	return pack, t, err
}

func (s *Server) permittedPack(ctx context.Context, agent Agent, t *trail, id cases.ID) (evidence.Pack, error) {
	if agent.MustChange {
		return evidence.Pack{}, refuse(CodePasswordChange)
	}
	if err := t.rule.check(agent); err != nil {
		return evidence.Pack{}, err
	}
	if err := s.visible(ctx, agent, t, "cases", string(id)); err != nil {
		return evidence.Pack{}, err
	}
	pack, err := NewPack(ctx, s.Ledger.Store, s.Words, s.Policy, id, agent.Login, s.Now())
	if err != nil {
		return pack, err
	}
	return pack, t.begin(ctx)
}

// NewPack reads a case for a pack and gives it its page for people, in both languages.
func NewPack(ctx context.Context, store cases.Store, words Wording, policyOf PolicyOf, id cases.ID, by string, now time.Time) (evidence.Pack, error) {
	c, err := store.Load(ctx, id)
	if err != nil {
		return evidence.Pack{}, err
	}
	marks, err := store.Marks(ctx, id)
	if err != nil {
		return evidence.Pack{}, err
	}
	env := cases.Env{Policy: policyOf(c.Policy), Now: now}
	return evidence.Pack{
		Case: c, Marks: marks, By: by, Now: now,
		Index: func(m evidence.Manifest) []byte { return packPage(m, c, marks, env, words) },
	}, nil
}
