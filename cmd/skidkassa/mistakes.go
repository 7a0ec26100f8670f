package main

import (
	"strings"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// wantWords are the forms that values of settings have.
var wantWords = map[config.Want]texts.ID{
	config.WantTable:      texts.CLIWantTable,
	config.WantText:       texts.CLIWantText,
	config.WantInteger:    texts.CLIWantInteger,
	config.WantDecimal:    texts.CLIWantDecimal,
	config.WantWhole:      texts.CLIWantWhole,
	config.WantDuration:   texts.CLIWantDuration,
	config.WantList:       texts.CLIWantList,
	config.WantGifts:      texts.CLIWantGifts,
	config.WantCurrency:   texts.CLIWantCurrency,
	config.WantURL:        texts.CLIWantURL,
	config.WantListen:     texts.CLIWantListen,
	config.WantPrefix:     texts.CLIWantPrefix,
	config.WantHost:       texts.CLIWantHost,
	config.WantDevice:     texts.CLIWantDevice,
	config.WantCharacters: texts.CLIWantCharacters,
	config.WantHallTable:  texts.CLIWantHallTable,
	config.WantHeaderText: texts.CLIWantHeaderText,
}

// ruleWords are the forms that secrets have.
var ruleWords = map[config.SecretRule]texts.ID{
	config.RuleInteger: texts.CLIRuleInteger,
	config.RulePIN:     texts.CLIRulePIN,
	config.RuleToken:   texts.CLIRuleToken,
	config.RuleKey:     texts.CLIRuleKey,
	config.RuleHash:    texts.CLIRuleHash,
}

// mistakeWords say what is wrong with the settings.
var mistakeWords = map[config.ProblemCode]texts.ID{
	config.DuplicateKey: texts.CLISetDuplicate,
	config.WrongType:    texts.CLISetMustBe,
	config.BadValue:     texts.CLISetMustBe,
	config.OutOfRange:   texts.CLISetOutOfRange,
	config.NotAllowed:   texts.CLISetNotAllowed,
	config.TooLong:      texts.CLISetTooLong,
	config.NotSecure:    texts.CLISetNotSecure,
	config.Required:     texts.CLISetRequired,
	config.SecretHere:   texts.CLISetSecretHere,
	config.BadSyntax:    texts.CLISetBadSyntax,
	config.BadEncoding:  texts.CLISetBadEncoding,
	config.FileTooLarge: texts.CLISetFileTooLarge,
	config.NotFound:     texts.CLISetNotFound,
	config.NotRegular:   texts.CLISetNotRegular,
	config.Unreadable:   texts.CLISetUnreadable,
}

// mistake says what is wrong with the settings at one place. What the parser of
// TOML or the operating system has to say stays as they say it.
func (s speaker) mistake(p config.Problem) string {
	if p.Code == config.UnknownKey || p.Code == config.UnknownTable {
		return s.unknownSetting(p)
	}
	allowed := strings.Join(p.Allowed, ", ")
	return s.Say(mistakeWords[p.Code], texts.Args{
		"Key": p.Key, "Want": s.want(p.Want), "Min": p.Min, "Max": p.Max, "Allowed": allowed, "Scheme": allowed,
		"Secret": p.Secret, "Detail": p.Detail, "Why": p.Cause,
	})
}

func (s speaker) want(form config.Want) string {
	if form == "" {
		return ""
	}
	return s.Say(wantWords[form])
}

// unknownSetting names what no setting is called, and the nearest that one is.
func (s speaker) unknownSetting(p config.Problem) string {
	id, key := texts.CLISetUnknownKey, p.Leaf()
	switch {
	case p.Code == config.UnknownTable:
		id, key = texts.CLISetUnknownTable, "["+p.Key+"]"
	case p.Origin == config.FromEnvironment:
		id = texts.CLISetUnknownVariable
	case p.Origin == config.FromFlag:
		id = texts.CLISetUnknownFlag
	}
	said := s.Say(id, texts.Args{"Key": key})
	near, beforeTables := p.Near()
	switch {
	case near == "":
		return said
	case beforeTables:
		return said + " " + s.Say(texts.CLISetNearBefore, texts.Args{"Near": near})
	}
	return said + " " + s.Say(texts.CLISetNear, texts.Args{"Near": near})
}

// secretNameMistake says that no secret has such a name, without repeating it: it
// may be the secret itself.
func secretNameMistake(err *config.SecretNameError) error {
	if err.Nearest == "" {
		return misuse(texts.CLIBadSecretName)
	}
	return misuse(texts.CLIBadSecretNameNear, texts.Args{"Near": err.Nearest})
}
