#!/bin/bash
# The layering check must catch what it is for.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
fresh() { rm -rf "$copy/libexchange"; cp -r "$here/../libexchange" "$copy/"; }
must_fail() { if "$here/layering.sh" "$copy" 2>/dev/null; then echo "not caught: $1" >&2; exit 1; fi; }

fresh
"$here/layering.sh" "$copy"
echo '#include "libexchange/bundle/seal.h"' >>"$copy/libexchange/trust/home.cpp"
must_fail "trust includes bundle"
fresh
echo '#include "tools/command.h"' >>"$copy/libexchange/bundle/seal.cpp"
must_fail "the library includes tools"
fresh
echo '#include <sodium.h>' >>"$copy/libexchange/base/bytes.h"
must_fail "a public header shows libsodium"
