package app_test

import (
	"encoding/json"

	"waihu/internal/app"
	"waihu/internal/charging/wallet"
	"waihu/internal/id"
	"waihu/internal/store"
)

// putPurse makes a wallet with some money in it.
func putPurse(tx store.Tx, c id.Company, name, amount string) error {
	w := app.Purse{ID: id.ID{15: 77}, Name: name, Purse: wallet.NewPurse(cny)}
	if err := w.Purse.Add(wallet.Lot{ID: "top-up", Bought: true, Left: yuan(amount)}); err != nil {
		return err
	}
	body, err := json.Marshal(&w)
	if err != nil {
		return err
	}
	return tx.Records().Put(&store.Record{Company: c, Kind: app.KindWallet, ID: w.ID, Body: body, Unique: []store.Key{{Name: "name", Value: name}}})
}
