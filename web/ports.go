package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/evidence"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/web/wire"
)

// Wording puts things into a reader's language.
type Wording interface {
	// CaseView is a case as one reader may see it.
	CaseView(c cases.Case, r dialog.Reader, locale dialog.Locale) dialog.CaseView
	// ComplaintView is a complaint as one reader may see it.
	ComplaintView(c complaints.Complaint, r dialog.ComplaintReader, locale dialog.Locale) dialog.ComplaintView
	// System is an entry of the system.
	System(key string, slots dialog.Slots, client string, locale dialog.Locale, now time.Time) dialog.Entry
	// Floor tells a change of who has the floor, by whose doing and, if the bot has it back, why. Who waits now is told
	// what he can expect, of which the desk is asked. It gives what is to be committed.
	Floor(ctx context.Context, from, to dialog.Conversation, by dialog.AuthorKind, why dialog.Reason) (dialog.Conversation, dialog.Entry)
	// Survey adds the question how an agent helped to a change that ends his part, if the buyer is to be asked now.
	Survey(ctx context.Context, from, to dialog.Conversation, why dialog.Reason) (dialog.Conversation, []dialog.Entry)
	// Item is a piece of evidence in words.
	Item(e cases.Evidence, locale dialog.Locale) dialog.EvidenceItem
	// Kinds are all evidence kinds in words.
	Kinds(locale dialog.Locale) []dialog.KindView
	// CannedValues are what a case puts into the slots of a canned reply (dialog.CannedSlots); what it does not say is
	// left out.
	CannedValues(c cases.Case, locale dialog.Locale) map[string]string
}

// Agent is an account of the desk.
type Agent struct {
	Login    string `json:"login"`
	Name     string `json:"name"` // what buyers see
	Role     string `json:"role"` // agent, senior, supervisor, admin (may.go)
	Disabled bool   `json:"disabled,omitempty"`
	// Languages he speaks (none: all), skills he has, and how many conversations he has at a time: 0 is what is usual
	// for his role, below 0 is none.
	Languages []dialog.Locale `json:"languages,omitempty"`
	Skills    []string        `json:"skills,omitempty"`
	Capacity  int             `json:"capacity,omitempty"`
	// MustChange: his password is temporary; until he has another, he may do nothing else.
	MustChange bool `json:"must_change,omitempty"`
	// Session names the session that he came in by; "" where he came in by none.
	Session string `json:"-"`
}

// atDesk is the agent as the desk knows him. Supervisors and admins are offered nothing unless their accounts say so.
func (a Agent) atDesk(r desk.Rules) desk.Agent {
	d := desk.Agent{Login: a.Login, Name: a.Name, Role: a.Role, Languages: a.Languages, Skills: a.Skills, Capacity: max(0, a.Capacity)}
	if a.Capacity == 0 && (a.Role == RoleAgent || a.Role == RoleSenior) {
		d.Capacity = r.Capacity
	}
	return d
}

// ErrNoAccess: no such login, wrong password, unknown or ended session, unknown key. They are not told apart.
var ErrNoAccess = errors.New("no access")

// ErrThrottled: too many failed logins; try later.
var ErrThrottled = errors.New("too many attempts")

// Access is what a shop's key opens.
type Access struct {
	Shop     string
	Key      string // the id of the key, not the key
	ReadOnly bool
}

// Accounts keeps agents, their sessions, and merchants' keys.
type Accounts interface {
	// Login answers ErrNoAccess or ErrThrottled.
	Login(ctx context.Context, login, password string, from From) (token string, agent Agent, expires time.Time, err error)
	// Federate begins a session of whom an identity provider vouches for; once names the attempt, which is made once. An
	// account is bound to the identity that first comes in by it. It answers what vouch answers, and ErrThrottled,
	// ErrSSOUsed, ErrNoAccount (unless makes: then there is one), ErrBadAccount, ErrDisabled, ErrSSOIdentity.
	Federate(ctx context.Context, once string, vouch func(context.Context) (Identity, error), makes bool, from From) (Entered, error)
	// ChangePassword lets an agent choose another one and ends all his sessions but the one he does it in. It answers
	// ErrNoAccess for a wrong old password, ErrThrottled, ErrWeakPassword.
	ChangePassword(ctx context.Context, agent Agent, old, password string) error
	// Session answers ErrNoAccess for a session that is not alive. To ask is to use it.
	Session(ctx context.Context, session string) (Agent, error)
	// Agent is an account that may come in; ErrNoAccess for one that there is not or that is disabled.
	Agent(ctx context.Context, login string) (Agent, error)
	// Logout ends a session.
	Logout(ctx context.Context, session string) error
	// Shop answers ErrNoAccess for a key that is unknown, expired or revoked.
	Shop(ctx context.Context, key string) (Access, error)
}

