// Builds the distributions of data and source from /data and /source of a config.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/data/holdout.h"
#include "apps/formats/npy.h"
#include "apps/run/condition_code.h"
#include "apps/run/manifold_code.h"
#include "apps/run/table_code.h"
#include "flow/conditions.h"
#include "flow/distributions/array.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// The columns of a table that are conditions, the numbers that a network is given besides x and t.
// `code` encodes them. `rows` (n, C) has the conditions of all rows, first those of the rows that
// are trained on, then those of the held-out rows. The code is null if there are none.
struct RowConditions {
  ConditionCodePtr code;
  std::vector<double> rows;
  int trained = 0;  // the number of rows that are trained on
};

// The rows of a table that are trained on, whose missing cells are drawn anew during the training
// (apps/flows/flow_impute.h): the rows themselves, and their cells (n, D) before, with NaN for
// missing ones. `rows` is null if no cell is missing.
struct IncompleteRows {
  std::shared_ptr<ArrayData> rows;
  NdArray known{};
};

// What a data section has besides its rows: the code of a table with typed columns, the names of
// its classes, the rows of the table before they are encoded, and their conditions. For other data
// the members are null and empty.
struct DataTraits {
  TableCodePtr code;
  std::vector<std::string> classes;
  DistributionPtr rows;
  RowConditions given{};
  ManifoldCodePtr manifold{};  // null: the data is in flat space
  // Set it before the data is built for a training: rows with missing cells that are to be modelled
  // are then among the rows, and `incomplete` has them. Otherwise they are left out.
  bool fill_missing = false;
  std::optional<int> all_rows{};  // of a table: the number of rows among which some are held out
  IncompleteRows incomplete{};
  // Returns whether the rows of the distribution are encoded, so that they differ from the table.
  bool coded() const { return code && !code->plain(); }
};

// Returns the conditions of the rows as a network gets them, or null if there are none.
ConditionTablePtr condition_table(const RowConditions& given);

// Builds the data set of a checked data section. Reads its files and reports them (files_read.h).
// `key` is the path of the section in the config, for messages. The rows that `holdout` selects are
// not in the data set, but in its held_out(). Throws Failure (exit 4) if a file cannot be read, and
// Failure (exit 2) if a number is beyond the range of `real`, or as without_held_out does
// (holdout.h).
DistributionPtr build_data(const Json& section, const std::string& key = "data",
                           const Holdout& holdout = {}, DataTraits* traits = nullptr);

// Returns the types that build_data knows.
std::vector<std::string> built_data_sets();

// Builds the data set that a run with this config is trained on, without the rows that it holds
// out.
DistributionPtr build_run_data(const Config& config, DataTraits* traits = nullptr);

// Builds the source of a checked source section, in `dim` dimensions. `holdout` is that of
// build_data, for a source that is a data set. Throws Failure (exit 2) if it is a data set of
// another dimension.
DistributionPtr build_source(const Json& section, int dim, const Holdout& holdout = {});

// Builds the source of a run, on the manifold of its data unless that is null. If its rows are paired with those of the data, the partners of the
// held-out rows are held out, too. Throws Failure (exit 2) if it is a data set on another manifold.
DistributionPtr build_run_source(const Config& config, int dim,
                                 const ManifoldCodePtr& manifold = nullptr);

// Builds the distribution of x0 in training: x0 of the pairs for data of type "pairs", otherwise the
// source of the run. Throws as read_section_pairs and check_source do (pairs.h).
DistributionPtr build_training_source(const Config& config, int dim,
                                      const ManifoldCodePtr& manifold = nullptr);

}  // namespace pushforward::app::inline PF_REAL
