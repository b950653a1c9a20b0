package memcases

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"recourse/cases"
	"recourse/cases/complaints"
)

// Complaints is the store of the complaints; their deadlines stand in the same index.
type Complaints struct{ st *Store }

// Complaints gives the store of complaints.
func (st *Store) Complaints() Complaints { return Complaints{st} }

// Load reads a complaint.
func (k Complaints) Load(_ context.Context, id complaints.ID) (complaints.Complaint, error) {
	k.st.mu.Lock()
	defer k.st.mu.Unlock()
	c, ok := k.st.filed.docs[string(id)]
	if !ok {
		return c, fmt.Errorf("load complaint %s: %w", id, complaints.ErrNotFound)
	}
	return c, nil
}

// Line reads the record of an order line.
func (k Complaints) Line(_ context.Context, buyer, order, line string) (complaints.LineRecord, error) {
	k.st.mu.Lock()
	defer k.st.mu.Unlock()
	rec := k.st.filed.lines[lineKey{buyer, order, line}]
	rec.Open = maps.Clone(rec.Open)
	return rec, nil
}

// Applied tells what an event key did before.
func (k Complaints) Applied(_ context.Context, id complaints.ID, key string) (cases.Applied, bool, error) {
	k.st.mu.Lock()
	defer k.st.mu.Unlock()
	was, ok := k.st.filed.applied[[2]string{string(id), key}]
	return was, ok, nil
}

// Commit stores an applied event.
func (k Complaints) Commit(_ context.Context, c complaints.Commit) error {
	st := k.st
	st.mu.Lock()
	defer st.mu.Unlock()
	doc := c.Complaint
	id, line := string(doc.ID), lineKey{doc.Buyer, doc.Line.OrderID, doc.Line.LineID}
	_, known := st.filed.applied[[2]string{id, c.Key}]
	if known || st.filed.docs[id].Version != doc.Version-1 || st.filed.lines[line].Version != c.LineFrom {
		return fmt.Errorf("commit %s of complaint %s: %w", c.Mark.Event.Kind, id, cases.ErrRaced)
	}
	c.Line.Version = c.LineFrom + 1
	st.filed.lines[line] = c.Line
	st.filed.put(id, doc.Buyer, doc, c.Mark)
	st.filed.applied[[2]string{id, c.Key}] = cases.Applied{Digest: c.Digest, Version: doc.Version}
	st.wait(id, doc.Deadlines, nil, c.Mark.At)
	st.records = append(st.records, Record{Complaint: doc.ID, Version: doc.Version})
	for i := range c.Notices {
		st.records = append(st.records, Record{Complaint: doc.ID, Version: doc.Version, Notice: &c.Notices[i]})
	}
	if c.Measure != "" {
		st.records = append(st.records, Record{Complaint: doc.ID, Version: doc.Version, Measure: c.Measure})
	}
	return nil
}

// Marks returns the timeline of a complaint.
func (k Complaints) Marks(_ context.Context, id complaints.ID) ([]complaints.Mark, error) {
	k.st.mu.Lock()
	defer k.st.mu.Unlock()
	return slices.Clone(k.st.filed.marks[string(id)]), nil
}

// OfBuyer lists the complaints on the buyer's orders, newest first.
func (k Complaints) OfBuyer(_ context.Context, buyer string, limit int) ([]complaints.ID, error) {
	k.st.mu.Lock()
	defer k.st.mu.Unlock()
	return typed[complaints.ID](k.st.filed.newest(buyer, limit)), nil
}
