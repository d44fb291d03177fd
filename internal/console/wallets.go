package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) walletPages() {
	s.page("GET /c/{company}/wallets", access.WalletRead, s.wallets)
	s.exports("/c/{company}/wallets", access.WalletRead, "wallets", "nav.wallets", s.walletsFile)
	s.page("POST /c/{company}/wallets", access.WalletTopUp, s.openWallet)
	s.page("GET /c/{company}/wallets/{wallet}", access.WalletRead, s.wallet)
	s.page("GET /c/{company}/wallets/{wallet}/history.csv", access.WalletRead, s.walletFile("csv"))
	s.page("GET /c/{company}/wallets/{wallet}/history.xlsx", access.WalletRead, s.walletFile("xlsx"))
	s.page("POST /c/{company}/wallets/{wallet}/top-up", access.WalletTopUp, s.fundWallet(true))
	s.page("POST /c/{company}/wallets/{wallet}/grant", access.WalletAdjust, s.fundWallet(false))
	s.page("POST /c/{company}/wallets/{wallet}/rule", access.WalletTopUp, s.ruleWallet)
}

// walletCard is a wallet in the list.
type walletCard struct {
	app.WalletView
	Href string
}

func (v *visit) walletAt(name, rest string) string {
	return v.at("/wallets/" + pathEscape(name) + rest)
}

// walletsBody is the list with the form of a new one.
type walletsBody struct {
	Cards   []walletCard
	Order   *order
	Files   []Link
	Form    *form
	MayOpen bool
	Refused string
}

// wallets lists prepaid balances.
func (s *Server) wallets(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.walletsPage(w, v, http.StatusOK, &walletsBody{Form: v.blank("currency", s.usualCurrency(v), "name", "calls")})
}

