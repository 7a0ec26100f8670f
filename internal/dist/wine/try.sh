#!/usr/bin/env bash
# Tries the Windows archive for real, under wine: secrets on the credential store, the doctor, a till without a screen with a
# waiter's check-in, its journal, the service, and the screen itself with a scan and an accrual. It stops at the first thing
# that is not as it must be, says which, and leaves nothing running and nothing behind.
#
# What wine 8 cannot show is Windows' own console: it counts escape sequences as columns, so the screen looks torn there.
# Keys, scans and what they do are as on Windows.
set -euo pipefail
cd "$(dirname "$0")/../../.."

packages=(wine wine64 gcc-mingw-w64-x86-64-win32 unzip curl tmux)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/skidkassa-wine-XXXXXX")
export WINEPREFIX=$scratch/prefix WINEARCH=win64 WINEDEBUG=-all LANG=C.UTF-8 NO_COLOR=1
export WINEDLLOVERRIDES='winemenubuilder.exe=d;mscoree=d;mshtml=d' # no menus, no .NET, no browser
tmux() { command tmux -L "$(basename "$scratch")" "$@"; }
running=() # processes to be stopped

cleanup() {
  local code=$?
  trap - EXIT
  tmux kill-server 2>/dev/null || true
  for pid in "${running[@]}"; do { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true; done
  [ ! -d "$WINEPREFIX" ] || { wineserver -k 2>/dev/null || true; wineserver -w 2>/dev/null || true; }
  if ((code)); then
    for file in "$scratch"/*.out "$data"/skidkassa.log; do
      [ ! -s "$file" ] || { echo "--- $file"; tail -n 30 "$file"; }
    done
    echo "FAILED in: ${step_name:-the beginning}"
  fi
  rm -rf "$scratch"
  exit "$code"
}
data=$scratch/none
trap cleanup EXIT

step() { step_name=$*; printf '\n=== %s (%ss)\n' "$*" "$SECONDS"; }
fail() { echo "NOT AS IT MUST BE: $*"; exit 1; }

# windows ARGS... runs the program; it must end with the code in $want (0) and say what matches $say.
windows() {
  local code=0
  timeout 180 wine "$exe" "$@" >"$scratch/last.out" 2>&1 || code=$?
  sed 's/^/    /' "$scratch/last.out"
  [ "$code" = "${want:-0}" ] || fail "skidkassa $* ended with $code, not ${want:-0}"
  [ -z "${say:-}" ] || grep -Eq -- "$say" "$scratch/last.out" || fail "skidkassa $* does not say: $say"
}

# await SECONDS WHAT COMMAND... waits until a command succeeds.
await() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "$what did not happen"
    sleep 0.3
  done
}

# begin NAME ARGS... starts the program in the background; its output is in NAME.out, its process in $begun.
begin() {
  local name=$1
  shift
  wine "$exe" "$@" >"$scratch/$name.out" 2>&1 &
  begun=$!
  running+=("$begun")
}

# stop PID stops a program as Ctrl-C does; it must end well, and soon.
stop() {
  local code=0
  kill -INT "$1"
  timeout 60 tail --pid="$1" -f /dev/null || fail "Ctrl-C does not stop it"
  wait "$1" || code=$?
  [ "$code" = 0 ] || fail "it ended with $code after Ctrl-C"
}

# http STATUS METHOD PATH [BODY] asks the till.
http() {
  local got
  got=$(curl -s -m 20 -o "$scratch/http.out" -w '%{http_code}' -X "$2" "$url$3" -H 'Content-Type: application/json' ${4:+-d "$4"})
  [ "$got" = "$1" ] || fail "$2 $3 is answered with $got, not $1"
}

step "what the trial needs"
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
wine --version

step "the archive"
go run ./internal/dist -target windows/amd64 -out "$scratch/dist"
(cd "$scratch/dist" && sha256sum -c ./*SHA256SUMS)
unzip -q "$scratch"/dist/*.zip -d "$scratch"
exe=$(echo "$scratch"/skidkassa_*_windows_amd64/skidkassa.exe)

step "wine's prefix"
wineboot -i >/dev/null 2>&1
wineserver -w
system32=$WINEPREFIX/drive_c/windows/system32
if [ ! -e "$system32/bcryptprimitives.dll" ]; then
  x86_64-w64-mingw32-gcc -shared -O2 -s -o "$system32/bcryptprimitives.dll" internal/dist/wine/processprng.c -ladvapi32
fi

step "version"
say='windows/amd64' windows version
say="\"commit\":\"$(git rev-parse HEAD)\"" windows version --json

step "secrets on the credential store"
echo 31337 | windows secret set skidkabot
say='"present":true,"source":"keyring"' windows secret check skidkabot --json
printf '\xef\xbb\xbf4821\r\n' | windows secret set 'cashier/Анна' # a file of Windows' notepad
say='cashier/Анна' windows secret check 'cashier/Анна'
windows secret delete 'cashier/Анна'
want=1 say='cashier/Анна' windows secret check 'cashier/Анна'
want=1 windows doctor # it is not set up

step "a till with Cyrillic in its paths"
export SKIDKASSA_DATA='C:\Касса №1\данные' SKIDKASSA_CONFIG='C:\Касса №1\настройки.toml'
folder=$WINEPREFIX/drive_c/'Касса №1'
data=$folder/данные
mkdir "$folder"
begin sim sim skidkabot --listen 127.0.0.1:0
await 120 "the simulator" grep -q 'Requests:' "$scratch/sim.out"
service=$(grep -oE 'http://127.0.0.1:[0-9]+' "$scratch/sim.out" | head -n 1)
qr=$(grep -oE '\{"type".*\}' "$scratch/sim.out" | head -n 1)
cat >"$folder/настройки.toml" <<TOML
[shop]
vendor = 4
register = 1
name = "Кофейня"
[skidkabot]
url = "$service"
[waiter]
listen = "127.0.0.1:0"
TOML
echo 31337 | windows secret set skidkabot
echo "$qr" | say='Александр Татарченко' windows balance -

step "serve: a check-in, beside it the doctor and a second till"
order=6f1d2c3b-4a59-4e68-8b7a-1c2d3e4f5a6b
begin serve serve --json
serving=$begun
await 120 "serving" grep -q '"ready":true' "$scratch/serve.out"
url=$(grep -oE 'http://127.0.0.1:[0-9]+' "$scratch/serve.out")
http 204 GET /ping
http 204 POST "/orders/$order/checkin" "{\"Value\": $(printf %s "$qr" | sed 's/"/\\"/g; s/.*/"&"/'), \"WaiterPin\": \"1234\"}"
http 200 GET "/orders/$order/loyalty"
windows journal list
say='the till is running' windows doctor
want=1 windows serve
stop "$serving"

step "the check-in was in the journal"
begin again serve --json
serving=$begun
await 120 "serving" grep -q '"ready":true' "$scratch/again.out"
url=$(grep -oE 'http://127.0.0.1:[0-9]+' "$scratch/again.out")
http 200 GET "/orders/$order/loyalty"
grep -q '"UserWallets":\[{' "$scratch/http.out" || fail "the order has lost its guest"
await 60 "the day's backup" test -n "$(ls "$data/backups" 2>/dev/null)"
stop "$serving"

step "the screen: a scan under a Russian layout, and an accrual"
tmux -f /dev/null new-session -d -s till -x 80 -y 24 "wine '$exe' 2>'$scratch/till.out'; echo \$? >'$scratch/till.code'"
asked() { grep -c '/api_get_balance' "$scratch/sim.out"; }
asked_before=$(asked)
shows() { tmux capture-pane -p -t till | tr -d ' \n│' | grep -qF -- "$1"; }
await 120 "the first screen" shows 'F10'
sleep 1
tmux send-keys -t till -l 'ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ'
tmux send-keys -t till Enter
greeted() { (($(asked) > asked_before)); }
await 60 "the guest's balance" greeted
sleep 2
tmux send-keys -t till -l 500
await 30 "the sum" shows '500'
tmux send-keys -t till F2
await 30 "the question" shows '500,00'
sleep 1
tmux send-keys -t till Enter
accrued() { wine "$exe" journal list --json 2>/dev/null | grep -q '"kind":"accrual","state":"confirmed".*"points":10,'; }
await 60 "the accrual" accrued
leave() { # a key in the first moment of a screen that came by itself does nothing
  tmux send-keys -t till F10 || true
  sleep 1
  test -s "$scratch/till.code"
}
await 60 "F10" leave
[ "$(cat "$scratch/till.code")" = 0 ] || fail "the till ended with $(cat "$scratch/till.code")"
say='Татарченко' windows journal list

step "backups, restoring, exporting"
say='journal-[0-9-]*\.db' windows journal backups
windows journal export --out 'C:\Касса №1\ноябрь.csv'
grep -q 'Татарченко' "$folder/ноябрь.csv" || fail "the table lacks the customer"
windows journal restore "$(basename "$(ls "$data"/backups/*.db | head -n 1)")"
windows journal list

step "the service"
program='C:\Program Files\Skidkassa'
mkdir -p "$WINEPREFIX/drive_c/Program Files/Skidkassa"
cp "$exe" "$WINEPREFIX/drive_c/Program Files/Skidkassa/"
port=$((20000 + RANDOM % 20000))
sed -i "s/127.0.0.1:0/127.0.0.1:$port/" "$folder/настройки.toml"
wine sc create Skidkassa start= demand \
  binPath= "\"$program\\skidkassa.exe\" serve --config \"$SKIDKASSA_CONFIG\" --data \"$SKIDKASSA_DATA\"" >/dev/null
wine sc start Skidkassa >/dev/null || fail "the service does not start"
url=http://127.0.0.1:$port
await 60 "serving" curl -sf -m 5 -o /dev/null "$url/ping"
wine sc stop Skidkassa >/dev/null || fail "the service does not stop"
stopped() { wine sc query Skidkassa | grep -q STOPPED; }
await 60 "the stop" stopped
tail -n 1 "$data/skidkassa.log" | grep -q 'the till is closed' || fail "the service did not end cleanly"
echo 'vendor = ' >>"$folder/настройки.toml"
wine sc start Skidkassa >/dev/null 2>&1 || true
await 60 "the reason in the log" grep -q 'the till without a screen ended' "$data/skidkassa.log"
wine sc delete Skidkassa >/dev/null

step "done: the Windows program works under wine"
