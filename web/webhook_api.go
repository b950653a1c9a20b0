package web

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/web/webhooks"
	"recourse/web/wire"
)

// Webhooks are the merchants' endpoints and what is sent to them.
type Webhooks struct {
	Registrar *webhooks.Registrar
	History   webhooks.History
}

const (
	tagWebhooks = "webhooks"
	// resendMost bounds what one request sends again, so that it fits into the time of a request.
	resendMost   = 1000
	hookPageSize = 50
)

// Inputs name the endpoint each by itself: huma does not fill what is embedded under an unexported name.
type oneHook struct {
	ID string `path:"id" maxLength:"64" doc:"The endpoint." example:"we_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
}

type oneDelivery struct {
	ID       string `path:"id" maxLength:"64" doc:"The endpoint." example:"we_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	Delivery string `path:"delivery" maxLength:"64" doc:"The delivery." example:"wd_017_ABCDEFGHJKLMNPQRSTUVWXYZ23"`
}

type hookBody[B any] struct {
	ID   string `path:"id" maxLength:"64" doc:"The endpoint." example:"we_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	Body B
}

type newHook struct {
	// Key is optional here: without one a request that is repeated does it again.
	Key  string `header:"Idempotency-Key" minLength:"1" maxLength:"128" pattern:"^[ -~]+$" patternDescription:"printable ASCII" doc:"Yours, one for each intent: the same request with the same key is carried out once and answered with the endpoint as it stands, as long as the secret that it made is in use." example:"webhook-1"`
	Body wire.NewWebhookEndpoint
}

type rotatedHook struct {
	ID string `path:"id" maxLength:"64" doc:"The endpoint." example:"we_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// Key is optional here: without one a request that is repeated does it again.
	Key  string `header:"Idempotency-Key" minLength:"1" maxLength:"128" pattern:"^[ -~]+$" patternDescription:"printable ASCII" doc:"Yours, one for each intent: the same request with the same key is carried out once and answered with the endpoint as it stands, as long as the secret that it made is in use." example:"webhook-1"`
	Body wire.WebhookRotation
}

type hookPage struct {
	ID     string `path:"id" maxLength:"64" doc:"The endpoint." example:"we_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	Cursor string `query:"cursor" maxLength:"20" doc:"Where the page before ended: its next."`
}

type deadPage struct {
	ID     string    `path:"id" maxLength:"64" doc:"The endpoint." example:"we_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	Cursor string    `query:"cursor" maxLength:"20" doc:"Where the page before ended: its next."`
	Since  time.Time `query:"since" doc:"Only those given up at or after this instant (RFC 3339)."`
}

