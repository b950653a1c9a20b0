package dialog

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAPressIsHeldToTheCardThatOfferedIt(t *testing.T) {
	conv := Conversation{Flow: Flow{Live: 7}}
	card := &Entry{Seq: 7, Card: &Card{
		Kind:   CardOrders,
		Orders: []OrderItem{{Order: "o1", Line: "1"}},
		Buttons: []Button{
			{Action: ActPickReason, Args: Args{"reason": "quality_defect"}},
			{Action: ActSubmit, Args: Args{"case": "c1", "version": "3"}},
			{Action: ActTracking, Args: Args{"case": "c1"}},
			{Action: ActHuman},
			{Action: ActReady},
		},
	}}
	for _, tt := range []struct {
		name string
		card *Entry
		p    Pressed
		want error
	}{
		{"what it offers", card, Pressed{On: 7, Action: ActPickReason, Args: Args{"reason": "quality_defect"}}, nil},
		{"without arguments, none given", card, Pressed{On: 7, Action: ActReady}, nil},
		{"without arguments, empty given", card, Pressed{On: 7, Action: ActReady, Args: Args{}}, nil},
		{"another argument", card, Pressed{On: 7, Action: ActPickReason, Args: Args{"reason": "wrong_item"}}, ErrUnknownAction},
		{"an argument too many", card, Pressed{On: 7, Action: ActReady, Args: Args{"case": "c2"}}, ErrUnknownAction},
		{"an argument too few", card, Pressed{On: 7, Action: ActSubmit, Args: Args{"case": "c1"}}, ErrUnknownAction},
		{"the version of another summary", card, Pressed{On: 7, Action: ActSubmit, Args: Args{"case": "c1", "version": "4"}}, ErrUnknownAction},
		{"an order of the card", card, Pressed{On: 7, Action: ActPickOrder, Args: Args{"order": "o1", "line": "1"}}, nil},
		{"an order of somebody else", card, Pressed{On: 7, Action: ActPickOrder, Args: Args{"order": "o2", "line": "1"}}, ErrUnknownAction},
		{"a form with its fields", card, Pressed{On: 7, Action: ActTracking, Args: Args{"case": "c1", "carrier": "SF", "waybill": "SF1"}}, nil},
		{"a form of another case", card, Pressed{On: 7, Action: ActTracking, Args: Args{"case": "c2", "carrier": "SF", "waybill": "SF1"}}, ErrUnknownAction},
		{"not on the card", card, Pressed{On: 7, Action: ActCancel}, ErrUnknownAction},
		{"no such action", card, Pressed{On: 7, Action: "rule_refund"}, ErrUnknownAction},
		{"a step of the flow from no card", nil, Pressed{Action: ActSubmit, Args: Args{"case": "c1", "version": "3"}}, ErrUnknownAction},
		{"a standing action from no card", nil, Pressed{Action: ActEscalate, Args: Args{"case": "c1"}}, nil},
		{"a card that is not there", nil, Pressed{On: 9, Action: ActHuman}, ErrUnknownAction},
		{"an entry without a card", &Entry{Seq: 7}, Pressed{On: 7, Action: ActReady}, ErrUnknownAction},
		{"a step from an earlier card", &Entry{Seq: 5, Card: card.Card}, Pressed{On: 5, Action: ActReady}, ErrStaleCard},
		{"a standing action from an earlier card", &Entry{Seq: 5, Card: card.Card}, Pressed{On: 5, Action: ActHuman}, nil},
	} {
		if err := CheckPress(conv, tt.card, tt.p); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestEveryActionIsEitherAStepOrStanding(t *testing.T) {
	for _, a := range flowActions {
		if !a.Known() || !a.FlowBound() {
			t.Errorf("%s is no step", a)
		}
	}
	for _, a := range standing {
		if !a.Known() || a.FlowBound() {
			t.Errorf("%s is bound to a card", a)
		}
	}
	for _, a := range underHuman {
		if !a.Known() {
			t.Errorf("%s takes effect under a human and is unknown", a)
		}
	}
}

var floorNow = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func TestTheFloorPassesFromHandToHand(t *testing.T) {
	c := Conversation{ID: "d", Holder: HeldByBot, Epoch: 1}
	waiting := Wait(c, HandoffAsked, floorNow)
	if c.Holder != HeldByBot || waiting.Holder != HeldWaiting || waiting.Epoch != 2 || waiting.Handoff != HandoffAsked || !waiting.WaitingSince.Equal(floorNow) {
		t.Errorf("waiting: %+v", waiting)
	}
	held, err := Claim(waiting, "li", "小李", 2, floorNow)
	if err != nil || held.Holder != HeldByHuman || held.Epoch != 3 || held.Agent != "li" || held.AgentName != "小李" {
		t.Fatalf("held: %+v, %v", held, err)
	}
	if _, err := Claim(waiting, "wang", "小王", 1, floorNow); !errors.Is(err, ErrConflict) {
		t.Errorf("a claim of an old view: %v", err)
	}
	if _, err := Claim(held, "wang", "小王", 3, floorNow); !errors.Is(err, ErrNotHolder) {
		t.Errorf("a claim of what a human holds: %v", err)
	}
	for name, err := range map[string]error{
		"by another":     second(Release(held, "wang", 3, floorNow)),
		"of an old view": second(Release(held, "li", 2, floorNow)),
		"by nobody":      second(Release(waiting, "li", 2, floorNow)),
	} {
		if !errors.Is(err, ErrNotHolder) {
			t.Errorf("a release %s: %v", name, err)
		}
	}
	back, err := Release(held, "li", 3, floorNow)
	want := Conversation{ID: "d", Holder: HeldByBot, Epoch: 4, UpdatedAt: floorNow, Work: Work{LastAgent: "li", Insiders: []string{"li"}}}
	if diff := cmp.Diff(want, back); diff != "" || err != nil {
		t.Errorf("back with the bot: %v (-want +got):\n%s", err, diff)
	}
	// The bot's conversation may be taken as well, without a queue.
	if taken, err := Claim(c, "li", "小李", 1, floorNow); err != nil || taken.Holder != HeldByHuman {
		t.Errorf("taken from the bot: %+v, %v", taken, err)
	}
}

func second(_ Conversation, err error) error { return err }
