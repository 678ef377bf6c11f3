// How good generated words are: how many stand in the dictionary,
// how many are new, and whether the new ones could be words.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// Shares of the samples, each in [0, 1].
struct WordReport {
  int samples = 0;
  double in_dictionary = 0;  // training words or held-out words
  double in_training = 0;
  double in_held_out = 0;  // real words that the model never saw
  double fresh = 0;        // in neither
  double unique = 0;       // distinct words among the samples
  // Words whose every run of three letters, edges included, stands in some training word; and the
  // same of the held-out words, which are real: what a perfect model would reach.
  double plausible = 0, plausible_held_out = 0;
  std::vector<std::string> examples;  // the first distinct fresh words
};

// Fails where there are no samples or no training words. `held_out` may be empty: its shares are 0.
WordReport report_words(const std::vector<std::string>& samples,
                        const std::vector<std::string>& training,
                        const std::vector<std::string>& held_out, int examples = 12);

// A table for people, a line a share, and the examples.
std::string word_report_text(const WordReport& report);
Json word_report_object(const WordReport& report);

}  // namespace pushforward::app
