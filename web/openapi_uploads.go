package web

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/cases/evidence"
	"recourse/web/wire"
)

// Uploads and the links to evidence are served by package evidence, which speaks tus and ranges; huma does not.
// Their operations are described here by hand, and a test walks an upload against the description.

const uploadAbout = "Evidence comes by tus 1.0.0 (https://tus.io) with the extensions creation, termination, checksum and expiration, so that an upload " +
	"survives a lost connection: create it, PATCH its bytes, and after any trouble ask with HEAD how many have arrived and go on from there. " +
	"When the last byte is there the file is checked and becomes part of its case; that answer is the last PATCH."

// describeUploads puts the operations of uploads and evidence into the document.
func (a *rest) describeUploads() {
	doc := a.api.OpenAPI()
	version := headerParam("Tus-Resumable", "The version of the protocol.", &huma.Schema{Type: huma.TypeString, Enum: []any{"1.0.0"}})
	upload := &huma.Param{Name: "id", In: "path", Required: true, Description: "The upload; it is the id of the evidence that it becomes.", Schema: &huma.Schema{Type: huma.TypeString}}
	count := &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: new(0.0)}
	offset := headerParam("Upload-Offset", "Where these bytes begin: how many have arrived.", count)
	parties := []map[string][]string{{schemeShop: {}}, {schemeBuyer: {}}}
	expires := &huma.Param{Description: "Until when the unfinished upload is kept, as an HTTP date.", Schema: &huma.Schema{Type: huma.TypeString}}

	options := huma.Operation{
		OperationID: "uploadOptions", Method: http.MethodOptions, Path: "/api/uploads", Summary: "What the upload server can do", Description: "Anybody may ask.",
		Responses: map[string]*huma.Response{"204": {Description: "No Content", Headers: map[string]*huma.Param{
			"Tus-Version":            {Description: "Versions of the protocol.", Schema: &huma.Schema{Type: huma.TypeString}},
			"Tus-Extension":          {Description: "Extensions.", Schema: &huma.Schema{Type: huma.TypeString}},
			"Tus-Checksum-Algorithm": {Description: "Algorithms for Upload-Checksum.", Schema: &huma.Schema{Type: huma.TypeString}},
			"Tus-Max-Size":           {Description: "The largest file of any kind, bytes.", Schema: count},
		}}},
	}
	create := huma.Operation{
		OperationID: "uploadCreate", Method: http.MethodPost, Path: "/api/uploads", Summary: "Begin an upload", Description: uploadAbout, Security: parties,
		Parameters: []*huma.Param{version, headerParam("Upload-Length", "Size of the file, bytes.", count), headerParam("Upload-Metadata",
			"Comma-separated `name base64(value)`: case and kind are required, filename and filetype are taken as hints only.",
			&huma.Schema{Type: huma.TypeString, Examples: []any{"case Y18wMTdfQUFBQQ==,kind bWVyY2hhbnRfc2hpcHBpbmdfcHJvb2Y=,filename cG9kLmpwZw=="}})},
		Responses: map[string]*huma.Response{"201": {Description: "Created", Headers: map[string]*huma.Param{
			"Location":       {Description: "Where the bytes go.", Schema: &huma.Schema{Type: huma.TypeString}},
			"Upload-Expires": expires,
		}}},
	}
	create = may(create, Code(cases.CodeNotFound), Code(cases.CodeStateConflict), Code(cases.CodeEvidenceRejected), Code(cases.CodeEvidenceLocked),
		Code(cases.CodeDeadlinePassed), CodeTooLarge, CodeRateLimited, CodeForbidden)
	head := huma.Operation{
		OperationID: "uploadHead", Method: http.MethodHead, Path: "/api/uploads/{id}", Summary: "How much has arrived", Security: parties,
		Parameters: []*huma.Param{version, upload},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Headers: map[string]*huma.Param{
			"Upload-Offset":  {Description: "How many bytes have arrived.", Schema: count},
			"Upload-Length":  {Description: "How many there will be.", Schema: count},
			"Upload-Expires": expires,
		}}},
	}
	patch := huma.Operation{
		OperationID: "uploadPatch", Method: http.MethodPatch, Path: "/api/uploads/{id}", Summary: "Send bytes", Security: parties,
		Description: "If the file is refused when its last byte has come, the answer is EVIDENCE_REJECTED with the reason, and the upload is gone.",
		Parameters: []*huma.Param{version, upload, offset, {
			Name: "Upload-Checksum", In: "header", Description: "`sha1` or `sha256`, a blank, and the base64 digest of these bytes.", Schema: &huma.Schema{Type: huma.TypeString},
		}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/offset+octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
		Responses: map[string]*huma.Response{"204": {Description: "No Content", Headers: map[string]*huma.Param{
			"Upload-Offset": {Description: "How many bytes have arrived now.", Schema: count},
		}}},
	}
	patch = may(patch, Code(cases.CodeEvidenceRejected), Code(cases.CodeEvidenceLocked), evidence.CodeUploadBusy, evidence.CodeOffsetConflict, evidence.CodeChecksum, Code(cases.CodeStateConflict))
	end := huma.Operation{
		OperationID: "uploadDelete", Method: http.MethodDelete, Path: "/api/uploads/{id}", Summary: "Give an unfinished upload up", Security: parties,
		Parameters: []*huma.Param{version, upload}, Responses: map[string]*huma.Response{"204": {Description: "No Content"}},
	}
	end = may(end, evidence.CodeUploadDone)
	for _, op := range []huma.Operation{options, create, head, patch, end} {
		op.Tags = []string{tagEvidence}
		if op.Method != http.MethodOptions {
			op = may(op, CodeUnauthenticated, evidence.CodeBadUpload, CodeInternal, CodeUnavailable)
		}
		if op.Method != http.MethodOptions && op.Path != "/api/uploads" {
			op = may(op, evidence.CodeUploadNotFound, evidence.CodeUploadExpired)
		}
		refusals(&op)
		if op.Method == http.MethodHead { // its answers have no body
			for _, res := range op.Responses {
				res.Content = nil
			}
		}
		doc.AddOperation(&op)
	}

	look := may(huma.Operation{
		OperationID: "evidenceGet", Method: http.MethodGet, Path: "/api/evidence/{id}", Tags: []string{tagEvidence}, Summary: "Look at a piece of evidence",
		Description: "Only by the link that the case shows: it is signed for one reader and good for minutes. Ranges are served.",
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Description: "The piece.", Schema: &huma.Schema{Type: huma.TypeString}},
		},
		Responses: map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{
			"image/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}, "video/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
			"application/pdf": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}}},
	}, evidence.CodeLinkInvalid, evidence.CodeLinkExpired, evidence.CodeEvidenceMissing)
	refusals(&look)
	doc.AddOperation(&look)

	list := doc.Components.Schemas.Schema(reflect.TypeFor[wire.EvidenceList](), true, "EvidenceList")
	links := may(huma.Operation{
		OperationID: "evidenceList", Method: http.MethodGet, Path: "/api/buyer/cases/{id}/evidence", Tags: []string{tagEvidence},
		Summary: "A buyer's evidence with fresh links", Description: "Links are good for minutes; a page that is looked at for longer asks for new ones.",
		Security: []map[string][]string{{schemeBuyer: {}}},
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Description: "The case.", Schema: &huma.Schema{Type: huma.TypeString}},
		},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"application/json": {Schema: list}}}},
	}, CodeUnauthenticated, Code(cases.CodeNotFound), CodeInternal, CodeUnavailable)
	refusals(&links)
	doc.AddOperation(&links)
}

func headerParam(name, about string, s *huma.Schema) *huma.Param {
	return &huma.Param{Name: name, In: "header", Required: true, Description: about, Schema: s}
}

// refusals are the answers of an operation's codes, as huma makes them for its own.
func refusals(op *huma.Operation) {
	for _, status := range statuses(*op) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: schemaPrefix + "APIError"}}},
		}
	}
}
