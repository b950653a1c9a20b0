package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/evidence"
	"recourse/dialog"
	"recourse/web/webhooks"
	"recourse/web/wire"
)

// Code is a public error code. Codes of cases (domain §3.7) and of uploads are part of the set.
type Code string

// The public codes of sockets and HTTP.
const (
	CodeUnauthenticated Code = "UNAUTHENTICATED"
	CodeTokenExpired    Code = "TOKEN_EXPIRED"
	CodeLoginFailed     Code = "LOGIN_FAILED"
	CodeForbidden       Code = "FORBIDDEN"
	CodeBadFrame        Code = "BAD_FRAME"
	CodeBadRequest      Code = "BAD_REQUEST"
	CodeTooLarge        Code = "TOO_LARGE"
	CodeTextTooLong     Code = "TEXT_TOO_LONG"
	CodeTextEmpty       Code = "TEXT_EMPTY"
	CodeRateLimited     Code = "RATE_LIMITED"
	CodeUnknownAction   Code = "UNKNOWN_ACTION"
	CodeCardStale       Code = "CARD_STALE"
	CodeIDReused        Code = "ID_REUSED"
	CodeNotHolder       Code = "NOT_HOLDER"
	CodeAlreadyClaimed  Code = "ALREADY_CLAIMED"
	CodeHumanHasChat    Code = "HUMAN_HAS_CHAT"
	CodeNoConversation  Code = "CONVERSATION_NOT_FOUND"
	CodeNotFound        Code = "NOT_FOUND"
	CodeNoComplaint     Code = "COMPLAINT_NOT_FOUND"
	CodeKeyRequired     Code = "IDEMPOTENCY_KEY_REQUIRED"
	CodeWaybillUnknown  Code = "WAYBILL_UNKNOWN"
	CodeCursorLost      Code = "CURSOR_LOST"
	CodeMethod          Code = "METHOD_NOT_ALLOWED"
	CodeMediaType       Code = "UNSUPPORTED_MEDIA_TYPE"
	CodeSlowRequest     Code = "REQUEST_TIMEOUT"
	CodeWebhookLimit    Code = "WEBHOOK_LIMIT"
	CodeWebhookDisabled Code = "WEBHOOK_DISABLED"
	CodeWebhookWaiting  Code = "WEBHOOK_WAITING"
	CodeCopilotOff      Code = "COPILOT_OFF"
	CodeCopilotBusy     Code = "COPILOT_BUSY"
	CodeShortcutTaken   Code = "SHORTCUT_TAKEN"
	CodeSlotUnknown     Code = "SLOT_UNKNOWN"
	CodeAgentAway       Code = "AGENT_AWAY"
	CodeSkillAway       Code = "SKILL_AWAY"
	CodeSkillUnknown    Code = "SKILL_UNKNOWN"
	CodeReasonRequired  Code = "REASON_REQUIRED"
	CodeReplyLeased     Code = "REPLY_LEASED"
	CodeAccountTaken    Code = "ACCOUNT_TAKEN"
	CodeAccountOwn      Code = "ACCOUNT_OWN"
	CodeAccountSSO      Code = "ACCOUNT_SSO"
	CodePasswordWeak    Code = "PASSWORD_WEAK"
	CodePasswordChange  Code = "PASSWORD_CHANGE_REQUIRED"
	CodeSessionEnded    Code = "SESSION_ENDED"
	CodeAuditTooMuch    Code = "AUDIT_TOO_MUCH"
	CodeAccountDisabled Code = "ACCOUNT_DISABLED"
	CodeSSOOff          Code = "SSO_OFF"
	CodeSSOAway         Code = "SSO_UNAVAILABLE"
	CodeSSOExpired      Code = "SSO_EXPIRED"
	CodeSSOFailed       Code = "SSO_FAILED"
	CodeSSOCancelled    Code = "SSO_CANCELLED"
	CodeSSONoAccount    Code = "SSO_NO_ACCOUNT"
	CodeSSONoRole       Code = "SSO_NO_ROLE"
	CodeSSOIdentity     Code = "SSO_OTHER_IDENTITY"
	CodeInternal        Code = "INTERNAL"
	CodeUnavailable     Code = "UNAVAILABLE"
)

// CodeFieldRequired is also for whatever else is wrong with the shape of a request.
const CodeFieldRequired = Code(cases.CodeFieldRequired)

// text is a public message in both languages.
type text struct{ zh, en string }

