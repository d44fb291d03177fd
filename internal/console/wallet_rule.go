package console

import (
	"context"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/wallet"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
)

// ruleForm is the form of a wallet's rules as they are.
func (v *visit) ruleForm(x *app.WalletView) *form {
	f := v.blank("overdraft", x.Overdraft.Decimal())
	var levels []string
	for _, l := range x.Levels.At {
		levels = append(levels, l.Decimal())
	}
	f.Values.Set("levels", strings.Join(levels, ", "))
	if x.Rule != nil {
		f.Values.Set("auto", "1")
		f.Values.Set("below", x.Rule.Below.Decimal())
		f.Values.Set("amount", x.Rule.Amount.Decimal())
		f.Values.Set("most", itoa(x.Rule.Most))
	}
	return f.remember()
}

// ruleWallet changes overdraft, levels and the automatic top-up.
func (s *Server) ruleWallet(w http.ResponseWriter, r *http.Request, v *visit) error {
	x, f, err := sentAbout(w, v, s.walletOf)
	if err != nil {
		return err
	}
	cur := x.Purse.Purse.Currency
	in := app.OpenWallet{Name: x.Name, Currency: cur, Overdraft: f.amount("overdraft", cur)}
	if in.Overdraft.Sign() < 0 {
		f.wrong("overdraft", "form.above_zero")
	}
	for _, word := range strings.FieldsFunc(f.Value("levels"), func(r rune) bool { return r == ',' || r == ' ' || r == '、' || r == '，' }) {
		a, err := money.Parse(word, cur)
		if err != nil || len(in.Levels) == 10 {
			f.wrong("levels", "wallets.levels_wrong")
			break
		}
		in.Levels = append(in.Levels, a)
	}
	if f.Value("auto") != "" {
		in.Rule = &wallet.TopUpRule{Below: f.amount("below", cur), Amount: f.above("amount", cur), Most: f.between("most", 1, 24)}
	}
	b := &walletBody{Rule: f}
	if !f.OK() {
		return s.walletPage(w, v, http.StatusUnprocessableEntity, x, b)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		now, err := s.findWallet(ctx, v)
		if err == nil {
			err = f.unchanged(v.ruleForm(now))
		}
		if err == nil {
			_, err = s.d.System.OpenWallet(ctx, v.company, in)
		}
		return access.Deed{Action: "wallet.open", Target: x.Name, Before: x.Rule, After: in}, v.walletAt(x.Name, ""), err
	})
	err = f.stale(err, func(status int) error { return s.walletPage(w, v, status, x, b) })
	return s.refusedWallet(w, v, x, b, err)
}

// RuleSays is the automatic top-up in words.
func (b *walletBody) RuleSays(tag lang.Tag) string {
	r := b.View.Rule
	return lang.Phrase(tag, "wallets.rule", map[string]string{"below": lang.Money(tag, r.Below), "amount": lang.Money(tag, r.Amount), "most": itoa(r.Most)})
}
