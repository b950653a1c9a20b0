package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// Options is what the consumer decides. Auth, Admit, Accept, Refuse, Media and LinkKey are required.
type Options struct {
	// Auth tells who asks. Its error goes to Refuse as it is.
	Auth func(*http.Request) (Party, error)
	// Admit tells whether the party may add this kind to this case now. It is called before any
	// byte is taken; its error goes to Refuse as it is.
	Admit func(context.Context, Party, Meta) error
	// Accept adds the file to the case. It must be idempotent by Evidence.ID. An *Error that is
	// not Retry refuses the file for good; any other error means "ask again later".
	Accept func(context.Context, Party, Meta, cases.Evidence) error
	// Refuse writes the answer to an error: an *Error, or what Auth and Admit returned. The
	// protocol's headers are set already.
	Refuse func(http.ResponseWriter, *http.Request, error)
	// Media lists what a kind takes: "image", "video"; others are no files. Nothing for no such kind.
	Media func(policy.EvidenceKind) []string
	// MayRead tells whether a reader may still see a copy of a file at all; its error goes to Refuse as it is. nil: the link is
	// enough. Which copies he may have is not its to say (MayHave).
	MayRead func(context.Context, Party, Copy, Info) error
	// LinkKey signs the links; at least 32 bytes.
	LinkKey []byte

	Blobs   Blobs   // nil: files in the directory
	Similar Similar // nil: duplicates are not looked for

	Now    func() time.Time // nil: time.Now; clock of records, expiry and links
	Prefix string           // "": /api/uploads

	// Sizes are the limits in force now: bytes of an image, bytes and length of a video. They follow the policy
	// while serving; nil: the three below, for good.
	Sizes func() (image, video int64, lasts time.Duration)

	MaxImage  int64         // bytes; 0: 10 MiB (evidence.max_image_mib)
	MaxVideo  int64         // bytes; 0: 100 MiB (evidence.video)
	MaxPDF    int64         // bytes; 0: as MaxImage
	MaxLasts  time.Duration // 0: 60 s (evidence.video)
	MinSide   int           // 0: 640 px on the longer side (domain §2.3)
	MaxPixels int           // 0: 50 million
	MaxOpen   int           // unfinished uploads of one party; 0: 10
	Decoders  int           // files looked at at the same time, up to 512 MiB each; 0: 1

	Keep     time.Duration // how long an unfinished upload is kept; 0: 24 h
	Idle     time.Duration // longest wait for the next bytes; 0: 30 s
	Longest  time.Duration // longest single request, after which the client resumes; 0: 15 min
	TakeOver time.Duration // longest wait for an older request to end or give way; 0: 3 s
	Stall    time.Duration // an older request that hangs this long gives way; 0: 1 s
	Settle   time.Duration // longest time for checking, storing and accepting one file; 0: 2 min
}

func (o *Options) fill() error {
	for name, missing := range map[string]bool{
		"Auth": o.Auth == nil, "Admit": o.Admit == nil, "Accept": o.Accept == nil,
		"Refuse": o.Refuse == nil, "Media": o.Media == nil,
	} {
		if missing {
			return fmt.Errorf("evidence options: %s is missing", name)
		}
	}
	if len(o.LinkKey) < linkKeyMin {
		return fmt.Errorf("evidence options: the link key has %d bytes, needs %d", len(o.LinkKey), linkKeyMin)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Prefix == "" {
		o.Prefix = "/api/uploads"
	}
	orElse(&o.MaxImage, 10<<20)
	orElse(&o.MaxVideo, 100<<20)
	orElse(&o.MaxPDF, o.MaxImage)
	orElse(&o.MaxLasts, time.Minute)
	orElse(&o.MinSide, 640)
	orElse(&o.MaxPixels, 50_000_000)
	orElse(&o.MaxOpen, 10)
	orElse(&o.Decoders, 1)
	orElse(&o.Keep, 24*time.Hour)
	orElse(&o.Idle, 30*time.Second)
	orElse(&o.Longest, 15*time.Minute)
	orElse(&o.TakeOver, 3*time.Second)
	orElse(&o.Stall, time.Second)
	orElse(&o.Settle, 2*time.Minute)
	return nil
}

func orElse[T int | int64 | time.Duration](v *T, otherwise T) {
	if *v == 0 {
		*v = otherwise
	}
}

func (o *Options) limits() limits {
	l := limits{image: o.MaxImage, video: o.MaxVideo, pdf: o.MaxPDF, lasts: o.MaxLasts, side: o.MinSide, pixels: o.MaxPixels}
	if o.Sizes != nil {
		l.image, l.video, l.lasts = o.Sizes()
	}
	return l
}

// Intake takes in, keeps and lends out evidence. It is the http.Handler of the uploads.
type Intake struct {
	Archive
	opt      Options
	claims   claims
	decoding chan struct{} // holds a token per picture being decoded

	// blobUse orders "store a blob and note it" (shared) against "is the blob noted? no: delete"
	// (exclusive), so that nobody deletes what another upload is about to name.
	blobUse sync.RWMutex

	mu    sync.Mutex
	owned map[Party]map[cases.EvidenceID]bool // guarded by mu: uploads that count against MaxOpen
}

var _ http.Handler = (*Intake)(nil)

// New opens the directory, which must exist and which no other process may use meanwhile, and
// reads which uploads are unfinished. Call Finish before serving, or soon after.
func New(dir string, opt Options) (*Intake, error) {
	if err := opt.fill(); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open evidence directory: %w", err)
	}
	in := &Intake{
		Archive: newArchive(root, opt.Blobs), opt: opt,
		decoding: make(chan struct{}, opt.Decoders), owned: make(map[Party]map[cases.EvidenceID]bool),
	}
	if err := in.recover(); err != nil {
		return nil, errors.Join(fmt.Errorf("open evidence directory: %w", err), root.Close())
	}
	return in, nil
}

