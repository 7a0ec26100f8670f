package main

import (
	"context"
	"errors"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// noClient is a customer that there is not: a Telegram user cannot have this
// number, and no QR this secret.
const noClient = 1

// checkShop asks the service whether it knows the shop by its code and secret:
// for the balance of nobody, so that no points move and nobody's balance is
// seen. nil: it does. Errors are those of [skidkabot.Client.Balance]; one with
// the code 5 means that code and secret do not belong together.
func checkShop(ctx context.Context, client *skidkabot.Client, vendor int64) error {
	_, err := client.Balance(ctx, skidkabot.Card{Vendor: vendor, Client: noClient})
	var refused *skidkabot.RefusedError
	if errors.As(err, &refused) {
		switch refused.Code {
		case skidkabot.CodeUnknownClient, skidkabot.CodeUnknownQR, skidkabot.CodeWrongQR, skidkabot.CodeExpiredQR:
			return nil // what is wrong is nobody's card
		}
	}
	return err
}
