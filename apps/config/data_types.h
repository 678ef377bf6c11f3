// Properties of data that follow from the types of a /data section, without reading its files.
#pragma once

#include <string_view>

#include "apps/config/config.h"

namespace pushforward::app {

// Returns the data section inside all wrappers (sections that contain another data section as
// `of`), or `data` itself if it is not a wrapper.
const Json& innermost(const Json& data);

// Returns whether the data set draws new rows without end, instead of rows of a finite set. Returns
// false if this depends on the file of the data.
bool endless(const Json& data);

// Returns whether columns of the data's table are conditions: given to the network instead of learned.
bool names_conditions(const Json& data);

// Returns whether the network of a whole config gets more than x and t of each row: its class, or
// conditions.
bool is_given(const Json& config);

// Returns whether the rows have no labels. Returns false if this depends on the file of the data.
bool unlabelled(const Json& data);

// Returns whether a value of the kind `rows` chooses any rows: a share above 0, row numbers or a file.
bool chooses_rows(const Json& choice);

// Returns whether a data section of tokens holds sequences out by its own key `held_out`.
bool holds_tokens_out(const Json& data);

// Returns whether the data set of this type is on a manifold.
bool is_manifold_data(std::string_view type);

// Returns whether the run with this config learns a flow on a manifold.
bool on_manifold(const Section& config);

}  // namespace pushforward::app
