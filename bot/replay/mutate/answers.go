package mutate

import (
	"fmt"
	"slices"

	"recourse/bot/faq"
	"recourse/bot/replay/stage"
	"recourse/dialog"
)

// ofAnswers spoils each reviewed answer: it is missing; in one language it changes places with the next, or says what
// another topic says. Not those of a topic that no chat answers with them.
func ofAnswers(book *faq.Book) []Mutant {
	var out []Mutant
	topics := book.Topics()
	for n, id := range topics {
		if id == dialog.TopicUploadFailed {
			continue // in a chat it is answered from what failed, step by step, and never by its reviewed answers
		}
		answers := book.Topic(id).Answers
		add := func(l dialog.Locale, i int, how, what string, change func([]faq.Answer) []faq.Answer) {
			out = append(out, Mutant{
				ID: fmt.Sprintf("faq/%s/%d/%s", id, i+1, how), Family: FAQ, What: what,
				near: near{topic: id, locale: l},
				spoil: func(o *stage.Options) error {
					spoilt, err := o.FAQ.Reword(id, change(slices.Clone(answers)))
					if err != nil {
						return fmt.Errorf("%w: %w", errNoMutant, err)
					}
					o.FAQ = spoilt
					return nil
				},
			})
		}
		next := topics[(n+1)%len(topics)]
		other := book.Topic(next).Answers
		for i := range answers {
			if i < len(answers)-1 { // the last is said where no other holds: without it the book is not served
				add("", i, "missing", fmt.Sprintf("%s lacks its answer %d", id, i+1), func(a []faq.Answer) []faq.Answer {
					return slices.Delete(a, i, i+1)
				})
			}
			for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
				if i < len(answers)-1 && *in(&answers[i], l) != *in(&answers[i+1], l) {
					add(l, i, "swapped/"+string(l[:2]), fmt.Sprintf("answers %d and %d of %s have changed places in %s", i+1, i+2, id, l), func(a []faq.Answer) []faq.Answer {
						x, y := in(&a[i], l), in(&a[i+1], l)
						*x, *y = *y, *x
						return a
					})
				}
				says := *in(&other[len(other)-1], l)
				if says == *in(&answers[i], l) {
					continue
				}
				add(l, i, "other/"+string(l[:2]), fmt.Sprintf("answer %d of %s says in %s what %s says", i+1, id, l, next), func(a []faq.Answer) []faq.Answer {
					*in(&a[i], l) = says
					return a
				})
			}
		}
	}
	return out
}

// in are an answer's words in a language.
func in(a *faq.Answer, l dialog.Locale) *string {
	if l == dialog.EN {
		return &a.EN
	}
	return &a.ZH
}

// ofThresholds moves what decides whether a topic is answered, offered or refused.
func ofThresholds(book *faq.Book) []Mutant {
	var out []Mutant
	add := func(id, what string, change func(*faq.Fit)) {
		out = append(out, Mutant{ID: "threshold/" + id, Family: Threshold, What: what, near: near{asks: true}, spoil: func(o *stage.Options) error {
			b, err := book.Refit(change)
			if err != nil {
				return err
			}
			o.FAQ = b
			return nil
		}})
	}
	add("sure=0.2", "a topic is answered from a probability of 0.2 on", func(f *faq.Fit) { f.Sure = 0.2 })
	add("sure=0.35", "a topic is answered from a probability of 0.35 on", func(f *faq.Fit) { f.Sure = 0.35 })
	add("sure=0.9", "a topic is answered from a probability of 0.9 on", func(f *faq.Fit) { f.Sure = 0.9 })
	add("sure=0.99", "a topic is answered from a probability of 0.99 on", func(f *faq.Fit) { f.Sure = 0.99 })
	add("share=0.1", "the topics of a clarifying question need hold little", func(f *faq.Fit) { f.Share = 0.1 })
	add("share=0.95", "the topics of a clarifying question must hold nearly all", func(f *faq.Fit) { f.Share = 0.95 })
	add("state=0", "where the case stands says nothing of what is asked", func(f *faq.Fit) { f.State = 0 })
	add("no-case=0", "that no case is there says nothing of what is asked", func(f *faq.Fit) { f.NoCase = 0 })
	for _, by := range []float64{-0.15, 0.2, 0.5} {
		add(fmt.Sprintf("asks%+g", by), fmt.Sprintf("a text asks something that is answered here from %+g on", by), func(f *faq.Fit) {
			asks := make(map[dialog.Locale]faq.Asks, len(f.Asks))
			for l, a := range f.Asks {
				a.From += by
				asks[l] = a
			}
			f.Asks = asks
		})
	}
	return out
}
