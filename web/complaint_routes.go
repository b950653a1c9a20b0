package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web/wire"
)

const tagComplaints = "complaints"

type oneComplaint struct {
	ID string `path:"id" maxLength:"64" doc:"The complaint." example:"k_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
}

// complaintWrite is the input of an action on a complaint; B is the action's request.
type complaintWrite[B any] struct {
	ID   string `path:"id" maxLength:"64" doc:"The complaint." example:"k_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	Key  string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"128" pattern:"^[ -~]+$" patternDescription:"printable ASCII" doc:"Yours, one for each intent: the same request with the same key is carried out once." example:"reply-1"`
	Body B
}

type complaintAnswer struct{ Body dialog.ComplaintView }

// complaintAction is what a party may cause: an event of the table of complaints.
type complaintAction struct {
	kind cases.EventKind
	does string
	more string
	may  []Code // codes besides those of every action
}

// merchantComplaints are what a shop may see of complaints and do to them (F3-14, F3-37, F3-38).
func (a *rest) merchantComplaints() {
	shopOperation(a, may(huma.Operation{
		OperationID: "merchantListComplaints", Method: http.MethodGet, Path: "/api/merchant/complaints", Tags: []string{tagComplaints},
		Summary: "List the complaints that the shop has part in", Description: "About the shop and by the shop, newest first, 50 to a page.",
	}, CodeFieldRequired), func(ctx context.Context, shop string, in *complaintList) (*answer[wire.ComplaintList], error) {
		ids, next, err := a.ComplaintIndex.OfShop(ctx, shop, in.Cursor, 50)
		if err != nil {
			return nil, err
		}
		keep := func(c complaints.Complaint) bool { return in.State == "" || in.State == string(c.State) }
		list, err := a.listComplaints(ctx, ids, keep, cases.Merchant, shop, "shop:"+shop)
		return &answer[wire.ComplaintList]{wire.ComplaintList{Complaints: list, Next: next}}, err
	})
	shopOperation(a, huma.Operation{
		OperationID: "merchantListComplaintKinds", Method: http.MethodGet, Path: "/api/merchant/complaint-kinds", Tags: []string{tagComplaints},
		Summary: "List what a shop may complain of",
	}, func(context.Context, string, *struct{}) (*answer[wire.ComplaintKinds], error) {
		return &answer[wire.ComplaintKinds]{a.complaintKinds()}, nil
	})
	shopOperation(a, may(huma.Operation{
		OperationID: "merchantGetComplaint", Method: http.MethodGet, Path: "/api/merchant/complaints/{id}", Tags: []string{tagComplaints},
		Summary: "Read a complaint", Description: "A complaint that the shop has no part in, a draft and an unknown id are all COMPLAINT_NOT_FOUND.",
	}, CodeNoComplaint), func(ctx context.Context, shop string, in *oneComplaint) (*complaintAnswer, error) {
		c, err := a.complaintOf(ctx, cases.Merchant, shop, in.ID)
		if err != nil {
			return nil, err
		}
		v, err := a.complaintView(ctx, c, cases.Merchant, "shop:"+shop, localeIn(ctx))
		return &complaintAnswer{v}, err
	})
	shopOperation(a, may(huma.Operation{
		OperationID: "merchantFileComplaint", Method: http.MethodPost, Path: "/api/merchant/complaints", Tags: []string{tagComplaints},
		Summary:     "Complain about a buyer",
		Description: "F3-14. The buyer is told and may answer; then the platform audits. Files are uploaded with the complaint's id in place of a case's.",
	}, CodeKeyRequired, Code(cases.CodeNotFound), CodeNotFound, Code(cases.CodeAlreadyOpen), Code(cases.CodeIdempotencyMismatch)), a.fileComplaint)
	shopComplaint(a, complaintAction{
		kind: complaints.EvReply, does: "Answer with a solution", more: "F3-38: before the deadline reply; then the platform audits it.", may: []Code{mayPass},
	}, func(in wire.ComplaintReply, ev *complaints.Event) { ev.Text = in.Text })
	shopComplaint(a, complaintAction{
		kind: complaints.EvSupplement, does: "Add a statement", more: "Words; files come by upload.",
		may: []Code{Code(cases.CodeEvidenceRejected), Code(cases.CodeEvidenceLocked)},
	}, func(in wire.ComplaintReply, ev *complaints.Event) {
		// The statement is an item of evidence; its id comes from the key, so that a repeat is the same item.
		sum := sha256.Sum256([]byte(ev.Key))
		ev.Evidence = []cases.Evidence{{ID: cases.EvidenceID("t_" + hex.EncodeToString(sum[:12])), Kind: "statement", Party: ev.Actor, Text: in.Text}}
	})
	shopComplaint(a, complaintAction{
		kind: complaints.EvWithdraw, does: "Take the shop's own complaint back", more: "As long as nothing is decided. It cannot be taken back.",
		may: []Code{Code(cases.CodeConfirmation)},
	}, func(in wire.ComplaintWithdraw, ev *complaints.Event) { ev.Confirmed = in.Confirmed })
	shopComplaint(a, complaintAction{
		kind: complaints.EvAppeal, does: "Appeal against the decision on the shop's own complaint", more: "F3-11: once; another agent decides. It cannot be taken back.",
		may: []Code{Code(cases.CodeConfirmation), mayPass},
	}, func(in wire.ComplaintAppeal, ev *complaints.Event) { ev.Text, ev.Confirmed = in.Text, in.Confirmed })
}

