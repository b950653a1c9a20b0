// Package faq keeps the reviewed answers to the marketplace's 90 questions (domain §4), one file a topic, and finds
// which of them a text asks.
//
// A topic has answers by where the case stands, in both languages, and examples of how people ask. Answers name no
// figure: what is in {braces} is filled by code from the policy and the case (package replies), by the name of the
// policy's value or of the case's fact. Examples are what the finding is learned from; nothing else is.
//
// A Book is immutable. What is built in can be overridden or extended by a directory (Load), and a Shelf takes a
// changed directory over while the program serves. The package does not know conversations, stores or models, and
// it answers nobody: which answer holds where the case stands is package dialog's to decide.
package faq
