package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/web/wire"
)

const (
	auditCheckMost = 20000 // entries checked for one request
	auditFileMost  = 20000 // entries of one file
	auditFilePage  = 500
)

// AuditFilter are the entries of the trail that a request wants. It is exported only for huma, which passes over what is embedded and is not.
type AuditFilter struct {
	Actor        string    `query:"actor" maxLength:"64" doc:"Only what this login did."`
	Conversation string    `query:"conversation" maxLength:"64" doc:"Only what was done to this conversation."`
	Case         string    `query:"case" maxLength:"64" doc:"Only what was done to this case."`
	Action       string    `query:"action" maxLength:"64" doc:"Only this action, or all whose name begins with it and a dot: case, account, login."`
	From         time.Time `query:"from" doc:"Only from this instant on."`
	To           time.Time `query:"to" doc:"Only before this instant."`
}

// query is what is asked of the trail; the filter stands in the entry of the look at it.
func (f AuditFilter) query(ctx context.Context, cursor string, limit int) AuditQuery {
	t := trailIn(ctx)
	t.about(f.Conversation, f.Case)
	t.detail("actor", f.Actor)
	t.detail("action", f.Action)
	return AuditQuery{Actor: f.Actor, Conversation: f.Conversation, Case: f.Case, Action: f.Action, From: f.From, To: f.To, Cursor: cursor, Limit: limit}
}

// auditRoutes let supervisors read the trail. Reading it is recorded in it.
func (a *rest) auditRoutes() {
	agentOperation(a, may(huma.Operation{
		OperationID: "agentListAudit", Method: http.MethodGet, Path: "/api/agent/audit", Tags: []string{tagDesk},
		Summary: "Read the audit trail", Description: "What agents did, newest first. For supervisors. The trail only grows; its entries are chained by hashes (agentCheckAudit, `recourse audit verify`). A look at it is an entry itself.",
	}, CodeFieldRequired), func(ctx context.Context, _ Agent, in *struct {
		AuditFilter
		Cursor string `query:"cursor" maxLength:"64" doc:"Where the page before ended: its next."`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most so many."`
	},
	) (*answer[wire.AuditList], error) {
		list, next, err := a.Audit.List(ctx, in.query(ctx, in.Cursor, in.Limit))
		if err != nil {
			return nil, err
		}
		return &answer[wire.AuditList]{wire.AuditList{Entries: append([]wire.AuditEntry{}, list...), Next: next}}, nil
	})
	agentOperation(a, may(huma.Operation{
		OperationID: "agentCheckAudit", Method: http.MethodGet, Path: "/api/agent/audit/check", Tags: []string{tagDesk},
		Summary:     "Check that no entry of the audit trail was changed, taken out or put in",
		Description: "For supervisors. From the beginning of the trail, about 20,000 entries for each request: go on with next until there is none. A trail that is broken is an answer of 200 with its fault.",
	}, CodeFieldRequired), func(ctx context.Context, _ Agent, in *struct {
		Cursor string `query:"cursor" maxLength:"128" doc:"Where the request before ended: its next."`
	},
	) (*answer[wire.AuditCheck], error) {
		c, err := a.Audit.Check(ctx, in.Cursor, auditCheckMost)
		if c.Fault != "" {
			trailIn(ctx).detail("fault", string(c.Fault))
			trailIn(ctx).detail("at", whole(c.At))
		}
		return &answer[wire.AuditCheck]{wire.AuditCheck{N: c.N, Hash: c.Hash, All: c.All, Next: c.Next, Fault: string(c.Fault), At: c.At}}, err
	})
	saved := may(huma.Operation{
		OperationID: "agentSaveAudit", Method: http.MethodGet, Path: "/api/agent/audit.csv", Tags: []string{tagDesk},
		Summary: "Save a part of the audit trail", Description: "What agentListAudit answers, newest first, as CSV (RFC 4180, UTF-8 with a byte order mark); details are JSON. More than 20,000 entries are refused (AUDIT_TOO_MUCH): ask for fewer days, or use `recourse audit export`.",
	}, CodeFieldRequired, CodeAuditTooMuch)
	saved.Responses = csvResponse()
	agentOperation(a, saved, func(ctx context.Context, _ Agent, in *AuditFilter) (*csvAnswer, error) {
		q := in.query(ctx, "", auditFilePage)
		var all []wire.AuditEntry
		for {
			page, next, err := a.Audit.List(ctx, q)
			if err != nil {
				return nil, err
			}
			if all = append(all, page...); len(all) > auditFileMost {
				return nil, refuse(CodeAuditTooMuch)
			}
			if q.Cursor = next; next == "" {
				break
			}
		}
		trailIn(ctx).detail("entries", strconv.Itoa(len(all)))
		raw, err := auditCSV(all)
		return csvFileAnswer("recourse-audit-"+a.wall().UTC().Format("20060102-150405")+".csv", raw), err
	})
}

// auditCSV are entries as spreadsheets open them.
func auditCSV(list []wire.AuditEntry) ([]byte, error) {
	lines := [][]string{{"n", "at", "actor", "role", "via", "action", "outcome", "conversation", "case", "object", "address", "request", "details", "hash"}}
	for _, e := range list {
		details := ""
		if len(e.Details) > 0 {
			raw, err := json.Marshal(e.Details)
			if err != nil {
				panic(err) // text by text, cannot happen
			}
			details = string(raw)
		}
		lines = append(lines, []string{
			whole(e.N), e.At.Format(time.RFC3339), e.Actor, e.Role, e.Via, e.Action, e.Outcome, e.Conversation, e.Case, e.Object, e.Address, e.Request, details, e.Hash,
		})
	}
	return csvFile(lines)
}
