package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"recourse/web/wire"
)

// Who may do what at the desk is in this file: the roles, what each may, and what every operation of the API and every
// frame of an agent's socket asks for. MAY.md is made from it (go test ./web -run Permissions -update).
//
// An operation or a frame that is not in the tables is refused to everybody. The table of cases has rules of its own
// besides (who ruled first does not hear the appeal); they hold whatever is written here.

// The roles. Each may do what those before it may, and more.
const (
	RoleAgent      = "agent"
	RoleSenior     = "senior"
	RoleSupervisor = "supervisor"
	RoleAdmin      = "admin"
)

// Roles are all of them, in order.
func Roles() []string { return []string{RoleAgent, RoleSenior, RoleSupervisor, RoleAdmin} }

// Permission is something that a role may do.
type Permission string

// The permissions.
const (
	MayDesk     Permission = "desk"      // be at the desk: the list, what waits, his own sessions and status
	MayRead     Permission = "read"      // read conversations and cases that he may see (see.go)
	MayReply    Permission = "reply"     // speak to the buyer of a conversation that he has
	MayNote     Permission = "note"      // write to colleagues
	MayClaim    Permission = "claim"     // take a conversation, a case or a complaint that waits
	MayTransfer Permission = "transfer"  // give what he has to another agent, a skill, or the bot
	MayCase     Permission = "case"      // ask for evidence, settle, order a failed payment again
	MayRule     Permission = "rule"      // decide cases and complaints
	MayTickets  Permission = "tickets"   // see and do tickets
	MayFlag     Permission = "flag"      // say that an answer of the bot is wrong
	MayCopilot  Permission = "copilot"   // ask a language model
	MayAppeal   Permission = "appeal"    // decide on another's ruling
	MaySeeAll   Permission = "see_all"   // read every conversation and case; to watch
	MayAssign   Permission = "assign"    // give any conversation or case to somebody
	MayTakeover Permission = "takeover"  // take a conversation from who has it, saying why
	MayReopen   Permission = "reopen"    // open an expired case again
	MayTheirs   Permission = "theirs"    // undo what another agent noted; do tickets for supervisors
	MayWords    Permission = "words"     // keep the canned replies that are the desk's
	MayReports  Permission = "reports"   // the wall, reports and their files
	MayAudit    Permission = "audit"     // read the audit trail
	MayAccounts Permission = "accounts"  // add, change, disable and reset accounts, and end their sessions
	MayNothing  Permission = "not_known" // of what is in no table; nobody has it
)

// leastRole is the first role that has a permission.
var leastRole = map[Permission]string{
	MayDesk: RoleAgent, MayRead: RoleAgent, MayReply: RoleAgent, MayNote: RoleAgent, MayClaim: RoleAgent, MayTransfer: RoleAgent,
	MayCase: RoleAgent, MayRule: RoleAgent, MayTickets: RoleAgent, MayFlag: RoleAgent, MayCopilot: RoleAgent,
	MayAppeal:   RoleSenior,
	MaySeeAll:   RoleSupervisor,
	MayAssign:   RoleSupervisor,
	MayTakeover: RoleAgent,
	MayReopen:   RoleSupervisor,
	MayTheirs:   RoleSupervisor,
	MayWords:    RoleSupervisor,
	MayReports:  RoleSupervisor,
	MayAudit:    RoleSupervisor,
	MayAccounts: RoleAdmin,
}

// Permissions are all of them that somebody has, by name.
func Permissions() []Permission { return slices.Sorted(maps.Keys(leastRole)) }

// May says whether an agent's role has a permission. An unknown role has none.
func (a Agent) May(p Permission) bool {
	least, known := leastRole[p]
	at := slices.Index(Roles(), a.Role)
	return known && at >= 0 && at >= slices.Index(Roles(), least)
}

// rule is what an operation or a frame asks for and leaves behind.
type rule struct {
	may Permission
	// audit is the action as the trail names it; "": it is not recorded.
	audit string
	// first: what cannot be taken back, or lets data out, is recorded before it is done, and refused if it cannot be.
	first bool
}

