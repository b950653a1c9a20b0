package dialog

import (
	"regexp"
	"strconv"
	"time"

	"recourse/cases/policy"
)

// Trouble is why a file could not be uploaded: what the buyer's page found, from the error itself, or what he
// told when he was asked. It only chooses what the bot advises; nothing else depends on it.
type Trouble string

// What a page finds.
const (
	TroubleCamera      Trouble = "camera_denied"   // no permission for camera or album (F1-13, F1-14)
	TroubleNoCamera    Trouble = "camera_missing"  // the device has none that is free
	TroubleNetwork     Trouble = "network"         // broken, or away (F1-15)
	TroubleTimeout     Trouble = "timeout"         // nothing moved for too long
	TroubleEmpty       Trouble = "empty"           // and so on: the file itself
	TroubleTooLarge    Trouble = "too_large"       //
	TroubleWrongType   Trouble = "wrong_type"      //
	TroubleTooSmall    Trouble = "too_small"       //
	TroubleTooLong     Trouble = "too_long"        // a video
	TroubleTooMany     Trouble = "too_many"        //
	TroubleUnreadable  Trouble = "unreadable"      // the device does not give its bytes
	TroubleUndecodable Trouble = "undecodable"     // its bytes are no picture or film
	TroubleSession     Trouble = "session"         // signed out, and could not be signed in again
	TroubleServer      Trouble = "server"          // our fault
	TroubleDevice      Trouble = "device_full"     // no room on the device
	TroubleMoved       Trouble = "case_moved"      // the case takes no evidence as it stands now
	TroubleLate        Trouble = "deadline_passed" // the time to add evidence is over
	TroubleOther       Trouble = "other"           //
)

// What a buyer tells.
const (
	ToldNoPicker Trouble = "told_picker" // neither camera nor album opens
	ToldSpins    Trouble = "told_spins"
	ToldMessage  Trouble = "told_message" // it shows an error
)

// told are the answers to "what happens when you try?", in the order in which they are offered.
var told = []Trouble{ToldNoPicker, ToldSpins, ToldMessage}

// troubleStep is what to try, in the order of domain §5 Q16.
type troubleStep string

const (
	stepPermission troubleStep = "permission"
	stepNetwork    troubleStep = "network"
	stepFile       troubleStep = "file"
	stepUpdate     troubleStep = "update" // update or install again, sign in again (F1-16)
	stepRetry      troubleStep = "retry"  // F1-20
	// Those that nobody but us or the case can mend.
	stepSession troubleStep = "session"
	stepServer  troubleStep = "server"
	stepCase    troubleStep = "case"
)

var stepOf = map[Trouble]troubleStep{
	TroubleCamera: stepPermission, TroubleNoCamera: stepPermission, ToldNoPicker: stepPermission,
	TroubleNetwork: stepNetwork, TroubleTimeout: stepNetwork, ToldSpins: stepNetwork,
	TroubleEmpty: stepFile, TroubleTooLarge: stepFile, TroubleWrongType: stepFile, TroubleTooSmall: stepFile, TroubleTooLong: stepFile,
	TroubleTooMany: stepFile, TroubleUnreadable: stepFile, TroubleUndecodable: stepFile, TroubleDevice: stepFile, ToldMessage: stepFile,
	TroubleSession: stepSession, TroubleServer: stepServer, TroubleMoved: stepCase, TroubleLate: stepCase, TroubleOther: stepUpdate,
}

// Known says whether there is such a trouble.
func (tr Trouble) Known() bool { return stepOf[tr] != "" }

// wording is the key of the advice that fits the trouble itself.
func (tr Trouble) wording(media string) string {
	switch tr {
	case TroubleCamera, ToldNoPicker:
		return "trouble.permission"
	case TroubleNetwork, TroubleTimeout, ToldSpins:
		return "trouble.network"
	case TroubleOther:
		return "trouble.update"
	case TroubleTooLarge:
		if isVideo.MatchString(media) {
			return "trouble.too_large_video"
		}
	}
	return "trouble." + string(tr)
}

// Troubles are the failed uploads of a conversation since the last one that worked.
type Troubles struct {
	Last Trouble `json:"last"`
	// Step is the step of Last, Same how often it failed there in a row, Count how often in all.
	Step  troubleStep `json:"step"`
	Same  int         `json:"same"`
	Count int         `json:"count"`
	// Ours is how many were our fault: a deadline that runs out meanwhile is a reason to reopen (Q16).
	Ours  int                 `json:"ours,omitempty"`
	Asked int                 `json:"asked,omitempty"` // how often he wrote about it since
	At    time.Time           `json:"at"`
	Kind  policy.EvidenceKind `json:"kind,omitempty"`
	Media string              `json:"media,omitempty"` // as the device named it, often nothing
	Bytes int64               `json:"bytes,omitempty"`
}

// troubleKept is how long a failed upload explains what a buyer writes about uploads.
const troubleKept = 24 * time.Hour

// recent drops what is too long ago to be meant.
func (ts *Troubles) recent(now time.Time) *Troubles {
	if ts == nil || now.Sub(ts.At) > troubleKept {
		return nil
	}
	return ts
}

// and counts one more.
func (ts *Troubles) and(p Pressed, now time.Time) *Troubles {
	next := Troubles{}
	if old := ts.recent(now); old != nil {
		next = *old
	}
	tr := Trouble(p.Args["code"])
	if step := stepOf[tr]; step != next.Step {
		next.Step, next.Same = step, 0
	}
	next.Last, next.At, next.Asked = tr, now, 0
	next.Kind, next.Media = policy.EvidenceKind(p.Args["kind"]), p.Args["type"]
	next.Bytes, _ = strconv.ParseInt(p.Args["bytes"], 10, 64) // absent where there was no file
	next.Same++
	next.Count++
	if next.Step == stepServer {
		next.Ours++
	}
	return &next
}

// advice is the key of the one thing to try now: what fits the error, and when that was tried and did not
// help, the next in the order of Q16. What only the buyer's file, we or the case can mend stays what it is.
func (ts *Troubles) advice() string {
	again := ts.Same + max(0, ts.Asked-1)
	switch ts.Step {
	case stepPermission, stepNetwork:
		if again == 2 {
			return "trouble." + string(stepUpdate)
		}
		if again > 2 {
			return "trouble." + string(stepRetry)
		}
	case stepUpdate:
		if again > 1 {
			return "trouble." + string(stepRetry)
		}
	}
	return ts.Last.wording(ts.Media)
}

var (
	isVideo   = regexp.MustCompile(`^video/`)
	kindForm  = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)
	mediaForm = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9.+-]{1,60}$`)
	bytesForm = regexp.MustCompile(`^[0-9]{1,15}$`)
)

// checkTrouble holds a report that comes from the page itself, from no card, to its form: a known trouble, and
// nothing in it that could carry a text.
func checkTrouble(args Args) error {
	for name, v := range args {
		ok := false
		switch name {
		case "code":
			ok = Trouble(v).Known()
		case "case":
			ok = true // whose it is has been checked
		case "kind":
			ok = kindForm.MatchString(v)
		case "type":
			ok = v == "" || mediaForm.MatchString(v)
		case "bytes":
			ok = bytesForm.MatchString(v)
		}
		if !ok {
			return ErrUnknownAction
		}
	}
	if args["code"] == "" {
		return ErrUnknownAction
	}
	return nil
}
