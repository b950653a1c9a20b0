// Package nlu understands a buyer's text by rules: what it is about, which reason it speaks for, which
// of his orders it may mean. It needs no model service and is a pure function of the text, the buyer's
// order lines and the time.
//
// It does not know the state of the case, decides nothing, and says "unknown" rather than guess.
package nlu

import (
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/bot/nlu/fold"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Normalise folds a text and brings contractions to one form.
func Normalise(s string) string {
	s = fold.Text(s)
	if !strings.Contains(s, "not ") {
		return s
	}
	return contractions.Replace(s)
}

// contractions brings both ways of saying no to one, so that the lexicon needs only the short one.
var contractions = strings.NewReplacer(
	"will not ", "won't ", "does not ", "doesn't ", "do not ", "don't ", "did not ", "didn't ", "is not ", "isn't ",
	"has not ", "hasn't ", "have not ", "haven't ", "can not ", "can't ", "cannot ", "can't ",
)

// Understand reads a text.
func Understand(text string, lines []policy.Line) dialog.Heard {
	s := read(text)
	if s.text == "" {
		return dialog.Heard{Text: text, Intent: dialog.IntentEmpty}
	}
	if distressed(s) {
		return dialog.Heard{Text: text, Intent: dialog.IntentDistress} // whatever else he writes
	}
	if threatening(s) {
		return dialog.Heard{Text: text, Intent: dialog.IntentThreat}
	}
	h := understand(text, s, lines)
	h.Tail = tailOf(text, lines)
	return h
}

// understand reads a text as one thing.
func understand(text string, s reading, lines []policy.Line) dialog.Heard {
	h := dialog.Heard{Text: text}
	h.Angry = matchAny(s, angry)
	h.Reason, h.Doubts = reasonOf(s)
	h.Answers = answersOf(s)
	h.AmountFen = amountOf(s)
	h.Lines = linesOf(s.text, lines)
	h.Share, h.Points = shareOf(s.text), pointsOf(s)
	h.Waybill, h.Carrier = waybillOf(s, lines)
	h.CameOn, h.Want = cameOn(s), wantOf(s)
	h.Topic = topicOf(s)
	h.Question.Form, h.Question.Wish = question(s), matchAny(s, wanting)
	h.Trouble = troubleOf(s)
	if h.Answers.Harm == policy.Yes && h.Reason == "" && len(h.Doubts) == 0 && h.Topic == "" && !h.Question.Form && matchAny(s, didToHim) {
		h.Reason = policy.AllergyOrInjury // which goods they were, he is asked
	}
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
func complains(s reading, h dialog.Heard, plain bool) bool {
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
func intentOf(s reading, hasReason bool) (dialog.Intent, dialog.Datum) {
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

func (r intentRule) matches(s reading) bool {
	return matchAny(s, r.words) && (!r.short || r.hardlyMore(s)) && !matchAny(s, r.not)
}

// hardlyMore says that a text is one of the words and little else.
func (r intentRule) hardlyMore(s reading) bool {
	return slices.ContainsFunc(r.words, func(w string) bool {
		return s.runes <= utf8.RuneCountInString(w)+slack(w) && contains(s.text, w)
	})
}

// reasonOf scores the reasons by their phrases; a clear winner is the reason, a tie is doubt.
func reasonOf(s reading) (policy.ReasonID, []policy.ReasonID) {
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
		if matchAny(s, r.weak) {
			for _, w := range r.weak {
				if score < 5 && contains(s.text, w) {
					score++
				}
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

func answersOf(s reading) policy.Answers {
	var a policy.Answers
	if matchAny(s, notReceivedWords) {
		a.Received = policy.No
	} else if matchAny(s, receivedWords) {
		a.Received = policy.Yes
	}
	if matchAny(s, intactWords) {
		a.Intact = policy.Yes
	} else if matchAny(s, usedWords) || matchAny(s, usedFor) && usedTimes.MatchString(s.text) {
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

func countGroups(s reading, groups [][]string) int {
	n := 0
	for _, g := range groups {
		if matchAny(s, g) {
			n++
		}
	}
	return n
}

// contains is strings.Contains, but a Latin word must stand alone: "no" is not in "notice".
func contains(s, w string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return false
		}
		if alone(s, from+i, from+i+len(w)) {
			return true
		}
		from += i + 1
	}
}

// alone says that what stands in s from start to end is not a piece of a Latin word.
func alone(s string, start, end int) bool {
	return !latin(s[start]) || (start == 0 || !latin(s[start-1])) && (end == len(s) || !latin(s[end-1]) || !latin(s[end]))
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' }