type complaintList struct {
	State  string `query:"state" maxLength:"32" doc:"Only complaints in this state."`
	Cursor string `query:"cursor" maxLength:"200" doc:"Where the page before ended: its next."`
}

func (a *rest) complaintKinds() wire.ComplaintKinds {
	out := wire.ComplaintKinds{Kinds: []wire.ComplaintKind{}}
	for _, k := range a.Policy("").Complaints {
		if k.By != string(cases.Merchant) {
			continue
		}
		kind := wire.ComplaintKind{Kind: string(k.ID), NameZH: k.ZH, NameEN: k.EN}
		for _, e := range k.Evidence {
			kind.Evidence = append(kind.Evidence, string(e))
		}
		out.Kinds = append(out.Kinds, kind)
	}
	return out
}

// fileComplaint files a merchant's complaint. Its id is made from the shop and the key, so a repeat is the same one.
func (a *rest) fileComplaint(ctx context.Context, shop string, in *write[wire.FileComplaint]) (*complaintAnswer, error) {
	b := in.Body
	if b.Case == "" && (b.Order == "" || b.Line == "" || b.Buyer == "") {
		return nil, &cases.Error{Code: cases.CodeFieldRequired, Field: "case"}
	}
	o, err := a.lineOfShop(ctx, shop, complainable{b.Case, b.Buyer, b.Order, b.Line})
	if err != nil {
		return nil, err
	}
	if err := a.conversationFor(ctx, &o); err != nil {
		return nil, err
	}
	o.Kind, o.Text = policy.ComplaintKindID(b.Kind), b.Text
	c, err := a.Complaints.Open(ctx, a.NewComplaint(o.Line.BuyerID, "merchant", shop, in.Key), o)
	if err != nil {
		return nil, err
	}
	v, err := a.complaintView(ctx, c, cases.Merchant, "shop:"+shop, localeIn(ctx))
	return &complaintAnswer{v}, err
}

type platformList struct {
	All    bool   `query:"all" doc:"All that were filed, newest first; else those that wait for an agent, by when they are due."`
	Cursor string `query:"cursor" maxLength:"200" doc:"Where the page before ended: its next."`
}

