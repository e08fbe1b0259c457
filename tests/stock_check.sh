#!/bin/bash
# Checks a bundle with stock tools alone: capnp, age, split, sha256sum, minisign, openssl. No program of ours runs.
#   stock_check.sh BUNDLE SCHEMA-FOLDER [KEY-FILE]
# KEY-FILE is a private key in the clear of somebody who may open the bundle. Says what it checked, or fails.
set -euo pipefail
bundle=$1 schemas=$2 key=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "stock check: $1" >&2; exit 1; }
number() { od -An -t"u$2" --endian=little -j "$1" -N "$2" "${3:-$bundle}" | tr -d ' '; }
part() { dd if="${3:-$bundle}" bs=64K iflag=skip_bytes,count_bytes skip="$1" count="$2" status=none; }

size=$(stat -c %s "$bundle")
foot=$((size - 64))
[ "$(part $foot 8)" = VLSFOOT1 ] || fail "no footer"
sealed=$(number $((foot + 8)) 8)
header_len=$(number 16 4)
compartments=$(number 20 4)

# 1. The slices, by split and sha256sum, against the SLICES frame.
head -c "$sealed" "$bundle" | split -b 8388608 --filter='sha256sum | head -c 64; echo' >"$work/slices"
digests=$(( $(number $((sealed + 44)) 4) >> 3 ))
part $((sealed + 48)) $digests | od -An -v -tx1 | tr -d ' \n' | fold -w 64 >"$work/table"
echo >>"$work/table"
diff -q "$work/slices" "$work/table" >/dev/null || fail "slices differ"
echo "slices: $(wc -l <"$work/slices") agree with sha256sum"

# 2. The frames, by capnp decode.
first=$((64 + header_len + 32 * compartments))
frames=$(part $first $((sealed - first)) | capnp decode --short -I/usr/include "$schemas/bundle.capnp" Frame | wc -l)
echo "frames: capnp decodes $frames"
part 64 "$header_len" | capnp decode -I/usr/include "$schemas/bundle.capnp" Header >"$work/header"
grep -q 'signer = "' "$work/header" || fail "the header has no signer"

# 3. The seal: three parts of the SEAL frame.
at=$((sealed + 48 + digests + (8 - digests % 8) % 8 + 48))
for name in note endorsement minisig; do
  length=$(number $at 4)
  part $((at + 4)) "$length" >"$work/$name"
  at=$((at + 4 + length))
done
sed '/^$/,$d' "$work/note" >"$work/text"
vkey=$(sed -n 's/^signer //p' "$work/text")
cut -d+ -f3- <<<"$vkey" | base64 -d | tail -c 32 >"$work/public"
[ "$(sed -n 's/^length //p' "$work/text")" = "$sealed" ] || fail "the seal is for another length"
header_hash=$({ printf 'valise/v1/header\0'; part 0 $((64 + header_len)); } | openssl dgst -sha256 -binary | base64)
[ "$(sed -n 's/^header //p' "$work/text")" = "$header_hash" ] || fail "the seal is for another header"
echo "seal: names this header and this length"

# 4. The signature, by openssl.
{ printf '302a300506032b6570032100' | sed 's/../\\x&/g' | xargs -0 printf '%b'; cat "$work/public"; } >"$work/public.der"
tail -n 1 "$work/note" | cut -d' ' -f3 | base64 -d | tail -c 64 >"$work/signature"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/public.der" -rawin -in "$work/text" -sigfile "$work/signature" >/dev/null ||
  fail "openssl refuses the signature"
echo "signature: openssl accepts it"

# 5. The same text, by minisign.
minisign_key=$({ printf Ed; openssl dgst -sha256 -binary "$work/public" | head -c 8; cat "$work/public"; } | base64 -w0)
minisign -Vm "$work/text" -x "$work/minisig" -P "$minisign_key" >/dev/null || fail "minisign refuses the signature"
echo "signature: minisign accepts it"

# 6. A recipient's access, by age.
if [ -n "$key" ]; then
  grep '^AGE-SECRET-KEY' "$key" >"$work/identity"
  part 64 "$header_len" >"$work/header.bin"
  start=$(grep -abo 'age-encryption.org/v1' "$work/header.bin" | head -n 1 | cut -d: -f1)
  # After the MAC line come a nonce of 16 bytes, the key's 32 and a tag of 16.
  mac=$(tail -c +$((start + 1)) "$work/header.bin" | grep -abo -m1 -- '^--- .*' | head -n 1)
  before=${mac%%:*} line=${mac#*:}
  length=$((before + ${#line} + 1 + 16 + 32 + 16))
  part "$start" $length "$work/header.bin" | age -d -i "$work/identity" >"$work/key" || fail "age does not open it"
  [ "$(stat -c %s "$work/key")" = 32 ] || fail "the compartment key has a wrong length"
  echo "access: age opens the key that all recipients share"
fi
