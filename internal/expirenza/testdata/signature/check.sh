#!/bin/sh
# Computes the signature of body.json with openssl and compares it with the one that TestTheSignatureIsOpenssls wants of
# the door. Anybody can run it: sh testdata/signature/check.sh
set -eu
cd "$(dirname "$0")"
got=$(openssl dgst -sha256 -hmac "$(cat key)" -binary body.json | openssl base64 -A)
want=$(cat want)
if [ "$got" != "$want" ]; then
	echo "openssl says $got, the fixed vector is $want" >&2
	exit 1
fi
echo "the signature is openssl's: $got"
