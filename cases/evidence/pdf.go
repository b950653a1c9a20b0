package evidence

import (
	"bytes"
	"errors"
	"io"

	"recourse/cases"
)

// pdfTail is where the end of a PDF must be found; programs append a little after it.
const pdfTail = 2 << 10

var (
	pdfHead = []byte("%PDF-1.")
	pdfNew  = []byte("%PDF-2.")
	pdfEnd  = []byte("%%EOF")
	// What a document of paper does not need. The names may be written in other ways or lie in packed parts, so their
	// absence proves nothing; a PDF is only ever handed out to be saved, never shown in a page of ours.
	pdfActive = [][]byte{[]byte("/JavaScript"), []byte("/JS"), []byte("/Launch"), []byte("/EmbeddedFile"), []byte("/OpenAction"), []byte("/XFA")}
)

// inspectPDF looks at head and tail, and for what might do something when it is opened.
func inspectPDF(r io.ReaderAt, size int64, found *Finding) error {
	head := make([]byte, min(size, 8))
	tail := make([]byte, min(size, pdfTail))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.HasPrefix(head, pdfHead) && !bytes.HasPrefix(head, pdfNew) || !bytes.Contains(tail, pdfEnd) {
		return rejected(ReasonUndecodable, errors.New("a PDF without its head or its end"))
	}
	const longest = len("/EmbeddedFile")
	buf := make([]byte, 64<<10)
	var carried int
	src := io.NewSectionReader(r, 0, size)
	for {
		n, err := src.Read(buf[carried:])
		have := buf[:carried+n]
		for _, name := range pdfActive {
			if bytes.Contains(have, name) {
				found.flag(cases.FlagActive)
			}
		}
		if err != nil {
			return nil // the end; a disk that fails is the watcher's to tell
		}
		carried = copy(buf, have[max(0, len(have)-longest):])
	}
}
