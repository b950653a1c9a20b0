package wire

import "time"

// Canned is a reply that agents use again and again, in one language or both.
type Canned struct {
	// Names the reply.
	ID string `json:"id" example:"ask-photos"`
	// What agents type after a slash to find it.
	Shortcut string `json:"shortcut" example:"photos"`
	// Says in a few words what it is for.
	Title string `json:"title" example:"Ask for photos"`
	// The text for buyers who are led in Chinese, with slots in double braces; empty: there is none.
	ZH string `json:"zh,omitempty" example:"请补充订单 {{order}} 的照片。"`
	// The text for buyers who are led in English.
	EN string `json:"en,omitempty" example:"Please add photos of order {{order}}."`
	// Whose it is: an agent's login; nothing: the whole desk's.
	Owner string `json:"owner,omitempty" example:"li.na"`
	// What is done besides saying it; nothing: it is only said.
	Macro *Macro `json:"macro,omitempty"`
	// When it was changed last.
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// Who changed it last: an agent's login.
	UpdatedBy string `json:"updated_by,omitempty" example:"li.na"`
}

// Macro is what a canned reply does besides being said. The agent sees it before he sends.
type Macro struct {
	// Tags that the conversation gets.
	Tags []string `json:"tags,omitempty" maxItems:"8" example:"[\"photos\"]"`
	// An internal note, with the same slots.
	Note string `json:"note,omitempty" maxLength:"500" example:"Asked for photos."`
	// What becomes of the conversation: release (back to the bot), resolve (closed), snooze; nothing: it stays.
	Then string `json:"then,omitempty" enum:"release,resolve,snooze" example:"snooze"`
	// For how long it is snoozed, in minutes.
	Minutes int `json:"minutes,omitempty" minimum:"1" maximum:"20160" example:"120"`
}

// PutCanned is a canned reply as it shall be.
type PutCanned struct {
	// What agents type after a slash to find it; of the desk's and the agent's own replies, one has it.
	Shortcut string `json:"shortcut" pattern:"^[\\p{L}\\p{N}_-]+$" patternDescription:"letters, digits, - and _" minLength:"1" maxLength:"32" example:"photos"`
	// Says in a few words what it is for.
	Title string `json:"title" minLength:"1" maxLength:"80" example:"Ask for photos"`
	// The text for buyers who are led in Chinese.
	ZH string `json:"zh,omitempty" maxLength:"2000" example:"请补充订单 {{order}} 的照片。"`
	// The text for buyers who are led in English.
	EN string `json:"en,omitempty" maxLength:"2000" example:"Please add photos of order {{order}}."`
	// The agent's own; otherwise the whole desk's, which supervisors keep.
	Own bool `json:"own,omitempty"`
	// What is done besides saying it.
	Macro *Macro `json:"macro,omitempty"`
}

// CannedList are canned replies.
type CannedList struct {
	// By shortcut.
	Replies []Canned `json:"replies"`
	// The slots that a text may have.
	Slots []string `json:"slots"`
}

// FilledList are canned replies as they would be said in a conversation.
type FilledList struct {
	// By shortcut.
	Replies []Filled `json:"replies"`
}

// Filled is a canned reply as it would be said in a conversation, in the buyer's language.
type Filled struct {
	// Names the reply.
	ID string `json:"id" example:"ask-photos"`
	// What agents type after a slash to find it.
	Shortcut string `json:"shortcut" example:"photos"`
	// What it is for.
	Title string `json:"title" example:"Ask for photos"`
	// The text with its slots filled from the case.
	Text string `json:"text" example:"Please add photos of order 6920251100010001."`
	// Slots that could not be filled; they still stand in the text.
	Missing []string `json:"missing,omitempty" example:"[\"deadline\"]"`
	// It is in the other language: there is none in the buyer's.
	Other bool `json:"other_language,omitempty"`
	// It is the agent's own.
	Own bool `json:"own,omitempty"`
	// What is done besides saying it, the note filled, too.
	Macro *Macro `json:"macro,omitempty"`
}
