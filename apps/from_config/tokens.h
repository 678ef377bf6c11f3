// Builds the distributions of tokens that /data and /source of a config describe.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/run/labels.h"
#include "apps/run/token_traits.h"
#include "autograd/tensor/real.h"
#include "flow/discrete/distribution.h"
#include "flow/discrete/path.h"

namespace pushforward::app::inline PF_REAL {

// A data set of tokens.
struct TokenData {
  TokenDistributionPtr distribution;  // the training data
  TokenDistributionPtr held_out;      // rows that training does not use; null: none
  TokenTraits traits;
  std::vector<std::string> classes{};  // the names of the classes, if a file names them
};

// Builds the data set of /data and reads its files. Throws Failure (exit 4) if a file cannot be
// read or holds an invalid token; the message names row and position.
TokenData build_tokens(const Config& config);

// Returns the types of data that build_tokens knows.
std::vector<std::string> built_token_data();

// Builds the path between source and data tokens that /path and /source describe. `vocabulary` is
// the number of different tokens of the data.
TokenPath make_token_path(const Config& config, int vocabulary);

// Builds the distribution of /source if it is a data set. Returns null for mask and uniform. Throws
// Failure (exit 2) if its length or vocabulary differs from the data's.
TokenDistributionPtr build_token_source(const Config& config, const TokenTraits& data);

// Returns the share of each class, or nothing for data without classes.
ClassShares count_class_shares(const TokenDistribution& data);

}  // namespace pushforward::app::inline PF_REAL