// Desk is who works and what waits (package desk). It follows the conversations, so it may be a moment behind; the
// conversation itself decides.
type Desk interface {
	State(ctx context.Context) (*desk.State, error)
	// Arrive notes a console of an agent, Beat that it is still there, Leave that it is not.
	Arrive(ctx context.Context, a desk.Agent, console string, now desk.Now) error
	Beat(ctx context.Context, login, console string, now desk.Now) error
	Leave(ctx context.Context, login, console string, now desk.Now) error
	// Set is an agent's word on whether he wants to be offered conversations.
	Set(ctx context.Context, login string, st desk.Status) error
	// Decline lets an offer pass and says whether it was made to him.
	Decline(ctx context.Context, id dialog.ID, login string, now desk.Now) (bool, error)
	// Lease notes that an agent is writing an answer, or no longer is, and says who is; Writing only says so.
	Lease(ctx context.Context, id dialog.ID, w desk.Writer, on, holds bool) (desk.Writer, error)
	Writing(ctx context.Context, id dialog.ID) (desk.Writer, error)
}

// Shops is the index of the shops' cases, across shards. It is fed from the outbox, so it may be a moment
// behind; the case itself decides. Drafts are not in it.
type Shops interface {
	// Cases lists a shop's cases, newest first, at most q.Limit, and where to go on ("": that was all). A page may
	// be short, or empty, and still not the last. It answers ErrBadCursor for a cursor that it did not make.
	Cases(ctx context.Context, shop string, q CaseQuery) (page []cases.ID, next string, err error)
	// Changes lists the shop's cases in the order of their last change, from after a cursor ("": the beginning), and
	// where to go on, also when there is nothing yet. It answers ErrBadCursor, or ErrLostCursor for a cursor from
	// before the index was lost.
	Changes(ctx context.Context, shop, cursor string, limit int) (page []Change, next string, err error)
}

// Parcels leads from a parcel to the cases whose goods travel back in it. It is fed from the outbox.
type Parcels interface {
	CasesOf(ctx context.Context, waybill string) ([]cases.ID, error)
}

// CaseQuery says which cases are wanted; its zero fields want nothing in particular.
type CaseQuery struct {
	State        cases.State
	Order        string
	Waiting      *bool // on the merchant
	UpdatedSince time.Time
	Cursor       string
	Limit        int
}

// Wants says whether a case, as it is, is wanted.
func (q CaseQuery) Wants(c cases.Case) bool {
	return (q.State == "" || c.State == q.State) && (q.Order == "" || c.Line.OrderID == q.Order) &&
		(q.Waiting == nil || c.WaitsOn(cases.Merchant) == *q.Waiting) && !c.UpdatedAt.Before(q.UpdatedSince)
}

// Change is a case in the list of changes, as it was when it was put there last.
type Change struct {
	Case      cases.ID
	Version   int
	State     cases.State
	Waiting   bool // on the merchant
	UpdatedAt time.Time
}

var (
	// ErrBadCursor: a cursor that was not made here.
	ErrBadCursor = errors.New("bad cursor")
	// ErrLostCursor: the list that a cursor points into was lost and made anew.
	ErrLostCursor = errors.New("cursor of a list that was lost")
)

// ComplaintIndex lists complaints across shards. It follows them from the outbox, so it may be a moment behind; the
// complaint itself decides. A cursor that was not made here is ErrBadCursor.
type ComplaintIndex interface {
	// OfShop lists the complaints that a shop has part in, newest first.
	OfShop(ctx context.Context, shop, cursor string, limit int) (ids []complaints.ID, next string, err error)
	// OfPlatform lists those that wait for an agent, by when they are due, or all that were filed, newest first.
	OfPlatform(ctx context.Context, waiting bool, cursor string, limit int) (ids []complaints.ID, next string, err error)
}

// Bus carries wake-ups and passing signals between nodes. Losing one does no lasting harm.
type Bus interface {
	// Listen calls the handlers until ctx ends; lost is called after a gap, when anything may have happened.
	Listen(ctx context.Context, h BusHandlers) error
	// Signal sends a passing frame (typing, presence) to whoever views a conversation.
	Signal(ctx context.Context, id dialog.ID, from string, frame []byte) error
}

