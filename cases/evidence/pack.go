package evidence

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// Manifest is what a pack holds, in the order of its files.
type Manifest struct {
	Format   int          `json:"format"` // of this document: 1
	MadeAt   time.Time    `json:"made_at"`
	MadeBy   string       `json:"made_by"` // login
	Case     PackedCase   `json:"case"`
	Timeline []PackedMark `json:"timeline"`
	Items    []PackedItem `json:"items"`
}

// PackedCase are the facts of the case when the pack was made.
type PackedCase struct {
	ID          cases.ID          `json:"id"`
	Version     int               `json:"version"`
	State       cases.State       `json:"state"`
	Buyer       string            `json:"buyer"`
	Shop        string            `json:"shop"`
	Line        policy.Line       `json:"order_line"`
	Reason      policy.ReasonID   `json:"reason,omitempty"`
	Type        policy.RefundType `json:"type,omitempty"`
	AmountFen   int64             `json:"amount_fen"`
	Story       string            `json:"story,omitempty"`
	Statement   string            `json:"statement,omitempty"`
	Rejection   *cases.Rejection  `json:"rejection,omitempty"`
	Return      cases.Return      `json:"return,omitzero"`
	Refund      cases.Refund      `json:"refund,omitzero"`
	Arbitration cases.Arbitration `json:"arbitration,omitzero"`
	Policy      string            `json:"policy_version"`
	CreatedAt   time.Time         `json:"created_at"`
	UpdatedAt   time.Time         `json:"updated_at"`
}

// PackedMark is one line of what happened.
type PackedMark struct {
	Seq        int             `json:"seq"`
	At         time.Time       `json:"at"`
	Transition string          `json:"transition"`
	Event      cases.EventKind `json:"event"`
	Actor      cases.Actor     `json:"actor"`
	By         string          `json:"by,omitempty"`
	From       cases.State     `json:"from,omitempty"`
	To         cases.State     `json:"to"`
	Text       string          `json:"text,omitempty"`
	Clauses    []string        `json:"clauses,omitempty"`
}

// PackedItem is one piece of evidence.
type PackedItem struct {
	ID         cases.EvidenceID     `json:"id"`
	Party      cases.Actor          `json:"party"`
	Kind       policy.EvidenceKind  `json:"kind"`
	Stage      cases.EvidenceStage  `json:"stage"`
	ReceivedAt time.Time            `json:"received_at"`
	Text       string               `json:"text,omitempty"` // of a statement
	Name       string               `json:"name,omitempty"` // as given by the uploader
	Waybill    string               `json:"waybill,omitempty"`
	Hints      []cases.EvidenceHint `json:"hints,omitempty"`
	Flags      []cases.EvidenceFlag `json:"flags,omitempty"`
	Exif       *Exif                `json:"exif,omitempty"`
	Width      int                  `json:"width,omitempty"`
	Height     int                  `json:"height,omitempty"`
	Seconds    float64              `json:"seconds,omitempty"`
	Codes      []string             `json:"codes,omitempty"`
	Matches    []PackedMatch        `json:"matches,omitempty"`
	Original   *PackedFile          `json:"original,omitempty"`
	View       *PackedFile          `json:"view,omitempty"` // what the other party saw
	// Missing says that the file could not be found in the store; Changed that its bytes are no longer those that came.
	Missing bool `json:"missing,omitempty"`
	Changed bool `json:"changed,omitempty"`
}

// PackedMatch names a like file of another case, and nobody in it.
type PackedMatch struct {
	Case  cases.ID         `json:"case"`
	ID    cases.EvidenceID `json:"id"`
	Exact bool             `json:"exact,omitempty"`
	Bits  int              `json:"bits"`
}

