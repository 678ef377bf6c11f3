#include "apps/run/labels.h"

#include <fmt/format.h>

#include <algorithm>
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

std::string label_words(const ClassShares& shares, const std::vector<std::string>& names) {
  if (names.empty()) return fmt::format("{} to {}", first_class(shares), shares.size() - 1);
  constexpr std::size_t kShown = 12;
  std::string text;
  for (std::size_t k = 0; k < std::min(names.size(), kShown); ++k)
    text += (k == 0 ? "" : k + 1 == names.size() ? " or " : ", ") + names[k];
  return names.size() > kShown ? text + fmt::format(" or {} more", names.size() - kShown) : text;
}

void resolve_label(RunRequest& request, const ClassShares& shares,
                   const std::vector<std::string>& names) {
  if (!request.label_word) return;
  const std::string word = *request.label_word;
  const auto found = std::find(names.begin(), names.end(), word);
  if (shares.empty() || (names.empty() ? request.label_text.has_value() : found == names.end()))
    throw Failure(Exit::usage, label_fault(word, shares, names));
  request.label_word.reset();
  request.label_text.reset();
  if (names.empty()) return;
  request.label = static_cast<int>(found - names.begin());
  request.class_name = word;
}

std::string label_fault(const std::string& label, const ClassShares& shares,
                        const std::vector<std::string>& names) {
  if (shares.empty())
    return "[label] the network of this run takes no labels, so --label has no effect; leave it "
           "out, or train a run with /model/label {\"type\": \"embedding\"}";
  return fmt::format("[label] there is no class {} for --label; choose one {} {}",
                     label.empty() ? "\"\"" : label, names.empty() ? "from" : "of",
                     label_words(shares, names));
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
