// The classes of a run's data: how often each occurs, kept in the
// model file so that labels can be drawn where the data is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// Shares of the classes, adding up to 1; empty: the data has none.
using ClassShares = std::vector<double>;

// Of labels, each 0 .. classes - 1.
ClassShares class_shares(std::span<const int> labels, int classes);
// The first class that occurs: words of a length, for one, begin with the shortest.
std::size_t first_class(const ClassShares& shares);

// In the metadata as "data.classes"; a file without it is of data without classes. Reading throws
// Failure (exit 4), naming the file, where it is no array of shares.
void write_shares(const ClassShares& shares, Metadata& metadata);
ClassShares read_shares(const Metadata& metadata, const std::string& file);

// The label of each sample: `wanted`, or one drawn by the shares from the seed and the sample's
// number. Throws Failure (exit 2) where there is no such class, naming those there are.
std::function<int(int sample)> make_label_function(const ClassShares& shares,
                                                   std::optional<int> wanted, std::uint64_t seed);

}  // namespace pushforward::app
