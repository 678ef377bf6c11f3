#include "apps/page/live_training.h"

#include <string>
#include <utility>
#include <vector>

#include "apps/failure.h"
#include "apps/page/tape_messages.h"
#include "apps/training/warm_start.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app::inline PF_REAL {

PageMessage train_steps(Training& training, const Json& question) {
  PageMessage message("trained");
  const std::int64_t wanted = question.at("steps").get<std::int64_t>();
  std::vector<double> step, loss, gradient, rate;
  while (static_cast<std::int64_t>(step.size()) < wanted &&
         training.steps_done() < training.total_steps()) {
    const StepResult result = training.step();
    if (result.status != StepStatus::ok) {
      const std::string where = training.explain(result.rows);
      message.head["diverged"] =
          std::string(result.status == StepStatus::bad_loss ? "The loss" : "A gradient") +
          " of step " + std::to_string(training.steps_done()) +
          " is not a finite number. Choose a smaller step size." +
          (where.empty() ? "" : "\n" + where);
      break;
    }
    step.push_back(static_cast<double>(training.steps_done()));
    loss.push_back(result.loss);
    gradient.push_back(result.grad_norm);
    rate.push_back(result.lr);
  }
  message.head["finished"] = training.steps_done() >= training.total_steps();
  message.add("at", {step.size()}, step);
  message.add("loss", {loss.size()}, loss);
  message.add("gradient", {gradient.size()}, gradient);
  message.add("rate", {rate.size()}, rate);
  return message;
}

PageMessage list_tape(Training& training, const Json& question) {
  return tape_message(training, question.value("backward", true));
}

PageMessage show_line(Training& training, const Json& question) {
  return line_messages(training, {question.at("id").get<LineId>()}).front();
}

PageMessage save_training(Training& training, const std::string& folder) {
  training.save_model_file(page_model_file(folder));
  const std::string checkpoint = page_checkpoint_file(folder);
  write_file_atomically(posix(), checkpoint, training.checkpoint(checkpoint));
  PageMessage message("saved");
  message.head["model"] = page_model_file(folder);
  message.head["checkpoint"] = checkpoint;
  return message;
}

PageMessage restore_training(Training& training, const std::string& folder) {
  training.resume(page_checkpoint_file(folder));
  return PageMessage("restored");
}

std::vector<std::string> start_page_training(Training& training, const Config& config) {
  const std::string& run = config.string("/from");
  if (run.empty()) return {};
  if (read_status(posix(), page_model_file(run)).kind == FileKind::missing)
    throw Failure(Exit::file, "[page] /from names the run " + run +
                                  ", but the page cannot read folders; open the config.json and "
                                  "the model.safetensors of that run together, or leave /from out");
  return start_from(training, config, run);
}

}  // namespace pushforward::app::inline PF_REAL