// BusHandlers are what a node does on a message.
type BusHandlers struct {
	Wake func(id dialog.ID) // the conversation or its case has changed
	// Desk: the desk has changed, there, or among its agents.
	Desk   func(ids []dialog.ID)
	Signal func(id dialog.ID, from string, frame []byte)
	// Ended: a session of an agent, or all (session ""), may have ended, or his account has changed.
	Ended func(login, session string)
	Lost  func()
}

// Uploads is the intake of evidence files (package evidence).
type Uploads interface {
	http.Handler
	ServeFile(w http.ResponseWriter, r *http.Request)
	Sign(id cases.EvidenceID, reader evidence.Party, c evidence.Copy, now time.Time) string
	// Info answers evidence.ErrNotFound for a file that is not there.
	Info(ctx context.Context, id cases.EvidenceID) (evidence.Info, error)
	WritePack(ctx context.Context, w io.Writer, p evidence.Pack) error
}

// Config is what the server is made of. All fields but ShopRate, Origins, Proxies, CallbackKey, SSO, Copilot, Topics, Urgent and Demo are
// required.
type Config struct {
	Dialogs  dialog.Store
	Ledger   *cases.Ledger
	Policy   func(version string) *policy.Policy
	Words    Wording
	Accounts Accounts
	Roster   Roster
	Audit    Audit
	Tickets  Tickets
	// CannedReplies are what agents say again and again.
	CannedReplies CannedReplies
	// Reports are what is counted, by day.
	Reports Reports
	// Scores are what buyers answered when they were asked how they were helped.
	Scores Scores
	// Finder is for agents who look for a conversation.
	Finder Finder
	Desk   Desk
	// Rules are how the desk works. Follow lets it follow a conversation now, Route looks for what is to be done there.
	Rules   desk.Rules
	Follow  func(ctx context.Context, id dialog.ID) error
	Route   func()
	Shops   Shops
	Parcels Parcels
	Bus     Bus
	Uploads Uploads
	// Similar finds a file again in other cases, Receipts signs for what was received.
	Similar  evidence.Similar
	Receipts evidence.Receipts
	Tokens   *Tokens
	// Complaints is the ledger of complaints, ComplaintIndex its lists.
	Complaints     *complaints.Ledger
	ComplaintIndex ComplaintIndex
	// NewComplaint makes the id of a complaint on a buyer's order; the same parts make the same id.
	NewComplaint func(buyer string, parts ...string) complaints.ID
	// AliasKey makes the names by which shops know buyers; the same on every node.
	AliasKey []byte
	Webhooks Webhooks
	// Urgent says that a text must be looked at by the bot whoever has the floor; nil: none must.
	Urgent func(text string) bool
	// Turn asks for a turn of a conversation; it does not wait for it.
	Turn func(id dialog.ID)
	// Now is the marketplace's clock, Speed how fast it runs against the wall clock (1 but in demos and tests).
	Now   func() time.Time
	Speed func() float64
	// Origins may open sockets and call the API from pages of other hosts.
	Origins []string
	// Proxies are believed when they say for whom they speak (X-Forwarded-For).
	Proxies []netip.Prefix
	// ShopRate is how many requests a second a shop's key, or an agent, may make on this node; 0: 20. A burst of
	// three times as many is let through.
	ShopRate float64
	// CallbackKey lets the payment channel and carriers in; "" = no callbacks.
	CallbackKey string
	// SSO lets agents in by single sign-on; nil: there is none.
	SSO *SSO
	// Copilot helps agents; nil: there is none.
	Copilot Copilot
	// Topics are the topics that the bot answers, by id, with their labels; nil: they are not known.
	Topics func(dialog.Locale) []wire.TopicName
	// Static are the built pages.
	Static http.Handler
	// Demo is mounted under /demo/ if set.
	Demo http.Handler
	// Ready says why the server cannot serve now, nil if it can.
	Ready func(ctx context.Context) error
}

// minSide is what the intake of evidence asks of a picture's longer side, in pixels (domain §2.3).
const minSide = 640

// limits are what clients are told to keep to.
func (c *Config) limits() wire.Limits {
	v := c.Policy("").Values.Evidence
	return wire.Limits{
		TextRunes: maxTextRunes, FrameSize: maxFrame, Images: v.MaxImages.V, Videos: v.MaxVideos.V,
		ImageSize: int64(v.MaxImageMiB.V) << 20, VideoSize: int64(v.MaxVideoMiB.V) << 20,
		VideoSeconds: v.MaxVideoSeconds.V, MinSide: minSide,
	}
}

// ErrBadRequest is for handlers mounted into the server: the request could not be read.
var ErrBadRequest = refuse(CodeBadRequest)
