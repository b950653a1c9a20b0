package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/validation"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

// The REST API is registered with huma, which reads requests, holds them to the schemas made from their Go
// types, and puts every operation into the document at /openapi.json. To add a route:
//
//	shopOperation(a, huma.Operation{            // agentOperation, openOperation alike
//		OperationID: "listThings", Method: http.MethodGet, Path: "/api/merchant/things",
//		Tags: []string{tagCases}, Summary: "List things", Description: "…",
//	}, func(ctx context.Context, shop Shop, in *thingsInput) (*answer[wire.Things], error) { … })
//
// The input struct has fields tagged path, query or header, and a field Body; a write takes write[B] as its
// input, which demands an Idempotency-Key. An event of a case is added to the tables in actions.go instead.
// Errors are returned as everywhere (errors.go); codes that the operation may answer besides the usual ones
// are listed by codes(…). Comments of the fields in web/wire and dialog become descriptions
// (go generate ./web/wire); then `go test ./web -run Document -update` writes web/openapi.json anew.
type rest struct {
	*Server
	api   huma.API
	mux   *http.ServeMux
	paced *paces
	// offers are what actions take, by side and name; only registering writes it.
	offers map[string]dialog.ActionView
}

const (
	maxBody     = 64 << 10
	bodyWait    = 10 * time.Second // for a body to arrive
	requestWait = 15 * time.Second // for a request to be dealt with
)

// huma has one error constructor, one rule on null lists and one on letter case per process; this process has
// one API.
func init() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return malformed(status, errs, nil, "") }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return malformed(status, errs, ctx.Operation(), requestID(ctx.Context()))
	}
}

// jsonFormat is the only format. A client that hangs up while it is answered is nobody's fault.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		raw, err := json.Marshal(v)
		if err == nil {
			_, _ = w.Write(raw)
		}
		return err
	},
	Unmarshal: json.Unmarshal,
}

// newREST registers the whole API on a mux.
func (s *Server) newREST(mux *http.ServeMux) *rest {
	cfg := huma.Config{
		OpenAPI:       describedAPI(),
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json", RejectUnknownQueryParameters: true,
	}
	a := &rest{Server: s, api: humago.New(mux, cfg), mux: mux, paced: newPaces(s.ShopRate), offers: map[string]dialog.ActionView{}}
	a.api.UseMiddleware(a.prepare)
	a.merchantReads()
	a.merchantActions()
	a.webhookRoutes()
	a.agentRoutes()
	a.ssoRoutes()
	a.accountRoutes()
	a.auditRoutes()
	a.ticketRoutes()
	a.flagRoutes()
	a.cannedRoutes()
	a.searchRoutes()
	a.wallRoutes()
	a.reportRoutes()
	a.workRoutes()
	a.scoreRoutes()
	a.copilotRoutes()
	a.briefRoutes()
	a.evidenceRoutes()
	a.agentActions()
	a.merchantComplaints()
	a.agentComplaints()
	a.callbacks()
	a.health()
	a.describeUploads()
	a.finish()
	a.docsPage()
	return a
}

type localeKey struct{}

// prepare bounds a request in time and notes its language.
func (a *rest) prepare(ctx huma.Context, next func(huma.Context)) {
	bounded, cancel := context.WithTimeout(ctx.Context(), requestWait)
	defer cancel()
	ctx.SetHeader("Cache-Control", "no-store")
	next(huma.WithContext(ctx, context.WithValue(bounded, localeKey{}, dialog.ParseLocale(ctx.Header("Accept-Language")))))
}

// localeIn is the language of a request.
func localeIn(ctx context.Context) dialog.Locale {
	l, _ := ctx.Value(localeKey{}).(dialog.Locale)
	return l
}