// kept is what is recorded once it is over; a fault of the trail then is logged, for the action is done.
func kept(p Permission, audit string) rule { return rule{may: p, audit: audit} }

// final is what is recorded before it is done, and again when it is over.
func final(p Permission, audit string) rule { return rule{may: p, audit: audit, first: true} }

// open is what is not recorded: reading what one may see.
func open(p Permission) rule { return rule{may: p} }

// operations are the rules of agents' operations, by id.
var operations = map[string]rule{
	"agentLogout":            kept(MayDesk, "logout"),
	"agentListEvidenceKinds": open(MayDesk),
	"agentListTopics":        open(MayDesk),
	"agentGetCase":           open(MayRead),
	"agentGetBrief":          open(MayRead),
	"agentUnknownAction":     open(MayDesk),
	"agentGetEvidence":       open(MayRead),
	"agentGetPack":           final(MayRead, "case.export"),
	"agentListTickets":       open(MayTickets),
	"agentTicketDone":        kept(MayTickets, "ticket.done"),
	"agentListFlags":         open(MayRead),
	"agentFlagAnswer":        kept(MayFlag, "answer.flag"),
	"agentUnflagAnswer":      kept(MayFlag, "answer.unflag"),
	"agentListCanned":        open(MayDesk),
	"agentPutCanned":         kept(MayDesk, "canned.put"), // the desk's: MayWords
	"agentDeleteCanned":      kept(MayDesk, "canned.delete"),
	"agentFillCanned":        open(MayRead),
	"agentSetWork":           kept(MayNote, "chat.work"),
	"agentListScores":        open(MayRead),
	"agentListEntries":       open(MayRead),
	"agentSearch":            kept(MayRead, "search"),
	"agentCopilot":           open(MayCopilot),
	"agentListModelCalls":    open(MayCopilot),
	"agentChangePassword":    kept(MayDesk, "account.password"),
	"agentListSessions":      open(MayDesk),
	"agentEndSession":        kept(MayDesk, "session.end"),
	"agentListAccounts":      open(MayAccounts),
	"agentAddAccount":        kept(MayAccounts, "account.add"),
	"agentPutAccount":        kept(MayAccounts, "account.change"),
	"agentDisableAccount":    kept(MayAccounts, "account.disable"),
	"agentEnableAccount":     kept(MayAccounts, "account.enable"),
	"agentResetAccount":      kept(MayAccounts, "account.reset"),
	"agentListSessionsOf":    open(MayAccounts),
	"agentEndSessionsOf":     kept(MayAccounts, "account.end_sessions"),
	"agentListAudit":         kept(MayAudit, "audit.search"),
	"agentCheckAudit":        kept(MayAudit, "audit.check"),
	"agentSaveAudit":         final(MayAudit, "audit.export"),
	"agentGetWall":           open(MayReports),
	"agentGetReports":        kept(MayReports, "report.read"),
	"agentSaveReports":       final(MayReports, "report.export"),

	"agentClaim":            kept(MayClaim, "case.claim"),
	"agentRequestEvidence":  kept(MayCase, "case.request_evidence"),
	"agentReassign":         kept(MayAssign, "case.reassign"),
	"agentRuleRefund":       final(MayRule, "case.rule_refund"),
	"agentRuleReturnRefund": final(MayRule, "case.rule_return_refund"),
	"agentRuleMerchant":     final(MayRule, "case.rule_merchant"),
	"agentDismiss":          final(MayRule, "case.dismiss"),
	"agentSettle":           final(MayCase, "case.settle"),
	"agentRetry":            final(MayCase, "case.retry_payment"),
	"agentReopen":           kept(MayReopen, "case.reopen"),
	"agentUphold":           final(MayAppeal, "case.uphold"),
	"agentOverturn":         final(MayAppeal, "case.overturn"),

	"agentListComplaints":     open(MayRead),
	"agentGetComplaint":       open(MayRead),
	"agentComplaintClaim":     kept(MayClaim, "complaint.claim"),
	"agentComplaintUphold":    final(MayRule, "complaint.uphold"),
	"agentComplaintNotUphold": final(MayRule, "complaint.not_uphold"),
	"agentComplaintAffirm":    final(MayAppeal, "complaint.affirm"),
	"agentComplaintOverturn":  final(MayAppeal, "complaint.overturn"),
}

