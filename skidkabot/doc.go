// Package skidkabot speaks with the Skidkabot loyalty service
// (https://skidkabot.ru). A customer shows a QR, a till scans it, asks the
// service for name and balance, and accrues or redeems points.
//
// # Cards
//
// [ParseQR] turns what a scanner typed into a [Card]. A card is made for one
// shop; the [Client] refuses a foreign one before it opens a connection.
//
// # Outcomes
//
// The service knows no idempotency key and keeps no history, so an accrual or
// redemption that is sent twice may count twice. A [Client] therefore sends
// each at most once, and its errors say exactly what is known afterwards.
// [OutcomeOf] judges them:
//
//   - [Confirmed], no error: the service said that the points have moved.
//   - [Refused], a [*RefusedError]: the service said, with a documented
//     [Code], that they have not.
//   - [NotSent], a [*NotSentError] or [*AmountError]: no byte of the request
//     can have left. Sending it later is safe.
//   - [Unknown], anything else: the points may have moved and may not. Read the
//     balance and compare; never send again.
//
// A confirmation or refusal counts only in a reply that is parsed strictly:
// HTTP status 200 and exactly one JSON object, unique keys, every documented
// field of its type. Whatever else comes, an HTML page or a refusal in the
// broken form that the service is known to send, leaves the outcome unknown. The
// [UnknownError] then carries a hint for people.
//
// # What never shows
//
// A [Secret], a [Card], an [Account] and a [Receipt] hide secrets and names when
// they are printed or logged, and no error holds them. Texts of the service pass
// through [Sanitize], so that they can be shown on a terminal.
//
// Package skidkabotsim is the service as a fake, for tests and demonstrations.
package skidkabot
