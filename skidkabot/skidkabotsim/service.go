package skidkabotsim

import (
	"net/url"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// texts are the refusals in the service's own words (PROTOCOLS.md, section 1).
var texts = map[skidkabot.Code]string{
	skidkabot.CodeNoVendor:        "Не хватает обязательного параметра: Код магазина (fk_vendor)",
	skidkabot.CodeNoClient:        "Не хватает обязательного параметра: Код клиента (fk_client)",
	skidkabot.CodeNoVendorSecret:  "Не хватает обязательного параметра: Секретный ключ магазина (vendor_secret)",
	skidkabot.CodeNoQRSecret:      "Не хватает обязательного параметра: Временный ключ QR-кода (qr_secret)",
	skidkabot.CodeUnknownShop:     "Магазин с таким сочетанием кода и секретного ключа не найден",
	skidkabot.CodeUnknownClient:   "Клиент не зарегистрирован в базе данных",
	skidkabot.CodeUnknownQR:       "QR-код не зарегистрирован в базе данных",
	skidkabot.CodeWrongQR:         "Неверная контрольная сумма QR-кода. Перевыпустите QR-код.",
	skidkabot.CodeExpiredQR:       "QR-код устарел. Перевыпустите QR-код.",
	skidkabot.CodeNoAccrueSum:     "Не хватает обязательного параметра: Сумма прибавляемых бонусов (summa)",
	skidkabot.CodeNoRedeemSum:     "Не хватает обязательного параметра: Сумма списываемых бонусов (summa)",
	skidkabot.CodeNotEnoughPoints: "У клиента не хватает баллов для списания.",
	skidkabot.CodeDebt: "Извините, на вашем счете отрицательный баланс и СкидкаБот не работает. " +
		"Пополните ваш баланс на сайте http://skidkabot.ru",
}

// Text returns the service's words for a code, "" for success and for codes
// that are not documented.
func Text(code skidkabot.Code) string { return texts[code] }

// serve does what the service does with a request, commit included, and
// returns its reply. The parameters are checked before the shop and the shop
// before the customer, in the order of the codes; the shop's debt comes after
// its name is known to be right.
func (s *Server) serve(request Request) *Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := parameters{form: request.Form}
	vendor := p.integer("fk_vendor", skidkabot.CodeNoVendor)
	client := p.integer("fk_client", skidkabot.CodeNoClient)
	vendorSecret := p.integer("vendor_secret", skidkabot.CodeNoVendorSecret)
	qrSecret := p.integer("qr_secret", skidkabot.CodeNoQRSecret)
	var points int64
	switch request.Path {
	case skidkabot.PathAccrue:
		points = p.positive("summa", skidkabot.CodeNoAccrueSum)
	case skidkabot.PathRedeem:
		points = p.positive("summa", skidkabot.CodeNoRedeemSum)
	}
	if p.missing != 0 {
		return refusal(p.missing)
	}
	if code := s.checkShop(vendor, skidkabot.Secret(vendorSecret)); code != 0 {
		return refusal(code)
	}
	c, code := s.checkQR(client, skidkabot.Secret(qrSecret))
	if code != 0 {
		return refusal(code)
	}
	if request.Path == skidkabot.PathBalance {
		return s.balanceReply(c)
	}
	if code := s.commit(c, request, decimal.NewFromInt(points)); code != 0 {
		return refusal(code)
	}
	return accountReply(c)
}

func (s *Server) checkShop(vendor int64, secret skidkabot.Secret) skidkabot.Code {
	wantVendor, wantSecret := s.shop()
	switch {
	case vendor != wantVendor || secret != wantSecret:
		return skidkabot.CodeUnknownShop
	case s.debt:
		return skidkabot.CodeDebt
	default:
		return 0
	}
}

// checkQR finds the customer of a QR. A customer who never had a QR gets
// another code than one whose QR has another secret.
func (s *Server) checkQR(client int64, secret skidkabot.Secret) (*customer, skidkabot.Code) {
	c, ok := s.customers[client]
	if !ok {
		return nil, skidkabot.CodeUnknownClient
	}
	if len(c.qrs) == 0 {
		return nil, skidkabot.CodeUnknownQR
	}
	issued, ok := c.qrs[secret]
	if !ok {
		return nil, skidkabot.CodeWrongQR
	}
	if s.now().Sub(issued) >= QRLife {
		return nil, skidkabot.CodeExpiredQR
	}
	return c, 0
}

// commit moves the points and writes the ledger, or does neither.
func (s *Server) commit(c *customer, request Request, points decimal.Decimal) skidkabot.Code {
	kind, after := Accrue, c.Balance.Add(points)
	if request.Path == skidkabot.PathRedeem {
		kind, after = Redeem, c.Balance.Sub(points)
		if after.IsNegative() {
			return skidkabot.CodeNotEnoughPoints
		}
	}
	c.Balance = after
	register, _ := strconv.Atoi(request.Form.Get("kassa")) // for analytics only: without one it is 0
	s.ledger = append(s.ledger, Entry{
		Seq:          len(s.ledger) + 1,
		At:           s.now(),
		Kind:         kind,
		Client:       c.Client,
		Points:       points,
		Register:     register,
		BalanceAfter: after,
		RequestNo:    request.No,
	})
	return 0
}

func (s *Server) balanceReply(c *customer) *Reply {
	shop := percents{accrue: decimal.NewFromInt(2), redeem: decimal.NewFromInt(10)}
	if s.percents != nil {
		shop = *s.percents
	}
	reply := accountReply(c)
	reply.Fields = append(reply.Fields,
		numberField("p_plus", shop.accrue.String()),
		numberField("p_minus", shop.redeem.String()))
	return reply
}

// parameters reads a form as the service does: the first one that is missing
// decides. What is not an integer counts as missing.
type parameters struct {
	form    url.Values
	missing skidkabot.Code
}

func (p *parameters) integer(name string, code skidkabot.Code) int64 {
	value, err := strconv.ParseInt(p.form.Get(name), 10, 64)
	if err != nil && p.missing == 0 {
		p.missing = code
	}
	return value
}

func (p *parameters) positive(name string, code skidkabot.Code) int64 {
	value := p.integer(name, code)
	if value <= 0 && p.missing == 0 {
		p.missing = code
	}
	return value
}
