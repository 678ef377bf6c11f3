#include "flow/discrete/distribution.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

void check_token_sizes(int length, int vocabulary) {
  check(length > 0 && vocabulary > 0, "tokens", "sequences of ", length, " tokens out of ",
        vocabulary, "; both must be positive");
}

void no_labels(int rows, int* labels) {
  if (labels) std::fill_n(labels, rows, 0);
}

}  // namespace

std::vector<int> draw_rows(const TokenDistribution& distribution, Stream stream, int n,
                           std::vector<int>* labels) {
  check(n >= 0, "tokens", n, " rows asked for; give 0 or more");
  std::vector<int> out(static_cast<std::size_t>(n) * distribution.length());
  if (labels) labels->resize(n);
  distribution.draw(stream, 0, n, out.data(), labels ? labels->data() : nullptr);
  return out;
}

std::vector<int> rows_with(const TokenTable& table, std::span<const int> given) {
  check(static_cast<int>(given.size()) == table.length, "tokens", given.size(),
        " given tokens for rows of ", table.length,
        "; give one per position, and -1 for any token");
  std::vector<int> found;
  for (int k = 0; k < table.rows(); ++k) {
    const std::span<const int> row = table.row(k);
    bool fits = true;
    for (std::size_t l = 0; l < given.size(); ++l)
      fits = fits && (given[l] < 0 || row[l] == given[l]);
    if (fits) found.push_back(k);
  }
  return found;
}

TokenTable select_rows(const TokenTable& table, std::span<const int> rows) {
  TokenTable some{table.length};
  double total = 0;
  for (const int k : rows) {
    check(k >= 0 && k < table.rows(), "tokens", "row ", k, " of a table of ", table.rows());
    const std::span<const int> row = table.row(k);
    some.tokens.insert(some.tokens.end(), row.begin(), row.end());
    if (!table.labels.empty()) some.labels.push_back(table.labels[static_cast<std::size_t>(k)]);
    if (table.weights.empty()) continue;
    some.weights.push_back(table.weights[static_cast<std::size_t>(k)]);
    total += some.weights.back();
  }
  for (double& w : some.weights) w /= total;
  return some;
}

TableDistribution::TableDistribution(TokenTable table, int vocabulary)
    : table_(std::move(table)), vocabulary_(vocabulary) {
  const int length = table_.length, rows = table_.rows();
  check_token_sizes(length, vocabulary);
  check(rows > 0 && table_.tokens.size() == static_cast<std::size_t>(rows) * length, "tokens",
        table_.tokens.size(), " tokens are not a positive number of rows of ", length);
  check(table_.labels.empty() || static_cast<int>(table_.labels.size()) == rows, "tokens",
        table_.labels.size(), " labels for ", rows, " rows; give one per row");
  check(table_.weights.empty() || static_cast<int>(table_.weights.size()) == rows, "tokens",
        table_.weights.size(), " weights for ", rows, " rows; give one per row");
  for (std::size_t i = 0; i < table_.tokens.size(); ++i) {
    check(table_.tokens[i] >= 0 && table_.tokens[i] < vocabulary, "tokens", "row ", i / length,
          ", position ", i % length, " is token ", table_.tokens[i], ", and the vocabulary has ",
          vocabulary, ", 0 to ", vocabulary - 1);
  }
  for (int k = 0; k < static_cast<int>(table_.labels.size()); ++k) {
    check(table_.labels[k] >= 0, "tokens", "label ", k, " is ", table_.labels[k],
          "; labels count from 0");
    classes_ = std::max(classes_, table_.labels[k] + 1);
  }
  if (table_.weights.empty()) return;
  double total = 0;
  for (int k = 0; k < rows; ++k) {
    const double w = table_.weights[k];
    check(std::isfinite(w) && w >= 0, "tokens", "weight ", k, " is ", w,
          "; weights are finite and not negative");
    cumulative_.push_back(total += w);
  }
  check(total > 0, "tokens", "all ", rows, " weights are 0; at least one must be positive");
  for (double& w : table_.weights) w /= total;
}

void TableDistribution::draw(Stream stream, std::uint32_t first_row, int rows, int* out,
                             int* labels) const {
  for (int r = 0; r < rows; ++r, out += table_.length) {
    const std::uint32_t row = first_row + static_cast<std::uint32_t>(r);
    int k;
    if (cumulative_.empty()) {
      k = stream.integer(table_.rows(), row);
    } else {
      // Selects the first row whose cumulative weight is above u. If rounding makes u equal to the
      // sum of all weights, it is the last row with a positive weight.
      const double u = stream.uniform(row) * cumulative_.back();
      auto at = std::ranges::upper_bound(cumulative_, u);
      if (at == cumulative_.end()) at = std::ranges::lower_bound(cumulative_, cumulative_.back());
      k = static_cast<int>(at - cumulative_.begin());
    }
    std::ranges::copy(table_.row(k), out);
    if (labels) labels[r] = table_.labels.empty() ? 0 : table_.labels[k];
  }
}

WindowDistribution::WindowDistribution(std::vector<int> text, int length, int vocabulary)
    : text_(std::move(text)), length_(length), vocabulary_(vocabulary) {
  check_token_sizes(length, vocabulary);
  check(text_.size() >= static_cast<std::size_t>(length), "tokens", "a text of ", text_.size(),
        " tokens has no window of ", length, "; give a longer text or a shorter window");
  for (std::size_t i = 0; i < text_.size(); ++i) {
    check(text_[i] >= 0 && text_[i] < vocabulary, "tokens", "position ", i,
          " of the text is token ", text_[i], ", and the vocabulary has ", vocabulary, ", 0 to ",
          vocabulary - 1);
  }
}

void WindowDistribution::draw(Stream stream, std::uint32_t first_row, int rows, int* out,
                              int* labels) const {
  const int starts = static_cast<int>(text_.size()) - length_ + 1;
  for (int r = 0; r < rows; ++r, out += length_) {
    const int start = stream.integer(starts, first_row + static_cast<std::uint32_t>(r));
    std::copy_n(text_.begin() + start, length_, out);
  }
  no_labels(rows, labels);
}

UniformTokens::UniformTokens(int length, int vocabulary)
    : length_(length), vocabulary_(vocabulary) {
  check_token_sizes(length, vocabulary);
}

void UniformTokens::draw(Stream stream, std::uint32_t first_row, int rows, int* out,
                         int* labels) const {
  for (int r = 0; r < rows; ++r, out += length_) {
    for (int l = 0; l < length_; ++l)
      out[l] = stream.integer(vocabulary_, first_row + static_cast<std::uint32_t>(r),
                              static_cast<std::uint32_t>(l));
  }
  no_labels(rows, labels);
}

}  // namespace pushforward
