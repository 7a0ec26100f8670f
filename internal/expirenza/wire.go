package expirenza

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// The states of an answer (PROTOCOLS.md, section 3).
const (
	stateSuccess = "SUCCESS"
	stateFail    = "FAIL"
)

// money is a sum on the wire: a JSON number with two decimals.
type money decimal.Decimal

// MarshalJSON writes the number. decimal's own way would quote it.
func (m money) MarshalJSON() ([]byte, error) { return []byte(decimal.Decimal(m).StringFixed(2)), nil }

// quantity is a count on the wire: a JSON number with as many decimals as it has.
type quantity decimal.Decimal

// MarshalJSON writes the number.
func (q quantity) MarshalJSON() ([]byte, error) { return []byte(decimal.Decimal(q).String()), nil }

// stamp writes a time as messages have it: the shop's own time, yyyy.MM.dd HH:mm:ss.
func stamp(t time.Time) string { return t.Local().Format("2006.01.02 15:04:05") }

// stampUTC writes an eventTime.
func stampUTC(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// optional is a text that may be absent: then it is null.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// number reads what people call an order as the number that Expirenza wants; null when it is none.
func number(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// encode writes the exact bytes of a callback. All that it is given can be written.
func encode(reply any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(reply); err != nil {
		panic(fmt.Sprintf("expirenza: %T cannot be written: %v", reply, err))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// The replies. What this till does not know of a bill is null: PROTOCOLS.md, section 3, has the keys.

type guestDTO struct {
	Name   string    `json:"name"`
	Dishes []dishDTO `json:"dishes"`
}

type dishDTO struct {
	Category      *string  `json:"category"`
	CategoryID    *string  `json:"categoryId"`
	CheckNumber   *string  `json:"checkNumber"`
	Count         quantity `json:"count"`
	DishID        string   `json:"dishId"`
	LinkedTo      *string  `json:"linkedTo"`
	Name          string   `json:"name"`
	OrderNumber   *int64   `json:"orderNumber"`
	PositionID    string   `json:"positionId"`
	Sum           money    `json:"sum"`
	TaxCategory   *string  `json:"taxCategory"`
	TaxCategoryID *string  `json:"taxCategoryId"`
	Type          *string  `json:"type"`
}

type payReply struct {
	BillID      json.RawMessage `json:"billId"`
	Guests      []guestDTO      `json:"guests"`
	OrderNumber *int64          `json:"orderNumber"`
	RID         json.RawMessage `json:"rID"`
	StackTrace  *string         `json:"stackTraceMessage"`
	State       string          `json:"state"`
	Substate    *string         `json:"substate"`
	Waiter      *string         `json:"waiter"`
	WaiterID    *string         `json:"waiterId"`
}

type billReply struct {
	RID          json.RawMessage `json:"rID"`
	State        string          `json:"state"`
	Substate     *string         `json:"substate"`
	ErrorCode    *string         `json:"errorCode"`
	ErrorMessage *string         `json:"errorMessage"`
	TableNumber  *string         `json:"tableNumber"`
	Orders       []orderDTO      `json:"orders"`
}

type orderDTO struct {
	BillID       string       `json:"billId"`
	OrderNumber  *int64       `json:"orderNumber"`
	Created      string       `json:"created"`
	TotalSum     money        `json:"totalSum"`
	RawSum       money        `json:"rawSum"`
	BonusSum     money        `json:"bonusSum"`
	State        string       `json:"state"`
	TableID      *string      `json:"tableId"`
	Waiter       *string      `json:"waiter"`
	WaiterID     *string      `json:"waiterId"`
	Guests       []guestDTO   `json:"guests"`
	Discounts    discountsDTO `json:"discounts"`
	IsBanquet    bool         `json:"isBanquetOrder"`
	IsDelivery   bool         `json:"isDelivery"`
	PaymentType  *string      `json:"paymentType"`
	PricingTime  *string      `json:"pricingTime"`
	RootBillID   *string      `json:"rootBillId"`
	SplitAllowed bool         `json:"splitAvailable"`
	TipsFrom     money        `json:"billAmountForTips"`
}

type discountsDTO struct {
	List []struct{} `json:"list"` // this till knows no discounts but points, which are bonusSum
}

type tablesReply struct {
	RID    json.RawMessage `json:"rID"`
	Tables []tableDTO      `json:"tables"`
}

type tableDTO struct {
	Number     int     `json:"number"`
	Name       string  `json:"name"`
	ID         string  `json:"id"`
	HallPlanID *string `json:"hallPlanId"`
}

type hallsReply struct {
	RID       json.RawMessage `json:"rID"`
	HallPlans []hallDTO       `json:"hallPlans"`
}

type hallDTO struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type usersReply struct {
	RID   json.RawMessage `json:"rID"`
	Users []userDTO       `json:"users"`
}

type userDTO struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	CellPhone *string  `json:"cellPhone"`
	Roles     []string `json:"roles"`
}

type checkReply struct {
	RID         json.RawMessage `json:"rID"`
	DateTime    string          `json:"dateTime"`
	ReadyToWork bool            `json:"readyToWork"`
}

type versionReply struct {
	RID                      json.RawMessage `json:"rID"`
	EventTime                string          `json:"eventTime"`
	PartnerID                *string         `json:"partnerId"`
	PluginVersion            int             `json:"pluginVersion"`
	RestaurantVersion        string          `json:"restaurantVersion"`
	RestaurantLicenseDateEnd *string         `json:"restaurantLicenseDateEnd"`
	AdditionalInfo           additionalInfo  `json:"additionalInfo"`
	UpdateInfo               []struct{}      `json:"updateInfo"`
	ImplementedFeatures      []featureDTO    `json:"implementedFeatures"`
}

type additionalInfo struct {
	NotImplemented []string `json:"notImplemented"`
}

type featureDTO struct {
	Feature     string  `json:"feature"`
	Available   bool    `json:"available"`
	Implemented bool    `json:"implemented"`
	Info        *string `json:"info"`
}

type cacheHook struct {
	WebhookType  string     `json:"webhookType"`
	EventTime    string     `json:"eventTime"`
	ActualOrders []orderDTO `json:"actualOrders"`
}

// versionNumber turns "1.2.3" into 10203: pluginVersion is published as a whole number that grows.
func versionNumber(version string) int {
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "v"), "-")
	n := 0
	for i, part := range append(strings.Split(version, "."), "0", "0")[:3] {
		value, err := strconv.Atoi(part)
		if err != nil || value < 0 || value > 99 && i > 0 || value > 9999 {
			return 0
		}
		n = n*100 + value
	}
	return n
}
