package cases

import "recourse/cases/policy"

// LineRecord is what the ledger keeps per order line over all its cases. It guards what no
// single case can see: one open case, attempts, and the sum of refunds (invariants 1 to 3).
type LineRecord struct {
	policy.LineHistory
	// PendingFen is ordered and not yet paid: it counts against what is left like what was paid.
	PendingFen int64 `json:"pending_fen,omitempty"`
	Version    int   `json:"version"`
}
