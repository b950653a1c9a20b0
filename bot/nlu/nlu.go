// Package nlu understands a buyer's text by rules: what it is about, which reason it speaks for, which
// of his orders it may mean. It needs no model service and is a pure function of the text, the buyer's
// order lines and the time.
//
// It does not know the state of the case, decides nothing, and says "unknown" rather than guess.
package nlu

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"recourse/bot/nlu/fold"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Normalise folds a text and brings contractions to one form.
func Normalise(s string) string { return contractions.Replace(fold.Text(s)) }

// contractions brings both ways of saying no to one, so that the lexicon needs only the short one.
var contractions = strings.NewReplacer(
	"will not ", "won't ", "does not ", "doesn't ", "do not ", "don't ", "did not ", "didn't ", "is not ", "isn't ",
	"has not ", "hasn't ", "have not ", "haven't ", "can not ", "can't ", "cannot ", "can't ",
)

// Understand reads a text.
func Understand(text string, lines []policy.Line) dialog.Heard {
	h := dialog.Heard{Text: text}
	s := Normalise(text)
	if s == "" {
		h.Intent = dialog.IntentEmpty
		return h
	}
	h.Angry = matchAny(s, angry)
	h.Reason, h.Doubts = reasonOf(s)
	h.Answers = answersOf(s)
	h.AmountFen = amountOf(s)
	h.Lines = linesOf(s, lines)
	h.Share, h.Points = shareOf(s), pointsOf(s)
	h.Waybill, h.Carrier = waybillOf(s, lines)
	h.CameOn, h.Want = cameOn(s), wantOf(s)
	h.Topic = topicOf(s)
	h.Question.Form = question(s)
	if h.Topic == dialog.TopicForgery {
		h.Reason, h.Doubts = "", nil // what he wants to pretend is not what he claims
	}
	h.Intent, h.Corrects = intentOf(s, h.Reason != "" || len(h.Doubts) > 0)
	if h.Intent == dialog.IntentUnknown && h.Topic == "" && nounOnly(s, len(h.Lines) > 0) {
		h.Intent = dialog.IntentNoun
	}
	if h.Topic == dialog.TopicUploadFailed && h.Intent != dialog.IntentHuman {
		h.Intent = dialog.IntentTrouble
	}
	var plain bool
	h.Complaint, plain, h.Money = complaintOf(s)
	if h.Topic != dialog.TopicForgery && complains(s, h, plain) {
		h.Topic = "" // he says what he wants to do about it
		h.Asks = h.Intent == dialog.IntentStatus
		h.Intent = dialog.IntentComplaint
	}
	return h
}

// complains says that the text is a complaint before it is anything else: he says so, or he speaks of conduct
// and asks neither for money nor for what outranks it.
func complains(s string, h dialog.Heard, plain bool) bool {
	switch h.Intent {
	case dialog.IntentHuman, dialog.IntentBot, dialog.IntentEscalate, dialog.IntentWithdraw, dialog.IntentCancel:
		return false
	}
	if complaintWords.matches(s) {
		return true
	}
	return plain && !h.Money && h.Reason == "" && h.Topic == "" && h.Intent != dialog.IntentStatus
}

// intentOf tries the intents in the order in which they outrank each other: whoever asks for a person
// gets one, whatever else he says.
func intentOf(s string, hasReason bool) (dialog.Intent, dialog.Datum) {
	for _, rule := range intents {
		if rule.intent == afterMoves {
			if datum, ok := correctionOf(s); ok {
				return dialog.IntentCorrect, datum
			}
			if m := moveOf(s); m != "" && !hasReason { // who says what is wrong has more to say than "not that"
				return m, ""
			}
			continue
		}
		if rule.matches(s) {
			return rule.intent, ""
		}
	}
	if hasReason {
		return dialog.IntentRefund, ""
	}
	return dialog.IntentUnknown, ""
}

// afterMoves stands among the intents where what is said about the conversation itself (moves.go) has its place.
const afterMoves dialog.Intent = "moves"

// slack is how much longer than its word a short answer may be: "嗯好的呀" is a yes, a sentence with 是 is not.
// One character alone is a part of many words: 行 is a yes, 行李箱 is a suitcase.
func slack(word string) int {
	if utf8.RuneCountInString(word) == 1 {
		return 1
	}
	return 4
}

func (r intentRule) matches(s string) bool {
	for _, w := range r.words {
		if contains(s, w) && (!r.short || utf8.RuneCountInString(s) <= utf8.RuneCountInString(w)+slack(w)) {
			return !matchAny(s, r.not)
		}
	}
	return false
}

