package rediscases

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/internal/ids"
	"recourse/internal/outbox"
)

// The kinds of outbox records of a complaint.
const (
	ComplaintChangedRecord = "complaint_changed" // it has a new version: ComplaintChangedBody
	ComplaintNoticeRecord  = "complaint_notice"  // somebody must be told: ComplaintNoticeBody
	ComplaintMeasureRecord = "complaint_measure" // an outer system must act: ComplaintMeasureBody
)

// ComplaintChangedBody feeds the indexes that cross shards.
type ComplaintChangedBody struct {
	Complaint    complaints.ID    `json:"complaint"`
	Version      int              `json:"version"`
	Shop         string           `json:"shop"`
	By           cases.Actor      `json:"by"`
	State        complaints.State `json:"state"`
	Conversation string           `json:"conversation,omitempty"`
	CreatedAt    time.Time        `json:"created_at"`
}

// ComplaintNoticeBody is a notice and the version it speaks of.
type ComplaintNoticeBody struct {
	Complaint complaints.ID `json:"complaint"`
	Version   int           `json:"version"`
	Notice    cases.Notice  `json:"notice"`
}

// ComplaintMeasureBody is a warning or a penalty for whoever keeps the scores of shops and buyers (F3-15).
type ComplaintMeasureBody struct {
	Complaint complaints.ID      `json:"complaint"`
	Version   int                `json:"version"`
	Against   cases.Actor        `json:"against"`
	Who       string             `json:"who"`
	Measure   complaints.Measure `json:"measure"`
}

// Complaints keeps complaints in Redis.
type Complaints struct{ RDB redis.UniversalClient }

var _ complaints.Store = (*Complaints)(nil)

func complaintKey(s ids.Shard, id complaints.ID) string { return s.Tag() + ":k:" + string(id) }
func complaintsOf(s ids.Shard, buyer string) string     { return s.Tag() + ":bk:" + buyer }

func complaintShard(id complaints.ID) (ids.Shard, error) {
	s, err := ids.ShardOf(complaints.Prefix, string(id))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", complaints.ErrNotFound, err)
	}
	return s, nil
}

// Load reads a complaint.
func (st *Complaints) Load(ctx context.Context, id complaints.ID) (complaints.Complaint, error) {
	s, err := complaintShard(id)
	if err != nil {
		return complaints.Complaint{}, err
	}
	c, ok, err := loadDoc[complaints.Complaint](ctx, st.RDB, complaintKey(s, id))
	if err == nil && !ok {
		err = complaints.ErrNotFound
	}
	if err != nil {
		return complaints.Complaint{}, fmt.Errorf("load complaint %s: %w", id, err)
	}
	return c, nil
}

// Line reads the record of an order line.
func (st *Complaints) Line(ctx context.Context, buyer, order, line string) (complaints.LineRecord, error) {
	rec, ver, err := loadLine[complaints.LineRecord](ctx, st.RDB, lineKey(ids.Of(buyer), "kl", buyer, order, line))
	if err != nil {
		return complaints.LineRecord{}, fmt.Errorf("load the complaints of order line %s/%s: %w", order, line, err)
	}
	rec.Version = ver
	return rec, nil
}

// Applied tells what an event key did before.
func (st *Complaints) Applied(ctx context.Context, id complaints.ID, key string) (cases.Applied, bool, error) {
	s, err := complaintShard(id)
	if err != nil {
		return cases.Applied{}, false, err
	}
	was, ok, err := applied(ctx, st.RDB, keysOf(complaintKey(s, id)), key)
	if err != nil {
		return cases.Applied{}, false, fmt.Errorf("look up a key of complaint %s: %w", id, err)
	}
	return was, ok, nil
}

// Commit stores an applied event.
func (st *Complaints) Commit(ctx context.Context, c complaints.Commit) error {
	k := c.Complaint
	s, err := complaintShard(k.ID)
	if err != nil {
		return err
	}
	e := entry{
		shard: s, id: string(k.ID), doc: complaintKey(s, k.ID), line: lineKey(s, "kl", k.Buyer, k.Line.OrderID, k.Line.LineID),
		list: complaintsOf(s, k.Buyer), version: k.Version, content: k, mark: c.Mark, key: c.Key, digest: c.Digest,
		lineFrom: c.LineFrom, lineDoc: c.Line, due: k.Deadlines, records: complaintRecords(c), next: complaintKey(s, ""),
	}
	if err := e.commit(ctx, st.RDB); err != nil {
		return fmt.Errorf("commit %s of complaint %s: %w", c.Mark.Event.Kind, k.ID, err)
	}
	return nil
}

// complaintRecords are the outbox records of a commit as [kind, body] pairs. The index first, so that whoever
// is told of a complaint finds it in his list.
func complaintRecords(c complaints.Commit) [][2]string {
	k := c.Complaint
	var out [][2]string
	add := func(kind string, body any) {
		out = append(out, [2]string{kind, string(outbox.New(kind, body).Body)})
	}
	add(ComplaintChangedRecord, ComplaintChangedBody{
		Complaint: k.ID, Version: k.Version, Shop: k.Shop, By: k.By, State: k.State, Conversation: k.Conversation, CreatedAt: k.CreatedAt,
	})
	for _, n := range c.Notices {
		add(ComplaintNoticeRecord, ComplaintNoticeBody{Complaint: k.ID, Version: k.Version, Notice: n})
	}
	if c.Measure != "" {
		who := k.Shop
		if k.Other() == cases.Buyer {
			who = k.Buyer
		}
		add(ComplaintMeasureRecord, ComplaintMeasureBody{Complaint: k.ID, Version: k.Version, Against: k.Other(), Who: who, Measure: c.Measure})
	}
	return out
}

// Marks returns the timeline of a complaint.
func (st *Complaints) Marks(ctx context.Context, id complaints.ID) ([]complaints.Mark, error) {
	s, err := complaintShard(id)
	if err != nil {
		return nil, err
	}
	marks, err := loadMarks[complaints.Mark](ctx, st.RDB, marksOf(complaintKey(s, id)))
	if err != nil {
		return nil, fmt.Errorf("read the timeline of complaint %s: %w", id, err)
	}
	return marks, nil
}

// OfBuyer lists the complaints on the buyer's orders, newest first.
func (st *Complaints) OfBuyer(ctx context.Context, buyer string, limit int) ([]complaints.ID, error) {
	list, err := listIDs[complaints.ID](ctx, st.RDB, complaintsOf(ids.Of(buyer), buyer), limit)
	if err != nil {
		return nil, fmt.Errorf("list the complaints of a buyer: %w", err)
	}
	return list, nil
}