// webhookRoutes are the shop's endpoints.
func (a *rest) webhookRoutes() {
	op := func(id, method, path, summary, about string, codes ...Code) huma.Operation {
		return may(huma.Operation{
			OperationID: "merchant" + id, Method: method, Path: "/api/merchant/webhooks" + path, Tags: []string{tagWebhooks}, Summary: summary, Description: about,
		}, codes...)
	}
	accepted := func(o huma.Operation) huma.Operation { o.DefaultStatus = http.StatusAccepted; return o }
	type list = answer[wire.WebhookEndpointList]
	type one = answer[wire.WebhookEndpoint]
	type withSecret = answer[wire.WebhookEndpointWithSecret]
	type page = answer[wire.WebhookDeliveryList]

	types := op("ListWebhookTypes", http.MethodGet, "", "List the types of events", "What endpoints may ask for, with what each says.")
	types.Path = "/api/merchant/webhook-types"
	shopOperation(a, types, func(context.Context, string, *struct{}) (*answer[wire.WebhookTypeList], error) {
		out := wire.WebhookTypeList{Types: []wire.WebhookType{}}
		for _, t := range webhookTypes {
			out.Types = append(out.Types, wire.WebhookType{Name: t.Name, ZH: t.ZH, EN: t.EN, OptIn: t.OptIn})
		}
		return &answer[wire.WebhookTypeList]{out}, nil
	})
	shopOperation(a, op("ListWebhooks", http.MethodGet, "", "List the shop's endpoints", "Oldest first."),
		func(ctx context.Context, shop string, _ *struct{}) (*list, error) {
			eps, err := a.Webhooks.Registrar.Endpoints.Of(ctx, shop)
			out := wire.WebhookEndpointList{Endpoints: []wire.WebhookEndpoint{}}
			for _, ep := range eps {
				out.Endpoints = append(out.Endpoints, a.hookView(ep))
			}
			return &list{out}, err
		})
	create := op("CreateWebhook", http.MethodPost, "", "Make an endpoint",
		"Its secret is in the answer and is never shown again. A shop may have 16 endpoints.", CodeWebhookLimit, Code(cases.CodeIdempotencyMismatch))
	create.DefaultStatus = http.StatusCreated
	shopOperation(a, create, func(ctx context.Context, shop string, in *newHook) (*withSecret, error) {
		b := in.Body
		ep, err := a.Webhooks.Registrar.Create(ctx, shop, in.Key, webhooks.Wish{URL: &b.URL, Description: &b.Description, Events: &b.Events})
		if err != nil {
			return nil, err
		}
		return &withSecret{wire.WebhookEndpointWithSecret{WebhookEndpoint: a.hookView(ep), Secret: ep.Secrets[0].Key}}, nil
	})
	shopOperation(a, op("GetWebhook", http.MethodGet, "/{id}", "Read an endpoint", "With how its deliveries go.", CodeNotFound),
		func(ctx context.Context, shop string, in *oneHook) (*one, error) {
			ep, err := a.Webhooks.Registrar.Get(ctx, shop, webhooks.EndpointID(in.ID))
			if err != nil {
				return nil, err
			}
			return &one{a.hookView(ep)}, nil
		})
	shopOperation(a, op("ChangeWebhook", http.MethodPatch, "/{id}", "Change an endpoint, or switch it on or off",
		"Fields that are not sent stay as they are. While an endpoint is off nothing is queued for it, and what was waiting becomes a dead letter when its turn comes.", CodeNotFound),
		func(ctx context.Context, shop string, in *hookBody[wire.ChangedWebhookEndpoint]) (*one, error) {
			b := in.Body
			ep, err := a.Webhooks.Registrar.Update(ctx, shop, webhooks.EndpointID(in.ID), webhooks.Wish{
				URL: b.URL, Description: b.Description, Events: b.Events, Enabled: b.Enabled,
			})
			if err != nil {
				return nil, err
			}
			return &one{a.hookView(ep)}, nil
		})
	shopOperation(a, op("DeleteWebhook", http.MethodDelete, "/{id}", "Delete an endpoint", "What waits for it is forgotten.", CodeNotFound),
		func(ctx context.Context, shop string, in *oneHook) (*answer[wire.Done], error) {
			err := a.Webhooks.Registrar.Delete(ctx, shop, webhooks.EndpointID(in.ID))
			return &answer[wire.Done]{wire.Done{OK: true}}, err
		})
	shopOperation(a, op("RotateWebhookSecret", http.MethodPost, "/{id}/rotate-secret", "Make a new secret",
		"The old secret signs beside the new one for a time: messages carry two signatures until then. Rotating again ends the oldest at once.", CodeNotFound, Code(cases.CodeIdempotencyMismatch)),
		func(ctx context.Context, shop string, in *rotatedHook) (*withSecret, error) {
			ep, err := a.Webhooks.Registrar.Rotate(ctx, shop, webhooks.EndpointID(in.ID), in.Key, time.Duration(in.Body.OverlapHours)*time.Hour)
			if err != nil {
				return nil, err
			}
			return &withSecret{wire.WebhookEndpointWithSecret{WebhookEndpoint: a.hookView(ep), Secret: ep.Secrets[0].Key}}, nil
		})
	shopOperation(a, accepted(op("TestWebhook", http.MethodPost, "/{id}/test", "Send a test event", "webhook.test, to this endpoint alone.", CodeNotFound, CodeWebhookDisabled)),
		func(ctx context.Context, shop string, in *oneHook) (*answer[wire.WebhookSent], error) {
			id, err := a.Webhooks.Registrar.Test(ctx, shop, webhooks.EndpointID(in.ID))
			return &answer[wire.WebhookSent]{wire.WebhookSent{Delivery: string(id)}}, err
		})
	shopOperation(a, op("ListWebhookDeliveries", http.MethodGet, "/{id}/deliveries", "List deliveries",
		"Newest first, 50 to a page, the last 1000. Those that were delivered are kept for seven days.", CodeNotFound, CodeFieldRequired),
		func(ctx context.Context, shop string, in *hookPage) (*page, error) {
			ep, err := a.Webhooks.Registrar.Get(ctx, shop, webhooks.EndpointID(in.ID))
			if err != nil {
				return nil, err
			}
			found, next, err := a.Webhooks.History.Recent(ctx, ep.ID, in.Cursor, hookPageSize)
			return &page{deliveryViews(found, next)}, err
		})
	shopOperation(a, op("GetWebhookDelivery", http.MethodGet, "/{id}/deliveries/{delivery}", "Read a delivery", "With its attempts and the body that is posted.", CodeNotFound),
		func(ctx context.Context, shop string, in *oneDelivery) (*answer[wire.WebhookDelivery], error) {
			ep, err := a.Webhooks.Registrar.Get(ctx, shop, webhooks.EndpointID(in.ID))
			if err != nil {
				return nil, err
			}
			d, err := a.Webhooks.History.Delivery(ctx, ep.ID, webhooks.DeliveryID(in.Delivery))
			if err != nil {
				return nil, err
			}
			v := deliveryView(d)
			v.Payload, err = d.Body()
			return &answer[wire.WebhookDelivery]{v}, err
		})
	shopOperation(a, accepted(op("ResendWebhookDelivery", http.MethodPost, "/{id}/deliveries/{delivery}/resend", "Send a delivery again",
		"One that was delivered or given up, under the same webhook-id, behind what waits about the same case.", CodeNotFound, CodeWebhookDisabled, CodeWebhookWaiting)),
		func(ctx context.Context, shop string, in *oneDelivery) (*answer[wire.WebhookDelivery], error) {
			d, err := a.Webhooks.Registrar.Resend(ctx, shop, webhooks.EndpointID(in.ID), webhooks.DeliveryID(in.Delivery))
			return &answer[wire.WebhookDelivery]{deliveryView(d)}, err
		})
	shopOperation(a, op("ListWebhookDeadLetters", http.MethodGet, "/{id}/dead-letters", "List dead letters",
		"What was given up, oldest first, 50 to a page. They are kept for 30 days.", CodeNotFound, CodeFieldRequired),
		func(ctx context.Context, shop string, in *deadPage) (*page, error) {
			ep, err := a.Webhooks.Registrar.Get(ctx, shop, webhooks.EndpointID(in.ID))
			if err != nil {
				return nil, err
			}
			found, next, err := a.Webhooks.History.DeadLetters(ctx, ep.ID, in.Since, in.Cursor, hookPageSize)
			return &page{deliveryViews(found, next)}, err
		})
	shopOperation(a, accepted(op("ResendWebhookDeadLetters", http.MethodPost, "/{id}/dead-letters/resend", "Send dead letters again",
		"In the order in which they were given up, at most 1000 in one request; ask again while there are more.", CodeNotFound, CodeWebhookDisabled)),
		func(ctx context.Context, shop string, in *hookBody[wire.WebhookResend]) (*answer[wire.WebhookResent], error) {
			n, more, err := a.Webhooks.Registrar.ResendSince(ctx, shop, webhooks.EndpointID(in.ID), in.Body.Since, resendMost)
			return &answer[wire.WebhookResent]{wire.WebhookResent{Resent: n, More: more}}, err
		})
	a.describeWebhooks()
}

