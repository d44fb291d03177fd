package console

import (
	"net/http"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
)

// walletRow is a movement of the balance.
type walletRow struct {
	At, What, Text, Href string
	Amount               money.Amount
}

// historyRows is how many movements the page shows.
const historyRows = 30

func (v *visit) walletRow(e *app.WalletEntry) walletRow {
	row := walletRow{At: clockTime(e.Entry.At, time.UTC), What: v.say("wallets.k_" + e.Entry.Kind), Amount: e.Amount}
	switch e.Entry.Kind {
	case ledger.KindCall:
		_, row.Text, _ = strings.Cut(e.Entry.Ref, "/")
	case ledger.KindDrawn, ledger.KindReturned:
		if i, err := id.Parse(e.Entry.Ref); err == nil {
			row.Text, row.Href = v.say("wallets.of_invoice"), v.at("/invoices/"+i.Named("inv"))
		}
	}
	return row
}

// walletFile gives the newest movements as a file.
func (s *Server) walletFile(ext string) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		x, err := s.walletOf(v)
		if err != nil {
			return err
		}
		list, more, err := s.d.System.WalletHistory(r.Context(), v.company, x.Name, 0, exportRows)
		if err != nil {
			return err
		}
		t := v.sheet("wallets.at", "money.what", "money.note", "invoice.amount", "money.currency")
		for i := range list {
			row := v.walletRow(&list[i])
			t.add(row.At, row.What, row.Text, row.Amount, row.Amount.Currency().String())
		}
		t.full(v, more != 0)
		return s.sendSheet(w, v, "wallet", ext, v.say("wallets.title", "name", x.Name), t)
	}
}
