#include "apps/run/labels.h"

#include <fmt/format.h>

#include <cmath>

#include "apps/failure.h"
#include "apps/json/json.h"
#include "autograd/tensor/rng.h"

namespace pushforward::app {

std::size_t first_class(const ClassShares& shares) {
  std::size_t label = 0;
  while (label + 1 < shares.size() && shares[label] == 0) ++label;
  return label;
}

ClassShares class_shares(std::span<const int> labels, int classes) {
  ClassShares shares(static_cast<std::size_t>(classes), 0);
  for (const int label : labels) shares[static_cast<std::size_t>(label)] += 1;
  for (double& share : shares) share /= static_cast<double>(labels.size());
  return shares;
}

void write_shares(const ClassShares& shares, Metadata& metadata) {
  if (!shares.empty()) metadata["data.classes"] = Json(shares).dump();
}

ClassShares read_shares(const Metadata& metadata, const std::string& file) {
  const auto found = metadata.find("data.classes");
  if (found == metadata.end()) return {};
  const Json numbers = Json::parse_or_null(found->second);
  bool good = numbers.is_array() && !numbers.empty();
  double total = 0;
  for (const Json& share : numbers) {
    good = good && share.is_number() && share.get<double>() >= 0;
    if (good) total += share.get<double>();
  }
  if (!good || std::abs(total - 1) > 1e-6) {
    throw Failure(Exit::file,
                  fmt::format("[model] {}: \"data.classes\" of its metadata is not an array "
                              "of shares that add up to 1; use the unedited file of the run",
                              file));
  }
  return numbers.get<ClassShares>();
}

std::string label_fault(const std::string& label, const ClassShares& shares) {
  if (shares.empty())
    return "[label] the network of this run takes no labels, so --label has no effect; leave it "
           "out, or train a run with /model/label {\"type\": \"embedding\"}";
  return fmt::format("[label] there is no class {} for --label; choose one from {} to {}",
                     label.empty() ? "\"\"" : label, first_class(shares), shares.size() - 1);
}

std::function<int(int)> make_label_function(const ClassShares& shares, std::optional<int> wanted,
                                            std::uint64_t seed) {
  if (wanted) {
    if (*wanted < 0 || *wanted >= static_cast<int>(shares.size()) ||
        shares[static_cast<std::size_t>(*wanted)] == 0) {
      throw Failure(Exit::usage, label_fault(std::to_string(*wanted), shares));
    }
    return [label = *wanted](int) { return label; };
  }
  if (shares.empty()) return {};
  return [shares, stream = Stream{seed, Purpose::label, 0xffffffff}](int sample) {
    double left = stream.uniform(static_cast<std::uint32_t>(sample));
    int label = 0;
    for (const int last = static_cast<int>(shares.size()) - 1; label < last; ++label) {
      left -= shares[label];
      if (left < 0) break;
    }
    return label;
  };
}

}  // namespace pushforward::app
