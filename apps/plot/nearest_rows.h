// The rows of a table whose conditions are nearest to given ones.
#pragma once

#include <string>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/figures/data.h"
#include "apps/run/condition_code.h"

namespace pushforward::app {

// Rows of a table, and which they are, such as "data: the 34 of 333 rows nearest to the condition".
struct NearestRows {
  Points points;
  std::string words;
};

// Returns the rows that have the same categories as the condition (1, C). If the condition has other
// columns, only the tenth of these rows, but at least 20, that are nearest in them, by the Euclidean
// distance of their numbers in the code of the conditions. `rows` have their conditions.
NearestRows rows_near(const DataRows& rows, const ConditionCode& code,
                      const std::vector<double>& condition);

}  // namespace pushforward::app