// agentFrames are the rules of the frames that an agent's socket may send.
var agentFrames = map[wire.Type]rule{
	wire.TWatch:   open(MayRead), // recorded if it is another's conversation (see.go)
	wire.TUnwatch: open(MayDesk),
	wire.TSeen:    open(MayRead),
	wire.TTyping:  open(MayReply),
	wire.TSay:     kept(MayReply, "chat.reply"),
	wire.TNote:    kept(MayNote, "chat.note"),
	wire.TClaim:   kept(MayClaim, "chat.claim"),
	wire.TRelease: kept(MayTransfer, "chat.release"),

	wire.TStatus:   kept(MayDesk, "desk.status"),
	wire.TDecline:  kept(MayClaim, "chat.decline"),
	wire.TAssign:   kept(MayAssign, "chat.assign"),
	wire.TTakeover: kept(MayTakeover, "chat.takeover"),
	wire.TTransfer: kept(MayTransfer, "chat.transfer"),
	wire.TLease:    open(MayReply),
}

// unchanged are the operations of somebody whose password is temporary.
var unchanged = []string{"agentChangePassword", "agentLogout"}

// ruleOf is the rule of an operation.
func ruleOf(operation string) rule {
	if r, ok := operations[operation]; ok {
		return r
	}
	return rule{may: MayNothing}
}

// check refuses what an agent's role does not have.
func (r rule) check(a Agent) error {
	if !a.May(r.may) {
		return refuse(CodeForbidden)
	}
	return nil
}

// mayDo says whether an agent may cause an event of the table of cases, whatever the case says to it.
func (a Agent) mayDo(event string) bool { return a.May(ruleOf("agent" + camel(event)).may) }

// permissionsDocument is MAY.md.
func permissionsDocument() string {
	var b strings.Builder
	b.WriteString("# Who may do what at the desk\n\nMade from `may.go`: do not edit (`go test ./web -run Permissions -update`).\n\n" +
		"Each role may do what those before it may: agent, senior, supervisor, admin. Which conversations and cases somebody sees stands in `see.go`;\n" +
		"the table of cases has rules of its own besides, such as that who ruled first does not hear the appeal.\n\n" +
		"\"Before\" in the last column: it is recorded before it is done as well, and refused (UNAVAILABLE) if it cannot be recorded. All else is\n" +
		"recorded when it is over.\n\n" +
		"| permission | from role | operations and frames |\n|---|---|---|\n")
	users := map[Permission][]string{}
	for id, r := range operations {
		users[r.may] = append(users[r.may], "`"+id+"`")
	}
	for t, r := range agentFrames {
		users[r.may] = append(users[r.may], "frame `"+string(t)+"`")
	}
	var all []Permission
	for p := range leastRole {
		all = append(all, p)
	}
	slices.SortFunc(all, func(x, y Permission) int {
		if c := slices.Index(Roles(), leastRole[x]) - slices.Index(Roles(), leastRole[y]); c != 0 {
			return c
		}
		return strings.Compare(string(x), string(y))
	})
	for _, p := range all {
		slices.Sort(users[p])
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p, leastRole[p], strings.Join(users[p], ", "))
	}
	b.WriteString("\n| recorded as | by | before |\n|---|---|---|\n")
	var lines []string
	line := func(by string, r rule) {
		if r.audit != "" {
			before := ""
			if r.first {
				before = "yes"
			}
			lines = append(lines, fmt.Sprintf("| %s | %s | %s |\n", r.audit, by, before))
		}
	}
	for id, r := range operations {
		line("`"+id+"`", r)
	}
	for t, r := range agentFrames {
		line("frame `"+string(t)+"`", r)
	}
	slices.Sort(lines)
	b.WriteString(strings.Join(lines, ""))
	return b.String()
}
