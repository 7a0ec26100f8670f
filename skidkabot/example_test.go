package skidkabot_test

import (
	"context"
	"fmt"
	"log"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

func Example() {
	// A till speaks with https://skidkabot.ru; here the simulator stands in.
	var service skidkabotsim.Server
	url, err := service.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	service.AddCustomer(skidkabotsim.Customer{
		Client: 83532824, FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365),
	})
	scanned := service.IssueQR(83532824).Payload()

	client, err := skidkabot.New(skidkabot.Config{
		URL:          url,
		Vendor:       skidkabotsim.TestVendor,
		VendorSecret: skidkabotsim.TestVendorSecret,
		Register:     1,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	card, err := skidkabot.ParseQR(scanned)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	account, err := client.Balance(ctx, card)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(account.FirstName, account.LastName, account.Balance)

	receipt, err := client.Accrue(ctx, card, decimal.NewFromInt(10))
	fmt.Println(skidkabot.OutcomeOf(err), receipt.Balance)

	_, err = client.Redeem(ctx, card, decimal.NewFromInt(9999))
	fmt.Println(skidkabot.OutcomeOf(err), err)

	fmt.Println(card)
	// Output:
	// Александр Татарченко 2365
	// confirmed 2375
	// refused skidkabot: refused: code 13 (not enough points)
	// Card{vendor 4, client 83532824, secret •••}
}

func ExampleOutcomeOf() {
	var service skidkabotsim.Server
	url, err := service.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	service.AddCustomer(skidkabotsim.Customer{Client: 83532824})
	card := service.IssueQR(83532824)
	client, err := skidkabot.New(skidkabot.Config{
		URL: url, Vendor: skidkabotsim.TestVendor, VendorSecret: skidkabotsim.TestVendorSecret,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	// The service commits, and its reply gets lost.
	service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutAfter(skidkabotsim.CutReset))
	_, err = client.Accrue(context.Background(), card, decimal.NewFromInt(25))
	fmt.Println("the till knows:", skidkabot.OutcomeOf(err))
	fmt.Println("the truth:", service.Balance(83532824))
	// Output:
	// the till knows: unknown
	// the truth: 25
}
