// Package faq keeps the reviewed answers to the marketplace's 90 questions (domain §4), one file a topic, and finds
// which of them a text asks.
//
// A topic has answers by where the case stands, in both languages, and examples of how people ask. The first answer
// whose when holds is said, and its buttons are shown as far as the case allows them; what a buyer reads of a topic
// stands here and nowhere else. Where code does more than answer, like fetching a person for late money, the answer
// has a name: code says it by that name (dialog.NamedAnswers), and a book with another set of names, or with a name
// elsewhere than where code says it, does not load. Answers name no
// figure: what is in {braces} is filled by code from the policy and the case (package replies), by the name of the
// policy's value or of the case's fact. Examples are what the finding is learned from; nothing else is.
//
// A Book is immutable. What is built in can be overridden by a directory, topic by topic or answer by answer, or
// extended (Load); an owner's topic need not have names: the answer of his that holds is said, and what follows stays.
// A Shelf takes a
// changed directory over while the program serves. The package does not know conversations, stores or models, and
// it answers nobody: which answer holds where the case stands is package dialog's to decide.
package faq
