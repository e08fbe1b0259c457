#!/bin/bash
# Makes keys-example/ anew with the program itself: make_keys_example.sh VALISE TARGET
# Everything is marked EXAMPLE, has no passphrase and is valid to 2099.
set -euo pipefail
valise=$(realpath "$1")
target=$2
[ ! -e "$target" ] || { echo "$target is there already" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

v() { home=$1; shift; "$valise" -q --home "$target/$home" "$@"; }
until=2099-12-31

agency() {  # id country name
  v roots agency new "$1" --country "$2" --name "$3" --no-passphrase --example >/dev/null
  v roots agency card "$1" -o "$work/$1.card"
  v roots agency revocations --as "$1" -o "$work/$1.revocations"
}
officer() {  # home agency name usages
  v "$1" key new "$2/$3" --no-passphrase --example >/dev/null
  v "$1" key request "$2/$3" -o "$work/$2.$3.request"
  v roots agency endorse "$work/$2.$3.request" --usage "$4" --from 2026-01-01 --until $until -o "$work/$2.$3.endorsement"
}
trusts() {  # home agency...
  home=$1; shift
  for id in "$@"; do
    fingerprint=$("$valise" --home "$target/roots" --json trust list |
      sed -n "/\"agency\": \"$id\"/,/fingerprint/s/.*\"fingerprint\": \"\(.*\)\".*/\1/p")
    v "$home" trust add "$work/$id.card" --fingerprint "$fingerprint" 2>/dev/null
    v "$home" trust import "$work/$id.revocations" "$work/$id".*.endorsement
  done
}

agency cn-example-police CN "示例公安局"
agency kh-example-police KH "នគរបាលឧទាហរណ៍"
agency th-example-police TH "ตำรวจตัวอย่าง"
agency ae-example-police AE "شرطة المثال"
agency cn-example-mfa CN "示例外交部"
agency outsider-example ZZ "Outsider" 2>/dev/null || agency outsider-example XX "Outsider (example)"

officer cn-liaison cn-example-police liaison seal,open,custody
officer approver cn-example-police supervisor approve,supervisor
officer kh-desk kh-example-police evidence-desk seal,open,custody
officer th-desk th-example-police evidence-desk seal,open,custody
officer ae-desk ae-example-police evidence-desk seal,open,custody
officer cn-embassy cn-example-mfa consular-phnom-penh seal,open,consular,custody
officer outsider outsider-example desk seal,open,custody

known="cn-example-police kh-example-police th-example-police ae-example-police cn-example-mfa"
for home in cn-liaison approver kh-desk th-desk ae-desk cn-embassy; do trusts $home $known; done
trusts outsider $known outsider-example

v cn-liaison key install "$work/cn-example-police.liaison.endorsement"
v approver key install "$work/cn-example-police.supervisor.endorsement"
v kh-desk key install "$work/kh-example-police.evidence-desk.endorsement"
v th-desk key install "$work/th-example-police.evidence-desk.endorsement"
v ae-desk key install "$work/ae-example-police.evidence-desk.endorsement"
v cn-embassy key install "$work/cn-example-mfa.consular-phnom-penh.endorsement"
v outsider key install "$work/outsider-example.desk.endorsement"

cat > "$target/README.md" <<'TEXT'
# Example keys

A small world of fictional agencies. **Nothing that these keys sign is evidence**: every endorsement is marked
EXAMPLE, and every command that meets one says so. The private keys are public; never use them for anything real.

| home | key | may |
|---|---|---|
| `cn-liaison` | `cn-example-police/liaison` | seal, open, custody |
| `approver` | `cn-example-police/supervisor` | approve, supervisor |
| `kh-desk` | `kh-example-police/evidence-desk` | seal, open, custody |
| `th-desk` | `th-example-police/evidence-desk` | seal, open, custody |
| `ae-desk` | `ae-example-police/evidence-desk` | seal, open, custody |
| `cn-embassy` | `cn-example-mfa/consular-phnom-penh` | seal, open, consular, custody |
| `outsider` | `outsider-example/desk` | seal, open, custody; nobody trusts its agency |
| `roots` | the root keys of all agencies | endorse and revoke |

All homes trust all agencies but the outsider's; the outsider trusts all. Use a copy: `cp -r keys-example/kh-desk /tmp/`,
then `valise --home /tmp/kh-desk key list`. Made by `tests/make_keys_example.sh`; endorsements and lists run to 2099.
TEXT
