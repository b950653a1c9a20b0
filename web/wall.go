package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/errgroup"

	"recourse/cases"
	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/web/wire"
)

// wallRows bounds the lists of the wall; how many there are is counted beside them.
const wallRows = 100

// wallRoutes show supervisors the desk at this moment.
func (a *rest) wallRoutes() {
	type query struct {
		Hours int `query:"hours" minimum:"1" maximum:"72" default:"4" doc:"A deadline within so many hours is at risk."`
	}
	agentOperation(a, may(huma.Operation{
		OperationID: "agentGetWall", Method: http.MethodGet, Path: "/api/agent/wall", Tags: []string{tagDesk},
		Summary:     "See the desk at this moment",
		Description: "For supervisors: what waits, for how long and why, who works on how much and whose buyers wait for an answer, and the deadlines that are near. It follows the conversations, so it may be a moment behind.",
	}, CodeFieldRequired), func(ctx context.Context, _ Agent, in *query) (*answer[wire.Wall], error) {
		state, err := a.Desk.State(ctx)
		if err != nil {
			return nil, err
		}
		w, err := a.deskWall(ctx, state, in.Hours)
		return &answer[wire.Wall]{w}, err
	})
}

// deskWall is the desk as a supervisor sees it. The desk says who waits and who works; what it does not keep is read from
// the conversations and cases that are shown.
func (a *rest) deskWall(ctx context.Context, state *desk.State, hours int) (wire.Wall, error) {
	now := a.deskNow()
	w := sketch(state, now, a.Rules, hours)
	owed := make([]wire.WallChat, 0, len(state.Chats))
	for _, c := range state.Chats {
		if !c.Waits() && c.Quiet.IsZero() {
			owed = append(owed, wallChat(c, state))
		}
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(inboxReads)
	for i := range w.Queue {
		g.Go(func() error { return a.fillWallChat(gctx, &w.Queue[i]) })
	}
	for i := range w.Risk {
		g.Go(func() error { return a.fillWallChat(gctx, &w.Risk[i]) })
	}
	for i := range owed {
		g.Go(func() error { return a.owedSince(gctx, &owed[i]) })
	}
	if err := g.Wait(); err != nil {
		return w, err
	}
	w.Agents = addOwed(w.Agents, owed)
	// What the desk has not yet let go of, and deadlines that moved meanwhile, are not shown.
	end := now.Market.Add(time.Duration(hours) * time.Hour)
	listed := len(w.Risk)
	w.Risk = slices.DeleteFunc(w.Risk, func(c wire.WallChat) bool { return c.Deadline.IsZero() || c.Deadline.After(end) })
	w.AtRisk -= listed - len(w.Risk)
	missed, err := a.Reports.Read(ctx, []string{now.Market.In(a.Policy("").Zone()).Format(time.DateOnly)})
	if err != nil {
		return w, err
	}
	w.Missed = missed[0][CountMissed]
	return w, nil
}

// sketch is what the desk itself knows of the wall.
func sketch(state *desk.State, now desk.Now, r desk.Rules, hours int) wire.Wall {
	w := wire.Wall{At: now.Market, Hours: hours, Skills: []wire.WallGroup{}, Reasons: []wire.WallGroup{}, Queue: []wire.WallChat{}, Agents: []wire.WallAgent{}, Risk: []wire.WallChat{}}
	skills, reasons := map[string]wire.WallGroup{}, map[string]wire.WallGroup{}
	for place, c := range state.Queue(now, r) {
		w.Waiting++
		if c.Offer != nil {
			w.Offered++
		}
		if w.WaitingSince.IsZero() || c.Since.Before(w.WaitingSince) {
			w.WaitingSince = c.Since
		}
		intoGroup(skills, c.Skill, c.Since)
		intoGroup(reasons, string(c.Reason), c.Since)
		if place < wallRows {
			row := wallChat(c, state)
			row.Place = place + 1
			w.Queue = append(w.Queue, row)
		}
	}
	w.Skills, w.Reasons = groupList(skills), groupList(reasons)
	end := now.Market.Add(time.Duration(hours) * time.Hour)
	holds := map[string]int{}
	for _, c := range state.Chats {
		if !c.Waits() {
			holds[c.Agent]++
		}
		if !c.Due.IsZero() && !c.Due.After(end) {
			w.Risk = append(w.Risk, wallChat(c, state))
		}
	}
	w.AtRisk = len(w.Risk)
	slices.SortFunc(w.Risk, func(x, y wire.WallChat) int {
		return cmp.Or(x.Deadline.Compare(y.Deadline), cmp.Compare(x.Conversation, y.Conversation))
	})
	w.Risk = w.Risk[:min(len(w.Risk), wallRows)]
	loads := state.Loads(now, r)
	for _, a := range state.Agents {
		row := wire.WallAgent{
			Login: a.Login, Name: cmp.Or(a.Name, a.Login), Role: a.Role, Status: string(a.Status), Open: loads[a.Login], Capacity: a.Capacity, Holds: holds[a.Login],
			Missed: a.Misses, Skills: a.Skills, Languages: a.Languages,
		}
		if !a.There() {
			if row.Holds == 0 {
				continue
			}
			row.Status = "gone"
		}
		w.Agents = append(w.Agents, row)
	}
	return w
}

func intoGroup(groups map[string]wire.WallGroup, name string, since time.Time) {
	g := groups[name]
	if g.Count == 0 || since.Before(g.Since) {
		g.Since = since
	}
	g.Name, g.Count = name, g.Count+1
	groups[name] = g
}

func groupList(groups map[string]wire.WallGroup) []wire.WallGroup {
	out := make([]wire.WallGroup, 0, len(groups))
	for _, g := range groups {
		out = append(out, g)
	}
	slices.SortFunc(out, func(x, y wire.WallGroup) int { return cmp.Or(y.Count-x.Count, cmp.Compare(x.Name, y.Name)) })
	return out
}

func wallChat(c desk.Chat, state *desk.State) wire.WallChat {
	row := wire.WallChat{
		Conversation: string(c.Conversation), Holder: c.Holder, Epoch: c.Epoch, Agent: c.Agent, Locale: c.Locale, Skill: c.Skill,
		Reason: string(c.Reason), Passed: len(c.Passed), Deadline: c.Due,
	}
	if c.Waits() {
		row.Since = c.Since
		if c.Offer != nil {
			row.Agent = c.Offer.To
		}
	}
	if row.Agent != "" {
		row.AgentName = cmp.Or(state.Agents[row.Agent].Name, row.Agent)
	}
	return row
}

// fillWallChat adds who the buyer is and which deadline is near.
func (a *rest) fillWallChat(ctx context.Context, row *wire.WallChat) error {
	conv, err := a.Dialogs.Load(ctx, dialog.ID(row.Conversation))
	if errors.Is(err, dialog.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	row.Buyer = conv.Buyer
	if conv.Flow.Case == "" || row.Deadline.IsZero() {
		return nil
	}
	found, err := a.Ledger.Store.Load(ctx, conv.Flow.Case)
	if errors.Is(err, cases.ErrNoCase) {
		return nil
	}
	if err != nil {
		return err
	}
	timer, at := nearest(found)
	row.Deadline, row.DeadlineOf, row.Ours = at, string(timer), found.WaitsOn(cases.Agent)
	return nil
}

// owedSince adds since when the buyer of a conversation waits for its agent's answer; nothing: he does not.
func (a *rest) owedSince(ctx context.Context, row *wire.WallChat) error {
	conv, err := a.Dialogs.Load(ctx, dialog.ID(row.Conversation))
	if errors.Is(err, dialog.ErrNotFound) {
		return nil
	}
	if err == nil && conv.Holder == dialog.HeldByHuman && conv.Inbound > conv.Answered {
		row.Since = conv.AskedAt
	}
	return err
}

// addOwed tells each agent's row whose buyers wait for him, and puts those first whose buyers wait longest.
func addOwed(agents []wire.WallAgent, owed []wire.WallChat) []wire.WallAgent {
	for i := range agents {
		a := &agents[i]
		for _, c := range owed {
			if c.Agent != a.Login || c.Since.IsZero() {
				continue
			}
			a.Owed++
			if a.OwedSince.IsZero() || c.Since.Before(a.OwedSince) {
				a.OwedSince, a.OwedIn = c.Since, c.Conversation
			}
		}
	}
	slices.SortFunc(agents, func(x, y wire.WallAgent) int {
		switch {
		case x.OwedSince.IsZero() != y.OwedSince.IsZero():
			if x.OwedSince.IsZero() {
				return 1
			}
			return -1
		default:
			return cmp.Or(x.OwedSince.Compare(y.OwedSince), y.Open-x.Open, cmp.Compare(x.Login, y.Login))
		}
	})
	return agents
}
