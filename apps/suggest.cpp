#include "apps/suggest.h"

#include <algorithm>

namespace pushforward::app {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // The table of distances between prefixes has one row per prefix of `a`. These are its rows i -
  // 2, i - 1 and i.
  std::vector<std::size_t> two_up(b.size() + 1), up(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    two_up.swap(up);
    up.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({up[j] + 1, row[j - 1] + 1, up[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_up[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest =
      100;  // longer than every name; bounds the time for a very long word
  if (word.size() > longest) return "";
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string did_you_mean_or(const std::string& otherwise, const std::string& meant) {
  return meant.empty() ? otherwise : "did you mean \"" + meant + "\"?";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string question = did_you_mean_or("", nearest(word, candidates));
  return question.empty() ? "" : question + " ";
}

std::string join_words(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += separator;
    out += word;
  }
  return out;
}

}  // namespace pushforward::app
