package wire

import (
	"time"

	"recourse/dialog"
)

// SetWork changes what agents keep of a conversation for their own work; what is left out stays.
type SetWork struct {
	// All its tags.
	Tags *[]string `json:"tags,omitempty" example:"[\"photos\"]"`
	// For how long its agent puts it off, in minutes by the marketplace's clock; 0: not any more.
	Snooze *int `json:"snooze_minutes,omitempty" minimum:"0" maximum:"20160" example:"60"`
}

// WorkView is what agents keep of a conversation.
type WorkView struct {
	// In the order in which they were set.
	Tags []string `json:"tags" example:"[\"photos\"]"`
	// Until when it is put off.
	SnoozedUntil time.Time `json:"snoozed_until,omitzero"`
}

// EntryList is a stretch of a conversation.
type EntryList struct {
	// By position.
	Entries []dialog.Entry `json:"entries"`
	// There are entries before the first.
	More bool `json:"more,omitempty"`
}
