package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/web/wire"
)

// Names of the document's parts.
const (
	tagCases     = "merchant cases"
	tagActions   = "merchant actions"
	tagDesk      = "agents"
	tagCallbacks = "callbacks"
	tagEvidence  = "evidence"
	tagHealth    = "health"

	schemeShop     = "shopKey"
	schemeAgent    = "agentSession"
	schemeBuyer    = "buyerSession"
	schemeCallback = "callbackKey"
	schemeSigned   = "callbackSignature"

	schemaPrefix = "#/components/schemas/"
)

const apiAbout = `The REST API of Recourse, for merchants' systems, agents' consoles, payment channels and carriers. Buyers talk over
the WebSocket (PROTOCOL.md); of this API they use only uploads and evidence.

**Units.** Amounts are integers in fen (1/100 yuan), instants are RFC 3339 in UTC, texts are counted in characters.

**Writes.** Every action on a case takes the header ` + "`Idempotency-Key`" + ` (yours, one for each intent) and the field
` + "`expected_version`" + ` (the version of the case that you saw). The same key with the same body is carried out once: the repeat is
answered like the first request, with ` + "`Idempotent-Replayed: true`" + `, also when the case has moved on since. The same key with
another body is IDEMPOTENCY_MISMATCH. If the case has moved on before your first request, nothing is done and the answer is
VERSION_CONFLICT, with the version, the state and the allowed actions of now. Unknown fields are refused.

**Errors.** Every refusal has one shape, ` + "`{\"error\": {…}}`" + `: a code for programs, a message for people in both languages, and for
cases what is possible now. ` + "`retryable`" + ` says whether the very same request may succeed later.`

// describedAPI is the document without its operations, which registering adds.
func describedAPI() *huma.OpenAPI {
	bearer := func(format, about string) *huma.SecurityScheme {
		return &huma.SecurityScheme{Type: "http", Scheme: "bearer", BearerFormat: format, Description: about}
	}
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: "Recourse", Version: "1", Description: apiAbout, License: &huma.License{Name: "MIT", Identifier: "MIT"}},
		Servers: []*huma.Server{{URL: "/", Description: "wherever the program is served"}},
		Components: &huma.Components{
			Schemas: schemas(),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				schemeShop:     bearer("rk_…", "An API key of a shop, made by `recourse shop key create SHOP`. It opens that shop's own cases and nothing else."),
				schemeAgent:    bearer("as_…", "An agent's session from POST /api/agent/login."),
				schemeBuyer:    bearer("JWT", "A buyer's session from the socket's welcome, or the shop's short-lived token for him."),
				schemeCallback: bearer("", "The key that the operator set with --callback-key."),
				schemeSigned: {
					Type: "apiKey", In: "header", Name: "webhook-signature",
					Description: "Instead of the key itself: v1,base64(HMAC-SHA256(key, webhook-id + \".\" + webhook-timestamp + \".\" + body)), not older than five minutes.",
				},
			},
			Parameters: map[string]*huma.Param{"AcceptLanguage": {
				Name: "Accept-Language", In: "header", Description: "The language of names and sentences: zh-CN (default) or en.",
				Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{"en"}},
			}},
		},
		Tags: []*huma.Tag{
			{Name: tagCases, Description: "What a merchant sees of his cases."},
			{Name: tagActions, Description: "What a merchant does to a case: POST /api/merchant/cases/{id}/{action}. The case says which actions are allowed now."},
			{Name: tagComplaints, Description: "Complaints (投诉) about conduct, of buyers about shops and of shops about buyers. They never move money."},
			{Name: tagEvidence, Description: "Files as evidence, by resumable upload (tus 1.0), and the links to look at them."},
			{Name: tagWebhooks, Description: "Where the shop's system is told of what happens: signed requests after Standard Webhooks 1.0.0, tried for 24 hours, in order for each case. WEBHOOKS.md says how to verify them and what to do about those that were missed."},
			{Name: tagDesk, Description: "Agents: sessions, cases, and what the platform decides."},
			{Name: tagAccounts, Description: "Accounts of the desk, their sessions, and single sign-on. MAY.md says which role may do what."},
			{Name: tagCallbacks, Description: "News from the payment channel and the carriers."},
			{Name: tagHealth, Description: "For whoever runs the program."},
		},
	}
}

// schemas is the registry of the document's types. What leaves as a failure is an APIError.
func schemas() huma.Registry {
	r := huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)
	r.RegisterTypeAlias(reflect.TypeFor[failure](), reflect.TypeFor[wire.APIError]())
	return r
}

// document is the OpenAPI document of everything that is registered.
func (a *rest) document() []byte {
	raw, err := json.MarshalIndent(a.api.OpenAPI(), "", "  ")
	if err != nil {
		panic(fmt.Sprintf("web: the OpenAPI document cannot be encoded: %v", err)) // plain data, cannot happen
	}
	return append(raw, '\n')
}

