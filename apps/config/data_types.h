// What the types of a /data section say for sure of its rows, before a file of it is read.
#pragma once

#include "apps/json/json.h"

namespace pushforward::app {

// The data set at the bottom of the wrappers (`of`), which is `data` itself where it wraps none.
const Json& innermost(const Json& data);

// Whether the set draws fresh rows without end; false where only its file would tell.
bool endless(const Json& data);

// Whether its rows have no labels; false where only its file would tell.
bool unlabelled(const Json& data);

}  // namespace pushforward::app
