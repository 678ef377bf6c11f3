#include "apps/report/estimate.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "apps/json/write.h"
#include "apps/report/measured.h"
#include "apps/tables/arrays.h"

namespace pushforward::app {
namespace {

bool smoothed(const EstimateWords& words) { return words.smoothed_to != 1; }

// Returns the time as text such as "1 - 1e-05", which is clearer than 0.99999.
std::string time_words(const EstimateWords& words) {
  return fmt::format("1 - {:.2g}", 1 - words.smoothed_to);
}

std::string estimate_of(const EstimateWords& words) {
  const std::string how = words.by == "bound"
                              ? fmt::format("an estimate at {} random time{} a row", words.draws,
                                            words.draws == 1 ? "" : "s")
                              : fmt::format("Hutchinson's estimate by {} {} probe{} a row",
                                            words.draws, words.by, words.draws == 1 ? "" : "s");
  if (std::isnan(words.row)) return how + ", whose standard error is not known";
  return how + fmt::format(": standard error {:.2g} nats of a row, {:.2g} of the mean", words.row,
                           words.mean);
}

}  // namespace

std::string density_column(const EstimateWords& words) {
  if (words.by.empty() && !smoothed(words)) return "";
  const std::string name = words.by == "bound" ? "bound_estimate"
                           : words.by.empty()  ? "ln_p"
                                               : "ln_p_estimate";
  return smoothed(words) ? fmt::format("{}_smoothed_to_t_{:.17g}", name, words.smoothed_to) : name;
}

std::string estimate_text(const EstimateWords& words) {
  const std::string how = words.by.empty() ? "" : estimate_of(words);
  if (!smoothed(words)) return how;
  const std::string what =
      fmt::format("that of the data smoothed to t = {}, since a finite set has no density at t = 1",
                  time_words(words));
  return how.empty() ? what : how + "; it is " + what;
}

void add_estimate(const EstimateWords& words, Json& object) {
  object["estimate"] = !words.by.empty();
  if (words.by != "bound") object["divergence"] = words.by.empty() ? "exact" : words.by;
  if (smoothed(words)) object["smoothed_to"] = words.smoothed_to;
  if (words.by.empty()) return;
  object[words.by == "bound" ? "times" : "probes"] = words.draws;
  object["row_error"] = measured(words.row);
  object["mean_error"] = measured(words.mean);
}

std::string note_file(const std::string& path) {
  return has_ending(path, ".npy") ? path + ".json" : "";
}

std::string write_log_density(const std::string& path, NdArray log_density,
                              const EstimateWords& words) {
  const std::string column = density_column(words);
  if (!column.empty()) log_density.names = {column};
  write_array(path, log_density);
  return write_density_note(path, words);
}

std::string write_density_note(const std::string& path, const EstimateWords& words) {
  const std::string column = density_column(words), note = note_file(path);
  if (note.empty() || (column.empty() && read_status(posix(), note).kind == FileKind::missing))
    return "";
  Json object{{"file", std::filesystem::path(path).filename().string()},
              {"holds", column.empty() ? "ln_p" : column},
              {"text", column.empty() ? "ln p" : "ln p is " + estimate_text(words)}};
  add_estimate(words, object);
  write_file_atomically(posix(), note, write_json(object));
  return note;
}

}  // namespace pushforward::app
