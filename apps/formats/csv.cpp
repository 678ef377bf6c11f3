#include "apps/formats/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "apps/failure.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Returns at most 40 characters of `text`, with dots for those that cannot be printed.
std::string shown_cell(std::string_view text) {
  std::string result(text.substr(0, 40));
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '.';
  }
  return "\"" + result + (text.size() > 40 ? "...\"" : "\"");
}

// A cell without surrounding quotes and spaces, and the column (from 1) at which it begins.
struct CsvCell {
  std::string_view text;
  std::size_t column;
};

// The result of parsing a cell: its number, or the kind of fault.
enum class Reading { number, text, empty, not_finite, too_large };

Reading read_number(std::string_view text, double& value) {
  if (text.empty()) return Reading::empty;
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return Reading::text;
  if (error == std::errc::result_out_of_range) return Reading::too_large;
  return std::isfinite(value) ? Reading::number : Reading::not_finite;
}

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& source, const CsvOptions& options)
      : rest_(text), source_(source), options_(options) {}

  CsvTable read() {
    check_encoding();
    bool first = true;
    while (next_row()) {
      if (first) {
        first = false;
        width_ = cells_.size();
        const bool named = options_.header == CsvHeader::yes ||
                           (options_.header == CsvHeader::automatic && none_is_a_number());
        if (named) {
          for (const CsvCell& cell : cells_) table_.names.push_back(unescaped(cell.text));
        }
        choose_columns();
        if (named) continue;
      }
      add_row();
    }
    if (rows_ == 0) {
      fault_in_file(first ? "it holds no rows" : "it holds a header but no rows of numbers",
                    "give a table with at least one row");
    }
    keep_chosen_names();
    table_.shape = {rows_, chosen_.size()};
    return std::move(table_);
  }

 private:
  std::string_view rest_;
  const std::string& source_;
  const CsvOptions& options_;
  CsvTable table_;
  std::vector<CsvCell> cells_;
  std::vector<std::size_t> chosen_;
  std::size_t line_ = 0, width_ = 0, rows_ = 0;
  char separator_ = '\0';

  [[noreturn]] void fault(std::size_t column, const std::string& what,
                          const std::string& cure) const {
    throw Failure(Exit::file, "[csv] " + source_ + ":" + std::to_string(line_) + ":" +
                                  std::to_string(column) + ": " + what + "; " + cure);
  }
  [[noreturn]] void fault_in_file(const std::string& what, const std::string& cure) const {
    throw Failure(Exit::file, "[csv] " + source_ + ": " + what + "; " + cure);
  }

  void check_encoding() {
    if (rest_.substr(0, 3) == "\xEF\xBB\xBF") rest_.remove_prefix(3);
    const std::string_view begin = rest_.substr(0, 2);
    if (begin == "\xFF\xFE" || begin == "\xFE\xFF") {
      fault_in_file("it is UTF-16 text", "save it as UTF-8 or ASCII");
    }
    if (const std::size_t zero = rest_.find('\0'); zero != std::string_view::npos) {
      fault_in_file("byte " + std::to_string(zero) + " is zero, so it is no text",
                    "give a table as text");
    }
  }

  // Reads the cells of the next line that is neither blank nor a comment.
  bool next_row() {
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++line_;
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      const std::string_view content = trimmed(line);
      if (content.empty() || content.front() == '#') continue;
      if (separator_ == '\0') separator_ = options_.separator.value_or(find_separator(line));
      split(line);
      return true;
    }
    return false;
  }

  static char find_separator(std::string_view line) {
    bool quoted = false;
    bool comma = false, semicolon = false, tab = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (quoted) continue;
      comma |= c == ',';
      semicolon |= c == ';';
      tab |= c == '\t';
    }
    return semicolon ? ';' : tab ? '\t' : comma ? ',' : ' ';
  }

  bool separates(char c) const { return separator_ == ' ' ? is_blank(c) : c == separator_; }

  void split(std::string_view line) {
    cells_.clear();
    if (separator_ == ' ')
      line = line.substr(0, static_cast<std::size_t>(trimmed(line).end() - line.begin()));
    std::size_t at = 0;
    while (true) {
      while (at < line.size() && is_blank(line[at]) && (separator_ == ' ' || !separates(line[at])))
        ++at;
      const std::size_t begin = at;
      if (at < line.size() && line[at] == '"') {
        at = end_of_quotes(line, at);
        cells_.push_back({line.substr(begin + 1, at - begin - 2), begin + 1});
        while (at < line.size() && is_blank(line[at]) && !separates(line[at])) ++at;
        if (at < line.size() && !separates(line[at])) {
          fault(at + 1, "text follows a closing quote", "quote the whole cell or nothing");
        }
      } else {
        while (at < line.size() && !separates(line[at])) ++at;
        cells_.push_back({trimmed(line.substr(begin, at - begin)), begin + 1});
      }
      if (at >= line.size()) return;
      ++at;
    }
  }

  // Returns the position after the quote that closes the one at `at`.
  std::size_t end_of_quotes(std::string_view line, std::size_t at) const {
    for (std::size_t k = at + 1; k < line.size(); ++k) {
      if (line[k] != '"') continue;
      if (k + 1 < line.size() && line[k + 1] == '"') {
        ++k;
      } else {
        return k + 1;
      }
    }
    fault(at + 1, "a quote is not closed on its line", "close it, or remove it");
  }

  static std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t k = 0; k < text.size(); ++k) {
      result += text[k];
      if (text[k] == '"' && k + 1 < text.size() && text[k + 1] == '"') ++k;
    }
    return result;
  }

  bool none_is_a_number() const {
    double value = 0;
    return std::all_of(cells_.begin(), cells_.end(), [&](const CsvCell& cell) {
      const Reading reading = read_number(cell.text, value);
      return reading == Reading::text || reading == Reading::empty;
    });
  }

  std::string list_of_names() const {
    std::string text;
    for (const std::string& name : table_.names) text += (text.empty() ? "" : ", ") + name;
    return text;
  }

  void choose_columns() {
    for (const auto& column : options_.columns) {
      if (const auto* index = std::get_if<std::size_t>(&column)) {
        if (*index >= width_) {
          fault_in_file("there is no column " + std::to_string(*index) + ", only " +
                            std::to_string(width_) + " columns",
                        "choose from 0 to " + std::to_string(width_ - 1));
        }
        chosen_.push_back(*index);
        continue;
      }
      const std::string& name = std::get<std::string>(column);
      if (table_.names.empty()) {
        fault_in_file("there is no column \"" + name + "\": it has no header row",
                      "choose columns by index, from 0");
      }
      const auto found = std::find(table_.names.begin(), table_.names.end(), name);
      if (found == table_.names.end()) {
        fault_in_file("there is no column \"" + name + "\"", "choose from " + list_of_names());
      }
      if (std::find(found + 1, table_.names.end(), name) != table_.names.end()) {
        fault_in_file("two columns are named \"" + name + "\"", "choose columns by index, from 0");
      }
      chosen_.push_back(static_cast<std::size_t>(found - table_.names.begin()));
    }
    if (options_.columns.empty()) {
      for (std::size_t k = 0; k < width_; ++k) chosen_.push_back(k);
    }
  }

  void keep_chosen_names() {
    if (table_.names.empty()) return;
    std::vector<std::string> names;
    for (const std::size_t k : chosen_) names.push_back(table_.names[k]);
    table_.names = std::move(names);
  }

  void add_row() {
    if (cells_.size() != width_) {
      fault(1,
            "the number of cells is " + std::to_string(cells_.size()) + " here but " +
                std::to_string(width_) + " in the first row",
            "give all rows the same length");
    }
    for (const std::size_t k : chosen_) {
      double value = 0;
      const Reading reading = read_number(cells_[k].text, value);
      if (reading != Reading::number) fault_in_cell(cells_[k], reading);
      table_.values.push_back(value);
    }
    ++rows_;
  }

  [[noreturn]] void fault_in_cell(const CsvCell& cell, Reading reading) const {
    const std::string text = shown_cell(cell.text);
    if (reading == Reading::empty) {
      fault(cell.column, "an empty cell", "fill it in, or remove the row or the column");
    }
    if (reading == Reading::not_finite) {
      fault(cell.column, text + " is not a finite number", "remove the row, or fill it in");
    }
    if (reading == Reading::too_large) {
      fault(cell.column, text + " is out of the range of a double (1e-308 to 1e308 in size)",
            "scale the column");
    }
    if (cell.text.find(',') != std::string_view::npos) {
      fault(cell.column, text + " is not a number", "write a decimal point instead of a comma");
    }
    fault(cell.column, text + " is not a number",
          rows_ == 0 && options_.header != CsvHeader::yes
              ? "remove it, choose other columns, or say that the first row is a header"
              : "remove it, or choose other columns");
  }
};