// In picks a language.
func (t text) In(l dialog.Locale) string {
	if l == dialog.EN {
		return t.en
	}
	return t.zh
}

// public is the one table of codes: HTTP status, whether the same request may succeed later, message.
var public = map[Code]struct {
	status int
	retry  bool
	text
}{
	CodeUnauthenticated: {401, false, text{"请先登录。", "Please sign in."}},
	CodeTokenExpired:    {401, false, text{"登录已过期，请重新进入。", "Your sign-in has expired; please open the chat again."}},
	CodeLoginFailed:     {401, false, text{"账号或密码不对。", "Login or password is wrong."}},
	CodeForbidden:       {403, false, text{"没有权限。", "You may not do this."}},
	CodeBadFrame:        {400, false, text{"消息格式不对，没有处理。", "The message could not be read; nothing was done."}},
	CodeBadRequest:      {400, false, text{"请求格式不对，没有处理。", "The request could not be read; nothing was done."}},
	CodeTooLarge:        {413, false, text{"内容太大，没有发送。", "That is too large and was not sent."}},
	CodeTextTooLong:     {422, false, text{"文字太长了，请分成几条发送。", "The text is too long; please send it in parts."}},
	CodeTextEmpty:       {422, false, text{"没有内容，没有发送。", "There is nothing to send."}},
	CodeRateLimited:     {429, true, text{"太快了，请稍等再试。", "That was too fast; please wait a moment."}},
	CodeUnknownAction:   {422, false, text{"没有这个操作。", "There is no such action."}},
	CodeCardStale:       {409, false, text{"这张卡片已经过期，没有执行，请看最新的卡片。", "This card is out of date and nothing was done; please use the latest one."}},
	CodeIDReused:        {409, false, text{"消息编号重复，没有发送。", "The message id was used before; nothing was sent."}},
	CodeNotHolder:       {409, false, text{"这个对话现在不由您负责。", "This conversation is not yours now."}},
	CodeAlreadyClaimed:  {409, false, text{"这个对话已经被接手。", "Somebody else has taken this conversation."}},
	CodeHumanHasChat:    {409, false, text{"现在由人工客服处理，请直接留言。", "A person has the chat now; please just write."}},
	CodeNoConversation:  {404, false, text{"没有找到这个对话。", "There is no such conversation."}},
	CodeNotFound:        {404, false, text{"没有找到。", "Not found."}},
	CodeNoComplaint:     {404, false, text{"没有找到这份投诉。", "There is no such complaint."}},
	CodeKeyRequired:     {400, false, text{"缺少 Idempotency-Key 请求头。", "The header Idempotency-Key is missing."}},
	CodeWaybillUnknown:  {404, true, text{"没有案件登记这个运单号，可稍后重试。", "No case has that waybill number yet; it may be sent again later."}},
	CodeCursorLost:      {410, false, text{"游标已失效，请从头读取。", "The list was made anew; please read it from the beginning, without a cursor."}},
	CodeMethod:          {405, false, text{"这个地址不支持该请求方法。", "This address does not take that method."}},
	CodeMediaType:       {415, false, text{"请求体必须是 application/json。", "The body must be application/json."}},
	CodeSlowRequest:     {408, true, text{"请求内容没有及时传完，请重试。", "The body of the request did not arrive in time; please send it again."}},
	CodeWebhookLimit:    {409, false, text{"Webhook 地址数量已达上限（16 个）。", "The shop has as many webhook endpoints as it may have (16)."}},
	CodeWebhookDisabled: {409, false, text{"这个 Webhook 地址已停用，请先启用。", "This webhook endpoint is off; switch it on first."}},
	CodeWebhookWaiting:  {409, false, text{"这条消息还在投递中，不用重发。", "This delivery is still being attempted; there is nothing to send again."}},
	CodeCopilotOff:      {503, false, text{"没有配置智能助手。", "No copilot is set up."}},
	CodeCopilotBusy:     {503, true, text{"智能助手现在没有回应，请稍后再试，或直接处理。", "The copilot does not answer now; try again later, or go on without it."}},
	CodeShortcutTaken:   {409, false, text{"这个快捷词已被另一条常用语使用。", "Another canned reply has this shortcut."}},
	CodeSlotUnknown:     {422, false, text{"有不认识的变量，请使用列出的变量。", "There is a slot that is not known; please use those listed."}},
	CodeAgentAway:       {409, false, text{"这位客服现在不在，请选择其他人。", "That agent is not there now; please choose another."}},
	CodeSkillAway:       {409, true, text{"有这项技能的同事现在都不在，没有转出。请转给其他同事，或稍后再转。", "Nobody else with that skill is on duty now; it was not passed on. Choose a colleague, or try again later."}},
	CodeSkillUnknown:    {422, false, text{"没有其他同事有这项技能，没有转出。", "No other agent has that skill; it was not passed on."}},
	CodeReasonRequired:  {422, false, text{"请写明原因。", "Please say why."}},
	CodeReplyLeased:     {409, true, text{"您正在另一个窗口回复这个对话，没有发送。", "You are answering this conversation in another window; nothing was sent."}},
	CodeAccountTaken:    {409, false, text{"这个账号已存在。", "There is an account of that login already."}},
	CodeAccountOwn:      {409, false, text{"不能停用自己的账号或更改自己的角色。", "You cannot disable your own account or change its role."}},
	CodeAccountSSO:      {409, false, text{"这个账号使用单点登录，没有密码。", "This account uses single sign-on and has no password."}},
	CodePasswordWeak:    {422, false, text{"新密码至少 8 个字符，且不能与账号或原密码相同。", "The new password needs at least 8 characters and must be neither the login nor the old password."}},
	CodePasswordChange:  {403, false, text{"请先修改临时密码。", "Please choose a new password first; this one is temporary."}},
	CodeSessionEnded:    {401, false, text{"登录已失效，请重新登录。", "This session has ended; please sign in again."}},
	CodeAuditTooMuch:    {422, false, text{"记录超过 20,000 条，没有导出，请缩小范围。", "These are more than 20,000 entries, and nothing was saved; please ask for fewer."}},
	CodeAccountDisabled: {403, false, text{"这个账号已停用，请联系管理员。", "This account is disabled; please ask an admin."}},
	CodeSSOOff:          {404, false, text{"没有配置企业账号登录。", "Single sign-on is not set up."}},
	CodeSSOAway:         {503, true, text{"企业登录服务暂时连不上，请稍后再试，或用密码登录。", "The sign-on service cannot be reached now; try again later, or sign in with a password."}},
	CodeSSOExpired:      {401, false, text{"这次企业登录已失效，请重新登录。", "This sign-on is no longer valid; please sign in again."}},
	CodeSSOFailed:       {401, false, text{"企业登录没有通过验证，请重试；仍不行请联系管理员。", "The sign-on could not be verified. Please try again; if it fails again, ask an admin."}},
	CodeSSOCancelled:    {401, false, text{"企业登录已取消，或没有获准。", "The sign-on was cancelled, or not allowed."}},
	CodeSSONoAccount:    {403, false, text{"您的企业账号在工作台还没有账号，请联系管理员。", "There is no account here for your sign-on; please ask an admin."}},
	CodeSSONoRole:       {403, false, text{"您的企业账号没有工作台的角色，请联系管理员。", "Your sign-on has no role at this desk; please ask an admin."}},
	CodeSSOIdentity:     {403, false, text{"这个账号已绑定另一个企业身份，请联系管理员。", "This account is bound to another identity; please ask an admin."}},
	CodeInternal:        {500, true, text{"系统出了点问题，请稍后再试。", "Something went wrong; please try again later."}},
	CodeUnavailable:     {503, true, text{"系统暂时忙，请稍后再试，内容没有丢失。", "The system is busy; please try again shortly. Nothing is lost."}},

	Code(cases.CodeNotFound):            {404, false, text{"没有找到这个申请。", "There is no such case."}},
	Code(cases.CodeNotParty):            {403, false, text{"您不能对这个申请做此操作。", "You cannot do this to this case."}},
	Code(cases.CodeStateConflict):       {409, false, text{"申请的状态已变化，这个操作现在不能做。", "The case has moved on; this is not possible now."}},
	Code(cases.CodeVersionConflict):     {409, false, text{"申请刚刚有变化，请刷新后再操作。", "The case has just changed; please look at it again."}},
	Code(cases.CodeIdempotencyMismatch): {409, false, text{"同一个 Idempotency-Key 用于不同内容。", "The Idempotency-Key was used for another request."}},
	Code(cases.CodeDeadlinePassed):      {410, false, text{"这一步的时间已过。", "The time for this is over."}},
	Code(cases.CodeEligibilityFailed):   {422, false, text{"不符合申请条件。", "It is not eligible."}},
	Code(cases.CodeEvidenceRequired):    {422, false, text{"缺少必需的凭证。", "Required evidence is missing."}},
	Code(cases.CodeEvidenceRejected):    {422, false, text{"这份凭证没有被接受。", "This evidence was not accepted."}},
	Code(cases.CodeEvidenceLocked):      {409, false, text{"已经裁定，凭证不能再改动。", "A decision was made; evidence can no longer be changed."}},
	Code(cases.CodeAmountInvalid):       {422, false, text{"金额不对。", "The amount is not valid."}},
	Code(cases.CodeRejectReason):        {422, false, text{"拒绝需要理由代码、说明，并告知买家可申请平台介入。", "A refusal needs a code, an explanation, and the note that the buyer may ask the platform."}},
	Code(cases.CodeExtendTooEarly):      {409, false, text{"还不到可以延长收货的时间。", "It is too early to extend."}},
	Code(cases.CodeExtendNotAllowed):    {409, false, text{"不能再延长收货。", "It cannot be extended again."}},
	Code(cases.CodeEscalationNotOpen):   {409, false, text{"商家还在处理时间内，暂不能申请平台介入。", "The merchant still has time; intervention is not open yet."}},
	Code(cases.CodeEscalationClosed):    {410, false, text{"申请平台介入的时间已过。", "The time to ask for intervention is over."}},
	Code(cases.CodeAttemptsExhausted):   {422, false, text{"申请次数已用完。", "All applications are used up."}},
	Code(cases.CodeAlreadyOpen):         {409, false, text{"已有进行中的申请。", "There is an open case already."}},
	Code(cases.CodeAppealEvidence):      {422, false, text{"申诉需要裁定之后的新凭证。", "An appeal needs evidence newer than the decision."}},
	Code(cases.CodeConfirmation):        {422, false, text{"这一步需要明确确认。", "This needs an explicit confirmation."}},
	Code(cases.CodeFieldRequired):       {422, false, text{"有必填项没填或格式不对。", "A required field is missing or not valid."}},
	Code(cases.CodeNothingNew):          {422, false, text{"重新申请需要新的凭证或其他原因。", "A new application needs new evidence or another reason."}},
	Code(cases.CodeNotAssigned):         {409, false, text{"这个案件不由您处理。", "This case is with another agent."}},

	evidence.CodeUploadNotFound:  {404, false, text{"没有找到这个上传。", "There is no such upload."}},
	evidence.CodeUploadExpired:   {410, false, text{"上传已过期，请重新上传。", "The upload has expired; please begin again."}},
	evidence.CodeUploadBusy:      {423, true, text{"这个文件正在上传。", "This file is being uploaded."}},
	evidence.CodeUploadDone:      {409, false, text{"凭证已提交，不能在这里撤回。", "The evidence is part of the case and cannot be taken back here."}},
	evidence.CodeOffsetConflict:  {409, true, text{"上传位置不一致，会自动继续。", "The upload will go on from where it was."}},
	evidence.CodeChecksum:        {460, true, text{"数据有误，会自动重传。", "The data was damaged and will be sent again."}},
	evidence.CodeBadUpload:       {400, false, text{"上传请求不对。", "The upload request is not valid."}},
	evidence.CodeLinkExpired:     {410, false, text{"链接已过期，请刷新。", "The link has expired; please reload."}},
	evidence.CodeLinkInvalid:     {403, false, text{"链接无效。", "The link is not valid."}},
	evidence.CodeEvidenceMissing: {404, false, text{"没有找到这份凭证。", "There is no such evidence."}},
}

