// Measures generated words: how many are in the dictionary, how many are new, and how
// plausible the new ones are.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// Shares are fractions of the samples, in [0, 1], unless a comment says otherwise.
struct WordReport {
  int samples = 0;
  double in_dictionary = 0;  // training words or held-out words
  double in_training = 0;
  double in_held_out = 0;  // real words that were not used in training
  double fresh = 0;        // words in neither set
  double unique = 0;       // number of distinct words / number of samples
  // A word is plausible if every run of three letters, its edges included, occurs in some training
  // word. `plausible_held_out` is the share of the held-out words, which a perfect model would
  // reach.
  double plausible = 0, plausible_held_out = 0;
  std::vector<std::string> examples;  // the first distinct words that are in neither set
};

// Throws if there are no samples or no training words. If `held_out` is empty, the shares about
// held-out words are 0.
WordReport report_words(const std::vector<std::string>& samples,
                        const std::vector<std::string>& training,
                        const std::vector<std::string>& held_out, int examples = 12);

// Returns a table as text, one line per share, and the examples.
std::string word_report_text(const WordReport& report);
Json word_report_object(const WordReport& report);

}  // namespace pushforward::app
