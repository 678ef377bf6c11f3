#include "apps/recording/record_tape.h"

#include <memory>
#include <numeric>
#include <utility>

#include "apps/page/tape_messages.h"
#include "apps/run/checkpoints.h"
#include "apps/run/folder.h"
#include "apps/training/stand_in.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr std::size_t kLinesWithLargeCorners = 120;

// Returns a source's path from the project's root, without the folder where the program was built.
std::string from_root(const std::string& file) {
  for (const char* room : {"/autograd/", "/nn/", "/flow/", "/apps/"}) {
    const std::size_t at = file.find(room);
    if (at != std::string::npos) return file.substr(at + 1);
  }
  return file;
}

// Returns the message "tape" with the paths of its sources from the project's root.
PageMessage without_folders(PageMessage message) {
  Json& tape = message.head.at("tape");
  Json lines = Json::array();
  for (Json line : tape.at("lines")) {
    if (line.contains("file")) line["file"] = from_root(line.at("file").text());
    lines.push_back(std::move(line));
  }
  tape["lines"] = std::move(lines);
  return message;
}

}  // namespace

std::vector<PageMessage> record_tape(const Config& config, const std::string& run, bool with_data,
                                     const Say& say) {
  const std::unique_ptr<Training> training =
      with_data ? make_training(config, 1) : make_training_without_data(config, run);
  const auto newest = Checkpoints(RunPaths{run}.checkpoints(), say).newest_whole();
  if (newest) training->resume(newest->path);
  std::vector<PageMessage> messages{without_folders(tape_message(*training, false))};
  Json& head = messages.front().head;
  head["step"] = training->steps_done();
  head["weights"] = training->parameters().count();
  head["random_rows"] = !with_data;
  std::vector<LineId> ids(head.at("tape").at("lines").size());
  std::iota(ids.begin(), ids.end(), LineId{0});
  // A tape of many lines has smaller corners of each value, so that the page stays small.
  const LineCorner corner = ids.size() > kLinesWithLargeCorners ? LineCorner{6, 6} : LineCorner{};
  for (PageMessage& line : line_messages(*training, ids, corner)) messages.push_back(line);
  return messages;
}

}  // namespace pushforward::app::inline PF_REAL
