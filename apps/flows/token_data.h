// Token data for the verbs: drawn rows, rows from lines of text, and the traits of a run's tokens.
#pragma once

#include "apps/flows/answers.h"
#include "apps/from_config/tokens.h"

namespace pushforward::app::inline PF_REAL {

// token_traits_of_run, tokens_of_lines and the functions below that draw data are documented at
// Engine (apps/engine/engine.h).
TokenTraits token_traits_of_run(const Config& config, const RunRequest& request);
NdArray tokens_of_lines(const Config& config, const RunRequest& request,
                        const std::vector<std::string>& lines, const std::string& file);
NdArray draw_token_data(const Config& config, int n, std::uint64_t seed);
NdArray draw_token_labels(const Config& config, int n, std::uint64_t seed);
std::vector<std::string> draw_token_text(const Config& config, int n, std::uint64_t seed);

// count_rows, table_shape and make_lines take the tokens `flat` of consecutive sequences. They
// return the number of sequences, the shape of the array of sequences, and each sequence as text.
std::size_t count_rows(const TokenTraits& traits, std::span<const int> flat);
std::vector<std::size_t> table_shape(const TokenTraits& traits, std::span<const int> flat);
std::vector<std::string> make_lines(const TokenTraits& traits, std::span<const int> flat);

// Returns whether the class of a sequence is its number of letters: the data is words, and no file
// has other classes of them.
bool classes_are_lengths(const Config& config, const TokenTraits& traits);
// Returns the number of letters of each word in `rows`.
std::vector<int> count_letters(const TokenTraits& traits, std::span<const int> rows);

// Throws Failure (exit 2) if the user asks for tokens instead of points, but the data are not
// quantised points.
void check_tokens_asked(const char* verb, const TokenTraits& traits);

}  // namespace pushforward::app::inline PF_REAL
