#include "flow/discrete/path_law.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

// A data row is drawn again until it has the requested label. Attempt k uses the random streams at
// step kFirstTokenAttempt + k, a step number that training never reaches.
constexpr std::uint32_t kFirstTokenAttempt = 0x80000000;
constexpr std::uint32_t kMaxTokenAttempts = 100'000;

}  // namespace

TokenPathLaw::TokenPathLaw(TokenPath path, double t, TokenDistributionPtr data,
                           TokenDistributionPtr source, bool paired,
                           std::function<int(int row)> label_of)
    : path_(path),
      t_(t),
      data_(std::move(data)),
      source_(std::move(source)),
      paired_(paired),
      label_of_(std::move(label_of)) {
  path_.check_valid();
  path_.at_source(t);  // fails on times outside [0, 1]
  check(data_ != nullptr, "path law", "the data must be given");
  check((source_ != nullptr) == (path_.source == SourceKind::data), "path law",
        source_ ? "a distribution of source rows is given, but the path begins at mask or uniform "
                  "tokens; leave it out"
                : "the path begins at rows of a distribution, but none is given; give it");
  const auto fits = [&](const TokenDistribution& d) {
    return d.vocabulary() == path_.vocabulary && d.length() == data_->length();
  };
  check(fits(*data_) && (!source_ || fits(*source_)), "path law", "the path has ", path_.vocabulary,
        " tokens, the data ", data_->vocabulary(), " in sequences of ", data_->length(),
        "; source, data and path must agree");
  check(!label_of_ || data_->classes() > 0, "path law",
        "labels are asked for, and the data has no classes; give labelled data");
}

void TokenPathLaw::draw(Stream stream, std::uint32_t first_row, int rows, int* out,
                        int* labels) const {
  const std::size_t l = static_cast<std::size_t>(length()),
                    size = l * static_cast<std::size_t>(rows);
  std::vector<int> x1(size), found(static_cast<std::size_t>(rows)), missing;
  const auto draw_ends = [&](std::uint32_t attempt, std::vector<int>& data, std::vector<int>& of,
                             int* source) {
    const Stream rows_of_data{stream.seed, Purpose::data, kFirstTokenAttempt + attempt};
    data_->draw(rows_of_data, first_row, rows, data.data(), of.data());
    // If source and data are paired, they are drawn with the same random numbers, which select the
    // same row numbers.
    if (source_) source_->draw(paired_ ? rows_of_data : stream, first_row, rows, source);
  };
  const auto wanted = [&](int r) { return label_of_(static_cast<int>(first_row) + r); };
  draw_ends(0, x1, found, out);
  for (int r = 0; label_of_ && r < rows; ++r)
    if (found[r] != wanted(r)) missing.push_back(r);
  std::vector<int> other(x1.size()), labels_of_other(found.size()), sources(source_ ? size : 0);
  for (std::uint32_t attempt = 1; !missing.empty(); ++attempt) {
    check(attempt < kMaxTokenAttempts, "path law", "none of ", kMaxTokenAttempts,
          " rows of the data has label ", wanted(missing.front()), "; ask for a label that occurs");
    draw_ends(attempt, other, labels_of_other, sources.data());
    std::erase_if(missing, [&](int r) {
      if (labels_of_other[r] != wanted(r)) return false;
      std::copy_n(other.data() + r * l, l, x1.data() + r * l);
      if (source_) std::copy_n(sources.data() + r * l, l, out + r * l);
      return true;
    });
  }
  const Stream mixing{stream.seed, Purpose::token_path, kFirstTokenAttempt};
  for (int r = 0; r < rows; ++r)
    draw_at(path_, t_, mixing, first_row + static_cast<std::uint32_t>(r), {x1.data() + r * l, l},
            {out + r * l, l});
  if (labels) std::fill_n(labels, rows, 0);
}

}  // namespace pushforward