template <class Number>
void append_number(std::string& text, Number value) {
  char digits[32];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  text.append(digits, result.ptr);
}

std::string quoted_if_needed(const std::string& name) {
  double value = 0;
  const Reading reading = read_number(trimmed(name), value);
  const bool plain =
      name.find_first_of(",;\"\t\n\r#") == std::string::npos && name == trimmed(name);
  if (plain && reading == Reading::text) return name;
  std::string result = "\"";
  for (const char c : name) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

}  // namespace

CsvTable read_csv(const std::string& path, const CsvOptions& options, FileSystem& files) {
  return parse_csv(read_file(files, path), path, options);
}

CsvTable parse_csv(std::string_view text, const std::string& source, const CsvOptions& options) {
  return CsvReader(text, source, options).read();
}

std::string csv_text(const NdArray& table, const std::vector<std::string>& names) {
  const bool list = table.shape.size() == 1;
  check(list || table.shape.size() == 2, "csv", "shape ", shape_text(table.shape),
        " is not a table (N, D); write it as .npy");
  const std::size_t rows = table.shape[0], columns = list ? 1 : table.shape[1];
  check(rows * columns == table.values.size(), "csv", "shape ", shape_text(table.shape),
        " does not hold ", table.values.size(), " values; correct the shape");
  check(names.empty() || names.size() == columns, "csv", names.size(), " names for ", columns,
        " columns; give one for each");
  std::string text;
  for (std::size_t k = 0; k < names.size(); ++k)
    text += (k ? "," : "") + quoted_if_needed(names[k]);
  if (!names.empty()) text += '\n';
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      if (column) text += ',';
      const double value = table.values[row * columns + column];
      if (table.dtype == "<f4") {
        append_number(text, static_cast<float>(value));
      } else {
        append_number(text, value);
      }
    }
    text += '\n';
  }
  return text;
}

void write_csv(const std::string& path, const NdArray& table, const std::vector<std::string>& names,
               FileSystem& files) {
  write_file_atomically(files, path, csv_text(table, names));
}

}  // namespace pushforward::app
