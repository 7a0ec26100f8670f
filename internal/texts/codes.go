package texts

// Code is the short name of an error, which a cashier reads to an administrator over the phone and both find in
// docs/errors.md. A letter says which part of the till it is about, the number is given once and never again: a code that
// has gone out of use is not taken for anything else.
//
//	S  the service has refused; the number is the service's own code up to S15
//	N  the network, and answers that cannot be read
//	Q  what was scanned
//	R  the till itself refuses, or nothing came of an operation
//	U  nobody knows yet what became of an operation
//	J  the journal
//	T  the clock
//	L  PINs, the lock, secrets
//	Z  orders, their payment, the shift
//	X  payments from guests' phones
//	P  the printer
//	W  the waiters' door
//	G  everything else
type Code string

// CodeOf is the code of a text that tells of an error; empty: it tells of none, or of one whose cause is said in it with
// a code of its own.
func CodeOf(id ID) Code { return codes[id] }

// Mark is the code as it stands behind a message: "[S5]"; empty: there is none.
func (c Code) Mark() string {
	if c == "" {
		return ""
	}
	return "[" + string(c) + "]"
}

// codes is the one table. Texts that tell of the same error in different places share a code.
var codes = map[ID]Code{
	WhyCode1: "S1", WhyCode2: "S2", WhyCode3: "S3", WhyCode4: "S4",
	WhyCode5: "S5", BannerCode5: "S5", StatusShopUnknown: "S5",
	WhyCode6: "S6", WhyCode7: "S7", WhyCode8: "S8", WhyCode9: "S9", WhyCode11: "S11", WhyCode12: "S12", WhyCode13: "S13",
	WhyCode15: "S15", BannerDebt: "S15", StatusDebt: "S15",
	WhyCodeOther: "S20", WhyHint: "S21",

	WhyLookup:  "N1",
	WhyConnect: "N2", StatusNoNetwork: "N2",
	WhyProxy: "N3", WhyTLS: "N4", WhyRequest: "N5",
	WhyTimeout: "N6", StatusSilent: "N6",
	WhyReset: "N7", WhyStatus: "N8", WhyRedirect: "N9", WhyTooLarge: "N10",
	WhyBadReply: "N11", StatusBadReply: "N11",
	WhyUndocumented: "N12", WhyCanceled: "N13", WhyOffline: "N14", WhyHeld: "N15",

	ProblemForeign: "Q1", ProblemDamaged: "Q2", ProblemLayout: "Q3", ProblemLayoutNamed: "Q3", ProblemBarcode: "Q4",
	ProblemLink: "Q5", ProblemOther: "Q6", ProblemTooLong: "Q7",
	WhyQRExpired: "Q8", MissedExpired: "Q8", StornoLate: "Q8",
	OrderOther: "Q9", RepeatOther: "Q10",

	WhyNoBalance: "R1", WhyNotEnough: "R2", WhyCardBusy: "R3", WhyNothingToAccrue: "R4", WhyNothingToRedeem: "R5",
	WhyAboveLimit: "R6", WhyBadSum: "R7", WhyRepeat: "R8", WhyConflict: "R9",
	WhyPercentUnknown: "R10", MissedPercent: "R10", GuestNoAccruePercent: "R10", FullPayNoAccrual: "R10",
	GuestNoRedeemPercent: "R11", WhyNotReversible: "R12", StornoDone: "R13", WhyStornoNotEnough: "R14",
	WhyPartialAccrual: "R15", WhyReversalTooMuch: "R16", WhyNotRepeatable: "R17", WhyParentFailed: "R18", WhyStornoHalf: "R19",
	WhyClosing: "R20", NoticeWaitQuitting: "R20",
	WhyRestart: "R21", NoticeExpired: "R22", NoticeExpiredStorno: "R22", GuestScanAgain: "R23",

	UnknownTitle: "U1", NoticeUnknownAccrual: "U1", NoticeUnknownRedemption: "U1", NoticeUnknownStorno: "U1",
	ReviewDetail: "U2", NoticeReviewAccrual: "U2", NoticeReviewRedemption: "U2", NoticeReviewStorno: "U2",
	NoticeFullReview: "U2", WhyAmbiguous: "U2",
	ReviewQRExpired:         "U3",
	NoticeNotAppliedAccrual: "U4", NoticeNotAppliedRedemption: "U4", NoticeNotAppliedStorno: "U4",
	WhyForeign: "U5",

	WhyJournal: "J1", BannerJournal: "J1", StatusJournalFailed: "J1",
	ProblemJournal: "J2", RecentFailed: "J2",
	BannerBalanceOnly: "J3", GuestBalanceOnly: "J3",
	BannerFull: "J4", StatusJournalFull: "J4",
	BannerReadOnly: "J5", StatusJournalReadOnly: "J5",
	BannerDamaged: "J6", StatusJournalDamaged: "J6",
	BannerReserve: "J7", StatusJournalReserve: "J7",
	ResultUnwritten: "J8", NoticeUnwritten: "J8", StatusJournalUnwritten: "J8",
	NoticeJournalAside: "J9", WhyNotFound: "J10",

	BannerClock: "T1", StatusClock: "T1", BannerClockJumped: "T2", WhyClockUnsure: "T3",

	WhySecret: "L1", StatusNoSecret: "L1",
	PINTrouble: "L2", PINUncounted: "L3", LockNoAdminPIN: "L4", LockNobody: "L5",

	WhyShiftClosed: "Z1", WhyShiftOpen: "Z2", WhyInUse: "Z3", WhyInUseBy: "Z3", WhyOrderBusy: "Z3", WhyPointsOnTheWay: "Z4",
	WhyPaid: "Z5", WhyOrderOver: "Z5", NoticeDoNotTake: "Z5", WhyPaidMeanwhile: "Z5", NoticeGiveBack: "Z5", ResultOrderClosed: "Z5",
	WhyDueChanged: "Z6", WhyOrderChanged: "Z7", WhyPointsMoved: "Z8", WhyOtherGuest: "Z9", WhyNotOurs: "Z10", WhyNoOrder: "Z11",
	WhyInvalidOrder: "Z12", OrderClosed: "Z13", WhyVoided: "Z13", NoticeNotBound: "Z14", OrderUnbound: "Z15", CardOverpaid: "Z16", OrderStale: "Z17",
	NoticeShiftUnread: "Z18",

	ObstacleSum: "X1", ObstacleShift: "X2", ObstaclePrinter: "X3", ObstacleTicket: "X4", ObstacleInUse: "X5", ObstacleNever: "X6",
	ObstacleDouble: "X7", BannerDouble: "X7", NoticeDouble: "X7",
	NoticePaidAgain: "X8", NoticePaidAfterBack: "X8", NoticePaymentRejected: "X9", NoticePaymentUndelivered: "X10", NoticePaymentUnreadable: "X11",
	BannerExpirenza: "X12", StatusExpirenzaRefused: "X12",
	ProblemClaims: "X13", WhyClaim: "X14", WhyClaimDone: "X15",
	StatusExpirenzaLost: "X16", StatusExpirenzaSecret: "X17", StatusExpirenzaCallbacks: "X18",

	WhyNoPaper: "P1", StatusPrinterNoPaper: "P1",
	WhyPrinterOff: "P2", NoticeReceiptWaits: "P2", NoticeReceiptMissed: "P2", StatusPrinterOffline: "P2",
	WhyNoPrinter: "P3", WhyTicket: "P4", StatusPrinterLow: "P5", StatusPrinterCover: "P6",

	BannerWaiterBusy: "W1", BannerWaiterBusyBy: "W1", StatusWaiterBusy: "W1",
	StatusWaiterClosed: "W2",

	WhyOther: "G1",

	// The command line says some of the same, and some of its own.
	CLIScanForeign: "Q1", CLIScanDamaged: "Q2", CLIScanLayout: "Q3", CLIScanBarcode: "Q4", CLIScanLink: "Q5", CLIScanOther: "Q6",
	CLIInFlight: "U1",
	CLIDamaged:  "J3", CLIFull: "J4", CLIDiskFull: "J4", CLIUnwritable: "J5", CLINoOperation: "J10", CLINewer: "J11", CLIOlder: "J12", CLIMissing: "J13",
	CLIBusy: "J14", CLIJournal: "J15", CLILocked: "J16", CLILockedBy: "J16", CLIUnrestored: "J17",
	CLIUncounted: "L3", CLINoSecret: "L6", CLISecretTrouble: "L6", CLIPINPause: "L7",
	CLINotPrinted: "P2", CLINoPrinter: "P3", CLIBadDevice: "P7",
	CLIPortBusy: "W1", CLIPortBusyBy: "W1", CLINoPort: "W2", CLINoDoor: "W3",
	CLINotSetUp: "G2", CLINoDataDir: "G3", CLINoHome: "G3",
}
