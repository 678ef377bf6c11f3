// The answers that every live training gives, on points or on tokens: about its steps, its tape,
// and its files.
#pragma once

#include <string>
#include <vector>

#include "apps/page/message.h"
#include "apps/training/training.h"

namespace pushforward::app::inline PF_REAL {

// Answers the questions "train", "tape", "line", "save" and "restore" (apps/page/session.h).
PageMessage train_steps(Training& training, const Json& question);
PageMessage list_tape(Training& training, const Json& question);
PageMessage show_line(Training& training, const Json& question);
PageMessage save_training(Training& training, const std::string& folder);
PageMessage restore_training(Training& training, const std::string& folder);

// If the config names a folder in /from, loads the weights of the run there into the training.
// Returns remarks about what differs between that run and this config, one line each. Throws
// Failure (exit 4) if the page has no such folder or if that run has another network.
std::vector<std::string> start_page_training(Training& training, const Config& config);

// The files of a training in its folder.
inline std::string page_model_file(const std::string& folder) {
  return folder + "/model.safetensors";
}
inline std::string page_checkpoint_file(const std::string& folder) {
  return folder + "/checkpoint.safetensors";
}

}  // namespace pushforward::app::inline PF_REAL
