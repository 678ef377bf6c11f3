#include "apps/from_config/tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "apps/failure.h"
#include "apps/from_config/data.h"
#include "apps/from_config/path.h"
#include "apps/from_config/token_metric.h"
#include "apps/from_config/token_texts.h"
#include "apps/report/files_read.h"
#include "apps/run/data_traits.h"
#include "flow/discrete/quantised.h"

namespace pushforward::app::inline PF_REAL {
namespace {

TokenDistributionPtr make_table_distribution(TokenTable table, int vocabulary) {
  if (table.tokens.empty()) return nullptr;
  return std::make_shared<TableDistribution>(std::move(table), vocabulary);
}

// The two parts of a table of sequences: the training rows, and the rows that are held out for
// eval. They have labels if the table has labels. Either part may be empty.
struct SplitTokens {
  TokenTable training, held_out;
};
SplitTokens split(const TokenTable& table, double share) {
  SplitTokens parts{{table.length, {}, {}, {}}, {table.length, {}, {}, {}}};
  for (int k = 0; k < table.rows(); ++k) {
    const std::span<const int> row = table.row(k);
    const std::string_view bytes(reinterpret_cast<const char*>(row.data()), row.size_bytes());
    TokenTable& to = is_held_out(bytes, share) ? parts.held_out : parts.training;
    to.tokens.insert(to.tokens.end(), row.begin(), row.end());
    if (!table.labels.empty()) to.labels.push_back(table.labels[static_cast<std::size_t>(k)]);
  }
  return parts;
}

// Splits a table into training data and held-out data. `name` is the name of the data in the error.
TokenData split_data(const TokenTable& table, double share, TokenTraits traits,
                     const std::string& name) {
  SplitTokens parts = split(table, share);
  if (parts.training.tokens.empty())
    throw Failure(Exit::file,
                  fmt::format("[data] {}: all of its {} rows are held out; lower /data/held_out",
                              name, table.rows()));
  return {make_table_distribution(std::move(parts.training), traits.vocabulary),
          make_table_distribution(std::move(parts.held_out), traits.vocabulary), std::move(traits)};
}

// Returns the words padded to one length; the class of a word is its number of letters.
TokenTable word_table(const std::vector<std::string>& words, const TokenTraits& traits) {
  TokenTable table{traits.length, {}, {}, {}};
  for (const std::string& word : words) {
    const std::vector<int> row = traits.tokens(word, "[data]");
    table.tokens.insert(table.tokens.end(), row.begin(), row.end());
    table.labels.push_back(
        static_cast<int>(std::find(row.begin(), row.end(), traits.pad) - row.begin()));
  }
  return table;
}

TokenData words(const Json& section, TokenTraits traits) {
  const WordList list = read_words(section);
  files_read().add(list.report);
  traits.length = section.at("longest").get<int>();
  traits.glyphs = list.letters;
  traits.pad = static_cast<int>(traits.glyphs.size());
  traits.glyphs.emplace_back();
  traits.vocabulary = traits.pad + 1;
  return {make_table_distribution(word_table(list.training, traits), traits.vocabulary),
          make_table_distribution(word_table(list.held_out, traits), traits.vocabulary), traits};
}

// Returns the consecutive windows of a text, without overlap.
TokenTable consecutive(const std::vector<int>& text, int length) {
  TokenTable table{length, text, {}, {}};
  table.tokens.resize(text.size() - text.size() % static_cast<std::size_t>(length));
  return table;
}

TokenData text(const Json& section, TokenTraits traits) {
  TextFile file = read_text(section);
  files_read().add(file.report);
  traits.length = section.at("length").get<int>();
  traits.glyphs = file.glyphs;
  traits.vocabulary = static_cast<int>(file.glyphs.size());
  return {std::make_shared<WindowDistribution>(std::move(file.training), traits.length,
                                               traits.vocabulary),
          make_table_distribution(consecutive(file.held_out, traits.length), traits.vocabulary),
          traits};
}

// Throws Failure (exit 2) if more than a tenth of the numbers are outside the levels, because much
// of the data would then become one token. The numbers are all those of a finite set, or of 4096
// drawn rows.
void check_levels(const Distribution& of, const TokenLevels& levels) {
  const Tensor* rows = of.all();
  const Tensor drawn =
      rows ? Tensor() : draw_rows(of, {0x6c6576656c73, Purpose::data, 0xffffffff}, 4096);
  const std::span<const real> values = (rows ? *rows : drawn).values();
  const auto [min_value, max_value] = std::minmax_element(values.begin(), values.end());
  const auto outside = std::count_if(values.begin(), values.end(), [&](real x) {
    return static_cast<double>(x) < levels.low || static_cast<double>(x) > levels.high;
  });
  const double share = static_cast<double>(outside) / static_cast<double>(values.size());
  if (share > 0.1)
    throw Failure(
        Exit::usage,
        fmt::format("[data] {:.0f} % of the numbers to quantize are outside the levels, "
                    "from /data/low {} to /data/high {}, and would all become the first or the "
                    "last level; set low and high around the range of the data, {:.4g} to {:.4g}",
                    100 * share, levels.low, levels.high, *min_value, *max_value));
}

TokenData quantize(const Json& section, TokenTraits traits, const std::string& key) {
  const DistributionPtr of = build_data(section.at("of"), key + ".of");
  traits.levels = {section.at("levels").get<int>(), section.at("low").get<double>(),
                   section.at("high").get<double>()};
  check_levels(*of, traits.levels);
  traits.units = make_units(*of);
  traits.length = of->dim();
  traits.vocabulary = traits.levels.count;
  const Tensor* rows = of->all();
  if (!rows) return {std::make_shared<QuantisedDistribution>(of, traits.levels), nullptr, traits};
  TokenTable table{traits.length, {}, {}, {}};
  for (const real x : rows->values())
    table.tokens.push_back(traits.levels.of(static_cast<double>(x)));
  table.labels.assign(of->all_labels().begin(), of->all_labels().end());
  return split_data(table, section.at("held_out").get<double>(), traits,
                    section.at("of").at("type").get<std::string>());
}

TokenData tokens(const Json& section, TokenTraits traits, int spared) {
  const std::string path = section.at("path").get<std::string>();
  const NdArray array = read_npy(path);
  if (array.shape.size() != 2 || array.shape[0] == 0 || array.shape[1] == 0)
    throw Failure(Exit::file,
                  fmt::format("[data] {} has shape {}; give a table (N, L), one sequence per row",
                              path, shape_text(array.shape)));
  files_read().add(table_report(array), false);
  traits.spared = spared;
  traits.length = static_cast<int>(array.shape[1]);
  traits.vocabulary = section.at("vocabulary").get<int>() - (spared >= 0);
  TokenTable table{traits.length, traits.from_file(array, "data"), {}, {}};
  return split_data(table, section.at("held_out").get<double>(), traits, path);
}

// Builds the data set of a section. `key` is the path of the section in the config.
TokenData build(const Json& section, int spared, const std::string& key) {
  TokenTraits traits;
  traits.data = section.at("type").get<std::string>();
  if (traits.data == "words") return words(section, traits);
  if (traits.data == "text") return text(section, traits);
  if (traits.data == "quantize") return quantize(section, traits, key);
  return tokens(section, traits, spared);
}

}  // namespace

TokenData build_tokens(const Config& config) {
  const Section source = config.section("/source");
  const int spared = source.has("token") ? static_cast<int>(source.integer("token")) : -1;
  return build(config.section("/data").json(), spared, "data");
}

TokenPath make_token_path(const Config& config, int vocabulary) {
  const std::string& source = config.string("/source/type");
  const Section path = config.section("/path");
  if (path.type() == "metric")
    return {linear_kappa(), SourceKind::uniform, vocabulary, make_token_metric(path, vocabulary)};
  return {make_kappa(config.section("/path/kappa")),
          source == "mask"             ? SourceKind::mask
          : source == "uniform_tokens" ? SourceKind::uniform
                                       : SourceKind::data,
          vocabulary};
}

TokenDistributionPtr build_token_source(const Config& config, const TokenTraits& data) {
  const Section source = config.section("/source");
  if (source.type() != "data") return nullptr;
  const TokenData of = build(source.json().at("of"), -1, "source.of");
  if (of.traits.length != data.length || of.traits.vocabulary != data.vocabulary)
    throw Failure(Exit::usage, fmt::format("[source] the source has {} tokens of a vocabulary "
                                           "of {}, but the data has {} of {}; make both equal",
                                           of.traits.length, of.traits.vocabulary, data.length,
                                           data.vocabulary));
  if (of.traits.glyphs != data.glyphs)
    throw Failure(Exit::usage,
                  "[source] source and data consist of different characters; "
                  "use texts or lists of the same letters");
  return of.distribution;
}

ClassShares count_class_shares(const TokenDistribution& data) {
  if (data.classes() == 0) return {};
  if (const TokenTable* table = data.all()) return class_shares(table->labels, data.classes());
  std::vector<int> labels;
  draw_rows(data, {0x6c6162656c73, Purpose::label, 0xffffffff}, 65536, &labels);
  return class_shares(labels, data.classes());
}

}  // namespace pushforward::app::inline PF_REAL
