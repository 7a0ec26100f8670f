package setup

import (
	"context"
	"crypto/x509"
	"errors"
	"net"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// judge says what is wrong with what stands in a field, with an example of what would be right; empty: nothing.
func (f *form) judge(line *field) string {
	value := line.meant()
	if line.kind == kindChoice {
		return ""
	}
	if line.check != nil {
		if fault := line.check(f); fault != nil {
			return f.faultWords(line, fault)
		}
	}
	var fault *Fault
	switch {
	case value == "" && line.secret && line.required && f.secrets == nil:
		return f.Say(texts.SetupSecretLooking)
	case value == "" && line.required && !f.isKept(line):
		fault = &Fault{Kind: FaultRequired}
	case line.own, value == "" && line.secret:
	case line.secret:
		fault = f.backend.JudgeSecret(Named{line.key, NewSecret(value)})
	default:
		fault = f.backend.Judge(line.key, value)
	}
	if fault == nil {
		return ""
	}
	return f.faultWords(line, fault)
}

// isKept reports whether a secret is there already, so that nothing has to be typed.
func (f *form) isKept(line *field) bool {
	return line.secret && f.secrets[line.key].Place != PlaceNone
}

// faultWords say what is wrong, and give the field's example.
func (f *form) faultWords(line *field, fault *Fault) string {
	words := ""
	switch fault.Kind {
	case FaultRange:
		words = f.Say(texts.SetupWrongRange, texts.Args{"Min": fault.Min, "Max": fault.Max})
	case FaultLong:
		words = f.Say(texts.SetupWrongLong, texts.Args{"Max": fault.Max})
	case FaultRequired:
		words = f.Say(texts.SetupWrongEmpty)
	case FaultSecure:
		words = f.Say(texts.SetupWrongSecure)
	case FaultTwice:
		words = f.Say(texts.SetupWrongTwice)
	case faultDiffers:
		return f.Say(texts.SetupWrongAgain)
	default:
		words = f.Say(line.wrong())
	}
	example := line.example
	if line.names != "" {
		example = f.Say(line.names)
	}
	if example == "" {
		return words
	}
	return words + " " + f.Say(texts.SetupExample, texts.Args{"Example": example})
}

// wrong says that a value has not the form that the field asks for.
func (s spec) wrong() texts.ID {
	switch {
	case s.kind == kindPIN:
		return texts.SetupWrongPIN
	case s.key == SecretFeed:
		return texts.SetupWrongToken
	case s.kind == kindNumber, s.key == SecretShop:
		return texts.SetupWrongNumber
	case s.kind == kindDecimal:
		return texts.SetupWrongDecimal
	case s.kind == kindLatin:
		return texts.SetupWrongAddress
	}
	return texts.SetupWrongText
}

// helpOf says what a field is for; of a secret also where it is now.
func (f *form) helpOf(line *field) string {
	words := f.Say(line.help)
	if f.over[line.key] {
		words += " " + f.Say(texts.SetupOver)
	}
	if !line.secret {
		return words
	}
	if state := f.secrets[line.key]; state.Place == PlaceNone && state.Trouble != TroubleNone {
		return f.secretWords(line.key) // that is what has to be read now
	}
	return words + " " + f.secretWords(line.key)
}

// secretWords say where a secret is, or why it cannot be told, and what to do.
func (e *env) secretWords(name string) string {
	state, known := e.secrets[name]
	switch {
	case e.secrets == nil || !known:
		return e.Say(texts.SetupSecretLooking)
	case state.Place == PlaceKeyring:
		return e.Say(texts.SetupSecretKept)
	case state.Place == PlaceCredentials:
		return e.Say(texts.SetupSecretGiven)
	case state.Trouble == TroubleNone:
		return e.Say(texts.SetupSecretNone)
	}
	return e.Say(troubleWords[state.Trouble])
}

// troubleWords say why a secret cannot be had or kept, and what to do.
var troubleWords = map[Trouble]texts.ID{
	TroubleNone:   texts.SetupSecretNone,
	TroubleLocked: texts.SetupKeyringLocked,
	TroubleAbsent: texts.SetupKeyringAbsent,
	TroubleDenied: texts.SetupKeyringDenied,
	TroubleMute:   texts.SetupKeyringMute,
	TroubleGiven:  texts.SetupKeyringGiven,
	TroubleFailed: texts.SetupKeyringFailed,
}

// verdict is what a question to the service has shown.
type verdict int

const (
	shopKnown   verdict = iota // the service knows the shop
	shopInDebt                 // and wants to be paid
	shopUnknown                // it does not know this code with this secret
	shopUntold                 // nobody knows: there was no answer that tells
)

// knownCodes are the refusals that the service gives only to a shop that it knows: they are about the customer or the QR,
// which the question makes up (PROTOCOLS.md, section 1, "Error codes").
var knownCodes = map[skidkabot.Code]bool{
	skidkabot.CodeUnknownClient: true, skidkabot.CodeUnknownQR: true, skidkabot.CodeWrongQR: true, skidkabot.CodeExpiredQR: true,
}

// judgeShop says what an answer of the service proves of the shop's code and secret.
func judgeShop(err error) verdict {
	var refused *skidkabot.RefusedError
	var unknown *skidkabot.UnknownError
	code := skidkabot.CodeSuccess
	switch {
	case err == nil:
		return shopKnown
	case errors.As(err, &refused):
		code = refused.Code
	case errors.As(err, &unknown):
		code = unknown.Hint // a broken reply of codes that the service is known to break
	}
	switch {
	case knownCodes[code]:
		return shopKnown
	case code == skidkabot.CodeDebt:
		return shopInDebt
	case code == skidkabot.CodeUnknownShop:
		return shopUnknown
	}
	return shopUntold
}

// phaseWords say how far a request came that was never sent.
var phaseWords = map[skidkabot.Phase]texts.ID{
	skidkabot.PhaseLookup:  texts.SetupNetLookup,
	skidkabot.PhaseConnect: texts.SetupNetConnect,
	skidkabot.PhaseProxy:   texts.WhyProxy,
	skidkabot.PhaseTLS:     texts.SetupNetTLS,
	skidkabot.PhaseRequest: texts.WhyRequest,
}

// replyWords say why a reply, or none, tells nothing.
var replyWords = map[skidkabot.UnknownReason]texts.ID{
	skidkabot.ReasonTimeout:          texts.SetupNetTimeout,
	skidkabot.ReasonCanceled:         texts.SetupStopped,
	skidkabot.ReasonReset:            texts.WhyReset,
	skidkabot.ReasonStatus:           texts.WhyStatus,
	skidkabot.ReasonRedirect:         texts.WhyRedirect,
	skidkabot.ReasonTooLarge:         texts.WhyTooLarge,
	skidkabot.ReasonBadReply:         texts.WhyBadReply,
	skidkabot.ReasonUndocumentedCode: texts.WhyUndocumented,
}

// whyUntold says why the service did not tell whether it knows the shop, each cause in its own words.
func (e *env) whyUntold(err error) string {
	var (
		secret  *SecretError
		notSent *skidkabot.NotSentError
		unknown *skidkabot.UnknownError
		refused *skidkabot.RefusedError
		expired x509.CertificateInvalidError
	)
	isTimeout := errors.Is(err, context.DeadlineExceeded)
	var network net.Error
	if errors.As(err, &network) {
		isTimeout = isTimeout || network.Timeout()
	}
	switch {
	case errors.Is(err, context.Canceled):
		return e.Say(texts.SetupStopped)
	case errors.As(err, &secret):
		return e.Say(troubleWords[secret.Trouble])
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		return e.Say(texts.SetupNetClock)
	case errors.As(err, &notSent) && notSent.Phase == skidkabot.PhaseConnect && isRefused(err):
		return e.Say(texts.SetupNetRefused)
	case errors.As(err, &notSent) && isTimeout && notSent.Phase != skidkabot.PhaseLookup:
		return e.Say(texts.SetupNetTimeout)
	case errors.As(err, &notSent) && phaseWords[notSent.Phase] != "":
		return e.Say(phaseWords[notSent.Phase])
	case errors.As(err, &unknown) && replyWords[unknown.Reason] != "":
		return e.Say(replyWords[unknown.Reason])
	case errors.As(err, &refused):
		return e.Say(texts.WhyCodeOther, texts.Args{"Code": int(refused.Code)})
	}
	return e.Say(texts.SetupFailed)
}

// printWords say why the page was not printed.
var printWords = map[PrintTrouble]texts.ID{
	PrintMute:   texts.SetupPrintMute,
	PrintPaper:  texts.WhyNoPaper,
	PrintCover:  texts.SetupPrintCover,
	PrintErrors: texts.SetupPrintErrors,
	PrintDevice: texts.SetupPrintDevice,
}

func (e *env) whyNotPrinted(err error) string {
	var failed *PrintError
	switch {
	case errors.Is(err, context.Canceled):
		return e.Say(texts.SetupStopped)
	case errors.As(err, &failed):
		return e.Say(printWords[failed.Kind])
	}
	return e.Say(texts.SetupFailed)
}

// whyNotSaved says what was not written, why, and what to do.
func (e *env) whyNotSaved(err error) string {
	var secret *SecretError
	var file *SaveError
	switch {
	case errors.Is(err, context.Canceled):
		return e.Say(texts.SetupStopped)
	case errors.As(err, &secret):
		return e.Say(texts.SetupSecretNotKept) + " " + e.Say(troubleWords[secret.Trouble])
	case errors.As(err, &file) && file.Changed:
		return e.Say(texts.SetupFileChanged, texts.Args{"Path": file.Path})
	case errors.As(err, &file) && file.Fault != nil:
		return e.Say(texts.SetupNotTogether)
	case errors.As(err, &file):
		said := e.Say(texts.SetupFileUnwritable, texts.Args{"Path": file.Path})
		if !file.New {
			said += " " + e.Say(texts.SetupOldFileStays)
		}
		if file.Kept {
			said += " " + e.Say(texts.SetupSecretsAreKept)
		}
		return said
	}
	return e.Say(texts.SetupFailed)
}
