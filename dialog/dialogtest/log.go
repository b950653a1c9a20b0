package dialogtest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/dialog"
)

func oneConversation(r *room) {
	again, err := r.Store.Open(r.ctx, r.buyer, dialog.EN, Epoch.Add(time.Hour))
	if err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff(r.conv, again); diff != "" {
		r.t.Errorf("opened again (-first +again):\n%s", diff)
	}
	c := again
	if c.Buyer != r.buyer || c.Holder != dialog.HeldByBot || c.Epoch != 1 || c.Version != 1 || c.Last != 0 || c.Log == "" || !c.CreatedAt.Equal(Epoch) {
		r.t.Errorf("a new conversation is %+v", c)
	}
	other, err := r.Store.Open(r.ctx, r.Buyer(), dialog.ZH, Epoch)
	if err != nil {
		r.t.Fatal(err)
	}
	if other.ID == c.ID || other.Log == c.Log {
		r.t.Errorf("two buyers share %s or its log", c.ID)
	}
}

func openAtOnce(r *room) {
	for range 20 {
		buyer, start := r.Buyer(), make(chan struct{})
		found := make([]dialog.Conversation, 16)
		var wg sync.WaitGroup
		for i := range found {
			wg.Go(func() {
				<-start
				c, err := r.Store.Open(r.ctx, buyer, dialog.ZH, Epoch)
				if err != nil {
					r.t.Error(err)
				}
				found[i] = c
			})
		}
		close(start)
		wg.Wait()
		for _, c := range found[1:] {
			if diff := cmp.Diff(found[0], c); diff != "" {
				r.t.Fatalf("two were begun:\n%s", diff)
			}
		}
	}
}

func notFound(r *room) {
	unknown := r.id[:len(r.id)-4] + "ZZZZ"
	for _, id := range []dialog.ID{unknown, "", "d_", "d_999_AAAA", "c" + r.id[1:], r.id + "{x}", "d_001_\n"} {
		_, err := r.Store.Load(r.ctx, id)
		r.want(err, dialog.ErrNotFound)
		_, err = r.Store.Append(r.ctx, id, buyerSays("m1", "hello"))
		r.want(err, dialog.ErrNotFound)
		_, err = r.Store.Commit(r.ctx, id, dialog.Change{Expect: 1, Next: r.conv, LiveAt: -1})
		r.want(err, dialog.ErrNotFound)
		_, err = r.Store.Seen(r.ctx, id, dialog.FromBuyer, 1)
		r.want(err, dialog.ErrNotFound)
		_, _, err = r.Store.Read(r.ctx, id, -1, 10)
		r.want(err, dialog.ErrNotFound)
		_, err = r.Store.Entries(r.ctx, id, 0, 10)
		r.want(err, dialog.ErrNotFound)
	}
	if n := len(r.entries()); n != 0 {
		r.t.Errorf("%d entries came into another conversation", n)
	}
}

func appendOnce(r *room) {
	first := r.append(buyerSays("m1", "手环坏了"))
	if first.Seq != 1 || first.Dup {
		r.t.Errorf("the first entry is %+v", first)
	}
	late := buyerSays("m1", "手环坏了")
	late.Entry.At = Epoch.Add(time.Hour) // a repeat comes later and is the same
	if again := r.append(late); again.Seq != 1 || !again.Dup {
		r.t.Errorf("the repeat is %+v", again)
	}
	if second := r.append(buyerSays("m2", "手环坏了")); second.Seq != 2 || second.Dup {
		r.t.Errorf("the same text under another id is %+v", second)
	}
	// An entry without an id is never taken for a repeat.
	r.append(dialog.Append{Entry: says(dialog.FromSystem, "", "x")})
	r.append(dialog.Append{Entry: says(dialog.FromSystem, "", "x")})
	if diff := cmp.Diff([]string{"手环坏了", "手环坏了", "x", "x"}, r.texts()); diff != "" {
		r.t.Errorf("log (-want +got):\n%s", diff)
	}
	if c := r.load(); c.Last != 4 || c.Inbound != 2 {
		r.t.Errorf("last %d, inbound %d", c.Last, c.Inbound)
	}
}

func idReused(r *room) {
	r.append(buyerSays("m1", "yes"))
	_, err := r.Store.Append(r.ctx, r.id, buyerSays("m1", "no"))
	r.want(err, dialog.ErrIDReused)
	press := presses("m1")
	_, err = r.Store.Append(r.ctx, r.id, press)
	r.want(err, dialog.ErrIDReused)
	if diff := cmp.Diff([]string{"yes"}, r.texts()); diff != "" {
		r.t.Errorf("log (-want +got):\n%s", diff)
	}
}

func idsOfAuthors(r *room) {
	r.claimed("li")
	r.append(buyerSays("m1", "buyer"))
	r.append(agentSays("li", 0, "m1", "agent li"))
	note := agentSays("", 0, "m1", "note of wang")
	note.Scope = "wang"
	r.append(note)
	r.append(dialog.Append{Entry: says(dialog.FromSystem, "m1", "system")})
	if diff := cmp.Diff([]string{"buyer", "agent li", "note of wang", "system"}, r.texts()); diff != "" {
		r.t.Errorf("log (-want +got):\n%s", diff)
	}
}

