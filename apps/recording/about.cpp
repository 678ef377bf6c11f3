#include "apps/recording/about.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "apps/config/differences.h"
#include "apps/failure.h"
#include "apps/report/evaluation_lines.h"
#include "apps/run/folder.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// Returns the JSON object in a file of the run, or null if there is no such file.
Json read_object(const std::string& path, const char* cure) {
  if (read_status(posix(), path).kind == FileKind::missing) return {};
  Json object = Json::parse_or_null(read_file(posix(), path));
  if (!object.is_object())
    throw Failure(Exit::file, "[report] " + path + " holds no JSON object; " + cure);
  return object;
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

// Returns the options of the command line that choose how samples are drawn.
std::vector<std::string> sampling_words(const ReportRequest& request) {
  std::vector<std::string> words{"--seed", std::to_string(request.seed)};
  const auto add = [&](const char* flag, const auto& value) {
    if (value) words.insert(words.end(), {flag, fmt::format("{}", *value)});
  };
  if (request.raw) words.emplace_back("--raw");
  if (request.exact) words.emplace_back("--exact");
  if (request.label_text)
    add("--label", request.label_text);
  else
    add("--label", request.label);
  if (!request.condition_text.empty())
    words.insert(words.end(), {"--condition", request.condition_text});
  add("--guidance", request.guidance);
  add("--solver", request.solver);
  add("--steps", request.steps);
  add("--rtol", request.rtol);
  add("--atol", request.atol);
  add("--temperature", request.temperature);
  add("--top-p", request.top_p);
  return words;
}

}  // namespace

std::string shell_word(const std::string& word) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+:,./@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

Json settings_json(const Config& config) {
  Json list = Json::array();
  for (const ConfigSetting& setting : config_settings(config))
    list.push_back({{"path", setting.path},
                    {"value", setting.value},
                    {"fallback", setting.fallback},
                    {"words", setting.default_words},
                    {"differs", setting.differs},
                    {"doc", setting.doc}});
  return list;
}

Json evaluation_json(const std::string& run) {
  const std::string path = RunPaths{run}.evaluation();
  const char* cure = "run `pushforward eval` again, or remove the file";
  const Json report = read_object(path, cure);
  if (report.is_null()) return {};
  Json list = Json::array();
  try {
    for (const EvaluationLine& line : evaluation_lines(report))
      list.push_back({{"name", line.name}, {"value", line.value}, {"remark", line.remark}});
  } catch (const std::runtime_error&) {
    throw Failure(Exit::file, "[report] " + path + " is no report of `pushforward eval`; " + cure);
  }
  return list;
}

bool evaluated_earlier(const std::string& run) {
  namespace fs = std::filesystem;
  const RunPaths paths{run};
  std::error_code no_evaluation, no_model;
  const auto evaluated = fs::last_write_time(paths.evaluation(), no_evaluation),
             trained = fs::last_write_time(paths.model(), no_model);
  return !no_evaluation && !no_model && evaluated < trained;
}

Json environment_of_run(const std::string& run) {
  return read_object(RunPaths{run}.environment(), "remove the file to make the report without it");
}

Json commands_json(const ReportRequest& request, int n) {
  const RunPaths paths{request.run};
  Json list = Json::array();
  const auto add = [&](const char* does, const std::vector<std::string>& words) {
    list.push_back({{"does", does}, {"command", shell_line(words)}});
  };
  const Json environment = environment_of_run(request.run);
  if (const Json* words = environment.is_object() ? environment.find("argv") : nullptr;
      words && words->is_array() && !words->empty() &&
      std::all_of(words->begin(), words->end(), [](const Json& w) { return w.is_string(); }))
    add("The command that trained this run", words->get<std::vector<std::string>>());
  add("Trains the run again from its own config, with the same bits",
      {"pushforward", "train", paths.config(), "--out", paths.folder + "-again"});
  std::vector<std::string> sample{"pushforward",     "sample", paths.folder, "-n",
                                  std::to_string(n), "--out",  "samples.npy"};
  for (const std::string& word : sampling_words(request)) sample.push_back(word);
  add("Draws the samples of this page", sample);
  add("Measures the run", {"pushforward", "eval", paths.folder});
  add("Draws its pictures", {"pushforward", "plot", paths.folder});
  if (!request.arguments.empty()) add("Wrote this page", request.arguments);
  return list;
}

}  // namespace pushforward::app
