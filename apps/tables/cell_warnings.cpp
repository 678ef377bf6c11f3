#include "apps/tables/cell_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "apps/formats/ascii.h"
#include "apps/formats/stored_text.h"

namespace pushforward::app {
namespace {

bool only_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

std::string_view without_minus(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text;
}

// Makes the warnings about one column.
class Doubts {
 public:
  Doubts(const ReadColumn& column, const NumberStyle& style, char separator,
         const std::string& types)
      : column_(column), style_(style), separator_(separator), types_(types) {}

  std::vector<std::string> all() const {
    std::vector<std::string> texts;
    for (const auto& doubt : {codes(), long_numbers(), dates(), thousands(), cases(), many_texts()})
      if (doubt) texts.push_back(*doubt);
    return texts;
  }

 private:
  const ReadColumn& column_;
  const NumberStyle& style_;
  const char separator_;
  const std::string& types_;

  using Doubt = std::optional<std::string>;

  bool of_numbers() const {
    return column_.kind == ColumnKind::integer || column_.kind == ColumnKind::number;
  }
  std::string as_category() const {
    return types_.empty() ? ""
                          : fmt::format("; set '{}={{\"{}\": \"category\"}}' if they are names",
                                        types_, column_.key);
  }
  // Returns the first cell for which `holds` is true, or nothing.
  template <class Holds>
  const std::string_view* find(const Holds& holds) const {
    const auto found = std::find_if(column_.cells.begin(), column_.cells.end(), holds);
    return found == column_.cells.end() ? nullptr : &*found;
  }

  // Codes such as 00123, which are not the number 123.
  Doubt codes() const {
    if (column_.kind != ColumnKind::integer) return {};
    const std::string_view* code = find(
        [](const std::string_view& c) { return c.size() > 1 && c[0] == '0' && only_digits(c); });
    if (!code) return {};
    return fmt::format("{} has numbers with zeros before them, such as {}, which samples do not{}",
                       column_.words, shown_text(*code), as_category());
  }

  // Whole numbers with more digits than a double holds.
  Doubt long_numbers() const {
    if (!of_numbers()) return {};
    std::set<double> values;
    std::set<std::string_view> texts;
    const std::string_view* rounded = nullptr;
    for (const std::string_view& c : column_.cells) {
      const std::string_view digits = without_minus(c);
      constexpr std::size_t kFewest = 16;  // the digits of 2^53
      if (digits.size() < kFewest || !only_digits(digits)) continue;
      const CellValue cell = read_cell(c, style_);
      if (std::abs(cell.value) < 0x1p53) continue;
      values.insert(cell.value);
      texts.insert(c);
      // Zeros at the end may be those of a rounded number.
      if (!rounded && fmt::format("{:.0f}", std::abs(cell.value)) != digits) rounded = &c;
    }
    if (!rounded) return {};
    return fmt::format(
        "{} has whole numbers with more digits than a double holds, so {} becomes {:.0f}{}{}",
        column_.words, shown_text(*rounded), read_cell(*rounded, style_).value,
        values.size() < texts.size()
            ? fmt::format(", and {} different numbers become {}", texts.size(), values.size())
            : "",
        as_category());
  }

  // Whole numbers such as 20200131.
  Doubt dates() const {
    constexpr std::size_t kFewest = 3;
    if (column_.kind != ColumnKind::integer || column_.cells.size() < kFewest) return {};
    const auto is_date = [](const std::string_view& c) {
      if (c.size() != 8 || !only_digits(c) || c < "18000101" || c > "21991231") return false;
      return read_date(fmt::format("{}-{}-{}", c.substr(0, 4), c.substr(4, 2), c.substr(6)))
          .has_value();
    };
    if (!std::all_of(column_.cells.begin(), column_.cells.end(), is_date)) return {};
    const std::string_view& c = column_.cells.front();
    return fmt::format(
        "the whole numbers of {} look like dates, but are read as numbers; write {} as {}-{}-{} if it "
        "is a date",
        column_.words, c, c.substr(0, 4), c.substr(4, 2), c.substr(6));
  }

  // Numbers such as 1.234 and 950, whose points may separate thousands.
  Doubt thousands() const {
    if (column_.kind != ColumnKind::number || style_.decimal != '.' || types_.empty() ||
        style_.thousands != NumberStyle::kNone)
      return {};
    const std::string_view* grouped = nullptr;
    std::size_t plain = 0;
    for (const std::string_view& c : column_.cells) {
      const std::string_view text = without_minus(c);
      const std::size_t point = text.find('.');
      const std::string_view before = text.substr(0, point);
      if (!only_digits(before) || before.size() > 3 || before[0] == '0') return {};
      if (point == text.npos) {
        ++plain;
        continue;
      }
      const std::string_view after = text.substr(point + 1);
      if (!only_digits(after) || after.size() != 3) return {};
      if (!grouped) grouped = &c;
    }
    if (!grouped || (separator_ != ';' && plain == 0)) return {};
    return fmt::format(
        "every point in {} has three digits after it: if {} is {}, set {}thousands=point and "
        "{}decimal=comma",
        column_.words, *grouped, without_point(*grouped), keys(), keys());
  }
  static std::string without_point(std::string_view grouped) {
    std::string text(grouped);
    std::erase(text, '.');
    return text;
  }
  // The prefix of the keys: "data." of "data.types".
  std::string keys() const { return types_.substr(0, types_.rfind('.') + 1); }

  // Texts that differ only in case.
  Doubt cases() const {
    if (column_.kind != ColumnKind::category) return {};
    std::set<std::string_view> seen;
    std::map<std::string, std::string_view> first;
    for (const std::string_view& c : column_.cells) {
      if (!seen.insert(c).second) continue;
      const auto [found, is_new] = first.emplace(lowercase(c), c);
      if (!is_new)
        return fmt::format(
            "{} has texts that differ only in case, such as {} and {}, as different "
            "values; write them alike if they are one",
            column_.words, shown_text(found->second), shown_text(c));
    }
    return {};
  }

  // A category with so many texts that most of them are rare.
  Doubt many_texts() const {
    constexpr std::size_t kFewest = 20;
    if (column_.kind != ColumnKind::category) return {};
    const std::size_t texts =
        std::set<std::string_view>(column_.cells.begin(), column_.cells.end()).size();
    if (texts < kFewest || 2 * texts <= column_.cells.size() || texts == column_.cells.size())
      return {};
    return fmt::format("{} has {} different texts in {} rows, so little can be learned about each",
                       column_.words, texts, column_.cells.size());
  }
};

}  // namespace

std::vector<std::string> cell_warnings(const ReadColumn& column, const NumberStyle& style,
                                       char separator, const std::string& types) {
  return Doubts(column, style, separator, types).all();
}

bool names_a_total(std::string_view text) {
  constexpr std::array<std::string_view, 16> kTotals{
      "total",   "totals", "grand total", "subtotal",  "sum",   "sums", "average", "mean",
      "overall", "avg",    "gesamt",      "insgesamt", "summe", "suma", "somme",   "totale"};
  std::string lower = lowercase(trimmed(text));
  while (!lower.empty() && (lower.back() == ':' || lower.back() == '.')) lower.pop_back();
  return std::find(kTotals.begin(), kTotals.end(), lower) != kTotals.end();
}

}  // namespace pushforward::app
