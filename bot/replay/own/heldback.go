package own

import (
	"recourse/bot/faq"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// HeldBack are a book's examples that are held back from training, as questions, and the book that has not been taught
// them, which is to be asked. So a run says what becomes of texts that nobody has written down. The same book gives the
// same questions.
func HeldBack(book *faq.Book) (*faq.Book, []suite.Case) {
	less, held := book.HoldBack(faq.Seed)
	var out []suite.Case
	seen := map[string]bool{}
	for _, h := range held {
		q := suite.Question{Text: h.Text, Topic: h.Topic, State: h.State}
		if h.Topic == "" {
			q.Topic = suite.None
		}
		if h.Means != "" {
			q.Accept = []dialog.Topic{h.Means}
		}
		c := suite.Case{ID: suite.QuestionID(q, h.Locale), Pos: suite.Pos{File: h.File, Line: h.Line}, Locale: h.Locale, Tier: suite.Regression, Question: &q}
		if seen[c.ID] {
			continue // written down twice, with other punctuation
		}
		seen[c.ID] = true
		out = append(out, c)
	}
	return less, out
}
