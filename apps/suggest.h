// Guesses what a misspelt word was meant to be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pushforward::app {

// Returns the least number of edits that turn one word into the other. An edit inserts, deletes
// or replaces a byte, or swaps two neighbours (restricted Damerau-Levenshtein distance: no part of
// the word is edited twice).
std::size_t edit_distance(std::string_view a, std::string_view b);

// Returns the candidate nearest to `word` if it is at most max(1, length / 3) edits away, else "".
// The earlier candidate wins a tie.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// Returns "did you mean "MEANT"?", or `otherwise` if `meant` is empty.
std::string did_you_mean_or(const std::string& otherwise, const std::string& meant);

// Returns "did you mean "NEAREST"? " for the nearest candidate, or "" if there is none.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

// Joins the words with `separator` between them.
std::string join_words(const std::vector<std::string>& words, std::string_view separator = " ");

}  // namespace pushforward::app
