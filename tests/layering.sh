#!/bin/bash
# A folder of libexchange may include itself and those before it in this list, never those after it; public
# headers show no type of a foreign library. layering.sh [ROOT]
set -euo pipefail
root=${1:-$(cd "$(dirname "$0")/.." && pwd)}
order=(base crypto trust casefile bundle custody store transport repatriation report)
bad=0
complain() { echo "$1" >&2; bad=1; }

rank() { local i; for i in "${!order[@]}"; do [ "${order[$i]}" = "$1" ] && { echo "$i"; return; }; done; echo -1; }

for folder in "$root"/libexchange/*/; do
  name=$(basename "$folder")
  mine=$(rank "$name")
  [ "$mine" -ge 0 ] || complain "libexchange/$name: is not in the list of layers"
  while IFS=: read -r file _ include; do
    other=$(sed -E 's#.*"libexchange/([^/]+)/.*#\1#' <<<"$include")
    [ "$(rank "$other")" -le "$mine" ] || complain "${file#"$root"/}: includes $other, which lies above"
  done < <(grep -nE '#include "libexchange/' -r "$folder" || true)
done
while read -r file; do complain "${file#"$root"/}: includes tools"; done < <(grep -lE '#include "tools/' -r "$root/libexchange" || true)
while read -r file; do
  case $file in */crypto/openssl.h | */store/database_session.h) continue ;; esac
  complain "${file#"$root"/}: a public header shows a foreign library"
done < <(grep -lE '#include <(capnp|kj|sodium|zstd|soci|openssl|curl|toml\+\+|csv)' -r "$root/libexchange" --include='*.h' || true)
exit $bad
