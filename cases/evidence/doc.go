// Package evidence takes in the pictures and videos that the parties of a case upload, checks
// that they are what they claim to be, keeps them, and lends them out by short-lived links.
//
// It knows how a file arrives (tus 1.0.0: creation, checksum, termination, expiration), what a
// file must be to be looked at by a person (domain §2.3), and where it lies. It does not know
// Redis, tokens, the rules of a case or any wording: who asks (Auth), whether a party may add a
// kind now (Admit), and how a finished file enters the case (Accept) are functions it is given,
// and its errors are codes and reasons for others to word.
//
// # What holds
//
//   - An offset in an answer is the size of a file that has been flushed. Nothing that was
//     acknowledged is lost by kill -9.
//   - A file enters the case through Accept, after its bytes are in the blob store. Accept is
//     called again, with the same Evidence, until it has answered; it must be idempotent by
//     Evidence.ID, which is the upload id. Between Accept's answer and our note of it the process
//     may die, so a second call is normal. [Intake.Finish] at server start picks up what was left.
//   - Only a refusal (an [*Error] that is not Retry) ends a complete upload. Any other error of
//     Accept counts as passing: the upload stays complete and is offered again.
//   - An upload has one writer. A later request of the same party waits for it, and answers 423
//     if the wait gets long. When the older one hangs (its client is gone, and the connection does
//     not know) it is cancelled, what it wrote counts, and the later one goes on.
//   - Names and types given by the uploader are data. The type is told from the bytes.
//   - The other party never gets the original of a picture or a film ([MayHave]): it gets a view, made anew from
//     the pixels, or a film whose boxes and tracks of notes are blank. Where no view can be made it gets nothing;
//     the file is evidence all the same, for agents.
//   - What looking at a file finds ([Finding]) refuses nothing. Hints are the uploader's, flags the agents'.
//     The copies are the same each time for the same bytes and are stored by their hash, so that a step which
//     runs again after a crash leaves nothing twice.
//
// # Limits
//
// Parts and records lie in a directory of this node, so the requests of one upload must reach the
// node that created it, and two processes must not share the directory. Finished files go to
// [Blobs], which may be shared.
//
// One file is looked at at a time (Options.Decoders), in at most about 512 MiB. A colour profile is not carried
// into the view, so its colours may be a little paler than on the phone; agents see the original. A PDF is passed
// on as it is, with whatever its author's program wrote into it, and only to be saved. A film has no small picture,
// and films are compared by their bytes alone. HEIC of kinds that libheif 1.18 cannot decode has no view. A
// picture turned by a quarter, mirrored or cut by more than a few percent is not found again. Bar codes are Code
// 128 and QR; a number read is a suggestion.
package evidence
