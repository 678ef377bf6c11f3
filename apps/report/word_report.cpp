// Looks up words in sets of words, and their runs of three letters in a set of such runs.
#include "apps/report/word_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

using Set = std::unordered_set<std::string>;

// Calls f for each run of three bytes of the word. A line break before and after the word marks its
// edges.
template <class F>
void each_trigram(const std::string& word, F f) {
  const std::string edged = "\n" + word + "\n";
  if (edged.size() < 3) return f(edged);
  for (std::size_t at = 0; at + 3 <= edged.size(); ++at) f(edged.substr(at, 3));
}

double plausible_share(const std::vector<std::string>& words, const Set& trigrams) {
  const auto good = std::count_if(words.begin(), words.end(), [&](const std::string& word) {
    bool known = true;
    each_trigram(word, [&](const std::string& run) { known = known && trigrams.contains(run); });
    return known;
  });
  return words.empty() ? 0 : double(good) / double(words.size());
}

}  // namespace

WordReport report_words(const std::vector<std::string>& samples,
                        const std::vector<std::string>& training,
                        const std::vector<std::string>& held_out, int examples) {
  check(!samples.empty() && !training.empty(), "words", samples.size(), " samples beside ",
        training.size(), " training words; give at least one of each");
  const Set known(training.begin(), training.end()), kept(held_out.begin(), held_out.end());
  Set trigrams, seen;
  for (const std::string& word : known)
    each_trigram(word, [&](const std::string& run) { trigrams.insert(run); });

  WordReport report;
  report.samples = int(samples.size());
  const double one = 1.0 / double(samples.size());
  for (const std::string& word : samples) {
    const bool is_known = known.contains(word), is_kept = kept.contains(word);
    report.in_training += is_known ? one : 0;
    report.in_held_out += is_kept ? one : 0;
    report.in_dictionary += is_known || is_kept ? one : 0;
    const bool first = seen.insert(word).second;
    if (!is_known && !is_kept) {
      report.fresh += one;
      if (first && report.examples.size() < std::size_t(examples)) report.examples.push_back(word);
    }
  }
  report.unique = double(seen.size()) * one;
  report.plausible = plausible_share(samples, trigrams);
  report.plausible_held_out = plausible_share(held_out, trigrams);
  return report;
}

std::string word_report_text(const WordReport& report) {
  std::string text = fmt::format("words           {}\n", report.samples);
  const auto line = [&](const char* name, double share, const char* what) {
    text += fmt::format("{:<15} {:>5.1f} %   {}\n", name, 100 * share, what);
  };
  line("in dictionary", report.in_dictionary, "real words");
  line("  in training", report.in_training, "");
  line("  held out", report.in_held_out, "real words that training never used");
  line("new", report.fresh, "in neither set");
  line("unique", report.unique, "distinct words");
  line("plausible", report.plausible, "every run of three letters occurs in a training word");
  line("  of held out", report.plausible_held_out, "the same share for the real held-out words");
  if (!report.examples.empty())
    text += fmt::format("new words       {}\n", fmt::join(report.examples, " "));
  return text;
}

Json word_report_object(const WordReport& report) {
  Json object;
  object["samples"] = report.samples;
  object["in_dictionary"] = report.in_dictionary;
  object["in_training"] = report.in_training;
  object["in_held_out"] = report.in_held_out;
  object["new"] = report.fresh;
  object["unique"] = report.unique;
  object["plausible"] = report.plausible;
  object["plausible_held_out"] = report.plausible_held_out;
  object["new_words"] = report.examples;
  return object;
}

}  // namespace pushforward::app
