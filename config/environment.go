package config

import (
	"maps"
	"slices"
	"strings"
)

// The environment variables of the program itself. They name places, and so do
// not stand in the settings file.
const (
	variablePrefix = "SKIDKASSA_"
	configVariable = "SKIDKASSA_CONFIG"
	dataVariable   = "SKIDKASSA_DATA"
)

// Variable is the environment variable of a settings key:
// "expirenza.resto_id" is SKIDKASSA_EXPIRENZA_RESTO_ID.
func Variable(key string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// environment is an environment by name.
type environment map[string]string

// newEnvironment reads lines in the form of os.Environ. On Windows names have no
// case.
func newEnvironment(goos string, environ []string) environment {
	env := make(environment, len(environ))
	for _, line := range environ {
		name, assigned, found := strings.Cut(line, "=")
		if !found || name == "" {
			continue // Windows keeps drives' folders as =C:=C:\…
		}
		if goos == "windows" {
			name = strings.ToUpper(name)
		}
		env[name] = assigned
	}
	return env
}

// environment applies the variables that begin with SKIDKASSA_, in the order of
// their names.
func (l *loader) environment(env environment) {
	keys := make(map[string]field, len(schema()))
	known := []string{configVariable, dataVariable}
	for _, f := range schema() {
		name := Variable(f.key)
		keys[name] = f
		known = append(known, name)
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if !strings.HasPrefix(name, variablePrefix) || name == configVariable || name == dataVariable {
			continue
		}
		if l.full() {
			return
		}
		place := Problem{Origin: FromEnvironment, Variable: printable(name, maxKeyRunes)}
		if f, ok := keys[name]; ok {
			l.set(f, &value{text: env[name]}, place)
			continue
		}
		place.Code, place.Key, place.Nearest = UnknownKey, place.Variable, nearest(name, known)
		table, leaf, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(name, variablePrefix)), "_")
		if secret, ok := secretLike(table, leaf); ok {
			place.Code, place.Secret = SecretHere, secret
		}
		l.add(place)
	}
}
