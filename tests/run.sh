#!/bin/bash
# Runs every test and ends in one line: N passed, M failed. run.sh [--quick] [--slow]
set -uo pipefail
cd "$(dirname "$0")/.."
quick= slow=
for word in "$@"; do case $word in --quick) quick=1 ;; --slow) slow=1 ;; esac; done
export PYTHONDONTWRITEBYTECODE=1 TEST_SLOW=$slow
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# step NAME COMMAND...: its own "N passed, M failed" line counts when it prints one, else it counts as one.
step() {
  local name=$1 result start
  shift
  start=$SECONDS
  "$@" >"$log" 2>&1
  local status=$?
  result=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
  if [ -n "$result" ]; then
    passed=$((passed + ${result%% passed*}))
    local f=${result##*, }
    failed=$((failed + ${f%% failed*}))
  elif [ $status -eq 0 ]; then
    passed=$((passed + 1)) result=passed
  fi
  if [ $status -ne 0 ]; then
    [ -n "$result" ] && ! grep -q ' [1-9][0-9]* failed' <<<"$result" && failed=$((failed + 1))
    [ -z "$result" ] && failed=$((failed + 1)) && result=FAILED
    cat "$log"
  fi
  printf '%-34s %s (%d s)\n' "$name" "$result" $((SECONDS - start))
}

step "layers" tests/layering.sh
step "layers: the check itself" tests/layering_test.sh
if command -v clang-format-14 >/dev/null; then step "format" ./dev format --check; fi
for folder in build $([ -z "$quick" ] && echo build-debug); do
  export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=1
  for area in base crypto trust casefile bundle repatriation report; do
    step "$folder: $area" "$folder/test_$area"
  done
  export VALISE=$PWD/$folder/valise
  for file in tests/cli/test_*.py; do
    step "$folder: $(basename "$file" .py)" /usr/bin/python3 "$file"
  done
  step "$folder: vectors" /usr/bin/python3 tests/vectors/run_vectors.py
done
echo
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
