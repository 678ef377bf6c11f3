# Functions that the scripts share: the project's folder, messages, configuring, building and testing.
# This file is sourced and not run: `source "$(dirname "${BASH_SOURCE[0]}")/common.sh"`.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)

# ccache caches sources with a precompiled header only if its setting `sloppiness` permits that.
if command -v ccache >/dev/null; then
  sloppiness=$(ccache --get-config sloppiness 2>/dev/null || true)
  if [[ $sloppiness != *pch_defines* ]]; then export CCACHE_SLOPPINESS="pch_defines,time_macros${sloppiness:+, $sloppiness}"; fi
fi

# Output is bold only on a terminal, and not if NO_COLOR (https://no-color.org) or CI is set.
if [[ -t 1 && -z "${NO_COLOR:-}" && -z "${CI:-}" && "${TERM:-dumb}" != dumb ]]; then
  bold=$'\e[1m' plain=$'\e[0m'
else
  bold='' plain=''
fi

# say TEXT...: prints a heading that is easy to find in the output of other programs.
say() { printf '%s== %s%s\n' "$bold" "$*" "$plain"; }

# die CODE TEXT...: prints the reason to stderr and exits with CODE.
die() {
  local code=$1
  shift
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit "$code"
}

# help: prints the comment block at the top of the script that calls it, without the `#!` line.
help() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; }

# absolute PATH: prints PATH as an absolute path, relative to the working directory.
absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$PWD" "$1" ;; esac; }

# configure BUILD [CMAKE OPTIONS...]: runs CMake, with Ninja and ccache if they are installed. A build folder keeps its
# first generator.
configure() {
  local build=$1 options=()
  shift
  if [[ ! -f $build/CMakeCache.txt ]] && command -v ninja >/dev/null; then options+=(-G Ninja); fi
  if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  # The log is printed only after a failure.
  mkdir -p "$build"
  if ! cmake -S "$root" -B "$build" "${options[@]}" "$@" >"$build/configure.log" 2>&1; then
    cat "$build/configure.log" >&2
    die 1 "cmake could not configure $build; the reason is above"
  fi
}

# configure_without_tests BUILD [CMAKE OPTIONS...]: configures a new folder without tests, so that their packages are not needed.
# An existing folder keeps its tests.
configure_without_tests() {
  local build=$1 options=()
  shift
  if [[ ! -f $build/CMakeCache.txt ]]; then options=(-DPUSHFORWARD_TESTS=OFF); fi
  configure "$build" "${options[@]}" "$@"
}

# The configuration in which clang's sanitizers of addresses and undefined behaviour watch every access, and libFuzzer the
# branches of the readers (tests/fuzz/fuzz.cmake). The baseline of Highway converts NaN to int on purpose, so that check is off. Of the vectorised sources AVX2 and
# the emulated baseline are enough; the number is the mask of Highway's other instruction sets. These sources are optimised more, and
# their sums of pointers are not checked for overflow: with that check, matrix products take ten times as long. What they read and write
# is checked.
few_targets=-DHWY_DISABLED_TARGETS=6528
# shellcheck disable=SC2034  # .ci/run and scripts/fuzz use it
sanitizers=(-DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=clang++ -DPUSHFORWARD_FUZZ=ON
  '-DPUSHFORWARD_SIMD_OPTIONS=-O2;-fno-sanitize=pointer-overflow'
  -DCMAKE_CXX_FLAGS="-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize=float-cast-overflow -fno-sanitize-recover=all $few_targets")

# build_targets BUILD [TARGETS...]: builds the targets, or everything if none is named, on all cores.
build_targets() {
  local build=$1 options=()
  shift
  if (($# > 0)); then options=(--target "$@"); fi
  cmake --build "$build" --parallel "$jobs" "${options[@]}"
}

# run_tests BUILD [CTEST OPTIONS...]: runs the tests, prints the output of failing ones, and then one line with the counts.
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

# junit NAME FILE: prints the number NAME of the report's summary, or 0 if there is no report.
junit() {
  local number
  number=$(grep -o -m1 "^[[:space:]]*$1=\"[0-9]*\"" "$2" 2>/dev/null | grep -o '[0-9]*' || true)
  printf '%d' "${number:-0}"
}
