package memdialog_test

import (
	"context"
	"testing"
	"time"

	"recourse/dialog"
	"recourse/dialog/dialogtest"
	"recourse/dialog/memdialog"
)

func TestTheStoreKeepsWhatDialogStoresPromise(t *testing.T) {
	st := memdialog.New()
	dialogtest.Run(t, dialogtest.Backend{
		Store: st, Buyer: dialogtest.Buyers("b"),
		DeskRecords: func(_ context.Context, id dialog.ID) (int, error) { return st.DeskRecords(id), nil },
	})
}

func TestACloneGoesItsOwnWay(t *testing.T) {
	ctx, now := t.Context(), time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	st := memdialog.New()
	conv, err := st.Open(ctx, "b", dialog.ZH, now)
	if err != nil {
		t.Fatal(err)
	}
	say := func(st *memdialog.Store, id string) {
		t.Helper()
		e := dialog.Entry{At: now, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: id, Text: id}
		if _, err := st.Append(ctx, conv.ID, dialog.Append{Entry: e, Wants: true}); err != nil {
			t.Fatal(err)
		}
	}
	say(st, "both")
	other := st.Clone()
	say(st, "here")
	say(other, "there")
	say(other, "here")
	for want, st := range map[string]*memdialog.Store{"both here": st, "both there here": other} {
		list, err := st.Entries(ctx, conv.ID, 0, 10)
		got := ""
		for i, e := range list {
			if i > 0 {
				got += " "
			}
			got += e.Text
		}
		if err != nil || got != want {
			t.Errorf("got %q, want %q (%v)", got, want, err)
		}
	}
}
