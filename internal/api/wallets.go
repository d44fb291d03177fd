package api

import (
	"encoding/json"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/wallet"
	"waihu/internal/exact"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

type (
	walletBody struct {
		Name      string            `json:"name" minLength:"1" maxLength:"200"`
		Currency  money.Currency    `json:"currency"`
		Overdraft *money.Amount     `json:"overdraft,omitempty" doc:"Calls may be begun down to so much below nought."`
		Rule      *wallet.TopUpRule `json:"top_up_rule,omitempty"`
		Levels    []money.Amount    `json:"levels,omitempty" maxItems:"10" doc:"Balances below which somebody is told."`
	}
	fundBody struct {
		Wallet  string        `json:"wallet,omitempty" maxLength:"200" doc:"Filled in from the address."`
		Amount  money.Amount  `json:"amount"`
		Expires timex.Instant `json:"expires,omitzero"`
		Reason  string        `json:"reason,omitempty" maxLength:"2000"`
	}
	refundBody struct {
		Amount money.Amount `json:"amount"`
		On     timex.Date   `json:"on"`
		Reason string       `json:"reason" minLength:"1" maxLength:"2000"`
	}
)

// WalletIn names a wallet in an address.
type WalletIn struct {
	Wallet string `path:"wallet" maxLength:"200"`
}

func (a *API) walletRoutes() {
	change(a, op{id: "wallet-open", method: http.MethodPost, path: "/v1/wallets", what: "Open a prepaid balance, or change the rules of one.", may: access.WalletTopUp, status: http.StatusCreated, once: true},
		func(r *request, in *bodyOf[walletBody]) (*app.Funds, error) {
			b := in.Body
			open := app.OpenWallet{Name: b.Name, Currency: b.Currency, Rule: b.Rule, Levels: b.Levels}
			if b.Overdraft != nil {
				open.Overdraft = *b.Overdraft
			}
			if _, err := r.sys.OpenWallet(r.ctx, r.company, open); err != nil {
				return nil, err
			}
			out, err := r.sys.Balance(r.ctx, r.company, b.Name)
			if err != nil {
				return nil, err
			}
			return &out, r.did(access.Deed{Action: "wallet.open", Target: b.Name, After: b})
		})
	read(a, op{id: "wallet-list", method: http.MethodGet, path: "/v1/wallets", what: "The company's wallets.", may: access.WalletRead},
		func(r *request, in *PageIn) (*List[app.Funds], error) {
			p, err := in.page(false)
			if err != nil {
				return nil, err
			}
			recs, err := r.tx.Records().List(r.company, app.KindWallet, store.Key{}, p)
			if err != nil {
				return nil, err
			}
			out := paged(in, recs, func(r store.Record) id.ID { return r.ID }, func(store.Record) app.Funds { return app.Funds{} })
			for i := range out.Items {
				var purse app.Purse
				if err := json.Unmarshal(recs[i].Body, &purse); err != nil {
					return nil, err
				}
				if out.Items[i], err = r.sys.Balance(r.ctx, r.company, purse.Name); err != nil {
					return nil, err
				}
			}
			return out, nil
		})
	read(a, op{id: "wallet-get", method: http.MethodGet, path: "/v1/wallets/{wallet}", what: "What is in a wallet, and what running calls hold of it.", may: access.WalletRead},
		func(r *request, in *WalletIn) (*app.Funds, error) {
			out, err := r.sys.Balance(r.ctx, r.company, in.Wallet)
			return &out, err
		})
	type fundIn struct {
		WalletIn
		Body fundBody
	}
	change(a, op{id: "wallet-top-up", method: http.MethodPost, path: "/v1/wallets/{wallet}/top-ups", what: "Book balance that was bought.", may: access.WalletTopUp, status: http.StatusCreated, once: true},
		func(r *request, in *fundIn) (*app.Funds, error) {
			out, err := r.sys.TopUp(r.ctx, r.company, app.Fund{Key: r.key, Wallet: in.Wallet, Amount: in.Body.Amount, Expires: in.Body.Expires})
			if err != nil {
				return nil, err
			}
			return &out, r.did(access.Deed{Action: "wallet.top_up", Target: in.Wallet, Reason: in.Body.Reason, After: out})
		})
	grant := guarded(a, "wallet.adjust", access.WalletAdjust, a.grantNeeds, a.grant)
	change(a, op{id: "wallet-grant", method: http.MethodPost, path: "/v1/wallets/{wallet}/grants", what: "Give balance that was not bought. Above the installation's limit a second person approves it.", may: access.WalletAdjust, status: http.StatusCreated, once: true},
		func(r *request, in *fundIn) (*Maybe[app.Funds], error) {
			in.Body.Wallet = in.Wallet
			return grant(r, &in.Body)
		})
	refund := guarded(a, "payment.refund", access.PaymentRefund, func(_ *request, in *refundBody) (string, bool, error) {
		return "pay back " + in.Amount.String() + ": " + in.Reason, true, nil
	}, a.refund)
	change(a, op{id: "payment-refund", method: http.MethodPost, path: "/v1/refunds", what: "Pay back what is the customer's. A second person approves it.", may: access.PaymentRefund, status: http.StatusCreated, once: true},
		func(r *request, in *bodyOf[refundBody]) (*Maybe[Refunded], error) { return refund(r, &in.Body) })
	a.reservationRoutes()
}

// grantNeeds tells whether what is given is above the limit.
func (a *API) grantNeeds(r *request, in *fundBody) (string, bool, error) {
	if _, err := r.sys.Balance(r.ctx, r.company, in.Wallet); err != nil {
		return "", false, err // nobody is asked to approve what cannot be done
	}
	what := "give " + in.Amount.String() + " to wallet " + in.Wallet + ": " + in.Reason
	limit, err := exact.Parse(a.d.Config.AdjustLimit)
	if a.d.Config.AdjustLimit == "" {
		limit, err = exact.Number{}, nil
	}
	return what, err == nil && limit.Less(in.Amount.Exact()), err
}

func (a *API) grant(r *request, in *fundBody) (*app.Funds, error) {
	out, err := r.sys.Grant(r.ctx, r.company, app.Fund{Key: r.key, Wallet: in.Wallet, Amount: in.Amount, Expires: in.Expires})
	if err != nil {
		return nil, err
	}
	return &out, r.did(access.Deed{Action: "wallet.grant", Target: in.Wallet, Reason: in.Reason, After: out})
}

// Refunded is money that was paid back.
type Refunded struct {
	Refund string       `json:"refund"`
	Amount money.Amount `json:"amount"`
}

func (a *API) refund(r *request, in *refundBody) (*Refunded, error) {
	i, err := r.sys.Refund(r.ctx, r.company, app.Refund{Key: r.key, Amount: in.Amount, On: in.On, Reason: in.Reason})
	if err != nil {
		return nil, err
	}
	out := &Refunded{i.Named("ref"), in.Amount}
	return out, r.did(access.Deed{Action: "payment.refund", Target: out.Refund, Reason: in.Reason, After: out})
}