// write is the input of a write: B is its body. The header is what makes a repeat harmless.
type write[B any] struct {
	Key  string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"128" pattern:"^[ -~]+$" patternDescription:"printable ASCII" example:"refuse-6920251100010001-1"`
	Body B
}

// answer is an output that is all body.
type answer[V any] struct{ Body V }

// openOperation registers an operation that anybody may ask for.
func openOperation[I, O any](a *rest, op huma.Operation, f func(context.Context, *I) (*O, error)) {
	register(a, op, f)
}

type shopKey struct{}

// shopOperation registers an operation of a merchant, who comes in by a key of his shop.
func shopOperation[I, O any](a *rest, op huma.Operation, f func(context.Context, string, *I) (*O, error)) {
	op.Security = []map[string][]string{{schemeShop: {}}}
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		shop, err := a.Accounts.Shop(ctx.Context(), bearerToken(ctx.Header("Authorization")))
		if err == nil {
			err = a.paced.take("shop:"+shop.Key, a.wall())
		}
		if err == nil && shop.ReadOnly && ctx.Method() != http.MethodGet {
			err = refuse(CodeForbidden)
		}
		if err != nil {
			a.fail(ctx, err)
			return
		}
		next(huma.WithValue(ctx, shopKey{}, shop.Shop))
	})
	op = may(op, CodeUnauthenticated, CodeRateLimited)
	if op.Method != http.MethodGet {
		op = may(op, CodeForbidden)
	}
	register(a, op, func(ctx context.Context, in *I) (*O, error) {
		shop, _ := ctx.Value(shopKey{}).(string)
		return f(ctx, shop, in)
	})
}

type agentKey struct{}

// agentOperation registers an operation of an agent, who comes in by his session. What it asks for and leaves in the
// audit trail stands in may.go, under its id.
func agentOperation[I, O any](a *rest, op huma.Operation, f func(context.Context, Agent, *I) (*O, error)) {
	op.Security = []map[string][]string{{schemeAgent: {}}}
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		agent, t, err := a.admit(ctx, op)
		if err != nil {
			a.fail(ctx, err)
			return
		}
		next(huma.WithValue(huma.WithValue(ctx, agentKey{}, agent), trailKey{}, t))
	})
	op = may(op, CodeUnauthenticated, CodeRateLimited, CodeForbidden)
	register(a, op, func(ctx context.Context, in *I) (*O, error) {
		agent, _ := ctx.Value(agentKey{}).(Agent)
		t := trailIn(ctx)
		if err := t.begin(ctx); err != nil {
			return nil, err
		}
		out, err := f(ctx, agent, in)
		t.end(ctx, outcomeOf(err))
		return out, err
	})
}

// admit lets an agent in who may do what he asks for. That somebody was refused is recorded like what is done.
func (a *rest) admit(ctx huma.Context, op huma.Operation) (Agent, *trail, error) {
	agent, err := a.Accounts.Session(ctx.Context(), bearerToken(ctx.Header("Authorization")))
	if err == nil {
		err = a.paced.take("agent:"+agent.Login, a.wall())
	}
	if err != nil {
		return agent, nil, err
	}
	if agent.MustChange && !slices.Contains(unchanged, op.OperationID) {
		return agent, nil, refuse(CodePasswordChange)
	}
	r := ruleOf(op.OperationID)
	t := a.newTrail(agent, r, "rest", originIn(ctx.Context()))
	subject, _, _ := strings.Cut(strings.TrimPrefix(op.Path, "/api/agent/"), "/{id}")
	id := ctx.Param("id")
	switch subject {
	case "cases":
		t.about("", id)
	case "conversations":
		t.about(id, "")
	default:
		t.entry.Object = id
	}
	err = r.check(agent)
	if err == nil {
		err = a.visible(ctx.Context(), agent, t, subject, id)
	} else if slices.Contains(codesOf(&op), Code(cases.CodeNotParty)) {
		err = refuse(Code(cases.CodeNotParty)) // what the table of cases says to a role that may not do it
	}
	if err != nil {
		t.end(ctx.Context(), outcomeOf(err))
		return agent, t, err
	}
	return agent, t, nil
}

// register is huma.Register with our limits and our errors.
func register[I, O any](a *rest, op huma.Operation, f func(context.Context, *I) (*O, error)) {
	op.MaxBodyBytes, op.BodyReadTimeout = maxBody, bodyWait
	op = may(op, CodeInternal, CodeUnavailable)
	if _, hasBody := bodyOf[I](); hasBody {
		op = may(op, CodeBadRequest, CodeTooLarge, CodeMediaType, CodeFieldRequired)
	}
	op.Errors = statuses(op)
	op.Parameters = append(op.Parameters, &huma.Param{Ref: "#/components/parameters/AcceptLanguage"})
	huma.Register(a.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, a.failure(ctx, op.OperationID, err)
		}
		return out, nil
	})
}

const codesKey = "codes"

// may notes public codes that an operation may answer; the document lists them.
func may(op huma.Operation, codes ...Code) huma.Operation {
	list := slices.Clone(codesOf(&op))
	for _, c := range codes {
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	op.Metadata = maps.Clone(op.Metadata)
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[codesKey] = list
	return op
}

func codesOf(op *huma.Operation) []Code {
	list, _ := op.Metadata[codesKey].([]Code)
	return list
}

// statuses are the HTTP statuses of an operation's codes.
func statuses(op huma.Operation) []int {
	var out []int
	for _, c := range codesOf(&op) {
		if s := public[c].status; !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// fail answers a request that its handler must not see.
func (a *rest) fail(ctx huma.Context, err error) {
	f := a.failure(ctx.Context(), ctx.Operation().OperationID, err)
	for name, values := range f.header {
		ctx.SetHeader(name, strings.Join(values, ", "))
	}
	ctx.SetHeader("Content-Type", "application/json")
	ctx.SetStatus(f.status)
	_ = jsonFormat.Marshal(ctx.BodyWriter(), f) // plain data
}

// failure is an error as it leaves the process; what is not public is logged.
func (a *rest) failure(ctx context.Context, operation string, err error) *failure {
	f := failureOf(err, requestID(ctx))
	if f.status >= http.StatusInternalServerError {
		a.log.ErrorContext(ctx, "request failed", "operation", operation, "request", f.Body.RequestID, "err", err)
	}
	return f
}

// noRoute answers what no operation takes: 405 if another method would be taken there, else 404.
func (a *rest) noRoute(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(probe); strings.HasPrefix(pattern, method+" ") {
			allow = append(allow, method)
		}
	}
	if len(allow) == 0 {
		a.refuse(w, r, refuse(CodeNotFound))
		return
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	a.refuse(w, r, refuse(CodeMethod))
}

func bearerToken(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

func bearer(r *http.Request) string { return bearerToken(r.Header.Get("Authorization")) }

// failure is a refusal on its way out: the one error body, its status and headers.
type failure struct {
	Body   wire.APIErrorBody `json:"error"`
	status int
	header http.Header
}

var _ interface {
	huma.StatusError
	huma.HeadersError
} = (*failure)(nil)

func (f *failure) Error() string           { return f.Body.Code }
func (f *failure) GetStatus() int          { return f.status }
func (f *failure) GetHeaders() http.Header { return f.header }

// malformed is what huma itself refuses: a body that is none, a field against its schema. The most telling
// code wins; the fields are all listed.
func malformed(status int, errs []error, op *huma.Operation, request string) *failure {
	code := CodeFieldRequired
	switch status {
	case http.StatusBadRequest:
		code = CodeBadRequest
	case http.StatusRequestTimeout:
		code = CodeSlowRequest
	case http.StatusRequestEntityTooLarge:
		code = CodeTooLarge
	case http.StatusUnsupportedMediaType:
		code = CodeMediaType
	case http.StatusInternalServerError: // the connection broke while the body was read
		code = CodeBadRequest
	}
	f := failureOf(refuse(code), request)
	if code != CodeFieldRequired {
		return f
	}
	for _, err := range errs {
		detail, ok := errors.AsType[*huma.ErrorDetail](err)
		if !ok {
			continue
		}
		at, what := detail.Location, detail.Message
		if name, ok := missingProperty(what); ok {
			at, what = at+"."+name, "required"
		}
		if !slices.ContainsFunc(f.Body.Problems, func(p wire.Problem) bool { return p.Field == at }) {
			f.Body.Problems = append(f.Body.Problems, wire.Problem{Field: at, Problem: what})
		}
	}
	for _, p := range f.Body.Problems {
		if special := special(op, p); rank(special) > rank(Code(f.Body.Code)) {
			problems := f.Body.Problems
			f = failureOf(refuse(special), request)
			f.Body.Problems = problems
		}
	}
	if len(f.Body.Problems) > 0 {
		_, f.Body.Field, _ = strings.Cut(f.Body.Problems[0].Field, ".")
	}
	return f
}

// missingProperty reads the name out of huma's words for a property that is not there.
func missingProperty(what string) (string, bool) {
	before, after, _ := strings.Cut(validation.MsgExpectedRequiredProperty, "%s")
	name, isThat := strings.CutPrefix(what, before)
	return strings.TrimSuffix(name, after), isThat
}

// special is the code that says more about a field than that it is not valid (domain §3.7).
func special(op *huma.Operation, p wire.Problem) Code {
	switch {
	case p.Field == "header.Idempotency-Key":
		return CodeKeyRequired
	case p.Field == "body.amount_fen":
		return Code(cases.CodeAmountInvalid)
	case op != nil && slices.Contains(codesOf(op), Code(cases.CodeRejectReason)) &&
		(p.Field == "body.code" || p.Field == "body.text" || p.Field == "body.told_appeal"):
		return Code(cases.CodeRejectReason)
	}
	return CodeFieldRequired
}

// rank orders the codes of special: the most telling is the one that is answered.
func rank(c Code) int {
	return slices.Index([]Code{Code(cases.CodeAmountInvalid), Code(cases.CodeRejectReason), CodeKeyRequired}, c)
}

// bodyOf says whether an input has a body.
func bodyOf[I any]() (reflect.StructField, bool) { return reflect.TypeFor[I]().FieldByName("Body") }
