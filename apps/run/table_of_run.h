// Reads from a run's model file how its table and its conditions are encoded, and the names of its
// classes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/requests.h"
#include "apps/run/condition_code.h"
#include "apps/run/manifold_code.h"
#include "apps/run/table_code.h"

namespace pushforward::app {

// The code of a run's table, and the names of its classes. The code is null if the run's data is no
// table with typed columns, or if the run has no model file.
struct RunTable {
  TableCodePtr code;
  std::vector<std::string> classes{};
  ConditionCodePtr condition{};  // the code of its conditions, or null
  ManifoldCodePtr manifold{};    // the manifold of its data, or null
};
RunTable table_of_run(const std::string& run);

// Returns the same, but with a code of plain numbers if the run's data is continuous or quantized and has
// no code: those are the columns that a file of its points has. `label` is its column of classes.
RunTable columns_of_run(const std::string& run, std::optional<ClassColumn> label = {});

// Replaces the text of --label by the class that it names in the run (resolve_label). A request
// without such a text, and one of a run without a model file, does not change.
void resolve_label_of_run(RunRequest& request);

}  // namespace pushforward::app
