// Loads the weights of a velocity network with one time into a network with two.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/checkpoint/file.h"
#include "nn/module.h"

namespace pushforward::inline PF_REAL {

// Returns whether a parameter of a network with two times (nn/networks/velocity.h) does not belong to
// the same network with one time: the frequencies of the features of t - s.
bool only_with_two_times(const Parameter& parameter);

// Returns whether this parameter is the weight of the layer that reads the features of both times,
// and has `columns` columns more than `there`, the shape of the same weight with one time.
bool wider_by(const Parameter& parameter, int columns, const std::vector<std::uint64_t>& there);

// Loads a model file of a network with one time into a network with two, whose features of t - s have
// `columns` columns. The weights of these columns become 0, so that v(x, s, t) is u(x, s) for every t.
// Throws FileError if a tensor is missing, of another shape, or not finite; nothing is changed then.
void load_widened(FileSystem& files, const std::string& model_file, int columns,
                  Parameters& parameters);

}  // namespace pushforward::inline PF_REAL
