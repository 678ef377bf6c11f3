// The parts of C++20's standard library that this project uses and that the library of Debian's
// emscripten (libc++ 13) lacks: algorithms of std::ranges, std::bit_cast, and numbers as text.
#pragma once

#ifdef __cplusplus
#include <algorithm>
#include <bit>
#include <charconv>
#include <compare>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iterator>
#include <ranges>
#include <string>
#include <system_error>
#include <utility>

#if defined(_LIBCPP_VERSION) && _LIBCPP_VERSION < 15000
namespace std::ranges {

template <class R, class T>
void fill(R&& range, const T& value) {
  std::fill(std::begin(range), std::end(range), value);
}
template <class I, class N, class T>
void fill_n(I first, N count, const T& value) {
  std::fill_n(first, count, value);
}
template <class R, class P>
bool all_of(R&& range, P test) {
  return std::all_of(std::begin(range), std::end(range), std::move(test));
}
template <class R, class P>
bool any_of(R&& range, P test) {
  return std::any_of(std::begin(range), std::end(range), std::move(test));
}
template <class R, class P>
bool none_of(R&& range, P test) {
  return std::none_of(std::begin(range), std::end(range), std::move(test));
}
template <class R, class I>
I copy(R&& range, I out) {
  return std::copy(std::begin(range), std::end(range), out);
}
template <class R, class C = std::less<>>
void sort(R&& range, C less = {}) {
  std::sort(std::begin(range), std::end(range), std::move(less));
}
template <class R, class C = std::less<>, class P>
void sort(R&& range, C less, P member) {
  std::sort(std::begin(range), std::end(range), [&](const auto& a, const auto& b) {
    return std::invoke(less, std::invoke(member, a), std::invoke(member, b));
  });
}
template <class R, class T>
auto count(R&& range, const T& value) {
  return std::count(std::begin(range), std::end(range), value);
}
template <class R, class T, class P>
auto count(R&& range, const T& value, P member) {
  return std::count_if(std::begin(range), std::end(range),
                       [&](const auto& x) { return std::invoke(member, x) == value; });
}
template <class R, class T>
auto find(R&& range, const T& value) {
  return std::find(std::begin(range), std::end(range), value);
}
template <class R, class T, class P>
auto find(R&& range, const T& value, P member) {
  return std::find_if(std::begin(range), std::end(range),
                      [&](const auto& x) { return std::invoke(member, x) == value; });
}
template <class R, class I, class F>
auto transform(R&& range, I out, F f) {
  return std::transform(std::begin(range), std::end(range), out, std::move(f));
}
template <class R, class S, class I, class F>
auto transform(R&& a, S&& b, I out, F f) {
  return std::transform(std::begin(a), std::end(a), std::begin(b), out, std::move(f));
}
template <class R, class T>
auto lower_bound(R&& range, const T& value) {
  return std::lower_bound(std::begin(range), std::end(range), value);
}
template <class R, class T>
auto upper_bound(R&& range, const T& value) {
  return std::upper_bound(std::begin(range), std::end(range), value);
}
template <class R, class T>
bool binary_search(R&& range, const T& value) {
  return std::binary_search(std::begin(range), std::end(range), value);
}
template <class R, class S>
bool equal(R&& a, S&& b) {
  return std::equal(std::begin(a), std::end(a), std::begin(b), std::end(b));
}

template <class R>
auto min_element(R&& range) {
  return std::min_element(std::begin(range), std::end(range));
}
template <class R>
auto max_element(R&& range) {
  return std::max_element(std::begin(range), std::end(range));
}

template <class R>
auto minmax(const R& range) {
  struct Limits {
    std::remove_cvref_t<decltype(*std::begin(range))> min, max;
  };
  const auto found = std::minmax_element(std::begin(range), std::end(range));
  return Limits{*found.first, *found.second};
}

}  // namespace std::ranges

namespace std {

template <class To, class From>
To bit_cast(const From& from) {
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

template <class I, class J>
std::partial_ordering lexicographical_compare_three_way(I a, I a_end, J b, J b_end) {
  for (; a != a_end && b != b_end; ++a, ++b)
    if (*a != *b) return *a < *b ? std::partial_ordering::less : std::partial_ordering::greater;
  return a != a_end   ? std::partial_ordering::greater
         : b != b_end ? std::partial_ordering::less
                      : std::partial_ordering::equivalent;
}

// Writes the fewest digits that give the number back.
template <class Number>
requires std::is_floating_point_v<Number> to_chars_result to_chars(char* first, char* last,
                                                                   Number value) {
  char digits[40];
  int length = 0;
  for (int precision = 1; precision <= 17; ++precision) {
    length = std::snprintf(digits, sizeof digits, "%.*g", precision, static_cast<double>(value));
    if (static_cast<Number>(std::strtod(digits, nullptr)) == value) break;
  }
  if (length > last - first) return {last, errc::value_too_large};
  std::memcpy(first, digits, static_cast<size_t>(length));
  return {first + length, errc()};
}

// Writes a number with `precision` decimals (fixed) or significant digits (general).
template <class Number>
requires std::is_floating_point_v<Number> to_chars_result to_chars(char* first, char* last,
                                                                   Number value,
                                                                   chars_format format,
                                                                   int precision) {
  char digits[40];
  const int length =
      std::snprintf(digits, sizeof digits, format == chars_format::fixed ? "%.*f" : "%.*g",
                    precision, static_cast<double>(value));
  if (length > last - first) return {last, errc::value_too_large};
  std::memcpy(first, digits, static_cast<size_t>(length));
  return {first + length, errc()};
}

// Reads a number as from_chars does: without white space and without a sign +.
template <class Number>
requires std::is_floating_point_v<Number> from_chars_result from_chars(const char* first,
                                                                       const char* last,
                                                                       Number& value) {
  if (first == last || !(*first == '-' || *first == '.' || (*first >= '0' && *first <= '9') ||
                         *first == 'i' || *first == 'I' || *first == 'n' || *first == 'N'))
    return {first, errc::invalid_argument};
  if (last - first > 2 && first[0] == '0' && (first[1] == 'x' || first[1] == 'X')) {
    value = 0;
    return {first + 1, errc()};
  }
  const string text(first, last);
  char* end = nullptr;
  const double read = std::strtod(text.c_str(), &end);
  if (end == text.c_str()) return {first, errc::invalid_argument};
  const char* stop = first + (end - text.c_str());
  if ((read > 1e300 * 1e8 || read < -1e300 * 1e8) && *first != 'i' && *first != 'I' &&
      first[1] != 'i' && first[1] != 'I')
    return {stop, errc::result_out_of_range};
  value = static_cast<Number>(read);
  return {stop, errc()};
}

}  // namespace std
#endif
#endif
