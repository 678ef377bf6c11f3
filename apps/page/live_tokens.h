// The live training on tokens behind the page's questions, in one precision.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/flows/run_tokens.h"
#include "apps/page/session.h"
#include "apps/training/training.h"

namespace pushforward::app::inline PF_REAL {

// A training on tokens, and the discrete flow of its present weights. Sequences are filled in by
// the learned posterior or, if the data is a finite set, by the exact one.
class LiveTokens final : public PageSession {
 public:
  LiveTokens(const Config& config, std::string folder);
  PageMessage ask(const Json& question) override;

 private:
  PageMessage opened();
  PageMessage fill(const Json& question);
  PageMessage token_posterior(const Json& question);

  // Returns the discrete flow of the present weights or, if `exact`, the exact one.
  const RunTokens& current_tokens(bool exact);
  RunRequest run_request(bool exact) const;

  Config config_;
  std::string folder_;
  TokenTraits traits_;
  TokenPath path_;
  TokenDistributionPtr data_;
  std::unique_ptr<Training> training_;
  std::vector<std::string> start_remarks_;  // about the run whose weights are the first ones
  std::optional<RunTokens> learned_, exact_;
  std::int64_t learned_step_ = -1;
};

}  // namespace pushforward::app::inline PF_REAL