// uploadReasons say why a file was refused, in words of the uploader.
var uploadReasons = map[evidence.Reason]text{
	evidence.ReasonEmpty:         {"文件是空的，请重新选择。", "The file is empty; please choose again."},
	evidence.ReasonTooLarge:      {"文件太大，请压缩或换一个。", "The file is too large."},
	evidence.ReasonWrongType:     {"这种文件不能作为这项凭证，请上传照片或视频。", "This type of file does not fit here; please use a photo or video."},
	evidence.ReasonUndecodable:   {"文件打不开，可能已损坏，请换一个。", "The file cannot be opened; it may be damaged."},
	evidence.ReasonTooSmall:      {"图片太小，看不清楚，请上传原图。", "The picture is too small to see anything; please use the original."},
	evidence.ReasonTooManyPixels: {"图片尺寸过大，请换一张。", "The picture has too many pixels."},
	evidence.ReasonTooLong:       {"视频太长，请剪短到规定时长内。", "The video is too long."},
	evidence.ReasonUnknownKind:   {"没有这种凭证。", "There is no such kind of evidence."},
	// The case's own reasons (cases.RejectReason).
	evidence.Reason(cases.RejectTwice):    {"这个文件已经上传过了，不用再传。", "This file is in the case already."},
	evidence.Reason(cases.RejectTooMany):  {"凭证数量已达上限，可以先移除一份再上传。", "There is no room for more evidence; remove a piece first."},
	evidence.Reason(cases.RejectNotYours): {"这种凭证由另一方提供。", "This kind of evidence is for the other party to give."},
	evidence.ReasonTooManyOpen:            {"同时上传的文件太多，请先等一等。", "Too many uploads at once; please wait."},
}

