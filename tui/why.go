package tui

import (
	"errors"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// codeWords say for each documented refusal what happened and what to do (PROTOCOLS.md, section 1, "Error codes").
var codeWords = map[skidkabot.Code]texts.ID{
	skidkabot.CodeNoVendor:        texts.WhyCode1,
	skidkabot.CodeNoClient:        texts.WhyCode2,
	skidkabot.CodeNoVendorSecret:  texts.WhyCode3,
	skidkabot.CodeNoQRSecret:      texts.WhyCode4,
	skidkabot.CodeUnknownShop:     texts.WhyCode5,
	skidkabot.CodeUnknownClient:   texts.WhyCode6,
	skidkabot.CodeUnknownQR:       texts.WhyCode7,
	skidkabot.CodeWrongQR:         texts.WhyCode8,
	skidkabot.CodeExpiredQR:       texts.WhyCode9,
	skidkabot.CodeNoAccrueSum:     texts.WhyCode11,
	skidkabot.CodeNoRedeemSum:     texts.WhyCode12,
	skidkabot.CodeNotEnoughPoints: texts.WhyCode13,
	skidkabot.CodeDebt:            texts.WhyCode15,
}

// reasonWords say why an operation stands where it stands. Phases and reasons of the service's errors are among them,
// because the journal keeps them as reasons.
var reasonWords = map[loyalty.Reason]texts.ID{
	loyalty.ReasonRestart:      texts.WhyRestart,
	loyalty.ReasonCashier:      texts.WhyCashier,
	loyalty.ReasonParentFailed: texts.WhyParentFailed,
	loyalty.ReasonNoBalance:    texts.WhyNoBalance,
	loyalty.ReasonNotEnough:    texts.WhyNotEnough,
	loyalty.ReasonCardBusy:     texts.WhyCardBusy,
	loyalty.ReasonQRExpired:    texts.WhyQRExpired,
	loyalty.ReasonClosing:      texts.WhyClosing,
	loyalty.ReasonMoved:        texts.WhyMoved,
	loyalty.ReasonStill:        texts.WhyStill,
	loyalty.ReasonAmbiguous:    texts.WhyAmbiguous,
	loyalty.ReasonDecidedYes:   texts.WhyDecidedYes,
	loyalty.ReasonDecidedNo:    texts.WhyDecidedNo,
	loyalty.ReasonForeign:      texts.WhyForeign,
	loyalty.ReasonOffline:      texts.WhyOffline,
	loyalty.ReasonHeld:         texts.WhyHeld,
	loyalty.ReasonJournal:      texts.WhyJournal,

	loyalty.Reason(skidkabot.PhaseLookup):  texts.WhyLookup,
	loyalty.Reason(skidkabot.PhaseConnect): texts.WhyConnect,
	loyalty.Reason(skidkabot.PhaseProxy):   texts.WhyProxy,
	loyalty.Reason(skidkabot.PhaseTLS):     texts.WhyTLS,
	loyalty.Reason(skidkabot.PhaseRequest): texts.WhyRequest,
	loyalty.Reason(skidkabot.PhaseSecret):  texts.WhySecret,
	loyalty.Reason(skidkabot.PhaseDisk):    texts.BannerFull,

	loyalty.Reason(skidkabot.ReasonTimeout):          texts.WhyTimeout,
	loyalty.Reason(skidkabot.ReasonCanceled):         texts.WhyCanceled,
	loyalty.Reason(skidkabot.ReasonReset):            texts.WhyReset,
	loyalty.Reason(skidkabot.ReasonStatus):           texts.WhyStatus,
	loyalty.Reason(skidkabot.ReasonRedirect):         texts.WhyRedirect,
	loyalty.Reason(skidkabot.ReasonTooLarge):         texts.WhyTooLarge,
	loyalty.Reason(skidkabot.ReasonBadReply):         texts.WhyBadReply,
	loyalty.Reason(skidkabot.ReasonUndocumentedCode): texts.WhyUndocumented,
}

// errorWords say why a request was refused before anything was planned.
var errorWords = []struct {
	err error
	id  texts.ID
}{
	{loyalty.ErrNothingToAccrue, texts.WhyNothingToAccrue},
	{loyalty.ErrNothingToRedeem, texts.WhyNothingToRedeem},
	{loyalty.ErrAboveLimit, texts.WhyAboveLimit},
	{loyalty.ErrBadSum, texts.WhyBadSum},
	{loyalty.ErrQRExpired, texts.WhyQRExpired},
	{loyalty.ErrClockUnsure, texts.WhyClockUnsure},
	{loyalty.ErrCardBusy, texts.WhyCardBusy},
	{loyalty.ErrClosing, texts.WhyClosing},
	{loyalty.ErrConflict, texts.WhyConflict},
	{loyalty.ErrOrderClosed, texts.WhyOrderOver},
	{loyalty.ErrNotReversible, texts.WhyNotReversible},
	{loyalty.ErrReversed, texts.StornoDone},
	{loyalty.ErrPartialAccrual, texts.WhyPartialAccrual},
	{loyalty.ErrReasonRequired, texts.ReasonMissing},
	{loyalty.ErrReversalTooMuch, texts.WhyReversalTooMuch},
	{loyalty.ErrNotRepeatable, texts.WhyNotRepeatable},
	{loyalty.ErrPercentUnknown, texts.WhyPercentUnknown},
	{loyalty.ErrNotFound, texts.WhyNotFound},
}

// whyError puts an error of the desk or the service into a sentence: what happened and what to do.
func (e *env) whyError(err error) string {
	var (
		refused *skidkabot.RefusedError
		notSent *skidkabot.NotSentError
		unknown *skidkabot.UnknownError
		journal *loyalty.JournalError
		repeat  *loyalty.RepeatError
	)
	switch {
	case errors.As(err, &refused):
		return e.whyCode(refused.Code)
	case errors.As(err, &notSent):
		return e.whyReason(loyalty.Reason(notSent.Phase))
	case errors.As(err, &unknown):
		return e.whyUnknown(loyalty.Reason(unknown.Reason), unknown.Hint)
	case errors.As(err, &journal):
		return e.Say(texts.WhyJournal)
	case errors.As(err, &repeat):
		return e.Say(texts.WhyRepeat, texts.Args{"Time": e.Clock(repeat.Earlier.PlannedAt)})
	}
	for _, known := range errorWords {
		if errors.Is(err, known.err) {
			return e.Say(known.id)
		}
	}
	return e.Say(texts.WhyOther)
}

func (e *env) whyCode(code skidkabot.Code) string {
	if id, ok := codeWords[code]; ok {
		return e.Say(id)
	}
	return e.Say(texts.WhyCodeOther, texts.Args{"Code": int(code)})
}

func (e *env) whyReason(reason loyalty.Reason) string {
	if id, ok := reasonWords[reason]; ok {
		return e.Say(id)
	}
	return e.Say(texts.WhyOther)
}

// whyUnknown adds what the server probably meant, when a broken reply lets that be guessed.
func (e *env) whyUnknown(reason loyalty.Reason, hint skidkabot.Code) string {
	if hint != 0 {
		return e.Say(texts.WhyHint, texts.Args{"Code": int(hint)})
	}
	return e.whyReason(reason)
}

// whyOperation says why an operation was refused, was not sent or is unknown.
func (e *env) whyOperation(op loyalty.Operation) string {
	lacks := op.Code == skidkabot.CodeNotEnoughPoints || op.Reason == loyalty.ReasonNotEnough
	switch {
	case op.State == loyalty.StateUnknown:
		return e.whyUnknown(op.Reason, op.Code)
	case lacks && op.Link == loyalty.LinkReversal:
		return e.Say(texts.WhyStornoNotEnough) // no new scan brings them back
	case op.Reason == loyalty.ReasonNoBalance && op.Code != 0:
		return e.Say(texts.WhyNoBalance) + " " + e.whyCode(op.Code)
	case op.Code != 0:
		return e.whyCode(op.Code)
	case op.Reason == loyalty.ReasonNone:
		return ""
	}
	return e.whyStep(op, op.Reason)
}

// whyStep is why an operation came to a state. A storno waits for something else than an accrual does.
func (e *env) whyStep(op loyalty.Operation, reason loyalty.Reason) string {
	switch {
	case reason != loyalty.ReasonParentFailed || op.Link != loyalty.LinkReversal:
		return e.whyReason(reason)
	case op.WaitsFor == op.Parent: // the guest has paid in full, see [loyalty.FullPayment]
		return e.Say(texts.WhyNotNeeded)
	}
	return e.Say(texts.WhyStornoHalf)
}