func (a *rest) hookView(ep webhooks.Endpoint) wire.WebhookEndpoint {
	v := wire.WebhookEndpoint{
		ID: string(ep.ID), URL: ep.URL, Description: ep.Description, Events: append([]string{}, ep.Events...), Enabled: ep.Off == "",
		DisabledReason: string(ep.Off), DisabledAt: ep.OffAt, Secrets: []wire.WebhookSecret{}, CreatedAt: ep.CreatedAt,
		Waiting: ep.Health.Waiting, DeadLetters: ep.Health.Dead, FailingSince: ep.Health.FailingSince, PausedUntil: ep.Health.HeldUntil,
	}
	for _, s := range ep.Live(a.wall()) {
		v.Secrets = append(v.Secrets, wire.WebhookSecret{CreatedAt: s.CreatedAt, ExpiresAt: s.Until})
	}
	return v
}

func deliveryViews(list []webhooks.Delivery, next string) wire.WebhookDeliveryList {
	out := wire.WebhookDeliveryList{Deliveries: []wire.WebhookDelivery{}, Next: next}
	for _, d := range list {
		out.Deliveries = append(out.Deliveries, deliveryView(d))
	}
	return out
}

func deliveryView(d webhooks.Delivery) wire.WebhookDelivery {
	v := wire.WebhookDelivery{
		ID: string(d.ID), EventID: d.Event.ID, Type: d.Event.Type, About: d.Event.Lane, Seq: d.Seq, State: string(d.State), QueuedAt: d.Queued,
		NextAttemptAt: d.Next, EndedAt: d.Ended, Reason: string(d.Reason), Attempts: []wire.WebhookAttempt{},
	}
	for _, at := range d.Attempts {
		v.Attempts = append(v.Attempts, wire.WebhookAttempt{
			At: at.At, DurationMS: at.Took.Milliseconds(), Status: at.Status, Error: string(at.Class), RetryAfterMS: at.RetryAfter.Milliseconds(),
		})
	}
	return v
}