// refusal is an error with a public code of this package.
type refusal struct{ code Code }

func (r refusal) Error() string { return string(r.code) }

func refuse(code Code) error { return refusal{code} }

// detailed is a refusal that tells more than its code.
type detailed struct {
	refusal
	text    text // instead of the code's own; the zero value: that
	details any  // plain data
}

func (d detailed) Unwrap() error { return d.refusal }

// codeOf is the public code of any error; what is not known stays inside.
func codeOf(err error) Code {
	var up *evidence.Error
	r, isRefusal := errors.AsType[refusal](err)
	switch {
	case isRefusal:
		return r.code
	case errors.As(err, &up):
		return Code(up.Code)
	case cases.CodeOf(err) != "":
		return Code(cases.CodeOf(err))
	case errors.Is(err, complaints.ErrNotFound):
		return CodeNoComplaint
	case errors.Is(err, ErrShortcutTaken):
		return CodeShortcutTaken
	case errors.Is(err, ErrNoCopilot):
		return CodeCopilotOff
	case errors.Is(err, ErrCopilotBusy):
		return CodeCopilotBusy
	case hookCode(err) != "":
		return hookCode(err)
	case errors.Is(err, cases.ErrNoCase):
		return Code(cases.CodeNotFound)
	case errors.Is(err, cases.ErrNoLine):
		return CodeNotFound
	case errors.Is(err, dialog.ErrNotFound):
		return CodeNoConversation
	case errors.Is(err, dialog.ErrNotHolder):
		return CodeNotHolder
	case errors.Is(err, dialog.ErrIDReused):
		return CodeIDReused
	case errors.Is(err, dialog.ErrUnknownAction):
		return CodeUnknownAction
	case errors.Is(err, dialog.ErrStaleCard):
		return CodeCardStale
	case errors.Is(err, ErrSSOAway):
		return CodeSSOAway
	case errors.Is(err, ErrSSOFailed):
		return CodeSSOFailed
	case errors.Is(err, ErrSSOUsed):
		return CodeSSOExpired
	case errors.Is(err, ErrSSORole):
		return CodeSSONoRole
	case errors.Is(err, ErrSSOIdentity):
		return CodeSSOIdentity
	case errors.Is(err, ErrDisabled):
		return CodeAccountDisabled
	case errors.Is(err, ErrNoAccess):
		return CodeUnauthenticated
	case errors.Is(err, ErrNoAccount):
		return CodeNotFound
	case errors.Is(err, ErrAccountTaken):
		return CodeAccountTaken
	case errors.Is(err, ErrBadAccount):
		return CodeFieldRequired
	case errors.Is(err, ErrSSOAccount):
		return CodeAccountSSO
	case errors.Is(err, ErrWeakPassword):
		return CodePasswordWeak
	case errors.Is(err, ErrThrottled), errors.As(err, new(*tooFast)):
		return CodeRateLimited
	case errors.Is(err, ErrBadCursor), errors.Is(err, dialog.ErrBadTags), errors.Is(err, dialog.ErrBadSnooze):
		return CodeFieldRequired
	case errors.Is(err, ErrLostCursor):
		return CodeCursorLost
	case errors.Is(err, ErrTokenExpired):
		return CodeTokenExpired
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, cases.ErrRaced), errors.Is(err, cases.ErrNoPolicy),
		errors.Is(err, dialog.ErrConflict):
		return CodeUnavailable
	default:
		return CodeInternal
	}
}

