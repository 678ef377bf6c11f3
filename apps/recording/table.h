// The message about samples and data of a table whose columns are encoded for its flow.
#pragma once

#include <vector>

#include "apps/figures/data.h"
#include "apps/page/message.h"

namespace pushforward::app {

// Returns the message "table" for the page. Its head has
//
//   columns  of each column: name, kind, `values` (the texts of a category, else absent), `bars`
//            (whether each value has a bar of its own), `places` (the texts at the values with bars),
//            `origin`, `low` and `high` (the limits of its axis) and their texts
//   rows     at most 12 samples, as texts of their cells
//
// and its arrays are `samples` (N, D) and, unless there is no data, `data` (M, D). Both are in the
// units of the table, less the column's `origin`, so that times keep their digits as float32. For a
// column with bars they are the number of the value's bar. Throws [report] if the widths differ.
PageMessage table_message(const Points& samples, const Points& data);

}  // namespace pushforward::app
