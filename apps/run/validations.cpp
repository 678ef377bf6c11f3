#include "apps/run/validations.h"

#include <fmt/format.h>

#include <cstdlib>

#include "apps/failure.h"

namespace pushforward::app {
namespace {

// Reads a number from one entry of the metadata.
double read_entry(const Metadata& metadata, const std::string& key, const std::string& file) {
  const auto found = metadata.find(key);
  char* end = nullptr;
  const double value = found == metadata.end() ? 0 : std::strtod(found->second.c_str(), &end);
  if (!end || end == found->second.c_str() || *end != 0)
    throw Failure(Exit::file,
                  fmt::format("[checkpoint] {}: {} is {}, and a number is needed; remove the "
                              "checkpoint to go on from an earlier one",
                              file, key, end ? '"' + found->second + '"' : "missing"));
  return value;
}

}  // namespace

bool Validations::add(std::int64_t at, double valid_loss) {
  step = at;
  loss = valid_loss;
  if (!(valid_loss < best)) {
    ++since_best;
    return false;
  }
  best = valid_loss;
  best_step = at;
  since_best = 0;
  return true;
}

std::string end_words(const Validations& validations, bool patient, std::int64_t last,
                      std::int64_t kept) {
  const Validations& v = validations;
  std::string text;
  if (!patient)
    text = fmt::format(
        "ended early, since {} of valid/loss in a row found none below {:.5g} "
        "(/train/patience): ",
        v.since_best == 1 ? "1 measurement" : fmt::format("{} measurements", v.since_best), v.best);
  text += fmt::format("valid/loss is {:.5g} after step {}", v.loss, v.step);
  if (v.best_step < 0) return text + "; it never was a number";
  text += v.best_step == v.step
              ? ", the least so far"
              : fmt::format(" and was least after step {}, {:.5g}", v.best_step, v.best);
  text += fmt::format("; model.safetensors has the weights of step {}", kept);
  if (kept == last && v.best_step != kept)
    text += ", the last (/train/model \"best\" keeps the best)";
  return text;
}

void write_validations(const Validations& validations, Metadata& metadata) {
  if (validations.step < 0) return;
  metadata["valid.step"] = fmt::format("{}", validations.step);
  metadata["valid.loss"] = fmt::format("{:.17g}", validations.loss);
  metadata["valid.best_step"] = fmt::format("{}", validations.best_step);
  metadata["valid.best"] = fmt::format("{:.17g}", validations.best);
  metadata["valid.since_best"] = fmt::format("{}", validations.since_best);
}

Validations read_validations(const Metadata& metadata, const std::string& file) {
  if (!metadata.contains("valid.step")) return {};
  const auto count = [&](const char* key) {
    return static_cast<std::int64_t>(read_entry(metadata, key, file));
  };
  return {count("valid.step"), count("valid.best_step"), read_entry(metadata, "valid.loss", file),
          read_entry(metadata, "valid.best", file), count("valid.since_best")};
}

}  // namespace pushforward::app
