package wire

// Report is what happened at the desk and before it, by day. What each figure counts stands in package web (reports.go).
type Report struct {
	// The first day.
	From string `json:"from" example:"2026-11-20"`
	// The last day, which is in it.
	To string `json:"to" example:"2026-11-26"`
	// Today, whose figures are not final.
	Today string `json:"today" example:"2026-11-26"`
	// Whose days they are.
	Zone string `json:"zone" example:"Asia/Shanghai"`
	// Every day of the range, the first first, also those on which nothing happened.
	Days []ReportDay `json:"days"`
	// All of them together.
	Total ReportDay `json:"total"`
	// The upper bounds of the spans of times, in seconds; what is longer than the last is in one more span.
	Bounds []int64 `json:"bounds" example:"[30,60]"`
}

// ReportDay is the figures of a day, or of several.
type ReportDay struct {
	// The day; nothing: several.
	Day string `json:"day,omitempty" example:"2026-11-26"`
	// Conversations in which the buyer wrote or pressed something.
	Talks int64 `json:"talks" example:"120"`
	// Of those, with a person wanted or there at some time of the day.
	Handed int64 `json:"handed" example:"30"`
	// The others: the bot was alone with them all day.
	Contained int64 `json:"contained" example:"90"`
	// How often a person was asked for.
	Handoffs int64 `json:"handoffs" example:"34"`
	// Why, and how often for that.
	Reasons map[string]int64 `json:"reasons" example:"{\"asked\":20}"`
	// From a person being wanted to the first word that one of them wrote to the buyer.
	FirstResponse Times `json:"first_response"`
	// From a person being wanted to the bot having the conversation back after one had it.
	Resolution Times `json:"resolution"`
	// How often a buyer left before an agent came.
	Left int64 `json:"left" example:"2"`
	// Offers that agents let run out.
	Missed int64 `json:"missed" example:"1"`
	// Cases filed.
	Filed int64 `json:"filed" example:"25"`
	// Cases brought before the platform.
	Escalated int64 `json:"escalated" example:"6"`
	// Cases that the platform decided for the first time.
	Rulings int64 `json:"rulings" example:"5"`
	// How it decided, and how often so.
	Outcomes map[string]int64 `json:"outcomes" example:"{\"rule_refund\":3}"`
	// Appeals decided.
	Appeals int64 `json:"appeals" example:"2"`
	// Of those, the ones that overturned the ruling.
	Overturned int64 `json:"overturned" example:"1"`
	// What buyers thought of the bot.
	CSATBot Score `json:"csat_bot"`
	// What buyers thought of agents.
	CSATHuman Score `json:"csat_human"`
}

// Times are how long something took, how often.
type Times struct {
	// How often.
	Count int64 `json:"count" example:"30"`
	// The average, in seconds.
	Mean int64 `json:"mean" example:"48"`
	// Half of them took no longer than so many seconds: the upper bound of the span it is in, or -1 if that is the last
	// one, which has none. 0: there are none.
	Median int64 `json:"median" example:"60"`
	// Nine of ten took no longer, told in the same way.
	Nine int64 `json:"nine" example:"120"`
	// How many there are in each span.
	Spans []int64 `json:"spans" example:"[20,8,2]"`
}

// Score is what buyers answered, from 1 to 5.
type Score struct {
	// How many answered.
	Count int64 `json:"count" example:"12"`
	// The average; 0: nobody did.
	Mean float64 `json:"mean" example:"4.4"`
	// How many gave 1, 2, 3, 4 and 5.
	Stars []int64 `json:"stars" example:"[0,1,1,3,7]"`
}
