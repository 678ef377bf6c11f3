#include "apps/data/holdout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "apps/failure_text.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The step of the random stream that chooses the rows of a share. No epoch has this number.
constexpr std::uint32_t kChoice = 0xfffffff0;

// Returns the numbers of the rows below n that are not in `held_out`, which is ascending.
std::vector<int> others(const std::vector<int>& held_out, int n) {
  std::vector<int> rows;
  for (int row = 0; row < n; ++row)
    if (!std::ranges::binary_search(held_out, row)) rows.push_back(row);
  return rows;
}

void check_same_columns(const ArrayData& data, const ArrayData& held_out, const std::string& name,
                        const std::string& path) {
  if (held_out.dim() != data.dim())
    throw file_error(
        "[data] {} (/train/holdout) has {} columns, but {} has {}; give a file of the same columns",
        path, held_out.dim(), name, data.dim());
  const std::vector<std::string> here(data.names().begin(), data.names().end()),
      there(held_out.names().begin(), held_out.names().end());
  if (here != there && !here.empty() && !there.empty())
    throw file_error(
        "[data] {} (/train/holdout) has the columns {}, but {} has {}; give "
        "a file of the same columns in the same order",
        path, fmt::join(there, ", "), name, fmt::join(here, ", "));
}

}  // namespace

Holdout holdout_of(const Config& config) {
  return {config.section("/train").json().at("holdout"),
          static_cast<std::uint64_t>(config.integer("/seed")),
          static_cast<int>(config.integer("/train/batch"))};
}

std::vector<int> held_out_rows(const Holdout& holdout, int n, const std::string& name) {
  std::vector<int> rows;
  if (holdout.choice.is_number()) {
    if (n < 2)
      throw usage_error(
          "[data] {} has one row, so /train/holdout {} would leave none to "
          "train on; leave it out, or give a file of other rows",
          name, holdout.choice.get<double>());
    const auto count = static_cast<int>(std::llround(holdout.choice.get<double>() * n));
    rows = permutation({holdout.seed, Purpose::shuffle, kChoice}, n);
    rows.resize(static_cast<std::size_t>(std::clamp(count, 1, n - 1)));
  } else {
    rows = holdout.choice.get<std::vector<int>>();
  }
  std::sort(rows.begin(), rows.end());
  if (!rows.empty() && rows.back() >= n)
    throw usage_error(
        "[data] /train/holdout has row {}, but {} has {} rows, 0 to {}; give "
        "numbers of its rows, counted from 0 without the header",
        rows.back(), name, n, n - 1);
  if (static_cast<int>(rows.size()) == n)
    throw usage_error(
        "[data] /train/holdout has all {} rows of {}, so none is left to train on; hold out fewer",
        n, name);
  return rows;
}

std::shared_ptr<ArrayData> without_held_out(
    ArrayData data, const Holdout& holdout, const std::string& name,
    const std::function<ArrayData(const std::string&)>& read) {
  const RowOrder order{.batch = holdout.batch};
  if (holdout.choice.is_string()) {
    const std::string path = holdout.choice.get<std::string>();
    ArrayData held_out = read(path);
    check_same_columns(data, held_out, name, path);
    std::vector<int> all = others({}, held_out.row_count());
    data.hold_out(std::make_shared<ArrayData>(held_out.select(all, order)));
    return std::make_shared<ArrayData>(std::move(data));
  }
  const int n = data.row_count();
  const std::vector<int> rows = held_out_rows(holdout, n, name);
  ArrayData training = data.select(others(rows, n));
  training.hold_out(std::make_shared<ArrayData>(data.select(rows, order)));
  return std::make_shared<ArrayData>(std::move(training));
}

}  // namespace pushforward::app::inline PF_REAL
