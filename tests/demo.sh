#!/bin/bash
# The story of one exchange, on forensic material that nobody here wrote. demo.sh VALISE
set -euo pipefail
exec 2>&1
valise=$(realpath "$1")
here=$(cd "$(dirname "$0")/.." && pwd)
samples=/usr/share/forensics-samples
work=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() {  # prints a command as one would type it, then runs it
  local word line='$ valise'
  for word in "$@"; do
    case $word in *' '*) line+=" \"$word\"" ;; *) line+=" $word" ;; esac
  done
  echo "$line"
  "$valise" "$@"
}
expect() {  # expect EXIT COMMAND...: the exit code is part of the story
  local wanted=$1 status=0
  shift
  show "$@" || status=$?
  echo "(exit code $status)"
  [ $status -eq "$wanted" ] || { echo "demo: expected exit code $wanted" >&2; exit 1; }
}
claim() { "$@" || { echo "demo: this should have been true: $*" >&2; exit 1; }; }

# Each chapter begins with homes as they are in keys-example/.
chapter() {
  printf '\n\033[1m==== %s ====\033[0m\n' "$*"
  rm -rf homes
  cp -r "$here/keys-example" homes
}
quiet() { "$valise" -q --home "homes/$1" "${@:2}"; }

for part in "$here"/tests/demo/[0-9]*.sh; do
  # shellcheck source=/dev/null
  . "$part"
done

say "That is valise: sealed once, checked by anyone, opened only by those it is meant for."
echo "All of this was done with EXAMPLE keys; nothing here is evidence."
