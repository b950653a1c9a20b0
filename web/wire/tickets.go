package wire

import "time"

// Ticket is something that a person, or a system beside this one, must see to.
type Ticket struct {
	// Names the ticket.
	ID string `json:"id" example:"k3j6qfzlbwkq7pzx"`
	// ticket: somebody must look; reminder: a deadline of the platform is near; merchant_liability and
	// merchant_penalty: for the system that keeps merchants' standing, a ruling for the buyer and one that the
	// merchant did not carry out; wrong_answer: an agent says that the bot answered wrongly.
	Kind string `json:"kind" example:"ticket"`
	// What it is about: payment_failed, refund_late, goods_back_late, no_return_address, sla_breached,
	// balance_without_consent; of a reminder its deadline; of a wrong answer as in FlagAnswer.
	Why string `json:"why,omitempty" example:"payment_failed"`
	// The case; empty for a wrong answer in a conversation without one.
	Case string `json:"case" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// The shop of the case; empty for a wrong answer.
	Shop string `json:"shop" example:"s1"`
	// Whose it is: supervisor, or nothing for any agent.
	Role string `json:"role,omitempty" example:"supervisor"`
	// How urgent: rises with every breach of the platform's own time.
	Priority int `json:"priority,omitempty" example:"1"`
	// When it came up.
	At time.Time `json:"at"`
	// When it was done.
	DoneAt time.Time `json:"done_at,omitzero"`
	// Who did it: an agent's login.
	DoneBy string `json:"done_by,omitempty" example:"li.na"`
	// What became of a wrong answer: taken_back, or promoted to an example or a case of a suite; nothing: otherwise done.
	Outcome string `json:"outcome,omitempty" enum:"taken_back,promoted" example:"taken_back"`
	// Of a wrong answer: the conversation.
	Conversation string `json:"conversation,omitempty" example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// Of a wrong answer: which entry of the conversation.
	Entry int64 `json:"entry,omitempty" example:"7"`
	// Of a wrong answer: the topic that would have been right, none if none would; nothing: not said.
	Topic string `json:"topic,omitempty" example:"pay-arrival"`
	// Of a wrong answer: what is wrong with it, in words.
	Text string `json:"text,omitempty" example:"He asked for the return address."`
	// Of a wrong answer: who says so, an agent's login.
	By string `json:"by,omitempty" example:"li.na"`
}

// FlagAnswer says that an entry of the bot is wrong.
type FlagAnswer struct {
	// What is wrong: wrong_topic (it answers another question), wrong_fact (what it says is not so), not_understood (it
	// should have answered), should_not_answer (a person, or nobody, should have answered), other.
	Why string `json:"why" enum:"wrong_topic,wrong_fact,not_understood,should_not_answer,other" example:"wrong_topic"`
	// The topic that would have been right; none: it must not be answered; left out: not said.
	Topic string `json:"topic,omitempty" pattern:"^[a-z0-9]+(-[a-z0-9]+)*$" patternDescription:"an id of agentListTopics, or none" maxLength:"64" example:"pay-arrival"`
	// In words.
	Text string `json:"text,omitempty" maxLength:"500" example:"He asked for the return address."`
}

// TopicList are the topics that the bot answers.
type TopicList struct {
	// By id.
	Topics []TopicName `json:"topics"`
}

// TopicName is a topic that the bot answers.
type TopicName struct {
	// Names the topic.
	ID string `json:"id" example:"pay-arrival"`
	// As who asks puts it, in the language of the request.
	Label string `json:"label" example:"How long until the refund reaches me"`
}

// TicketList is a list of tickets.
type TicketList struct {
	// The most urgent first, of these the oldest.
	Tickets []Ticket `json:"tickets"`
}
