#!/bin/bash
# Runs every test and ends in one line: N passed, M failed. run.sh [--quick] [--slow]
set -uo pipefail
cd "$(dirname "$0")/.."
quick= slow=
for word in "$@"; do case $word in --quick) quick=1 ;; --slow) slow=1 ;; esac; done
export PYTHONDONTWRITEBYTECODE=1 TEST_SLOW=$slow
export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
steps=0
: >"$logs/counts"

# run_step NUMBER NAME COMMAND...: its own "N passed, M failed" line counts when it prints one, else it counts as one.
run_step() {
  local log=$logs/$1 name=$2 start=$SECONDS status counts
  shift 2
  "$@" >"$log" 2>&1
  status=$?
  counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
  case "$status $counts" in
    "0 ") counts="1 passed, 0 failed" ;;
    0*) ;;
    *" 0 failed" | *" ") counts="0 passed, 1 failed" ;;
  esac
  { flock 9
    [ $status -eq 0 ] || cat "$log"
    printf '%-36s %s (%d s)\n' "$name" "$counts" $((SECONDS - start))
    echo "$counts" >>"$logs/counts"
  } 9>"$logs/lock"
}

# step NAME COMMAND...: as many at once as there are processors.
step() {
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
  steps=$((steps + 1))
  run_step $steps "$@" &
}

step "layers" tests/layering.sh
step "layers: the check itself" tests/layering_test.sh
if command -v clang-format-14 >/dev/null; then step "format" ./dev format --check; fi
for folder in build $([ -z "$quick" ] && echo build-debug); do
  for area in base crypto trust casefile bundle custody store transport repatriation report; do
    step "$folder: $area" "$folder/test_$area"
  done
  export VALISE=$PWD/$folder/valise
  for file in tests/transport/test_*.py tests/cli/test_*.py; do  # the first one mostly waits
    step "$folder: $(basename "$file" .py)" /usr/bin/python3 "$file"
  done
  step "$folder: vectors" /usr/bin/python3 tests/vectors/run_vectors.py
done
wait
echo
awk -v steps="$steps" '{ passed += $1; failed += $3 } END {
  if (NR < steps) { failed += steps - NR }
  print passed " passed, " failed " failed"; exit failed > 0 }' "$logs/counts"
