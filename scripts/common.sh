# What the scripts share: where the project is, how they speak, how they configure and build.
# Sourced, never run: `source "$(dirname "${BASH_SOURCE[0]}")/common.sh"`.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)

# Bold only on a terminal that wants it (https://no-color.org); CI logs stay plain.
if [[ -t 1 && -z "${NO_COLOR:-}" && -z "${CI:-}" && "${TERM:-dumb}" != dumb ]]; then
  bold=$'\e[1m' plain=$'\e[0m'
else
  bold='' plain=''
fi

# say TEXT...: a heading of the script's own, set off from what the tools print.
say() { printf '%s== %s%s\n' "$bold" "$*" "$plain"; }

# die CODE TEXT...: the reason on stderr, and out.
die() {
  local code=$1
  shift
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit "$code"
}

# help: prints the comment block at the top of the script that calls it, without the `#!` line.
help() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; }

# absolute PATH: PATH seen from where the script was called.
absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$PWD" "$1" ;; esac; }

# configure BUILD [CMAKE OPTIONS...]: Ninja where it is installed (a folder keeps the generator it began with),
# ccache where it is installed.
configure() {
  local build=$1 options=()
  shift
  if [[ ! -f $build/CMakeCache.txt ]] && command -v ninja >/dev/null; then options+=(-G Ninja); fi
  if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  # A log is printed only when it holds a failure: a warm configure has nothing to say.
  mkdir -p "$build"
  if ! cmake -S "$root" -B "$build" "${options[@]}" "$@" >"$build/configure.log" 2>&1; then
    cat "$build/configure.log" >&2
    die 1 "cmake could not configure $build; the reason is above"
  fi
}

# configure_without_tests BUILD [CMAKE OPTIONS...]: a new folder asks for no test packages; one that has its tests keeps them.
configure_without_tests() {
  local build=$1 options=()
  shift
  if [[ ! -f $build/CMakeCache.txt ]]; then options=(-DPUSHFORWARD_TESTS=OFF); fi
  configure "$build" "${options[@]}" "$@"
}

# build_targets BUILD [TARGETS...]: all cores; everything when no target is named.
build_targets() {
  local build=$1 options=()
  shift
  if (($# > 0)); then options=(--target "$@"); fi
  cmake --build "$build" --parallel "$jobs" "${options[@]}"
}

# run_tests BUILD [CTEST OPTIONS...]: the tests, a failing one with its output, then one line that counts them.
run_tests() {
  local build=$1 report=$1/tests.xml status=0
  shift
  ctest --test-dir "$build" --parallel "$jobs" --output-on-failure --no-label-summary --no-tests=error --output-junit "$report" "$@" ||
    status=$?
  local all failed skipped
  all=$(junit tests "$report") failed=$(junit failures "$report")
  skipped=$(($(junit skipped "$report") + $(junit disabled "$report")))
  printf '%d passed, %d failed, %d skipped\n' $((all - failed - skipped)) "$failed" "$skipped"
  return "$status"
}

# junit NAME FILE: the number NAME of the report's summary, 0 when there is no report.
junit() {
  local number
  number=$(grep -o -m1 "^[[:space:]]*$1=\"[0-9]*\"" "$2" 2>/dev/null | grep -o '[0-9]*' || true)
  printf '%d' "${number:-0}"
}