// message is a code's public message.
func message(code Code, err error) text {
	if up, ok := errors.AsType[*evidence.Error](err); ok {
		if t, ok := uploadReasons[up.Reason]; ok {
			return t
		}
	}
	p, ok := public[code]
	if !ok {
		return public[CodeInternal].text
	}
	return p.text
}

// frame is an error as a socket sends it.
func errorFrame(err error, id string, l dialog.Locale) wire.Error {
	code := codeOf(err)
	if _, ok := public[code]; !ok {
		code = CodeInternal
	}
	f := wire.Error{T: wire.TError, Code: string(code), Message: message(code, err).In(l), For: id, Retry: public[code].retry}
	if code == CodeRateLimited {
		f.RetryAfter = 1000
	}
	if d, ok := errors.AsType[detailed](err); ok {
		raw, err := json.Marshal(d.details)
		if err != nil {
			panic(err) // plain data, cannot happen
		}
		f.Details = raw
		if d.text != (text{}) {
			f.Message = d.text.In(l)
		}
	}
	return f
}

// failureOf is an error as a request is answered with it.
func failureOf(err error, request string) *failure {
	code := codeOf(err)
	entry, known := public[code]
	if !known {
		code, entry = CodeInternal, public[CodeInternal]
	}
	msg := message(code, err)
	f := &failure{status: entry.status, Body: wire.APIErrorBody{
		Code: string(code), MessageZH: msg.zh, MessageEN: msg.en, Retryable: entry.retry, RequestID: request,
	}}
	if up, ok := errors.AsType[*evidence.Error](err); ok {
		if up.Status != 0 {
			f.status = up.Status
		}
		if up.Code == evidence.CodeRejected {
			f.Body.Rejected = []wire.RejectedItem{{Reason: string(up.Reason)}}
		}
	}
	if e, ok := errors.AsType[*cases.Error](err); ok {
		possible(&f.Body, e)
	}
	if errors.Is(err, ErrBadCursor) {
		f.Body.Field = "cursor"
	}
	if e, ok := errors.AsType[*webhooks.Invalid](err); ok {
		f.Body.Field, f.Body.Problems = e.Field, []wire.Problem{{Field: e.Field, Problem: e.Why}}
	}
	if code == CodeRateLimited {
		f.header = http.Header{"Retry-After": {strconv.Itoa(retryAfter(err))}}
	}
	return f
}

