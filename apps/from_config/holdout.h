// Splits the rows of a finite data set into those for training and those that are held out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "flow/distributions/array.h"

namespace pushforward::app::inline PF_REAL {

// The rows to hold out, as /train/holdout describes them, and how the held-out rows are drawn.
struct Holdout {
  Json choice = 0.0;       // a share, an array of row numbers, or the path of a file
  std::uint64_t seed = 0;  // chooses the rows of a share
  int batch = 1;           // the held-out rows are drawn in epochs, this many in each step

  bool empty() const { return choice.is_number() && choice == 0.0; }
};

// Returns the rows that a config holds out.
Holdout holdout_of(const Config& config);

// Returns the numbers of the rows to hold out of n, ascending. A share is rounded to a number of
// rows from 1 to n - 1. `name` is the name of the data for messages. Throws Failure (exit 2) if no
// row would be left for training, and if a number is not that of a row.
std::vector<int> held_out_rows(const Holdout& holdout, int n, const std::string& name);

// Returns `data` without the rows to hold out, which its held_out() returns. `read` reads the file
// with a path as `data` was read. Throws as held_out_rows does, and Failure (exit 4) if the columns of the
// file of held-out rows are not those of `data`.
std::shared_ptr<ArrayData> without_held_out(
    ArrayData data, const Holdout& holdout, const std::string& name,
    const std::function<ArrayData(const std::string&)>& read);

}  // namespace pushforward::app::inline PF_REAL
