package robot

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/notify"
)

// Lanes know how the dialogue servers of campaigns are asked.
type Lanes struct {
	Books *app.System
	Seal  *access.Sealer
	HTTP  *http.Client // of a notify.Guard

	Counts Counts // of all lanes since the process began
}

// purpose is what secrets of lanes are sealed for.
const purpose = "robot lane"

// NewSecret makes the secret of a campaign's lane, which is shown this once. The one
// before signs as well for a day. It joins the transaction of ctx.
func NewSecret(ctx context.Context, books *app.System, seal *access.Sealer, c id.Company, of id.ID) (string, error) {
	secret := notify.NewSecret()
	return secret, KeepSecret(ctx, books, seal, c, of, secret)
}

// KeepSecret keeps one that a dialogue server has already.
func KeepSecret(ctx context.Context, books *app.System, seal *access.Sealer, c id.Company, of id.ID, secret string) error {
	return books.SetLaneSecret(ctx, c, of, seal.Seal([]byte(secret), purpose))
}

// Client asks the dialogue server of a campaign, and counts how it does.
func (l *Lanes) Client(ctx context.Context, c id.Company, of *app.Campaign, counts *Counts) (*Client, error) {
	out := &Client{URL: of.Robot.URL, HTTP: l.HTTP, Counts: counts}
	sealed, _, err := l.Books.LaneSecrets(ctx, c, of.ID)
	for _, s := range sealed {
		secret, failed := l.Seal.Open(s, purpose)
		if failed != nil {
			return out, failed
		}
		out.Secrets = append(out.Secrets, string(secret))
	}
	return out, err
}
