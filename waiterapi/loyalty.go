package waiterapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// loyaltyBody is LoyaltyResponse (PROTOCOLS.md, section 2) as it stands in application/json.
type loyaltyBody struct {
	ProductSKUs   []string
	UserWallets   []wallet
	Suggestions   []string
	WaiterMessage string `json:",omitempty"` // only of a failed operation
}

type wallet struct {
	ID      uuid.UUID `json:"Id"`
	Name    string
	Balance number
}

// staleLimit is how long a reply with an old balance is kept: a service that does not answer is not asked by every handheld.
const staleLimit = 2 * time.Second

// loyalty tells the waiter what the guest of an order has and may be given: 204 when nobody is bound.
func (s *Server) loyalty(w http.ResponseWriter, r *http.Request) {
	order, ok := orderID(w, r)
	if !ok {
		return
	}
	if kept, ok := s.replies.find(order, s.Now()); ok { // not answered by answerKept: the path was written in another way
		kept.write(w)
		return
	}
	news := s.replies.news.Load()
	seated, err := s.guest(r.Context(), order)
	if isAbsent(err) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if err == nil {
		var told reply
		if told, err = s.tell(r.Context(), seated); err == nil {
			s.replies.keep(order, told, news, s.Now())
			told.write(w)
			return
		}
	}
	why := reason(err)
	s.logFailure(r.Pattern, why, err)
	writeBody(w, http.StatusOK, typeJSON, encode(loyaltyBody{
		ProductSKUs: []string{}, UserWallets: []wallet{}, Suggestions: []string{}, WaiterMessage: s.Texts.Say(why.text, why.args),
	}))
}

// guest gives the guest of an order, with the last known balance when the service takes too long.
func (s *Server) guest(ctx context.Context, order uuid.UUID) (orders.Seated, error) {
	ctx, cancel := context.WithTimeout(ctx, balanceLimit)
	defer cancel()
	return s.Book.Guest(ctx, order)
}

// limit gives the most points that may be redeemed on an order, by the last known balance when the service takes too long.
func (s *Server) limit(ctx context.Context, order uuid.UUID, unknownSumIsZero bool) (decimal.Decimal, error) {
	ctx, cancel := context.WithTimeout(ctx, balanceLimit)
	defer cancel()
	return s.Book.Limit(ctx, order, unknownSumIsZero)
}

// tell makes the reply about a guest: JSON, or with their photo multipart.
func (s *Server) tell(ctx context.Context, seated orders.Seated) (reply, error) {
	suggestions, err := s.suggestions(ctx, seated)
	if err != nil {
		return reply{}, err
	}
	guest := seated.Guest
	body := loyaltyBody{
		ProductSKUs: s.giftsFor(guest.Balance),
		UserWallets: []wallet{{ID: WalletID(s.Vendor), Name: s.System, Balance: number{guest.Balance}}},
		Suggestions: suggestions,
	}
	until := guest.ReadAt.Add(orders.GuestMaxAge)
	if seated.Stale != nil {
		until = s.Now().Add(staleLimit)
	}
	if photo := s.photos.find(guest.Card.Client); photo != nil {
		return photoReply(body, photo, guest.Card.Client, until), nil
	}
	return newReply(typeJSON, encode(body), guest.Card.Client, until), nil
}

func (s *Server) giftsFor(balance decimal.Decimal) []string {
	skus := []string{}
	for _, gift := range s.Gifts {
		if balance.GreaterThanOrEqual(gift.From) {
			skus = append(skus, gift.SKU)
		}
	}
	return skus
}

// suggestions are what the waiter can tell the guest: how old the balance is when it is old, what has been done with the points of
// this order, and what still may be.
func (s *Server) suggestions(ctx context.Context, seated orders.Seated) ([]string, error) {
	said := []string{}
	if seated.Stale != nil {
		said = append(said, s.ageHint(seated))
	}
	accrued, redeemed, pending := movements(seated.Moved)
	if redeemed.IsPositive() {
		said = append(said, s.Texts.Say(texts.WaiterRedeemed, texts.Args{"Points": s.Texts.Points(redeemed)}))
	}
	if accrued.IsPositive() {
		said = append(said, s.Texts.Say(texts.WaiterAccrued, texts.Args{"Points": s.Texts.Points(accrued)}))
	}
	if pending {
		return append(said, s.Texts.Say(texts.WaiterPending)), nil
	}
	if !redeemed.IsPositive() {
		hint, err := s.redeemHint(ctx, seated)
		if err != nil {
			return nil, err
		}
		said = append(said, hint...)
	}
	if !accrued.IsPositive() {
		said = append(said, s.accrueHint(seated, redeemed)...)
	}
	return said, nil
}

