// Package config is what a person decides about one till: the settings file,
// its overrides from the environment and the command line, the secrets in the
// operating system's keyring, and the log file.
//
// # Settings
//
// [Load] merges four layers; the later one wins:
//
//	built-in defaults < settings file < environment < command line
//
// Every layer goes through the same table of keys (schema.go), so a value is
// judged by the same rule wherever it was written. All problems of all layers
// are returned at once in one [*SettingsError], each with a stable
// [ProblemCode] that a door turns into words, and with file, line and column.
//
//	loaded, err := config.Load(config.Input{
//		GOOS:    runtime.GOOS,
//		Environ: os.Environ(),
//		File:    flagConfig, // "" unless --config was given
//		Flags:   overrides,  // --set table.key=value
//	})
//
// In the environment, the key "shop.vendor" is SKIDKASSA_SHOP_VENDOR and
// "language" is SKIDKASSA_LANGUAGE. A variable that is set to nothing is a
// value, not an absence: SKIDKASSA_WAITER_LISTEN= turns that door off.
// SKIDKASSA_CONFIG and SKIDKASSA_DATA name the settings file and the data
// folder; any other SKIDKASSA_ variable is an error, because a misspelt
// override that is silently ignored is worse than one that stops the start.
//
// A person may change the file through the program: [OpenFile] reads it, and
// [File.Write] puts new values into their places, with everything else in the
// file as it was.
//
// # Secrets
//
// [Secrets] reads and writes the secrets that DESIGN.md, section 4 names. They
// live in the operating system's keyring or come as systemd credentials, never
// in the settings file, the environment, the command line or a log. A secret
// travels as a [SecretValue], which prints as "[redacted]" however it is
// printed.
package config
