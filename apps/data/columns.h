// Describes columns of data that float32 rounds to few values and columns that are constant, and
// converts the units of data in an `affine` section.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"
#include "apps/run/units.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// Throws Failure (exit 2) if a number of a finite set is beyond the range of `real`. The message
// names row and column.
void check_range(const Distribution& data);

// Says whether to name the constant columns, or not because a report of their file has named them.
enum class Constants { named, told };

// Returns a line, with counts and a cure, for each column in which rounding to `real` makes more
// than a few different numbers equal, and one line that names the constant columns. Examines at
// most the first 65,536 rows of a finite set, and 4,096 drawn rows of any other distribution.
std::vector<std::string> describe_columns(const Distribution& data, const Units& units,
                                          Constants constants = Constants::named);

// Converts `units` as runs of earlier versions stored them, without the factor and shift of
// `affine` sections, to the units of the data section: scale x + shift.
Units with_affine(const Units& units, const Json& data_section);

// Returns ln of the factor by which `affine` sections enlarge the bins of the first `dequantize`
// section inside them. The outermost section is `data_section`.
double log_growth_of_bins(const Json& data_section, int dim);

// Returns one number per column, from a single number or an array. Throws Failure (exit 2) if the
// array does not have `dim` numbers.
std::vector<double> per_column(const Json& value, int dim, const char* key);

}  // namespace pushforward::app::inline PF_REAL
