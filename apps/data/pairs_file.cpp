// Reads and checks the file of a data section of type "pairs" (pairs.h).
#include "apps/data/pairs.h"
#include "apps/failure_text.h"

namespace pushforward::app {

bool makes_pairs(const Section& config) {
  const Section data = config.section("/data");
  return data.type() == "pairs" && data.string("path").empty();
}

FlowPairs read_section_pairs(const Json& section) {
  const std::string& path = section.at("path").text();
  if (path.empty())
    throw usage_error(
        "[pairs] the pairs of /data are made by {} when a run is trained on them, and "
        "there is no file of them yet; train the config and give the run's folder",
        section.at("from").text());
  FlowPairs pairs = read_pairs(path);
  const auto wanted = static_cast<std::size_t>(section.at("n").get<std::int64_t>());
  if (pairs.rows() != wanted)
    throw file_error("[pairs] {} has {} pairs, and /data/n is {}; set it to {}", path, pairs.rows(),
                     wanted, pairs.rows());
  return pairs;
}

void check_source(const FlowPairs& pairs, const Section& config) {
  const Json& source = config.section("/source").json();
  if (Json::parse_or_null(pairs.source) == source) return;
  throw usage_error(
      "[pairs] x0 of the pairs that {} made is from its /source {}, and this "
      "config has the /source {}; give the same",
      pairs.run, pairs.source, source.dump());
}

}  // namespace pushforward::app
