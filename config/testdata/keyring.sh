#!/usr/bin/env bash
# The real keyring in each of its states. A private session bus is made for each, the state is set up on it, and TestKeyring runs
# there. Needs Debian's packages gnome-keyring and dbus. Takes some 15 seconds and leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
# Every process that is started here has this in its environment, so that a stray one is found whatever its parent.
export SKIDKASSA_KEYRING_MARK=$work
mkdir -m 700 "$work/run" "$work/bin"
go test -tags keyring -c -o "$work/config.test" ./config
export XDG_RUNTIME_DIR=$work/run XDG_CACHE_HOME=$work/cache
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL

strays() {
  local environ pid
  for environ in /proc/[0-9]*/environ; do
    pid=${environ#/proc/}
    pid=${pid%/environ}
    [ "$pid" != $$ ] && [ "$pid" != $BASHPID ] || continue
    # A process that is not ours, or has just ended, cannot be read.
    if { tr '\0' '\n' <"$environ" | grep -qxF "SKIDKASSA_KEYRING_MARK=$work"; } 2>/dev/null; then
      echo "$pid"
    fi
  done
}

clean_up() {
  local left
  left=$(strays)
  [ -z "$left" ] || kill $left 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

# A bus that knows no services: what is on it was put there by the test.
cat >"$work/bare.conf" <<'CONF'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF

# in_state NAME HOME COMMAND...: runs the test for a state below COMMAND, which may start a bus.
in_state() {
  local state=$1 home=$2
  shift 2
  mkdir -p "$work/$home"
  echo "--- the keyring is $state (${SECONDS}s)"
  # The limit is there so that a mistake in the limits under test is a failure and not a hang.
  HOME=$work/$home XDG_DATA_HOME=$work/$home/.local/share SKIDKASSA_KEYRING_TEST=$state \
    timeout 60 "$@" >"$work/output" 2>&1 || { cat "$work/output"; echo "the keyring is $state: FAILED"; exit 1; }
  grep -qx PASS "$work/output" || { cat "$work/output"; echo "the keyring is $state: nothing was tested"; exit 1; }
}

test="$work/config.test -test.run ^TestKeyring\$ -test.v"
started='gnome-keyring-daemon --start --components=secrets >/dev/null &&'
unlocked='echo -n test | gnome-keyring-daemon --unlock --components=secrets >/dev/null &&'

in_state unlocked used dbus-run-session -- bash -c "$unlocked $test"
# The same home again: the collection exists now, and nobody gives the password.
in_state locked used dbus-run-session -- bash -c "$started $test"
in_state untouched fresh dbus-run-session -- bash -c "$started $test"
in_state absent fresh dbus-run-session --config-file="$work/bare.conf" -- $test
in_state denied fresh dbus-run-session --config-file="$work/bare.conf" -- $test
in_state mute fresh dbus-run-session --config-file="$work/bare.conf" -- $test

# Without any bus, nobody may start one: this is what would be called.
printf '#!/bin/sh\ntouch %q\nexit 1\n' "$work/launched" >"$work/bin/dbus-launch"
chmod 700 "$work/bin/dbus-launch"
# On a desktop the user's own bus would be found, and it is none of our business: there, one that does not exist is named.
nowhere=()
[ ! -e "/run/user/$(id -u)/bus" ] || nowhere=("DBUS_SESSION_BUS_ADDRESS=unix:path=$work/nowhere")
in_state absent fresh env "${nowhere[@]}" PATH="$work/bin:$PATH" $test
[ ! -e "$work/launched" ] || { echo "a session bus was started behind the user's back"; exit 1; }

for _ in $(seq 50); do
  left=$(strays)
  [ -n "$left" ] || break
  sleep 0.1
done
[ -z "$left" ] || { echo "left behind:"; ps -o pid,args -p "$(echo $left | tr ' ' ',')"; exit 1; }
echo "keyring: all states told apart"
