// Reads from a run's model file how its table is encoded, and the names of its classes.
#pragma once

#include <string>
#include <vector>

#include "apps/requests.h"
#include "apps/run/table_code.h"

namespace pushforward::app {

// Returns the code of the run's table. Returns null if its data is no table with typed columns, or
// if the run has no model file.
TableCodePtr table_code_of_run(const std::string& run);

// Replaces the text of --label by the class that it names in the run (resolve_label). A request
// without such a text, and one of a run without a model file, does not change.
void resolve_label_of_run(RunRequest& request);

}  // namespace pushforward::app