// PackedFile is a file of the pack.
type PackedFile struct {
	Path   string `json:"path"`
	Media  string `json:"media"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of what is in the pack
}

// Pack is what a pack is made from. Index writes the page for people from the manifest; it may be nil.
type Pack struct {
	Case  cases.Case
	Marks []cases.Mark
	By    string
	Now   time.Time
	Index func(Manifest) []byte
}

// The files beside the evidence.
const (
	PackManifest = "manifest.json"
	PackIndex    = "index.html"
	PackSums     = "MANIFEST.sha256" // as sha256sum -c reads it
)

// WritePack writes a zip with every piece of evidence as it came, what the other party saw of it, and who, what and
// when. It is written as it is read; the same case gives the same bytes but for made_at. A file that is not there is
// said to be missing; only trouble of the store or the writer ends it, and then the zip is cut off.
func (a *Archive) WritePack(ctx context.Context, w io.Writer, p Pack) error {
	z := &packer{zip: zip.NewWriter(w), at: p.Case.UpdatedAt.UTC()}
	m := manifestOf(p)
	for i, e := range sortedEvidence(p.Case) {
		item, err := a.packItem(ctx, z, p.Case, e, i+1)
		if err != nil {
			return fmt.Errorf("pack evidence %s: %w", e.ID, err)
		}
		m.Items = append(m.Items, item)
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("pack case %s: %w", p.Case.ID, err)
	}
	texts := []struct {
		name string
		body []byte
	}{{PackManifest, append(raw, '\n')}}
	if p.Index != nil {
		texts = append(texts, struct {
			name string
			body []byte
		}{PackIndex, p.Index(m)})
	}
	for _, t := range texts {
		if _, err := z.add(t.name, zip.Deflate, strings.NewReader(string(t.body))); err != nil {
			return fmt.Errorf("pack case %s: %w", p.Case.ID, err)
		}
	}
	if _, err := z.add(PackSums, zip.Deflate, strings.NewReader(z.sums.String())); err != nil {
		return fmt.Errorf("pack case %s: %w", p.Case.ID, err)
	}
	if err := z.zip.Close(); err != nil {
		return fmt.Errorf("pack case %s: %w", p.Case.ID, err)
	}
	return nil
}

func sortedEvidence(c cases.Case) []cases.Evidence {
	list := slices.Clone(c.Evidence)
	slices.SortStableFunc(list, func(a, b cases.Evidence) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return list
}

func manifestOf(p Pack) Manifest {
	c := p.Case
	m := Manifest{
		Format: 1, MadeAt: p.Now.UTC().Truncate(time.Second), MadeBy: p.By, Timeline: []PackedMark{}, Items: []PackedItem{},
		Case: PackedCase{
			ID: c.ID, Version: c.Version, State: c.State, Buyer: c.Buyer, Shop: c.Shop, Line: c.Line, Reason: c.Reason, Type: c.Type,
			AmountFen: c.AmountFen, Story: c.Story, Statement: c.Statement, Rejection: c.Rejection, Return: c.Return, Refund: c.Refund,
			Arbitration: c.Arbitration, Policy: c.Policy, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
		},
	}
	for _, k := range p.Marks {
		m.Timeline = append(m.Timeline, PackedMark{
			Seq: k.Seq, At: k.At, Transition: k.ID, Event: k.Event.Kind, Actor: k.Event.Actor, By: k.Event.By, From: k.From, To: k.To,
			Text: k.Event.Text, Clauses: k.Clause,
		})
	}
	return m
}

// packItem adds the files of one piece of evidence. Their names are made of our own ids: an uploader's name is data.
func (a *Archive) packItem(ctx context.Context, z *packer, c cases.Case, e cases.Evidence, n int) (PackedItem, error) {
	item := PackedItem{
		ID: e.ID, Party: e.Party, Kind: e.Kind, Stage: c.StageOf(e), ReceivedAt: e.At, Text: e.Text, Name: e.Name, Waybill: e.Waybill,
		Hints: e.Hints, Flags: e.Flags,
	}
	if e.Media == "" {
		return item, nil
	}
	info, err := a.Info(ctx, e.ID)
	if errors.Is(err, ErrNotFound) {
		item.Missing = true
		return item, nil
	}
	if err != nil {
		return item, err
	}
	f := info.Found
	item.Width, item.Height, item.Seconds, item.Codes = f.Width, f.Height, f.Lasts.Seconds(), f.Codes
	if f.Exif.Camera != "" || len(f.Exif.Software) > 0 || f.Exif.Taken != "" || f.Exif.Place {
		item.Exif = &f.Exif
	}
	for _, m := range f.Matches {
		item.Matches = append(item.Matches, PackedMatch{Case: m.Case, ID: m.ID, Exact: m.Exact, Bits: m.Bits})
	}
	name := fmt.Sprintf("%02d-%s-%s-%s", n, e.Party, e.Kind, e.ID)
	if item.Original, err = a.packCopy(ctx, z, info, Original, "original/"+name); err != nil {
		return item, err
	}
	item.Missing = item.Original == nil
	item.Changed = item.Original != nil && item.Original.SHA256 != e.SHA256
	item.View, err = a.packCopy(ctx, z, info, View, "view/"+name)
	return item, err
}

// packCopy adds one copy; nil when there is none.
func (a *Archive) packCopy(ctx context.Context, z *packer, info Info, c Copy, name string) (*PackedFile, error) {
	blob, what, err := a.OpenCopy(ctx, info, c)
	if errors.Is(err, ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer blob.Close()
	f, err := z.add(name+allowed[what.Media].extension, zip.Store, blob)
	if err != nil {
		return nil, err
	}
	f.Media = what.Media
	return f, nil
}

// packer writes files into the zip and adds up their hashes.
type packer struct {
	zip  *zip.Writer
	at   time.Time
	sums strings.Builder
}

func (z *packer) add(name string, method uint16, src io.Reader) (*PackedFile, error) {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: z.at})
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, h), src)
	if err != nil {
		return nil, err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	fmt.Fprintf(&z.sums, "%s  %s\n", sum, name)
	return &PackedFile{Path: name, Bytes: n, SHA256: sum}, nil
}