// possible says what a refusal of a case leaves possible. Whoever is no party to a case learns nothing about it.
func possible(body *wire.APIErrorBody, e *cases.Error) {
	if e.Code == cases.CodeNotParty {
		return
	}
	body.State, body.CaseVersion, body.Field, body.OpenCase = string(e.State), e.Version, e.Field, string(e.OpenCase)
	for _, a := range e.Allowed {
		body.Allowed = append(body.Allowed, string(a))
	}
	for t, at := range e.Deadlines {
		if body.Deadlines == nil {
			body.Deadlines = map[string]time.Time{}
		}
		body.Deadlines[string(t)] = at
	}
	for _, m := range e.Missing {
		var group []string
		for _, k := range m.AnyOf {
			group = append(group, string(k))
		}
		body.Missing = append(body.Missing, group...)
		body.MissingAnyOf = append(body.MissingAnyOf, group)
	}
	for _, item := range e.Items {
		body.Rejected = append(body.Rejected, wire.RejectedItem{ID: string(item.ID), Kind: string(item.Kind), Reason: string(item.Reason)})
	}
	if e.Verdict != nil {
		body.Verdict = string(e.Verdict.Code)
	}
	if e.Passed != nil {
		body.Passed = &wire.PassedDeadline{Timer: string(e.Passed.Timer), At: e.Passed.At}
	}
}

// retryAfter is how many seconds a client that was too fast should wait.
func retryAfter(err error) int {
	if slow, ok := errors.AsType[*tooFast](err); ok {
		return max(1, int((slow.wait+time.Second-1)/time.Second))
	}
	return 5
}

// writeError answers a request with a public error. What is not public is logged under the request's id.
func writeError(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	f := failureOf(err, requestID(r.Context()))
	if f.status >= http.StatusInternalServerError {
		log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "request", f.Body.RequestID, "err", err)
	}
	maps.Copy(w.Header(), f.header)
	writeJSON(w, f.status, f)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain data, cannot happen
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the client has gone; there is nobody to tell
}
