// The rows of token data, their sources and paths, and what cannot go together with them.
#include "apps/config/data_types.h"
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

ConfigField file_field(Json fallback, const char* doc) {
  return {.key = "path", .kind = FieldKind::text, .fallback = std::move(fallback), .doc = doc};
}
ConfigField held_out_field(double share, const char* doc) {
  return number("held_out", share, from_below(0, 1), doc);
}

bool shortest_above_longest(const Json& words) {
  return words.at("shortest").get<int>() > words.at("longest").get<int>();
}
bool no_level_range(const Json& quantize) { return quantize.at("low") >= quantize.at("high"); }

// Whether noise is added to each row as it is drawn.
bool noisy(const Json& data) {
  return data.at("type") == "dequantize" || (data.contains("of") && noisy(data.at("of")));
}
bool holds_out_without_end(const Json& quantize) {
  const Json& of = quantize.at("of");
  return quantize.at("held_out").get<double>() > 0 && (endless(of) || noisy(of));
}

// --- combinations --------------------------------------------------------------------------------

const Json* mask_token(const Json& config) {
  const Json& source = config.at("source");
  return source.contains("token") && source.at("token") != -1 ? &source.at("token") : nullptr;
}
bool no_token_to_spare(const Json& config) {
  return mask_token(config) && config.at("data").at("type") != "tokens";
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
  return config.at("data").value("held_out", 0.0) > 0 ||
         config.at("source").at("of").value("held_out", 0.0) > 0;
}

bool mends_rows(const Json& config) {
  return config.at("source").at("type") == "data" &&
         config.at("sampler").at("corrector").at("type") != "none";
}

}  // namespace

std::vector<Alternative> token_data_rows() {
  ConfigField wrapped = required(section("of", "data", "the continuous data set"));
  wrapped.holds = DataKind::continuous;
  return for_tokens(std::vector<Alternative>{
      row("words", "words of a list, one a line, padded to one length; class = length",
          {file_field("/usr/share/dict/words", "the list; Debian's is in the package wamerican"),
           integer("shortest", 3, from_to(1, 1000), "letters of the shortest words to keep"),
           integer("longest", 10, from_to(1, 1000), "letters of the longest, and the length"),
           {.key = "letters",
            .kind = FieldKind::text,
            .fallback = "abcdefghijklmnopqrstuvwxyz",
            .doc = "words with any other character are left out"},
           held_out_field(0.1, "share of the words kept for eval, chosen by a hash of the word")},
          {rule({"shortest", "longest"}, "/longest", "it is below `shortest`",
                "words have from `shortest` to `longest` letters", shortest_above_longest)}),
      row("text", "windows of a text file, a token a character",
          {file_field(nullptr,
                      "the file, UTF-8, as seen from the folder the program is started in"),
           integer("length", 64, from_to(1, 65536), "characters in a window"),
           boolean("lowercase", false, "capital letters A to Z become small ones"),
           {.key = "letters",
            .kind = FieldKind::text,
            .fallback = "",
            .doc = "any other character becomes a space; empty: all are kept"},
           boolean("one_space", true, "each run of spaces and line ends becomes one space"),
           held_out_field(0.05, "share of the text, at its end, kept for eval")}),
      row("quantize", "another data set, continuous, with each number as one of some levels",
          {wrapped, integer("levels", 64, from_to(2, 65536), "how many"),
           number("low", -3, any(), "where the first level begins; what is below belongs to it"),
           number("high", 3, any(), "where the last level ends; what is above belongs to it"),
           held_out_field(0, "finite sets: share of the rows kept for eval, chosen by a hash")},
          {rule({"low", "high"}, "/high", "it is not above `low`", "levels need low < high",
                no_level_range),
           rule({"of", "held_out"}, "/held_out",
                "the wrapped set draws fresh rows without end, "
                "so what is held out would be missing from its distribution",
                "set it to 0; eval draws rows of its own", holds_out_without_end)}),
      row("tokens", "an NPY file of whole numbers (N, L), one sequence a row",
          {file_field(nullptr, "the file, as seen from the folder the program is started in"),
           required(integer("vocabulary", 2, from_to(2, 65536), "V: tokens are 0 to V - 1")),
           held_out_field(0, "share of the rows kept for eval, chosen by a hash of the row")})});
}

std::vector<Alternative> token_source_rows() {
  return for_tokens(std::vector<Alternative>{
      row("mask", "every token the mask",
          {integer("token", -1, from_to(-1, 65535),
                   "a token of /data's vocabulary that the data never has; -1: one more state")}),
      row("uniform_tokens", "every token uniform over the data's vocabulary")});
}

std::vector<Alternative> token_paths() {
  return for_tokens(std::vector<Alternative>{
      row("mixture",
          "each token is the data's with probability kappa(t), else the source's (Gat et al. 2024)",
          {section("kappa", "kappa", "how fast tokens become the data's")})});
}

SectionTable kappa_section() {
  return {"kappa",
          "The probability at t that a token is the data's, from 0 to 1.",
          "linear",
          {row("linear", "t"),
           row("polynomial", "t^power", {number("power", 2, above_to(0, 100), "the power")}),
           row("sine_squared", "sin^2(pi t / 2)"), row("cosine", "1 - cos(pi t / 2)")}};
}

std::vector<ConfigRule> token_rules() {
  return for_tokens(std::vector<ConfigRule>{
      rule({"source", "data"}, "/source/token",
           "only data of type tokens has a token to spare for the mask",
           "leave it out: the mask is then one more state beside the data's", no_token_to_spare),
      rule({"source", "data"}, "/source/token",
           "it is not in the data's vocabulary, 0 to /data/vocabulary - 1",
           "give a token of the vocabulary that the data never has, or leave it out: "
           "the mask is then one more state beside the data's",
           mask_not_in_vocabulary),
      rule({"source", "data"}, "/source/token",
           "without it the data's vocabulary of 2 has one token left, and nothing to learn",
           "leave it out: the mask is then one more state beside the data's", only_the_mask_left),
      rule({"coupling", "data", "source"}, "/coupling",
           "rows that are held out, of data or source, have lost their pair",
           "set `held_out` of both to 0, or it to {\"type\": \"independent\"}", pairs_lost),
      rule({"sampler", "source"}, "/sampler/corrector",
           "it draws tokens anew from mask or uniform noise, and /source is rows of data",
           "set it to {\"type\": \"none\"}, or take another source", mends_rows)});
}

}  // namespace pushforward::app