// describeWebhooks puts the requests that we make into the document.
func (a *rest) describeWebhooks() {
	doc := a.api.OpenAPI()
	doc.Webhooks = map[string]*huma.PathItem{}
	header := func(name, about, example string) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: true, Description: about, Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{example}}}
	}
	bodies := map[string]reflect.Type{webhooks.TestType.Name: reflect.TypeFor[wire.TestWebhook](), webhooks.DisabledType.Name: reflect.TypeFor[wire.DisabledWebhook]()}
	for _, t := range webhookTypes {
		body, ok := bodies[t.Name]
		switch {
		case ok:
		case strings.HasPrefix(t.Name, complaintPrefix):
			body = reflect.TypeFor[wire.ComplaintWebhook]()
		default:
			body = reflect.TypeFor[wire.CaseWebhook]()
		}
		schema := doc.Components.Schemas.Schema(body, true, "")
		doc.Webhooks[t.Name] = &huma.PathItem{Post: &huma.Operation{
			OperationID: "on." + t.Name, Tags: []string{tagWebhooks}, Summary: t.EN, Description: t.ZH,
			Parameters: []*huma.Param{
				header("webhook-id", "Names the event: the same in every attempt. Drop what you have seen.", "msg_017_ABCDEFGHJKLMNPQRSTUVWXYZ23"),
				header("webhook-timestamp", "When this attempt was made, in Unix seconds.", "1764115200"),
				header("webhook-signature", "v1 and the base64 of HMAC-SHA256 over id.timestamp.body; two, with a space between, while secrets are rotated.", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
			},
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
			Responses: map[string]*huma.Response{
				"2XX": {Description: "Taken. Anything else, or no answer within 10 seconds, is tried again for 24 hours."},
				"410": {Description: "Gone: the endpoint is switched off."},
			},
		}}
	}
}

// hookCode is the public code of an error of package webhooks, "" if it is none.
func hookCode(err error) Code {
	switch {
	case errors.As(err, new(*webhooks.Invalid)):
		return CodeFieldRequired
	case errors.Is(err, webhooks.ErrNotFound):
		return CodeNotFound
	case errors.Is(err, webhooks.ErrTooMany):
		return CodeWebhookLimit
	case errors.Is(err, webhooks.ErrDisabled):
		return CodeWebhookDisabled
	case errors.Is(err, webhooks.ErrWaiting):
		return CodeWebhookWaiting
	case errors.Is(err, webhooks.ErrOtherRequest):
		return Code(cases.CodeIdempotencyMismatch)
	case errors.Is(err, webhooks.ErrConflict):
		return CodeUnavailable
	}
	return ""
}