// agentComplaints are what an agent may see of complaints and decide on them (F3-15, F3-39, F3-11).
func (a *rest) agentComplaints() {
	agentOperation(a, may(huma.Operation{
		OperationID: "agentListComplaints", Method: http.MethodGet, Path: "/api/agent/complaints", Tags: []string{tagComplaints}, Summary: "List complaints",
	}, CodeFieldRequired), func(ctx context.Context, agent Agent, in *platformList) (*answer[wire.ComplaintList], error) {
		ids, next, err := a.ComplaintIndex.OfPlatform(ctx, !in.All, in.Cursor, 50)
		if err != nil {
			return nil, err
		}
		list, err := a.listComplaints(ctx, ids, agent.seesComplaint, cases.Agent, agent.Login, "agent:"+agent.Login)
		return &answer[wire.ComplaintList]{wire.ComplaintList{Complaints: list, Next: next}}, err
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentGetComplaint", Method: http.MethodGet, Path: "/api/agent/complaints/{id}", Tags: []string{tagComplaints}, Summary: "Read a complaint",
	}, CodeNoComplaint), func(ctx context.Context, agent Agent, in *oneComplaint) (*complaintAnswer, error) {
		c, err := a.complaintOf(ctx, cases.Agent, agent.Login, in.ID)
		if err != nil {
			return nil, err
		}
		v, err := a.complaintView(ctx, c, cases.Agent, "agent:"+agent.Login, localeIn(ctx))
		return &complaintAnswer{v}, err
	})
	mine := []Code{Code(cases.CodeNotAssigned)}
	rule := func(in wire.Rule, ev *complaints.Event) { ev.Text = in.Text }
	uphold := func(in wire.UpholdComplaint, ev *complaints.Event) {
		ev.Text, ev.Measure = in.Text, complaints.Measure(in.Measure)
	}
	agentComplaint(a, complaintAction{
		kind: complaints.EvClaim, does: "Take the complaint", more: "K12, K21: of an appeal another agent than the first; a supervisor may take it over.", may: mine,
	}, func(wire.Plain, *complaints.Event) {})
	agentComplaint(a, complaintAction{
		kind: complaints.EvUphold, does: "Uphold the complaint", more: "K14: with a measure against the other party. It cannot be taken back.", may: mine,
	}, uphold)
	agentComplaint(a, complaintAction{
		kind: complaints.EvNotUphold, does: "Do not uphold the complaint", more: "K15. It cannot be taken back.", may: mine,
	}, rule)
	agentComplaint(a, complaintAction{
		kind: complaints.EvAffirm, does: "Leave the decision that is appealed as it was", more: "K22: another agent than the first. It cannot be taken back.", may: mine,
	}, rule)
	agentComplaint(a, complaintAction{
		kind: complaints.EvOverturn, does: "Decide the appeal for whoever complained", more: "K23: another agent than the first. It cannot be taken back.", may: mine,
	}, uphold)
}

// operation is how the document shows an action of a side on a complaint.
func (x complaintAction) operation(side string) huma.Operation {
	return may(may(huma.Operation{
		OperationID: side + "Complaint" + camel(string(x.kind)), Method: http.MethodPost, Path: "/api/" + side + "/complaints/{id}/" + string(x.kind),
		Tags: []string{tagComplaints}, Summary: x.does, Description: x.more,
	}, CodeKeyRequired, CodeNoComplaint, Code(cases.CodeNotParty), Code(cases.CodeStateConflict), Code(cases.CodeVersionConflict),
		Code(cases.CodeIdempotencyMismatch)), x.may...)
}

// shopComplaint registers an action of merchants on complaints; fill puts what the request says into the event.
func shopComplaint[B expecting](a *rest, x complaintAction, fill func(B, *complaints.Event)) {
	shopOperation(a, x.operation("merchant"), func(ctx context.Context, shop string, in *complaintWrite[B]) (*complaintAnswer, error) {
		ev := complaints.Event{Kind: x.kind, Actor: cases.Merchant, By: shop, Key: "merchant:" + shop + ":" + in.Key, Expect: in.Body.Expected()}
		fill(in.Body, &ev)
		return a.actOnComplaint(ctx, in.ID, ev, "shop:"+shop)
	})
}

// agentComplaint registers an action of agents on complaints.
func agentComplaint[B expecting](a *rest, x complaintAction, fill func(B, *complaints.Event)) {
	agentOperation(a, x.operation("agent"), func(ctx context.Context, agent Agent, in *complaintWrite[B]) (*complaintAnswer, error) {
		ev := complaints.Event{
			Kind: x.kind, Actor: cases.Agent, By: agent.Login, Role: agent.Role, Key: "agent:" + agent.Login + ":" + in.Key, Expect: in.Body.Expected(),
		}
		fill(in.Body, &ev)
		return a.actOnComplaint(ctx, in.ID, ev, "agent:"+agent.Login)
	})
}

// actOnComplaint applies an event once per key and answers with the complaint as it stands then.
func (a *rest) actOnComplaint(ctx context.Context, id string, ev complaints.Event, reader string) (*complaintAnswer, error) {
	if _, err := a.complaintOf(ctx, ev.Actor, ev.By, id); err != nil {
		return nil, err
	}
	c, err := a.Complaints.Apply(ctx, complaints.ID(id), ev)
	if err != nil {
		return nil, err
	}
	v, err := a.complaintView(ctx, c, ev.Actor, reader, localeIn(ctx))
	return &complaintAnswer{v}, err
}

func complaintStates() []any {
	var out []any
	for _, s := range complaints.States() {
		out = append(out, string(s.State))
	}
	return out
}

func complaintEvents() []any {
	var out []any
	for _, row := range complaints.Table() {
		if !slices.Equal(row.Actors, []cases.Actor{cases.System}) {
			out = union(out, []any{string(row.Event)})
		}
	}
	return out
}

// union is a and what of b is not in it.
func union(a, b []any) []any {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