func appendAtOnce(r *room) {
	const writers, each = 16, 12
	seqs := make([][]int64, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				a := buyerSays(fmt.Sprintf("w%d-%d", w, i), fmt.Sprintf("%d/%d", w, i))
				for range 2 { // each is sent twice
					res, err := r.Store.Append(r.ctx, r.id, a)
					if err != nil {
						r.t.Error(err)
						return
					}
					seqs[w] = append(seqs[w], res.Seq)
				}
			}
		})
	}
	wg.Wait()
	log := r.entries()
	if len(log) != writers*each {
		r.t.Fatalf("%d entries of %d", len(log), writers*each)
	}
	for w, list := range seqs {
		for i := range each {
			seq := list[2*i]
			if list[2*i+1] != seq {
				r.t.Errorf("a repeat has seq %d, the first %d", list[2*i+1], seq)
			}
			if got, want := log[seq-1].Text, fmt.Sprintf("%d/%d", w, i); got != want {
				r.t.Errorf("entry %d is %q, its writer was told %q", seq, got, want)
			}
		}
		if !slices.IsSorted(list) {
			r.t.Errorf("writer %d sees its entries out of order: %v", w, list)
		}
	}
	if c := r.load(); c.Last != writers*each || c.Inbound != c.Last {
		r.t.Errorf("last %d, inbound %d", c.Last, c.Inbound)
	}
}

func readFrom(r *room) {
	for i := range 5 {
		r.append(buyerSays(fmt.Sprint(i), fmt.Sprint(i+1)))
	}
	for _, tt := range []struct {
		after int64
		limit int
		want  []int64
	}{
		{0, 10, []int64{1, 2, 3, 4, 5}},
		{0, 2, []int64{1, 2}},
		{3, 10, []int64{4, 5}},
		{3, 1, []int64{4}},
		{5, 10, nil},
		{99, 10, nil},
		{-7, 2, []int64{1, 2}},
		{0, 0, nil},
		{2, 0, nil},
		{2, -1, nil},
	} {
		list, err := r.Store.Entries(r.ctx, r.id, tt.after, tt.limit)
		if err != nil {
			r.t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, r.seqs(list)); diff != "" {
			r.t.Errorf("%d entries after %d (-want +got):\n%s", tt.limit, tt.after, diff)
		}
	}
	for _, tt := range []struct {
		after int64
		limit int
		want  []int64
	}{
		{0, 10, []int64{1, 2, 3, 4, 5}},
		{3, 1, []int64{4}},
		{5, 10, nil},
		{99, 10, nil},
		{2, 0, nil},
		{-1, 2, []int64{4, 5}},
		{-1, 5, []int64{1, 2, 3, 4, 5}},
		{-1, 99, []int64{1, 2, 3, 4, 5}},
		{-7, 1, []int64{5}},
		{-1, 0, nil},
	} {
		conv, list, err := r.Store.Read(r.ctx, r.id, tt.after, tt.limit)
		if err != nil {
			r.t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, r.seqs(list)); diff != "" {
			r.t.Errorf("%d entries after %d with the conversation (-want +got):\n%s", tt.limit, tt.after, diff)
		}
		if diff := cmp.Diff(r.load(), conv); diff != "" {
			r.t.Errorf("the conversation with entries after %d (-loaded +read):\n%s", tt.after, diff)
		}
	}
	// What is written is what is read.
	full := dialog.Entry{
		At: Epoch, Author: dialog.Author{Kind: dialog.FromBuyer, Name: "n"}, Kind: dialog.Press, Client: "full", Text: "“</script>”\u2028",
		On: 3, Action: dialog.ActPickOrder, Args: dialog.Args{"order": "o:1", "line": "1"}, Key: "k", Case: "c_001_A",
		Evidence: &dialog.EvidenceItem{ID: "e_001_A", Kind: "item_photo"},
		Card: &dialog.Card{Kind: dialog.CardChoices, Deadline: Epoch, Buttons: []dialog.Button{
			{Action: dialog.ActSubmit, Label: "提交", Args: dialog.Args{"version": "2"}},
		}},
	}
	full.Seq = r.append(dialog.Append{Entry: full}).Seq
	list, err := r.Store.Entries(r.ctx, r.id, full.Seq-1, 1)
	if err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff([]dialog.Entry{full}, list); diff != "" {
		r.t.Errorf("entry (-written +read):\n%s", diff)
	}
}

func readMarks(r *room) {
	for i := range 3 {
		r.append(buyerSays(fmt.Sprint(i), "x"))
	}
	for _, tt := range []struct {
		who       dialog.AuthorKind
		seq, want int64
	}{
		{dialog.FromBuyer, 2, 2},
		{dialog.FromBuyer, 1, 2},
		{dialog.FromBuyer, 2, 2},
		{dialog.FromAgent, 1, 1},
		{dialog.FromBuyer, 99, 3},
		{dialog.FromBuyer, -5, 3},
		{dialog.FromBuyer, 0, 3},
		{dialog.FromAgent, 3, 3},
	} {
		got, err := r.Store.Seen(r.ctx, r.id, tt.who, tt.seq)
		if err != nil {
			r.t.Fatal(err)
		}
		if got != tt.want {
			r.t.Errorf("%s saw %d: the mark is at %d, want %d", tt.who, tt.seq, got, tt.want)
		}
	}
	if c := r.load(); c.SeenBuyer != 3 || c.SeenAgent != 3 || c.Version != 1 {
		r.t.Errorf("marks %d and %d at version %d", c.SeenBuyer, c.SeenAgent, c.Version)
	}
}

// seqs are the numbers of entries, each of which must say its own.
func (r *room) seqs(list []dialog.Entry) []int64 {
	var out []int64
	for _, e := range list {
		out = append(out, e.Seq)
		if e.Text != fmt.Sprint(e.Seq) {
			r.t.Errorf("entry %d is %q", e.Seq, e.Text)
		}
	}
	return out
}