func (s *Server) walletsPage(w http.ResponseWriter, v *visit, status int, b *walletsBody) error {
	var err error
	if b.Cards, b.Order, err = s.listWallets(v); err != nil {
		return err
	}
	b.Files = b.Order.files(v.at("/wallets"))
	b.MayOpen = v.may(access.WalletTopUp)
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "wallets", &Page{Title: v.say("nav.wallets"), Lead: v.say("wallets.lead"), Here: v.at("/wallets"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// listWallets are a company's wallets in the order the address asks for.
func (s *Server) listWallets(v *visit) (cards []walletCard, o *order, err error) {
	list, err := s.d.System.Wallets(v.r.Context(), v.company)
	for _, x := range list {
		cards = append(cards, walletCard{x, v.walletAt(x.Name, "")})
	}
	o = v.order(nil, "name", column{"name", "wallets.name", false}, column{"balance", "wallets.balance", false}, column{"available", "wallets.available_label", false})
	cards = arranged(o, cards, len(cards), func(w *walletCard) string { return w.Name }, keys[walletCard]{
		"name":      func(w *walletCard) string { return store.OrderText(w.Name) },
		"balance":   func(w *walletCard) string { return store.OrderMoney(w.Funds.Balance) },
		"available": func(w *walletCard) string { return store.OrderMoney(w.Funds.Available) },
	})
	return cards, o, err
}

// walletsFile gives the list as a file.
func (s *Server) walletsFile(v *visit) (*sheet, error) {
	cards, _, err := s.listWallets(v)
	t := v.sheet("wallets.name", "money.currency", "wallets.balance", "wallets.held_label", "wallets.available_label")
	for i := range cards {
		w := &cards[i]
		t.add(w.Name, w.Funds.Balance.Currency().String(), w.Funds.Balance, w.Funds.Held, w.Funds.Available)
	}
	return t, err
}

// openWallet opens one; a name that is there already leads to its page.
func (s *Server) openWallet(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	in := app.OpenWallet{Name: f.text("name", 64), Currency: f.currency("currency")}
	if strings.ContainsAny(in.Name, "\r\n\t/") || in.Name != "" && strings.Trim(in.Name, ".") == "" {
		f.wrong("name", "wallets.name_wrong")
	}
	if !f.OK() {
		return s.walletsPage(w, v, http.StatusUnprocessableEntity, &walletsBody{Form: f})
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		if _, err := s.d.System.Balance(ctx, v.company, in.Name); err == nil {
			f.wrong("name", "wallets.there")
			return access.Deed{}, "", fault.New(fault.Conflict, "there is a wallet %q already", in.Name)
		} else if fault.KindOf(err) != fault.NotFound {
			return access.Deed{}, "", err
		}
		_, err := s.d.System.OpenWallet(ctx, v.company, in)
		return access.Deed{Action: "wallet.open", Target: in.Name, After: in}, v.walletAt(in.Name, ""), err
	})
	b := &walletsBody{Form: f}
	return again(err, &b.Refused, func(status int) error { return s.walletsPage(w, v, status, b) })
}

// findWallet reads the wallet of an address.
func (s *Server) findWallet(ctx context.Context, v *visit) (*app.WalletView, error) {
	list, err := s.d.System.Wallets(ctx, v.company)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Name == v.r.PathValue("wallet") {
			return &list[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no such wallet")
}

func (s *Server) walletOf(v *visit) (*app.WalletView, error) { return s.findWallet(v.r.Context(), v) }

// walletBody is one wallet.
type walletBody struct {
	View             *app.WalletView
	Href             string
	Lots             []lotRow
	History          []walletRow
	Next             string
	Files            []Link
	Fund, Give, Rule *form
	MayFund, MayGive bool
	Refused          string
	Asked            *waiting
}

// lotRow is balance that came in at once and is not used up.
type lotRow struct {
	Left    money.Amount
	Bought  bool
	Expires string
}

// wallet shows one.
func (s *Server) wallet(w http.ResponseWriter, _ *http.Request, v *visit) error {
	x, err := s.walletOf(v)
	if err != nil {
		return err
	}
	return s.walletPage(w, v, http.StatusOK, x, &walletBody{})
}

func (s *Server) walletPage(w http.ResponseWriter, v *visit, status int, x *app.WalletView, b *walletBody) error {
	b.View, b.Href, b.Asked = x, v.walletAt(x.Name, ""), v.waits()
	b.Files = listFiles(b.Href+"/history", "", "csv", "xlsx")
	b.MayFund, b.MayGive = v.may(access.WalletTopUp), v.may(access.WalletAdjust)
	for _, l := range x.Purse.Purse.Lots {
		row := lotRow{Left: l.Left, Bought: l.Bought}
		if l.Expires != 0 {
			row.Expires = l.Expires.In(time.UTC).Format("2006-01-02 15:04 UTC")
		}
		b.Lots = append(b.Lots, row)
	}
	before, err := strconv.ParseInt("0"+v.r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "there is no such page")
	}
	list, next, err := s.d.System.WalletHistory(v.r.Context(), v.company, x.Name, before, historyRows)
	if err != nil {
		return err
	}
	for i := range list {
		b.History = append(b.History, v.walletRow(&list[i]))
	}
	if next != 0 {
		b.Next = "?before=" + strconv.FormatInt(next, 10)
	}
	for _, f := range []**form{&b.Fund, &b.Give, &b.Rule} {
		if *f == nil {
			if *f = v.blank(); f == &b.Rule {
				*f = v.ruleForm(x)
			}
		}
		if _, err := (*f).Once(); err != nil {
			return err
		}
	}
	s.render(w, v, status, "wallet", &Page{Title: v.say("wallets.title", "name", x.Name), Here: v.at("/wallets"), Crumbs: v.crumbs(Link{v.say("nav.wallets"), v.at("/wallets")}), Body: b})
	return nil
}

// expiry reads the last day on which balance can be used; none is for good.
func (f *form) expiry(name string) timex.Instant {
	d := f.dayOr(name)
	if d == 0 {
		return 0
	}
	if d < timex.DateOf(time.Now()) {
		f.wrong(name, "wallets.over")
	}
	return (d + 1).Start(time.UTC)
}

// fundInput is a grant as the interface takes it.
type fundInput struct {
	Wallet  string        `json:"wallet"`
	Amount  money.Amount  `json:"amount"`
	Expires timex.Instant `json:"expires,omitzero"`
	Reason  string        `json:"reason"`
}

// fundWallet puts balance in that was bought, or given.
func (s *Server) fundWallet(bought bool) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		x, f, err := sentAbout(w, v, s.walletOf)
		if err != nil {
			return err
		}
		b := &walletBody{Fund: f}
		if !bought {
			b.Fund, b.Give = nil, f
		}
		if _, err := f.Once(); err != nil {
			return err
		}
		in := app.Fund{Key: "fund " + f.Value("once"), Wallet: x.Name, Amount: f.above("amount", x.Purse.Purse.Currency), Expires: f.expiry("expires")}
		reason := f.optional("words", 600)
		if !bought && reason == "" {
			f.wrong("words", "form.needed")
		}
		if !f.OK() {
			return s.walletPage(w, v, http.StatusUnprocessableEntity, x, b)
		}
		second, err := s.grantNeedsSecond(bought, in.Amount)
		if err != nil {
			return err
		}
		err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
			if second {
				ask := &secondAsk{"wallet.adjust", "give " + in.Amount.String() + " to wallet " + x.Name + ": " + reason, fundInput{x.Name, in.Amount, in.Expires, reason}}
				return s.askSecond(tx, v, ask, v.walletAt(x.Name, ""))
			}
			if bought {
				out, err := s.d.System.TopUp(ctx, v.company, in)
				return access.Deed{Action: "wallet.top_up", Target: x.Name, Reason: reason, After: out}, v.walletAt(x.Name, ""), err
			}
			out, err := s.d.System.Grant(ctx, v.company, in)
			return access.Deed{Action: "wallet.grant", Target: x.Name, Reason: reason, After: out}, v.walletAt(x.Name, ""), err
		})
		return s.refusedWallet(w, v, x, b, err)
	}
}

// grantNeedsSecond tells whether what is given is above what one person may give.
func (s *Server) grantNeedsSecond(bought bool, a money.Amount) (bool, error) {
	if bought || !s.d.Gate.Policy.SecondPerson {
		return false, nil
	}
	if s.d.AdjustLimit == "" {
		return a.Sign() > 0, nil
	}
	limit, err := exact.Parse(s.d.AdjustLimit)
	return limit.Less(a.Exact()), err
}

func (s *Server) refusedWallet(w http.ResponseWriter, v *visit, x *app.WalletView, b *walletBody, err error) error {
	return again(err, &b.Refused, func(status int) error { return s.walletPage(w, v, status, x, b) })
}
