#include "apps/page/live_tokens.h"

#include <algorithm>
#include <span>
#include <utility>

#include "apps/failure.h"
#include "apps/page/live_training.h"
#include "autograd/ops.h"
#include "autograd/tensor/check.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The most sequences, steps and numbers of posteriors that an answer has.
constexpr int kMostSequences = 256, kMostSteps = 256;
constexpr std::size_t kMostProbabilities = 1 << 20;

int whole_within(const Json& question, const char* key, int low, int high) {
  const int value = question.at(key).get<int>();
  detail::check(value >= low && value <= high, "page", "\"", key, "\" is ", value,
                "; it must be from ", low, " to ", high);
  return value;
}

// Adds the probabilities p(x1 | xt) (n, L, V) of states (n, L) at times (n).
void add_posterior(PageMessage& message, const std::string& name, const RunTokens& run,
                   std::span<const int> states, std::span<const double> times) {
  const auto n = times.size(), length = static_cast<std::size_t>(run.traits.length),
             vocabulary = static_cast<std::size_t>(run.path.vocabulary);
  if (run.oracle) {
    std::vector<double> all;
    for (std::size_t k = 0; k < n; ++k) {
      const std::vector<double> of_row =
          run.oracle->posterior(times[k], states.subspan(k * length, length));
      all.insert(all.end(), of_row.begin(), of_row.end());
    }
    message.add(name, {n, length, vocabulary}, all);
    return;
  }
  Tape tape;
  const Pause pause(tape);
  const std::vector<real> at(times.begin(), times.end());
  const Var p = softmax(run.posterior(states, tape.input({static_cast<int>(n), 1}, at)));
  message.add(name, {n, length, vocabulary}, p.values());
}

Json glyphs_of(const TokenTraits& traits) {
  Json glyphs = Json::array();
  for (int v = 0; v < traits.vocabulary; ++v)
    glyphs.push_back(v == traits.pad    ? std::string()
                     : traits.written() ? traits.glyphs.at(static_cast<std::size_t>(v))
                                        : std::to_string(v));
  return glyphs;
}

}  // namespace

LiveTokens::LiveTokens(const Config& config, std::string folder)
    : config_(config),
      folder_(std::move(folder)),
      training_(make_training(config, 1)),
      start_remarks_(start_page_training(*training_, config)) {
  TokenData data = build_tokens(config);
  traits_ = data.traits;
  path_ = make_token_path(config, traits_.vocabulary);
  data_ = data.distribution;
  training_->check_first_batch();
}

PageMessage LiveTokens::ask(const Json& question) {
  const std::string& name = question.at("ask").text();
  const auto answered = [&]() -> PageMessage {
    if (name == "opened") return opened();
    if (name == "train") return train_steps(*training_, question);
    if (name == "tape") return list_tape(*training_, question);
    if (name == "line") return show_line(*training_, question);
    if (name == "save") return save_training(*training_, folder_);
    if (name == "fill") return fill(question);
    if (name == "token_posterior") return token_posterior(question);
    if (name == "restore") {
      learned_step_ = -1;
      return restore_training(*training_, folder_);
    }
    throw Failure(Exit::failed,
                  "[page] the question \"" + name + "\" is unknown to a training on tokens");
  };
  PageMessage answer = answered();
  answer.head["step"] = training_->steps_done();
  return answer;
}

PageMessage LiveTokens::opened() {
  PageMessage message("opened_tokens");
  message.head["config"] = config_.json();
  message.head["weights"] = training_->parameters().count();
  message.head["steps"] = training_->total_steps();
  message.head["batch"] = training_->batch();
  message.head["length"] = traits_.length;
  message.head["vocabulary"] = traits_.vocabulary;
  message.head["mask"] = path_.mask();
  message.head["glyphs"] = glyphs_of(traits_);
  const TokenTable* rows = data_->all();
  message.head["no_exact"] =
      rows ? "" : "the exact posterior is known for finite sets of sequences only";
  Json remarks = Json::array();
  for (const std::string& warning : config_.warnings()) remarks.push_back(warning);
  for (const std::string& warning : training_->warnings()) remarks.push_back(warning);
  for (const std::string& remark : start_remarks_) remarks.push_back(remark);
  message.head["remarks"] = std::move(remarks);
  if (rows) {
    const auto length = static_cast<std::size_t>(traits_.length);
    const std::size_t count = rows->tokens.size() / length;
    message.add("rows", {count, length}, rows->tokens);
  }
  return message;
}

RunRequest LiveTokens::run_request(bool exact) const {
  RunRequest request;
  request.run = folder_;
  request.exact = exact;
  request.threads = 1;
  return request;
}

const RunTokens& LiveTokens::current_tokens(bool exact) {
  if (exact) {
    if (!exact_) exact_.emplace(load_run_tokens(config_, run_request(true)));
    return *exact_;
  }
  if (learned_step_ != training_->steps_done()) {
    training_->save_model_file(page_model_file(folder_));
    learned_.emplace(load_run_tokens(config_, run_request(false)));
    learned_step_ = training_->steps_done();
  }
  return *learned_;
}

PageMessage LiveTokens::fill(const Json& question) {
  const bool exact = question.value("exact", false);
  const RunTokens& run = current_tokens(exact);
  const int n = whole_within(question, "n", 1, kMostSequences),
            steps = whole_within(question, "steps", 1, kMostSteps), saves = steps + 1;
  SolverRequest request;
  static_cast<RunRequest&>(request) = run_request(exact);
  request.seed = static_cast<std::uint64_t>(question.value("seed", std::int64_t{0}));
  request.steps = steps;
  const TokenSamplerOptions options = run.options(config_, request);
  TokenSampler sampler(run.posterior, run.path, traits_.length, options, training_->workers(),
                       saves);
  const std::size_t length = static_cast<std::size_t>(traits_.length);
  std::vector<int> states(static_cast<std::size_t>(n) * length),
      way(static_cast<std::size_t>(saves) * states.size());
  sampler.sample(request.seed, n, states.data(), run.source.get(), {}, way.data());
  PageMessage message("fill");
  message.head["exact"] = exact;
  const auto times = static_cast<std::size_t>(saves);
  message.add("times", {times}, sampler.save_times());
  message.add("states", {times, static_cast<std::size_t>(n), length}, way);
  return message;
}

PageMessage LiveTokens::token_posterior(const Json& question) {
  const std::vector<int> states = question.at("states").get<std::vector<int>>();
  std::vector<double> times = question.at("times").get<std::vector<double>>();
  const std::size_t length = static_cast<std::size_t>(traits_.length);
  detail::check(states.size() == times.size() * length, "page", "\"states\" has ", states.size(),
                " tokens, but ", times.size(), " times of ", length, " tokens have ",
                times.size() * length);
  detail::check(states.size() * static_cast<std::size_t>(traits_.vocabulary) <= kMostProbabilities,
                "page", "these are more than ", kMostProbabilities,
                " probabilities; ask for fewer");
  for (const int state : states) path_.check_state(state);
  for (const double t : times)
    detail::check(t >= 0 && t <= 1, "page", "a time is ", t, "; it must be from 0 to 1");
  PageMessage message("token_posterior");
  add_posterior(message, "learned", current_tokens(false), states, times);
  if (data_->all()) add_posterior(message, "exact", current_tokens(true), states, times);
  return message;
}

}  // namespace pushforward::app::inline PF_REAL
