// The shares of the classes in a run's data. The model file stores them, so that labels can
// be drawn without the data.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/requests.h"
#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {

// The shares of the classes; they add up to 1. Empty if the data has no classes.
using ClassShares = std::vector<double>;

// Counts the shares of labels, each 0 .. classes - 1.
ClassShares class_shares(std::span<const int> labels, int classes);
// Returns the first class with a share above 0. In data of words, the class of a word is its
// length, so the first classes may have no words.
std::size_t first_class(const ClassShares& shares);

// write_shares and read_shares store the shares as "data.classes" of the metadata. A file without
// this entry is for data without classes. Reading throws Failure (exit 4), naming the file, if the
// value is not an array of shares.
void write_shares(const ClassShares& shares, Metadata& metadata);
ClassShares read_shares(const Metadata& metadata, const std::string& file);

// Returns the message for a label that is not a class. It lists the classes by name or, without
// `names`, by number. It says if the network takes no labels.
std::string label_fault(const std::string& label, const ClassShares& shares,
                        const std::vector<std::string>& names = {});

// Returns the choice of labels in words: "0 to 9", or "setosa, versicolor or virginica".
std::string label_words(const ClassShares& shares, const std::vector<std::string>& names);

// Replaces the text of --label by the number of its class: by its place in `names`, if the classes
// have names. Throws Failure (exit 2) if there is no such class. A request without text does not
// change.
void resolve_label(RunRequest& request, const ClassShares& shares,
                   const std::vector<std::string>& names);

// Returns a function from the number of a sample to its label: `wanted`, or else a label drawn with
// the shares as probabilities. The drawn label depends on the seed and the sample's number. Throws
// Failure (exit 2) that lists the classes if `wanted` is not one of them.
std::function<int(int sample)> make_label_function(const ClassShares& shares,
                                                   std::optional<int> wanted, std::uint64_t seed);

}  // namespace pushforward::app
