// From /data and /source of a config of tokens to the distributions that batches are drawn from.
#pragma once

#include "apps/config/config.h"
#include "apps/run/labels.h"
#include "apps/run/token_traits.h"
#include "autograd/tensor/real.h"
#include "flow/discrete/distribution.h"
#include "flow/discrete/path.h"

namespace pushforward::app::inline PF_REAL {

// A data set of tokens.
struct TokenData {
  TokenDistributionPtr distribution;  // what training draws from
  TokenDistributionPtr held_out;      // rows that training never sees; null: none are kept
  TokenTraits traits;
};

// /data. Reads the files it names; Failure (exit 4) when one
// can't be read or holds what is no token, naming row and position.
TokenData build_tokens(const Config& config);

// /path and /source, for data of that vocabulary.
TokenPath make_token_path(const Config& config, int vocabulary);

// The distribution of /source where it is a data set; null for mask and uniform. Failure (exit 2)
// where its length or vocabulary is not the data's.
TokenDistributionPtr build_token_source(const Config& config, const TokenTraits& data);

// How often each class occurs; empty for data without classes.
ClassShares count_class_shares(const TokenDistribution& data);

}  // namespace pushforward::app::inline PF_REAL
