// Package suite reads what is replayed against the bot: questions with the topic that must answer them, and whole
// conversations with what must hold after each step. It knows the formats, where in a file a thing stands and what is
// wrong with a file; it knows nothing of how a case is played or judged.
//
// # Questions
//
// JSONL (one object per line) or CSV with a header. Columns or fields: text (required), topic (required; "none" for
// what must not be answered), lang (zh or en; told from the text if missing), accept (other topics that will do; in CSV
// separated by spaces or |), case_state (where the buyer's case stands), tags (as accept), id, tier, review. Without an
// id a question is named by what it is: its text, language and state, so that moving it in its file changes nothing.
//
// # Conversations
//
// YAML, one document per conversation, any number in a file. A text that differs by language is written {zh: …, en: …};
// a conversation with langs: [zh, en] is two cases, <id>/zh and <id>/en.
//
//	conversation: late-refusal          # the id, unique over everything that is replayed together
//	about: The merchant refuses; the buyer escalates.
//	langs: [zh, en]
//	tags: [escalation]
//	fixture:
//	  clock: "2026-11-25 14:00"         # Shanghai; the conversation begins then
//	  orders: [{order: o1, title: 相机包, goods_fen: 15900, status: signed, signed: "2026-11-24 14:00"}]
//	  past:                             # events that brought the case to where it stands
//	    - {at: "2026-11-24 15:00", do: open, order: o1}
//	never: [保证, "(?i)guarantee"]       # regular expressions that no word of the bot may match
//	steps:
//	  - say: {zh: 有一道划痕, en: There is a scratch}
//	    expect: {key: ask.order, buttons: [pick_order]}
//	  - press: pick_order
//	    args: {order: o1}
//	  - upload: [parcel_photo]
//	  - merchant: reject
//	    event: {text: 不同意}
//	    expect: {state: merchant_rejected, says: [平台介入]}
//	  - pass: 49h
//	  - agent: join
package suite
