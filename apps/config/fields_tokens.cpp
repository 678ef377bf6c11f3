// The rows of the table of config fields for data, sources and paths of tokens, and rules about
// combinations of these settings.
#include "apps/config/data_types.h"
#include "apps/config/made.h"
#include "apps/failure_text.h"

namespace pushforward::app {
namespace {

ConfigField file_field(Json fallback, const char* doc) {
  return text_field("path", std::move(fallback), doc);
}
ConfigField held_out_field(double share, const char* doc) {
  return {.key = "held_out",
          .kind = FieldKind::rows,
          .fallback = share,
          .doc = doc,
          .range = from_below(0, 1)};
}

// Returns whether the data section adds noise to each row when the row is drawn.
bool noisy(const Json& data) {
  return data.at("type") == "dequantize" || (data.contains("of") && noisy(data.at("of")));
}
bool holds_out_without_end(const Json& quantize) {
  const Json& of = quantize.at("of");
  return chooses_rows(quantize.at("held_out")) && (endless(of) || noisy(of));
}

// --- Conditions of the rules about several sections ---------------------------------------------

const Json* mask_token(const Json& config) {
  const Json& source = config.at("source");
  return source.contains("token") && source.at("token") != -1 ? &source.at("token") : nullptr;
}
bool mask_not_in_vocabulary(const Json& config) {
  const Json* token = mask_token(config);
  const Json& data = config.at("data");
  return token && data.contains("vocabulary") && *token >= data.at("vocabulary");
}
bool only_the_mask_left(const Json& config) {
  const Json& data = config.at("data");
  return mask_token(config) && data.contains("vocabulary") && data.at("vocabulary") == 2;
}
bool pairs_lost(const Json& config) {
  if (config.at("coupling").at("type") != "paired" || config.at("source").at("type") != "data")
    return false;
  return holds_tokens_out(config.at("data")) || holds_tokens_out(config.at("source").at("of"));
}

bool on_metric_path(const Json& config) { return config.at("path").at("type") == "metric"; }

bool on_three_parts(const Json& config) { return config.at("path").at("type") == "three_part"; }
bool from_masks(const Json& config) { return config.at("source").at("type") == "mask"; }

std::shared_ptr<const TokenMetric> metric_of_table(const Section& distance, const Section& path,
                                                   int vocabulary) {
  std::vector<double> table;
  const std::vector<std::vector<double>> rows = distance.matrix("rows");
  for (const std::vector<double>& row : rows) table.insert(table.end(), row.begin(), row.end());
  if (rows.size() != static_cast<std::size_t>(vocabulary))
    throw usage_error(
        "[path] /path/distance has distances of {} tokens, but the data has "
        "{}; give a row of {} numbers for each token",
        rows.size(), vocabulary, vocabulary);
  return std::make_shared<const TokenMetric>(std::move(table), path.number("c"), path.number("a"));
}

}  // namespace

std::vector<Alternative> token_data_rows() {
  ConfigField wrapped = required(section("of", "data", "the continuous data set"));
  wrapped.holds = DataKind::continuous;
  return for_tokens(std::vector<Alternative>{
      row("words", "the words of a list with one word per line, padded to one length",
          {file_field("/usr/share/dict/words", "the list; Debian's is in the package wamerican"),
           integer("shortest", 3, from_to(1, 1000), "least number of letters of a word to keep"),
           integer("longest", 10, from_to(1, 1000),
                   "greatest number of letters of a word to keep, and the length of a sequence"),
           text_field("letters", "abcdefghijklmnopqrstuvwxyz",
                      "allowed characters; words with any other are left out"),
           class_file_field("the class of a word is its number of letters"), class_column_field(),
           held_out_field(0.1,
                          "the words held out for eval: a share of them, chosen by a hash of the "
                          "word, an array of their numbers in the list (from 0, of the words that "
                          "are kept), or a file with one word per line")},
          {rule({"shortest", "longest"}, "/longest", "it is less than `shortest`",
                "words have `shortest` to `longest` letters, so set shortest <= longest",
                [](const Json& words) {
                  return words.at("shortest").get<int>() > words.at("longest").get<int>();
                }),
           class_column_rule()}),
      row("text", "windows of a text file; each character is a token",
          {file_field(nullptr,
                      "path of the file (UTF-8), absolute or relative to the working directory"),
           integer("length", 64, from_to(1, 65536), "characters in a window"),
           boolean("lowercase", false, "whether the letters A to Z become lowercase"),
           text_field("letters", "",
                      "characters to keep, any other becomes a space; empty: keep all"),
           boolean("one_space", true, "whether each run of spaces and line ends becomes one space"),
           held_out_field(
               0.05, "the text held out for eval: a share of it, at its end, or another file")},
          {rule({"held_out"}, "/held_out", "a text has no rows whose numbers could be given",
                "give a share of the text, or the path of another file",
                [](const Json& text) { return text.at("held_out").is_array(); })}),
      row("quantize", "a continuous data set with each number rounded to one of some levels",
          {wrapped, integer("levels", 64, from_to(2, 65536), "number of levels"),
           number("low", -3, any(),
                  "start of the first level, which also takes every smaller number"),
           number("high", 3, any(), "end of the last level, which also takes every greater number"),
           held_out_field(
               0,
               "for a finite data set: the rows held out for eval, a share of them, chosen by a "
               "hash, an array of row numbers from 0, or a file of the same columns")},
          {rule({"low", "high"}, "/high", "it is not above `low`", "set low < high",
                reaches("low", "high")),
           rule({"of", "held_out"}, "/held_out",
                "the wrapped data set draws new rows without end, "
                "so holding some out would change its distribution",
                "set it to 0; eval then draws new rows", holds_out_without_end)}),
      row("tokens",
          "an NPY file, or an array of an NPZ file, of whole numbers (N, L), one sequence per row",
          {file_field(nullptr, "path of the file, absolute or relative to the working directory"),
           class_file_field("the rows have no classes"), class_column_field(), array_field(),
           required(integer("vocabulary", 2, from_to(2, 65536), "V: tokens are 0 to V - 1")),
           held_out_field(0,
                          "the rows held out for eval: a share of them, chosen by a hash of the "
                          "row, an array of row numbers from 0, or an NPY file of the same shape")},
          {class_column_rule()})});
}

std::vector<Alternative> token_source_rows() {
  return for_tokens(std::vector<Alternative>{
      row("mask", "every token is the mask",
          {integer("token", -1, from_to(-1, 65535),
                   "a token of /data's vocabulary that never occurs in the data; -1: "
                   "an additional state")}),
      row("uniform_tokens", "every token is uniform over the data's vocabulary")});
}

std::vector<Alternative> token_paths() {
  return for_tokens(std::vector<Alternative>{
      row("mixture",
          "each token is the data's with probability "
          "kappa(t), otherwise the source's (Gat et al. 2024)",
          {section("kappa", "kappa", "probability that a token is the data's, over time")}),
      row("three_part",
          "each token is the data's with probability kappa^(1 + noise), uniform with probability "
          "kappa - kappa^(1 + noise), otherwise the source's (Gat et al. 2024)",
          {section("kappa", "kappa",
                   "probability that a token is no longer the source's, over time"),
           number("noise", 1, above_to(0, 100),
                  "the greater, the more tokens are uniform on the way")}),
      row("metric",
          "p(x | x1) = softmax over x of -beta d(x, x1), beta = c (t / (1 - t))^a: tokens move to "
          "the data's through tokens near it, as levels should (Shaul et al. 2024)",
          {section("distance", "token_distance", "the distance d of two tokens"),
           number("c", 1, above_to(0, 1e9), "beta at t = 1/2"),
           number("a", 1, above_to(0, 100), "the power: how steeply beta rises there")})});
}

const Makers<std::shared_ptr<const TokenMetric>, const Section&, int>& token_metrics() {
  using V = const Section&;  // the section `distance`, and the section /path around it
  using Distance = TokenMetric::Distance;
  const auto by = [](Distance distance) {
    return [distance](V, V path, int vocabulary) {
      return std::make_shared<const TokenMetric>(distance, vocabulary, path.number("c"),
                                                 path.number("a"));
    };
  };
  static const Makers<std::shared_ptr<const TokenMetric>, V, int> rows{
      {row("absolute", "|x - x1|"), by(Distance::absolute)},
      {row("squared", "(x - x1)^2"), by(Distance::squared)},
      {row("table", "a table of distances",
           {matrix_field("rows",
                         "row x1 has d(x, x1) for each token x; 0 for x = x1, else positive")},
           {found_rule({"rows"}, "/rows", "they are no table of distances",
                       "give a row of V numbers for each of V tokens, 0 on the diagonal and "
                       "positive elsewhere",
                       distance_violation)}),
       metric_of_table}};
  return rows;
}

SectionTable token_distance_section() {
  return {"token_distance", "The distance of two tokens, x and x1, on the path `metric`.",
          "absolute", token_metrics().alternatives()};
}

const Makers<Kappa>& kappas() {
  static const Makers<Kappa> rows{
      {row("linear", "t"), [](const Section&) { return linear_kappa(); }},
      {row("polynomial", "t^power", {number("power", 2, above_to(0, 100), "the power")}),
       [](const Section& v) { return polynomial_kappa(v.number("power")); }},
      {row("sine_squared", "sin^2(pi t / 2)"), [](const Section&) { return sine_squared_kappa(); }},
      {row("cosine", "1 - cos(pi t / 2)"), [](const Section&) { return cosine_kappa(); }}};
  return rows;
}

SectionTable kappa_section() {
  return {"kappa", "The probability that a token at time t is the data's. It rises from 0 to 1.",
          "linear", kappas().alternatives()};
}

std::vector<ConfigRule> token_rules() {
  return for_tokens(std::vector<ConfigRule>{
      rule({"source", "data"}, "/source/token",
           "a token of the vocabulary can only be the mask if /data is of type tokens",
           "leave it out: the mask is then an additional state",
           when(mask_token, is_not("/data/type", "tokens"))),
      rule({"source", "data"}, "/source/token",
           "it is not in the data's vocabulary, 0 to /data/vocabulary - 1",
           "give a token of the vocabulary that never occurs in the data, or leave it out: "
           "the mask is then an additional state",
           mask_not_in_vocabulary),
      rule({"source", "data"}, "/source/token",
           "the vocabulary has 2 tokens, so without the "
           "mask one is left and there is nothing to learn",
           "leave it out: the mask is then an additional state", only_the_mask_left),
      rule({"coupling", "data", "source"}, "/coupling",
           "rows held out of data or source leave rows without a partner",
           "set both `held_out` to 0, or set /coupling to {\"type\": \"independent\"}", pairs_lost),
      rule({"sampler", "source"}, "/sampler/corrector",
           "a corrector resamples tokens from masks or uniform noise, and /source is a data set",
           "set it to {\"type\": \"none\"}, or choose another source",
           when(is("/source/type", "data"), is_not("/sampler/corrector/type", "none"))),
      rule({"sampler", "source"}, "/sampler/remasking",
           "remasking is of masked tokens, and /source is not mask",
           "set it to {\"type\": \"none\"}, or set /source to {\"type\": \"mask\"}",
           when(is_not("/sampler/remasking/type", "none"), negated(from_masks))),
      rule({"sampler", "source"}, "/sampler/order",
           "the order is of masked tokens, and /source is not mask",
           "set it to \"random\", or set /source to {\"type\": \"mask\"}",
           when(is_not("/sampler/order", "random"), negated(from_masks))),
      rule({"path", "source"}, "/source",
           "from uniform tokens the path three_part is the path mixture with another kappa",
           "set it to {\"type\": \"mask\"}, or set /path to {\"type\": \"mixture\"}",
           when(on_three_parts, is("/source/type", "uniform_tokens"))),
      rule({"path", "sampler", "source"}, "/sampler/corrector",
           "correctors are those of the path mixture, and /path is three_part",
           "set it to {\"type\": \"none\"}, or set /path to {\"type\": \"mixture\"}",
           when(on_three_parts, from_masks, is_not("/sampler/corrector/type", "none"))),
      rule({"path", "sampler", "source"}, "/sampler/corrector",
           "the corrector exchange is of uniform tokens, and /source is mask",
           "choose the corrector remask, or set /source to {\"type\": \"uniform_tokens\"}",
           when(is("/sampler/corrector/type", "exchange"), from_masks, negated(on_three_parts))),
      rule({"path", "sampler", "source"}, "/sampler/remasking",
           "a token that is no mask may be noise on the path three_part, and is drawn again anyway",
           "set it to {\"type\": \"none\"}, or set /path to {\"type\": \"mixture\"}",
           when(on_three_parts, from_masks, is_not("/sampler/remasking/type", "none"))),
      rule({"path", "sampler", "source"}, "/sampler/order",
           "a token that is no mask may be noise on the path three_part, and is drawn again anyway",
           "set it to \"random\", or set /path to {\"type\": \"mixture\"}",
           when(on_three_parts, from_masks, is_not("/sampler/order", "random"))),
      rule({"path", "source"}, "/source",
           "the path metric begins at uniform tokens, and /source is another",
           "set it to {\"type\": \"uniform_tokens\"}, or set /path to {\"type\": \"mixture\"}",
           when(on_metric_path, is_not("/source/type", "uniform_tokens"))),
      rule({"path", "sampler"}, "/sampler/corrector",
           "correctors are those of the path mixture, and /path is metric",
           "set it to {\"type\": \"none\"}, or set /path to {\"type\": \"mixture\"}",
           when(on_metric_path, is_not("/sampler/corrector/type", "none"))),
      rule({"path", "sampler"}, "/sampler/grid",
           "the grid is spaced by kappa, and the path metric has none",
           "choose the grid uniform, power, cosine or list",
           when(on_metric_path, is("/sampler/grid/type", "kappa")))});
}

}  // namespace pushforward::app
