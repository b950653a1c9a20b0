package wire

import "recourse/dialog"

// Frames are all frames by discriminator; seen and typing have the same shape both ways.
// The map is what PROTOCOL.md, the generator and the golden tests are held against.
var Frames = map[Type]any{
	THello: Hello{}, TSay: Say{}, TPress: Press{}, TSeen: Seen{}, TTyping: Typing{},
	TWatch: Watch{}, TUnwatch: Watch{}, TClaim: Claim{}, TRelease: Release{}, TNote: Note{},
	TStatus: Status{}, TDecline: Decline{}, TAssign: Assign{}, TTakeover: Takeover{}, TTransfer: Transfer{}, TLease: Lease{},
	TWelcome: Welcome{}, TEntry: Entry{}, TAck: Ack{}, TError: Error{}, TState: State{},
	TPresence: Presence{}, TQueue: Queue{}, TInbox: Inbox{}, TDrain: Drain{}, TDraft: Draft{},
}

// Shapes are the types of the HTTP API that TypeScript needs besides the frames.
var Shapes = []any{
	Winner{},
	dialog.CaseView{},
	APIError{},
	CaseAction{},
	CaseList{},
	Login{},
	LoginResult{},
	LoginWays{},
	SSOBegun{},
	SSOReturn{},
	RejectCodes{},
	EvidenceList{},
	EvidenceDetail{},
	Receipt{},
	ReceiptCheck{},
	ComplaintList{},
	ComplaintKinds{},
	TicketList{},
	AuditList{},
	AuditCheck{},
	AccountList{},
	AddAccount{},
	AccountSecret{},
	ScoreList{},
	ChangePassword{},
	SessionList{},
	FlagAnswer{},
	TopicList{},
	CopilotAsk{},
	CopilotText{},
	CannedList{},
	PutCanned{},
	FilledList{},
	dialog.Brief{},
	FoundList{},
	Wall{},
	Report{},
	SetWork{},
	WorkView{},
	EntryList{},
}

// Enums are the closed sets that TypeScript gets as unions of literals.
var Enums = map[string][]string{
	"Holder":     {string(dialog.HeldByBot), string(dialog.HeldWaiting), string(dialog.HeldByHuman)},
	"AuthorKind": {string(dialog.FromBuyer), string(dialog.FromBot), string(dialog.FromAgent), string(dialog.FromSystem)},
	"EntryKind":  {string(dialog.Text), string(dialog.Press), string(dialog.Upload), string(dialog.Notice), string(dialog.Note)},
	"CardKind": {
		string(dialog.CardChoices), string(dialog.CardOrders), string(dialog.CardVerdict), string(dialog.CardEvidence),
		string(dialog.CardSummary), string(dialog.CardCase), string(dialog.CardTracking), string(dialog.CardClaim), string(dialog.CardComplaint),
	},
}
