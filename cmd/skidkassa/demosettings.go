package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"github.com/skidkassa/skidkassa/config"
)

// memoryKeyring keeps the demo's secrets for as long as the demo runs.
type memoryKeyring struct {
	mu   sync.Mutex
	kept map[string]string
}

// Get implements [config.Backend].
func (k *memoryKeyring) Get(_ context.Context, name string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	secret, ok := k.kept[name]
	if !ok {
		return "", &config.KeyringError{Kind: config.ErrSecretNotFound}
	}
	return secret, nil
}

// Set implements [config.Backend].
func (k *memoryKeyring) Set(_ context.Context, name, secret string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept[name] = secret
	return nil
}

// Delete implements [config.Backend].
func (k *memoryKeyring) Delete(_ context.Context, name string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.kept, name)
	return nil
}

// settingsName is the demo's settings file in its data folder.
const settingsName = "skidkassa.toml"

// demoPlace writes the demo's settings where F9 may change them: a throw-away
// copy, which goes with the demo's folder.
func demoPlace(settings config.Settings, dataDir string) (place, error) {
	path := filepath.Join(dataDir, settingsName)
	found := place{loaded: config.Loaded{Settings: settings, File: path}, dataDir: dataDir, journal: settings.Journal.Path}
	return found, os.WriteFile(path, []byte(config.Render(settings)), 0o600)
}