// reasonOf scores the reasons by their phrases; a clear winner is the reason, a tie is doubt.
func reasonOf(s string) (policy.ReasonID, []policy.ReasonID) {
	best, second := 0, 0
	var reason policy.ReasonID
	var hits []policy.ReasonID
	for _, r := range reasons {
		if matchAny(s, r.not) {
			continue
		}
		// Saying the same thing in two ways is not saying it twice as much.
		score := 0
		if matchAny(s, r.strong) {
			score = 3
		}
		for _, groups := range r.all {
			if everyGroup(s, groups) {
				score = 4 // several things said together are more particular than one phrase
			}
		}
		for _, w := range r.weak {
			if contains(s, w) && score < 5 {
				score++
			}
		}
		if score == 0 {
			continue
		}
		hits = append(hits, r.id)
		if score > best {
			best, second, reason = score, best, r.id
		} else if score > second {
			second = score
		}
	}
	switch {
	case best == 0:
		return "", nil
	case best-second >= 1 && best >= 2: // a hint alone is not a reason, and neither is a tie
		var doubts []policy.ReasonID
		for _, id := range hits {
			if id != reason {
				doubts = append(doubts, id)
			}
		}
		return reason, doubts
	default:
		return "", hits
	}
}

func answersOf(s string) policy.Answers {
	var a policy.Answers
	if matchAny(s, notReceivedWords) {
		a.Received = policy.No
	} else if matchAny(s, receivedWords) {
		a.Received = policy.Yes
	}
	if matchAny(s, intactWords) {
		a.Intact = policy.Yes
	} else if matchAny(s, usedWords) || usedTimes.MatchString(s) {
		a.Intact = policy.No
	}
	if everyGroup(s, otherThanOrdered) {
		a.SpecDiff = policy.Yes
	}
	if matchAny(s, notReceivedWords) && countGroups(s, pickupPlaces) >= 2 {
		a.Pickup = policy.Yes // "the station, the gate and the family": one place alone is asked about once
	}
	if matchAny(s, promisedWords) {
		a.Promised = policy.Yes
	}
	if harmed(s) {
		a.Harm = policy.Yes
	}
	return a
}

func countGroups(s string, groups [][]string) int {
	n := 0
	for _, g := range groups {
		if matchAny(s, g) {
			n++
		}
	}
	return n
}

// linesOf ranks order lines by how much of their title, shop and number the text names.
func linesOf(s string, lines []policy.Line) []string {
	type scored struct {
		key   string
		score int
	}
	var found []scored
	for _, l := range lines {
		score := 0
		if l.OrderID != "" && strings.Contains(s, strings.ToLower(l.OrderID)) {
			score += 100
		}
		score += overlap(s, Normalise(l.Title))
		if score > 0 {
			found = append(found, scored{dialog.LineKey(l.OrderID, l.LineID), score})
		}
	}
	// Stable by hand: few lines, and equal scores must keep the order system's order.
	for i := 1; i < len(found); i++ {
		for j := i; j > 0 && found[j].score > found[j-1].score; j-- {
			found[j], found[j-1] = found[j-1], found[j]
		}
	}
	var out []string
	for i, f := range found {
		if i > 0 && f.score*2 < found[0].score {
			break
		}
		out = append(out, f.key)
	}
	return out
}

// overlap counts the Han bigrams and Latin words of a title that a text names.
func overlap(s, title string) int {
	n := 0
	runes := []rune(title)
	for i := 0; i+1 < len(runes); i++ {
		if unicode.Is(unicode.Han, runes[i]) && unicode.Is(unicode.Han, runes[i+1]) && strings.Contains(s, string(runes[i:i+2])) {
			n += 2
		}
	}
	for _, w := range strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) || unicode.Is(unicode.Han, r) }) {
		if len(w) >= 3 && contains(s, w) {
			n += 2
		}
	}
	return n
}

func matchAny(s string, words []string) bool {
	for _, w := range words {
		if contains(s, w) {
			return true
		}
	}
	return false
}

// contains is strings.Contains, but a Latin word must stand alone: "no" is not in "notice".
func contains(s, w string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(w)
		if !latin(w[0]) || (start == 0 || !latin(s[start-1])) && (end == len(s) || !latin(w[len(w)-1]) || !latin(s[end])) {
			return true
		}
		from = start + 1
	}
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' }