// finish completes the document with what huma cannot know, and serves it.
func (a *rest) finish() {
	doc := a.api.OpenAPI()
	for name, s := range doc.Components.Schemas.Map() {
		describe(doc.Components.Schemas.TypeFromRef(schemaPrefix+name), s)
	}
	for _, item := range doc.Paths {
		for _, op := range operationsOf(item) {
			tellCodes(op)
			closeParameters(op)
		}
	}
	raw := a.document()
	a.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(raw) // the client has gone; there is nobody to tell
	})
}

func operationsOf(item *huma.PathItem) []*huma.Operation {
	all := []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete, item.Head, item.Options}
	return slices.DeleteFunc(all, func(op *huma.Operation) bool { return op == nil })
}

// tellCodes says which codes come with which status.
func tellCodes(op *huma.Operation) {
	byStatus := map[int][]string{}
	for _, c := range codesOf(op) {
		byStatus[public[c].status] = append(byStatus[public[c].status], string(c))
	}
	for status, codes := range byStatus {
		if res := op.Responses[strconv.Itoa(status)]; res != nil {
			slices.Sort(codes)
			res.Description = strings.Join(codes, ", ")
			if status == http.StatusTooManyRequests {
				res.Headers = map[string]*huma.Param{"Retry-After": {
					Description: "Seconds to wait.", Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: new(1.0)},
				}}
			}
		}
	}
}

// closeParameters closes the set of states in queries, for readers and for requests alike: the schema is the one
// that requests are held to.
func closeParameters(op *huma.Operation) {
	for _, p := range op.Parameters {
		if p.In == "query" && p.Name == "state" {
			p.Schema.Enum = stateSet()
			if slices.Contains(op.Tags, tagComplaints) {
				p.Schema.Enum = complaintStates()
			}
			p.Schema.PrecomputeMessages()
		}
	}
}

// describe takes descriptions from the comments of a type and its fields, and closed sets from the code that
// closes them.
func describe(t reflect.Type, s *huma.Schema) {
	if t == nil {
		return
	}
	if s.Description == "" {
		s.Description = wire.Comments()[t.String()]
	}
	eachField(t, func(owner reflect.Type, f reflect.StructField, name string) {
		p := s.Properties[name]
		if p == nil {
			return
		}
		if p.Description == "" {
			p.Description = wire.Comments()[owner.String()+"."+f.Name]
		}
		if values, ok := closedSets[owner.String()+"."+name]; ok {
			target := p
			if p.Type == huma.TypeArray {
				target = p.Items
			}
			target.Enum = values()
		}
	})
	s.PrecomputeMessages()
}

// eachField calls f for the fields of a struct as JSON has them, embedded ones included.
func eachField(t reflect.Type, f func(owner reflect.Type, field reflect.StructField, name string)) {
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			eachField(field.Type, f)
		} else if name != "" && name != "-" {
			f(t, field, name)
		}
	}
}

// closedSets are the fields that take or show one of a closed set, by type and JSON name.
var closedSets = map[string]func() []any{
	"dialog.CaseView.state":                stateSet,
	"dialog.CaseView.allowed_actions":      eventSet,
	"dialog.ActionView.action":             eventSet,
	"wire.Change.state":                    stateSet,
	"wire.TakenBy.state":                   stateSet,
	"dialog.ComplaintView.state":           complaintStates,
	"dialog.ComplaintView.allowed_actions": complaintEvents,
	// A refusal is of a case or of a complaint.
	"wire.APIErrorBody.state":           func() []any { return union(stateSet(), complaintStates()) },
	"wire.APIErrorBody.allowed_actions": func() []any { return union(allEvents(), complaintEvents()) },
	"wire.APIErrorBody.code":            codeSet,
}

func stateSet() []any {
	var out []any
	for _, s := range cases.States() {
		out = append(out, string(s.State))
	}
	return out
}

// eventSet are the events that a person may cause.
func eventSet() []any {
	return eventsOf(func(a cases.Actor) bool { return a == cases.Buyer || a == cases.Merchant || a == cases.Agent })
}

// allEvents are those that anybody may cause; timers are nobody.
func allEvents() []any { return eventsOf(func(cases.Actor) bool { return true }) }

func eventsOf(actor func(cases.Actor) bool) []any {
	var names []string
	for _, row := range cases.Table() {
		isTimer := strings.HasPrefix(string(row.Event), string(cases.TimerEvent("")))
		if !isTimer && slices.ContainsFunc(row.Actors, actor) && !slices.Contains(names, string(row.Event)) {
			names = append(names, string(row.Event))
		}
	}
	return sorted(names)
}

// codeSet are the codes that HTTP may answer.
func codeSet() []any {
	var names []string
	for c := range public {
		names = append(names, string(c))
	}
	return sorted(names)
}

func sorted(names []string) []any {
	slices.Sort(names)
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = n
	}
	return out
}