// ageHint says how old the balance is and why.
func (s *Server) ageHint(seated orders.Seated) string {
	id := texts.WaiterStale
	var refused *skidkabot.RefusedError
	if errors.As(seated.Stale, &refused) || errors.Is(seated.Stale, loyalty.ErrQRExpired) {
		id = texts.WaiterStaleQR
	}
	return s.Texts.Say(id, texts.Args{"Ago": s.Texts.Ago(s.Now().Sub(seated.Guest.ReadAt))})
}

// redeemHint asks the book how many points may be redeemed, so that the hint and the payment limits never differ. Of an order
// whose sum the till does not know it tells the percent.
func (s *Server) redeemHint(ctx context.Context, seated orders.Seated) ([]string, error) {
	limit, err := s.limit(ctx, seated.Order.ID, false)
	if err != nil || !limit.IsPositive() {
		return nil, err
	}
	if seated.Order.Sum.Valid {
		return []string{s.Texts.Say(texts.WaiterMayRedeem, texts.Args{"PointsOf": s.Texts.PointsOf(limit)})}, nil
	}
	if percent := seated.Guest.Rules.RedeemPercent; percent.Valid && percent.Decimal.IsPositive() {
		return []string{s.Texts.Say(texts.WaiterRedeemPercent, texts.Args{"Percent": s.Texts.Number(percent.Decimal)})}, nil
	}
	return nil, nil
}

// accrueHint tells what the order earns when all that is left of it is paid in money.
func (s *Server) accrueHint(seated orders.Seated, redeemed decimal.Decimal) []string {
	rules := seated.Guest.Rules
	if !seated.Order.Sum.Valid {
		if percent := rules.AccruePercent; percent.Valid && percent.Decimal.IsPositive() {
			return []string{s.Texts.Say(texts.WaiterAccruePercent, texts.Args{"Percent": s.Texts.Number(percent.Decimal)})}
		}
		return nil
	}
	points := rules.Accrual(seated.Order.Sum.Decimal.Sub(redeemed))
	if !points.IsPositive() {
		return nil
	}
	return []string{s.Texts.Say(texts.WaiterWillAccrue, texts.Args{"Number": s.Texts.Number(points)})}
}

// movements adds up what the operations of an order have moved, reversals taken off. Pending ones may still move something.
func movements(ops []loyalty.Operation) (accrued, redeemed decimal.Decimal, pending bool) {
	for _, op := range ops {
		switch {
		case !op.Happened():
			pending = true
		case op.Link == loyalty.LinkReversal && op.Kind == loyalty.Accrual:
			redeemed = redeemed.Sub(op.Points)
		case op.Link == loyalty.LinkReversal:
			accrued = accrued.Sub(op.Points)
		case op.Kind == loyalty.Redemption:
			redeemed = redeemed.Add(op.Points)
		default:
			accrued = accrued.Add(op.Points)
		}
	}
	return accrued, redeemed, pending
}

// limitsBody is what may be paid by each payment type (PROTOCOLS.md, section 2).
type limitsBody struct {
	BonusSum   number
	DepositSum number // always 0: the service knows no deposits
}

// paymentLimits tells how much may be paid with points; zeros when nobody is bound.
func (s *Server) paymentLimits(w http.ResponseWriter, r *http.Request) {
	order, ok := orderID(w, r)
	if !ok {
		return
	}
	limit, err := s.limit(r.Context(), order, s.UnknownSumIsZero)
	if err != nil && !isAbsent(err) {
		s.Log.Error("a waiter's request failed", "route", r.Pattern, "err", err)
		problem(w, http.StatusServiceUnavailable, "the limits cannot be told now")
		return
	}
	writeBody(w, http.StatusOK, typeJSON, encode(limitsBody{BonusSum: number{limit}}))
}
