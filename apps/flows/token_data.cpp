#include "apps/flows/token_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/failure.h"
#include "apps/flows/trained_run.h"

namespace pushforward::app::inline PF_REAL {
namespace {

NdArray whole_numbers(const std::vector<int>& values) {
  return {{values.size()}, {values.begin(), values.end()}, "<i8"};
}

}  // namespace

std::size_t count_rows(const TokenTraits& traits, std::span<const int> flat) {
  return flat.size() / static_cast<std::size_t>(traits.length);
}
std::vector<std::size_t> table_shape(const TokenTraits& traits, std::span<const int> flat) {
  return {count_rows(traits, flat), static_cast<std::size_t>(traits.length)};
}

std::vector<std::string> make_lines(const TokenTraits& traits, std::span<const int> flat) {
  std::vector<std::string> lines;
  for (std::size_t k = 0; k < count_rows(traits, flat); ++k)
    lines.push_back(traits.text(flat.subspan(k * std::size_t(traits.length), traits.length)));
  return lines;
}

void check_tokens_asked(const char* verb, const TokenTraits& traits) {
  if (!traits.numeric())
    throw Failure(Exit::usage, fmt::format("[{}] --tokens is for quantized data, but this "
                                           "run's ({}) is tokens already; leave it out",
                                           verb, traits.data));
}

bool classes_are_lengths(const Config& config, const TokenTraits& traits) {
  return traits.words() && config.string("/data/labels").empty();
}

std::vector<int> count_letters(const TokenTraits& traits, std::span<const int> rows) {
  std::vector<int> letters;
  const auto length = static_cast<std::size_t>(traits.length);
  for (std::size_t at = 0; at < rows.size(); at += length) {
    const auto row = rows.subspan(at, length);
    letters.push_back(
        static_cast<int>(std::find(row.begin(), row.end(), traits.pad) - row.begin()));
  }
  return letters;
}

TokenTraits token_traits_of_run(const Config& config, const RunRequest& request) {
  if (request.exact) return build_tokens(config).traits;
  return load_token_traits(config, open_model_file(request.run));
}

NdArray tokens_of_lines(const Config& config, const RunRequest& request,
                        const std::vector<std::string>& lines, const std::string& file) {
  const TokenTraits traits = token_traits_of_run(config, request);
  if (!traits.written())
    throw Failure(
        Exit::usage,
        fmt::format(
            "[loglik] {}: the tokens of this run ({}) are not characters; give an .npy file of {}",
            file, traits.data, traits.numeric() ? "points" : "whole numbers"));
  std::vector<int> flat;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    const std::vector<int> row =
        traits.tokens(lines[k], fmt::format("[loglik] {}, line {}:", file, k + 1));
    flat.insert(flat.end(), row.begin(), row.end());
  }
  NdArray array = traits.to_file(table_shape(traits, flat), flat);
  array.file = file;
  return array;
}

NdArray draw_token_data(const Config& config, int n, std::uint64_t seed) {
  const TokenData data = build_tokens(config);
  const std::vector<int> rows = draw_rows(*data.distribution, {seed, Purpose::data, 0}, n);
  return data.traits.to_file(table_shape(data.traits, rows), rows);
}

NdArray draw_token_labels(const Config& config, int n, std::uint64_t seed) {
  const TokenData data = build_tokens(config);
  if (data.distribution->classes() == 0) return {{0}, {}, "<i8"};
  std::vector<int> labels;
  draw_rows(*data.distribution, {seed, Purpose::data, 0}, n, &labels);
  return whole_numbers(labels);
}

std::vector<std::string> draw_token_text(const Config& config, int n, std::uint64_t seed) {
  const TokenData data = build_tokens(config);
  return make_lines(data.traits, draw_rows(*data.distribution, {seed, Purpose::data, 0}, n));
}

}  // namespace pushforward::app::inline PF_REAL
