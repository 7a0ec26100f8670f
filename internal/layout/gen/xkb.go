//go:build xkbgen

package main

/*
#cgo LDFLAGS: -lxkbcommon
#include <stdio.h>
#include <stdlib.h>
#include <xkbcommon/xkbcommon.h>
#include <xkbcommon/xkbcommon-compose.h>

static struct xkb_compose_table *compose_table(struct xkb_context *ctx, const char *path) {
	FILE *f = fopen(path, "r");
	if (!f) return NULL;
	struct xkb_compose_table *t = xkb_compose_table_new_from_file(
		ctx, f, "en_US.UTF-8", XKB_COMPOSE_FORMAT_TEXT_V1, XKB_COMPOSE_COMPILE_NO_FLAGS);
	fclose(f);
	return t;
}
*/
import "C"

import (
	"fmt"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// xkb holds libxkbcommon's context and the Compose table of en_US.UTF-8, which most locales share.
type xkb struct {
	ctx     *C.struct_xkb_context
	compose *C.struct_xkb_compose_table
}

func openXKB(composePath string) (*xkb, error) {
	ctx := C.xkb_context_new(C.XKB_CONTEXT_NO_FLAGS)
	if ctx == nil {
		return nil, fmt.Errorf("no xkb context")
	}
	C.xkb_context_set_log_level(ctx, C.XKB_LOG_LEVEL_CRITICAL)
	compose := C.compose_table(ctx, C.CString(composePath))
	if compose == nil {
		return nil, fmt.Errorf("%s: no Compose table", composePath)
	}
	return &xkb{ctx, compose}, nil
}

type keymap struct {
	*xkb
	keymap      *C.struct_xkb_keymap
	shift, lock C.xkb_mod_mask_t
}

func (x *xkb) compile(layout, variant string) (*keymap, bool) {
	names := C.struct_xkb_rule_names{
		rules: C.CString("evdev"), model: C.CString("pc105"), layout: C.CString(layout), variant: C.CString(variant), options: C.CString(""),
	}
	m := C.xkb_keymap_new_from_names(x.ctx, &names, C.XKB_KEYMAP_COMPILE_NO_FLAGS)
	if m == nil {
		return nil, false
	}
	mask := func(name string) C.xkb_mod_mask_t { return 1 << C.xkb_keymap_mod_get_index(m, C.CString(name)) }
	return &keymap{x, m, mask("Shift"), mask("Lock")}, true
}

func (k *keymap) close() { C.xkb_keymap_unref(k.keymap) }

// key is a press on a US keyboard.
type key struct {
	code  C.xkb_keycode_t
	shift bool
}

// usKeys tells which key a US scanner presses for each character.
var usKeys = func() map[rune]key {
	keys := map[rune]key{' ': {65, false}}
	row := func(first C.xkb_keycode_t, plain, shifted string) {
		for i := range plain {
			keys[rune(plain[i])] = key{first + C.xkb_keycode_t(i), false}
			keys[rune(shifted[i])] = key{first + C.xkb_keycode_t(i), true}
		}
	}
	row(10, "1234567890", "!@#$%^&*()")
	row(24, "qwertyuiop[]", "QWERTYUIOP{}")
	row(38, "asdfghjkl;'", "ASDFGHJKL:\"")
	row(52, "zxcvbnm,", "ZXCVBNM<")
	return keys
}()

// press is what one key gives: its symbol (for Compose), its text, and the modifiers that it leaves latched for the next key.
type press struct {
	symbol  C.xkb_keysym_t
	text    string
	latched C.xkb_mod_mask_t
}

func (k *keymap) press(state *C.struct_xkb_state, r rune, capsLock bool, latched C.xkb_mod_mask_t) press {
	var depressed, locked C.xkb_mod_mask_t
	if usKeys[r].shift {
		depressed = k.shift
	}
	if capsLock {
		locked = k.lock
	}
	C.xkb_state_update_mask(state, depressed, latched, locked, 0, 0, 0)
	code := usKeys[r].code
	var p press
	p.symbol = C.xkb_state_key_get_one_sym(state, code)
	var buffer [64]C.char
	C.xkb_state_key_get_utf8(state, code, &buffer[0], 64)
	p.text = C.GoString(&buffer[0])
	C.xkb_state_update_key(state, code, C.XKB_KEY_DOWN)
	C.xkb_state_update_key(state, code, C.XKB_KEY_UP)
	p.latched = C.xkb_state_serialize_mods(state, C.XKB_STATE_MODS_LATCHED)
	return p
}

// table gives the line of one Caps Lock state and collects the dead keys in it with their accents.
func (k *keymap) table(capsLock bool, deads map[string]string) string {
	state := C.xkb_state_new(k.keymap)
	defer C.xkb_state_unref(state)
	images := make([]image, len(alphabet))
	for i, r := range alphabet {
		images[i] = k.image(k.press(state, r, capsLock, 0), deads)
	}
	return tableLine(images)
}

// accents lists the characters that stand for a dead key by itself: what it gives before a space and when pressed twice.
func (k *keymap) accents(dead C.xkb_keysym_t) string {
	accents := ""
	for _, next := range []C.xkb_keysym_t{C.XKB_KEY_space, dead} {
		if text, ok := k.composed(dead, next); ok && utf8.RuneCountInString(text) == 1 && !strings.Contains(accents, text) {
			accents += text
		}
	}
	return accents
}

// composed tells what Compose makes of exactly this sequence.
func (k *keymap) composed(symbols ...C.xkb_keysym_t) (string, bool) {
	state := C.xkb_compose_state_new(k.compose, C.XKB_COMPOSE_STATE_NO_FLAGS)
	defer C.xkb_compose_state_unref(state)
	for _, s := range symbols {
		C.xkb_compose_state_feed(state, s)
	}
	if C.xkb_compose_state_get_status(state) != C.XKB_COMPOSE_COMPOSED {
		return "", false
	}
	return composeText(state), true
}

// scan is what a terminal with an input method of libxkbcommon's kind receives: a sequence that Compose does not know is dropped whole.
func (k *keymap) scan(text string, capsLock bool) string {
	state := C.xkb_state_new(k.keymap)
	defer C.xkb_state_unref(state)
	compose := C.xkb_compose_state_new(k.compose, C.XKB_COMPOSE_STATE_NO_FLAGS)
	defer C.xkb_compose_state_unref(compose)
	var out strings.Builder
	var latched C.xkb_mod_mask_t
	for _, r := range text {
		p := k.press(state, r, capsLock, latched)
		latched = p.latched
		C.xkb_compose_state_feed(compose, p.symbol)
		switch C.xkb_compose_state_get_status(compose) {
		case C.XKB_COMPOSE_COMPOSED:
			out.WriteString(composeText(compose))
		case C.XKB_COMPOSE_NOTHING:
			out.WriteString(p.text)
		}
	}
	return out.String()
}

// composeText is what a finished Compose sequence types.
func composeText(state *C.struct_xkb_compose_state) string {
	var buffer [64]C.char
	C.xkb_compose_state_get_utf8(state, &buffer[0], 64)
	return C.GoString(&buffer[0])
}

func symbolName(symbol C.xkb_keysym_t) string {
	var buffer [64]C.char
	C.xkb_keysym_get_name(symbol, &buffer[0], C.size_t(unsafe.Sizeof(buffer)))
	return C.GoString(&buffer[0])
}
