#include "apps/sweep/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "apps/failure.h"

namespace pushforward::app {
namespace {

constexpr std::size_t kMostRuns = 10000, kLongestName = 120;

[[noreturn]] void fail(const std::string& what) {
  throw Failure(Exit::usage, fmt::format("[sweep] {}", what));
}

// Splits at the commas that are outside of brackets, braces and quotes.
std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> values(1);
  int depth = 0;
  bool quoted = false, escaped = false;
  for (const char c : text) {
    if (quoted) {
      quoted = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else {
      quoted = c == '"';
      depth += (c == '[' || c == '{') - (c == ']' || c == '}');
      if (c == ',' && depth == 0) {
        values.emplace_back();
        continue;
      }
    }
    values.back() += c;
  }
  return values;
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// Appends the values that one part of a list stands for: itself, or the numbers of a range.
void add_values(const std::string& argument, const std::string& part,
                std::vector<std::string>& to) {
  const std::size_t dots = part.find("..");
  const auto first = whole(std::string_view(part).substr(0, dots));
  if (dots == std::string::npos || !first) {
    to.push_back(part);
    return;
  }
  const auto last = whole(std::string_view(part).substr(dots + 2));
  if (!last || *last < *first || *last - *first >= std::int64_t{kMostRuns})
    fail(
        fmt::format("{}: \"{}\" is no range of at most {} whole numbers; write the first, two dots "
                    "and the last, such as 0..4",
                    argument, part, kMostRuns));
  for (std::int64_t k = *first; k <= *last; ++k) to.push_back(std::to_string(k));
}

// Returns the key by which folders and tables name an axis: the last part of its path, or all of it
// if another axis has the same last part.
std::string short_key(const SweepAxis& axis, const std::vector<SweepAxis>& axes) {
  const auto last = [](const std::string& key) { return key.substr(key.rfind('.') + 1); };
  const auto same = [&](const SweepAxis& other) { return last(other.key) == last(axis.key); };
  return std::count_if(axes.begin(), axes.end(), same) > 1 ? axis.key : last(axis.key);
}

// Returns the text with each character that is awkward in a file's name replaced by "_".
std::string file_word(const std::string& text) {
  std::string word;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("._+=,-").find(c) != std::string_view::npos;
    if (c != '"') word += plain ? c : '_';
  }
  return word;
}

// Returns all combinations, as indices of values. The last axis changes fastest.
std::vector<std::vector<std::size_t>> combinations(const std::vector<SweepAxis>& axes) {
  std::vector<std::vector<std::size_t>> all{{}};
  for (const SweepAxis& axis : axes) {
    std::vector<std::vector<std::size_t>> longer;
    if (all.size() * axis.values.size() > kMostRuns)
      fail(fmt::format("the values of the keys have more than {} combinations; give fewer",
                       kMostRuns));
    for (const auto& begin : all) {
      for (std::size_t k = 0; k < axis.values.size(); ++k) {
        longer.push_back(begin);
        longer.back().push_back(k);
      }
    }
    all = std::move(longer);
  }
  return all;
}

void add_points(SweepGrid& grid) {
  std::set<std::string> taken;
  for (const auto& choice : combinations(grid.axes)) {
    SweepPoint point{{}, grid.fixed, {}};
    for (std::size_t a = 0; a < choice.size(); ++a) {
      const SweepAxis& axis = grid.axes[a];
      const std::string& value = axis.values[choice[a]];
      point.values.push_back(value);
      point.overrides.push_back(axis.key + "=" + value);
      point.name += (a == 0 ? "" : ",") + file_word(short_key(axis, grid.axes) + "=" + value);
    }
    // Names are unique and short enough for a file system.
    if (point.name.size() > kLongestName || taken.count(point.name) > 0)
      point.name = fmt::format("run-{:04}", grid.points.size());
    taken.insert(point.name);
    grid.points.push_back(std::move(point));
  }
}

}  // namespace

SweepGrid read_grid(const std::vector<std::string>& arguments) {
  SweepGrid grid;
  std::set<std::string> keys;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos) {
      grid.fixed.push_back(argument);
      continue;
    }
    SweepAxis axis{argument.substr(0, equals), {}};
    if (!keys.insert(axis.key).second)
      fail(fmt::format("{} is given twice; write all its values after one \"=\", with commas",
                       axis.key));
    for (const std::string& part : split_values(std::string_view(argument).substr(equals + 1)))
      add_values(argument, part, axis.values);
    if (axis.values.size() == 1) {
      grid.fixed.push_back(axis.key + "=" + axis.values[0]);
      continue;
    }
    std::set<std::string> values;
    for (const std::string& value : axis.values) {
      if (value.empty())
        fail(
            fmt::format("{}: a value is empty; remove the comma too many, or write \"\" for an "
                        "empty text",
                        argument));
      if (!values.insert(value).second)
        fail(fmt::format("{}: the value {} stands twice; its two runs would be the same", argument,
                         value));
    }
    grid.axes.push_back(std::move(axis));
  }
  if (grid.axes.empty())
    fail(
        "no key has several values; give some, such as optimizer.lr=1e-3,3e-3 or seed=0..4 (one run "
        "is `pushforward train`)");
  add_points(grid);
  return grid;
}

Shard read_shard(const std::string& text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::int64_t index = whole(std::string_view(text).substr(0, slash)).value_or(0);
  const std::string_view rest = std::string_view(text).substr(slash);
  const std::int64_t of = rest.empty() ? 0 : whole(rest.substr(1)).value_or(0);
  if (index < 1 || of < index)
    fail(fmt::format("--shard {}: write which part of how many, from 1/n to n/n, such as 2/8",
                     text));
  return {static_cast<std::size_t>(index), static_cast<std::size_t>(of)};
}

}  // namespace pushforward::app
