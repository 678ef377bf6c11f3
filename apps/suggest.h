// Guesses what a misspelt word was meant to be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pushforward::app {

// Edits that turn one word into the other: insert, delete, replace,
// or swap two neighbours (Damerau-Levenshtein in its restricted
// form: no part of the word is edited twice). Works on bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `word`, if at most max(1,
// length / 3) edits away; else "". Earlier ones win ties.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// Words joined by `separator`.
std::string join_words(const std::vector<std::string>& words, std::string_view separator = " ");

}  // namespace pushforward::app