func (in *Intake) recover() error {
	for _, dir := range []string{"open", "done", "blobs"} {
		if err := in.root.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := clearTemporary(in.root); err != nil {
		return err
	}
	list, err := in.uploads.openIDs()
	if err != nil {
		return err
	}
	for _, id := range list {
		u, err := in.uploads.load(id)
		switch {
		case errors.Is(err, fs.ErrNotExist): // the creation was not answered: nobody knows the id
			err = in.uploads.forget(id)
		case err == nil && u.Stage == accepted: // died before the open record was removed
			err = in.uploads.forget(id)
		case err == nil && u.Stage != refused:
			in.own(u.Party, id)
		}
		if err != nil {
			return err
		}
		// A chunk whose checksum was not confirmed does not count.
		if err := removeFile(in.root, chunkPath(id)); err != nil {
			return err
		}
	}
	return nil
}

func (in *Intake) own(p Party, id cases.EvidenceID) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.owned[p] == nil {
		in.owned[p] = make(map[cases.EvidenceID]bool)
	}
	in.owned[p][id] = true
}

func (in *Intake) disown(p Party, id cases.EvidenceID) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.owned[p], id)
	if len(in.owned[p]) == 0 {
		delete(in.owned, p)
	}
}

// reserve counts a new upload of the party unless it has too many. A party whose creations went
// unanswered (a lost connection) would be shut out by uploads it does not know of; so the ones
// that never got a byte make room.
func (in *Intake) reserve(ctx context.Context, p Party, id cases.EvidenceID) (bool, error) {
	if in.reserveOne(p, id) {
		return true, nil
	}
	in.mu.Lock()
	var list []cases.EvidenceID
	for other := range in.owned[p] {
		list = append(list, other)
	}
	in.mu.Unlock()
	for _, other := range list {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if err := in.dropUnused(other); err != nil {
			return false, err
		}
	}
	return in.reserveOne(p, id), nil
}

func (in *Intake) reserveOne(p Party, id cases.EvidenceID) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.owned[p]) >= in.opt.MaxOpen {
		return false
	}
	if in.owned[p] == nil {
		in.owned[p] = make(map[cases.EvidenceID]bool)
	}
	in.owned[p][id] = true
	return true
}

// unusedAfter is how long a creation may wait for its first byte when its party wants room.
const unusedAfter = time.Minute

func (in *Intake) dropUnused(id cases.EvidenceID) error {
	c, _ := in.claims.try(id)
	if c == nil {
		return nil // in use
	}
	defer c.release()
	u, err := in.uploads.load(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // being created, or gone
	}
	if err != nil {
		return err
	}
	if u.Stage != receiving || in.opt.Now().Sub(u.Created) < unusedAfter {
		return nil
	}
	size, err := in.uploads.size(id)
	if err != nil || size > 0 {
		return err
	}
	return in.forget(u)
}

func (in *Intake) forget(u *upload) error {
	if err := in.uploads.forget(u.ID); err != nil {
		return fmt.Errorf("forget upload %s: %w", u.ID, err)
	}
	in.disown(u.Party, u.ID)
	return nil
}

// kindTakes lists the media a kind takes as files.
func (in *Intake) kindTakes(k policy.EvidenceKind) []string { return takesFile(in.opt.Media(k)) }

// lengthLimit is the most a file of these media may have. Which of them it is, only its bytes tell.
func (in *Intake) lengthLimit(takes []string) int64 {
	var most int64
	now := in.opt.limits()
	for _, m := range takes {
		switch m {
		case mediaVideo:
			most = max(most, now.video)
		case mediaPDF:
			most = max(most, now.pdf)
		default:
			most = max(most, now.image)
		}
	}
	return most
}

// route splits a path below the prefix: ok with an empty id is the collection.
func (in *Intake) route(p string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(p, in.opt.Prefix)
	if !ok {
		return "", false
	}
	if rest == "" || rest == "/" {
		return "", true
	}
	id, ok = strings.CutPrefix(rest, "/")
	return id, ok
}
