// Networks over tokens: from sequences, times and labels to logits of each place's token.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "nn/layers.h"
#include "nn/token_options.h"

namespace pushforward::inline PF_REAL {

// The one that options.kind names. states (B, L) row-major, each 0 .. options.states - 1; t (B, 1)
// on a tape; labels one a row, -1 for none, an empty span for none at all: logits (B, L, V) on that
// tape. Fails, naming row, place and state, on a state outside its range.
class TokenNetwork {
 public:
  explicit TokenNetwork(const TokenOptions& options);
  ~TokenNetwork();

  Var operator()(std::span<const int> states, Var t, std::span<const int> labels = {},
                 const Mode& mode = {}) const;
  void visit(const std::string& at, const Visitor& f);
  const TokenOptions& options() const { return options_; }

 private:
  TokenOptions options_;
  struct Net;
  std::unique_ptr<Net> net_;
};

}  // namespace pushforward::inline PF_REAL
