// The live training behind the page's questions, in one precision.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/flows/run_flow.h"
#include "apps/page/session.h"
#include "apps/training/training.h"

namespace pushforward::app::inline PF_REAL {

// A training, and the flow of its present weights. The weights go from the training to the flow
// through a model file in the session's folder, so that the page shows exactly what
// `pushforward sample` would compute from the run.
class LiveRun final : public PageSession {
 public:
  LiveRun(const Config& config, std::string folder);
  PageMessage ask(const Json& question) override;

 private:
  using Answer = PageMessage (LiveRun::*)(const Json&);
  struct Row {
    const char* name;
    Answer answer;
  };
  static const std::vector<Row>& rows();

  PageMessage opened(const Json& question);
  PageMessage train(const Json& question);
  PageMessage flow(const Json& question);
  PageMessage field(const Json& question);
  PageMessage density(const Json& question);
  PageMessage likelihood(const Json& question);
  PageMessage path(const Json& question);
  PageMessage solver(const Json& question);
  PageMessage jumps(const Json& question);
  PageMessage pairs(const Json& question);
  PageMessage tape(const Json& question);
  PageMessage line(const Json& question);
  PageMessage save(const Json& question);
  PageMessage restore(const Json& question);

  // Returns the flow of the present weights or, if `exact`, the exact flow.
  const RunFlow& current_flow(bool exact);
  RunRequest run_request(bool exact) const;
  // Returns the points of the grid that a question asks for, (side^2, 2), in the data's units. The
  // first coordinate changes fastest.
  Tensor grid_points(const Json& question, const RunFlow& flow) const;
  // Returns the time of a question, moved away from the ends of the path by a thousandth where the
  // field may be infinite.
  double time_within(const Json& question, bool exact) const;

  Config config_;
  std::string folder_;
  DistributionPtr data_;
  Units units_;
  std::unique_ptr<Training> training_;
  std::vector<std::string> start_remarks_;  // about the run whose weights are the first ones
  std::optional<RunFlow> learned_, exact_;
  std::int64_t flow_step_ = -1;
  std::string no_exact_;  // why there is no exact flow; empty if there is one
};

}  // namespace pushforward::app::inline PF_REAL
