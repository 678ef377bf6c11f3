#include "apps/recording/weights.h"

#include <fmt/format.h>

#include <utility>

#include "apps/recording/base64.h"
#include "apps/run/folder.h"
#include "apps/run/summary.h"
#include "nn/checkpoint/file.h"
#include "nn/checkpoint/safetensors.h"

namespace pushforward::app {
namespace {

// The largest model file in a report. Base64 makes it a third larger.
constexpr std::size_t kMostBytes = 600'000;

std::string reason_against_weights(const Config& config, const FileStatus& file,
                                   PlotSubject subject, bool table, bool manifold) {
  if (manifold)
    return "the live page goes on with flows in flat space, and the points of this run are on a manifold";
  if (subject != PlotSubject::points)
    return fmt::format("the live page goes on with flows of points, and this is a flow of {}",
                       subject == PlotSubject::images  ? "images"
                       : subject == PlotSubject::pairs ? "pairs of tokens"
                                                       : "sequences of tokens");
  if (table)
    return "the live page goes on with flows of plain numbers, and the columns of this table are encoded";
  if (config.string("/precision") != "float32")
    return fmt::format("the live page computes in float32, and /precision is {}",
                       config.string("/precision"));
  if (file.kind == FileKind::missing) return "the run has no model.safetensors";
  if (file.size > kMostBytes)
    return fmt::format("model.safetensors has {}, and a report holds at most {} of weights",
                       size_words(file.size), size_words(kMostBytes));
  return "";
}

}  // namespace

RecordedWeights record_weights(const Config& config, const std::string& run, PlotSubject subject,
                               bool table, bool manifold) {
  const std::string path = RunPaths{run}.model();
  const std::string why =
      reason_against_weights(config, read_status(posix(), path), subject, table, manifold);
  if (!why.empty()) return {{}, why};
  const std::string bytes = read_file(posix(), path);
  const Metadata metadata = read_safetensors(posix(), path).metadata();
  PageMessage message("weights");
  const auto step = metadata.find("step");
  if (step != metadata.end()) message.head["step"] = step->second;
  message.head["bytes"] = bytes.size();
  message.head["model"] = base64(bytes);
  return {std::move(message), ""};
}

}  // namespace pushforward::app
