#include "apps/run/token_traits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/failure.h"
#include "apps/json/json.h"
#include "apps/suggest.h"

namespace pushforward::app {
namespace {

// Lists the characters of the vocabulary, for a message.
std::string alphabet(const TokenTraits& traits) {
  std::string all;
  for (const std::string& glyph : traits.glyphs) all += glyph;
  return '"' + all + '"';
}

// Returns the token written as `glyph`, or -1 if there is none.
int find_token(const TokenTraits& traits, const std::string& glyph) {
  const auto found = std::find(traits.glyphs.begin(), traits.glyphs.end(), glyph);
  return found == traits.glyphs.end() ? -1 : static_cast<int>(found - traits.glyphs.begin());
}

int token_or_fail(const TokenTraits& traits, const std::string& glyph, std::size_t position,
                  const std::string& where, Exit code, const std::string& more) {
  const int token = find_token(traits, glyph);
  if (token < 0)
    throw Failure(code,
                  fmt::format("{} character {} is \"{}\", which does not occur in the run's data; "
                              "use characters of {}{}",
                              where, position + 1, glyph, alphabet(traits), more));
  return token;
}

// Splits a text of tokens written as numbers, such as "3 0 _ 1", at its blanks.
std::vector<std::string> split_fields(const std::string& text) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" ,\t", at)) != std::string::npos) {
    const std::size_t end = std::min(text.find_first_of(" ,\t", at), text.size());
    fields.push_back(text.substr(at, end - at));
    at = end;
  }
  return fields;
}

}  // namespace

std::vector<std::string> split_characters(std::string_view text) {
  std::vector<std::string> all;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (continues && !all.empty())
      all.back() += c;
    else
      all.emplace_back(1, c);
  }
  return all;
}

namespace {

// Describes the levels of a column of quantized numbers in the data's units, and the level of the
// number in `text`. Returns "" for other tokens.
std::string levels_words(const TokenTraits& traits, std::size_t column, const std::string& text) {
  if (!traits.numeric()) return "";
  const double scale = traits.units.scale[column], shift = traits.units.shift[column];
  std::string words = fmt::format(
      " (the levels of column {} go from {:.6g} to {:.6g}", column_name(traits.units.names, column),
      scale * traits.levels.low + shift, scale * traits.levels.high + shift);
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (*end == '\0' && std::isfinite(value))
    words +=
        fmt::format(", and {} is in level {}", text, traits.levels.of((value - shift) / scale));
  return words + ")";
}

}  // namespace

std::string TokenTraits::text(std::span<const int> states, const std::string& mask) const {
  // Padding at the end of a word is not shown. Only samples can have a padding token within a word;
  // it is shown as a space.
  while (pad >= 0 && !states.empty() && states.back() == pad)
    states = states.first(states.size() - 1);
  std::string out;
  for (const int state : states) {
    if ((!written() && !out.empty()) || (pad >= 0 && state == pad)) out += ' ';
    if (state < 0 || state >= vocabulary)
      out += mask;
    else if (written())
      out += glyphs[static_cast<std::size_t>(state)];
    else
      out += std::to_string(state + (spared >= 0 && state >= spared));
  }
  return out;
}

std::vector<int> TokenTraits::tokens(const std::string& line, const std::string& where) const {
  const std::vector<std::string> parts = split_characters(line);
  std::vector<int> out;
  for (std::size_t k = 0; k < parts.size(); ++k)
    out.push_back(token_or_fail(*this, parts[k], k, where, Exit::file, ""));
  const std::size_t wanted = static_cast<std::size_t>(length);
  if (out.size() > wanted || (out.size() < wanted && !words()))
    throw Failure(
        Exit::file,
        fmt::format(
            "{} \"{}\" has {} characters, but the run's sequences have {}{}; give that many", where,
            line, out.size(), words() ? "at most " : "", length));
  out.resize(wanted, pad);
  return out;
}

std::vector<int> TokenTraits::given(const std::string& pattern, const std::string& free) const {
  if (split_characters(free).size() != 1)
    throw Failure(Exit::usage, "[given] --free takes one character, not \"" + free + "\"");
  const std::vector<std::string> parts =
      written() ? split_characters(pattern) : split_fields(pattern);
  const std::size_t wanted = static_cast<std::size_t>(length);
  if (parts.empty() || parts.size() > wanted || (parts.size() < wanted && !written()))
    throw Failure(Exit::usage,
                  fmt::format("[given] \"{}\" has {} {}, but the run's sequences have {}{}; "
                              "give {} for each position, and {} for a free one",
                              pattern, parts.size(), written() ? "characters" : "tokens",
                              written() ? "at most " : "", length,
                              written() ? "a character" : "a number", free));
  std::vector<int> out;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (parts[k] == free) {
      out.push_back(-1);
    } else if (written()) {
      out.push_back(token_or_fail(*this, parts[k], k, "[given]", Exit::usage,
                                  ", and \"" + free + "\" (--free) for a free position"));
    } else {
      char* end = nullptr;
      const long token = std::strtol(parts[k].c_str(), &end, 10);
      const int file_vocabulary = vocabulary + (spared >= 0);
      if (*end != '\0' || token < 0 || token >= file_vocabulary || token == spared)
        throw Failure(
            Exit::usage,
            fmt::format("[given] position {} is \"{}\"; "
                        "give a token from 0 to {}{}{}, or {} (--free) for a free position",
                        k, parts[k], file_vocabulary - 1,
                        spared >= 0 ? fmt::format(" except the mask, {}", spared) : "",
                        levels_words(*this, k, parts[k]), free));
      out.push_back(static_cast<int>(token) - (spared >= 0 && token > spared));
    }
  }
  out.resize(wanted, pad);  // fills words with padding, and text with -1 (free)
  return out;
}

NdArray TokenTraits::to_file(std::vector<std::size_t> shape, std::span<const int> states) const {
  NdArray out{std::move(shape), {}, "<i4"};
  out.values.reserve(states.size());
  for (const int state : states) {
    const bool masked = state == vocabulary;
    const int own = masked && spared >= 0 ? spared : state + (spared >= 0 && state >= spared);
    out.values.push_back(own);
  }
  return out;
}

std::vector<int> TokenTraits::states(const NdArray& written) const {
  std::vector<int> out;
  out.reserve(written.values.size());
  for (const double value : written.values) {
    const int own = static_cast<int>(value);
    out.push_back(spared < 0 ? own : own == spared ? vocabulary : own - (own > spared));
  }
  return out;
}

std::vector<int> TokenTraits::from_file(const NdArray& array, const std::string& where) const {
  const std::size_t wanted = static_cast<std::size_t>(length);
  if (array.shape.size() != 2 || array.shape[1] != wanted)
    throw Failure(Exit::file,
                  fmt::format("[{}] {}the sequences have shape {}, but the run's have {} tokens; "
                              "give a table (N, {})",
                              where, file_prefix(array), shape_text(array.shape), length, length));
  const int file_vocabulary = vocabulary + (spared >= 0);
  std::vector<int> out;
  out.reserve(array.values.size());
  for (std::size_t k = 0; k < array.values.size(); ++k) {
    const double value = array.values[k];
    const auto trouble = [&](const std::string& what) {
      return Failure(Exit::file,
                     fmt::format("[{}] {}row {}, position {} is {}, {}", where, file_prefix(array),
                                 k / wanted, k % wanted, value, what));
    };
    if (!(value >= 0 && value < file_vocabulary) || value != std::floor(value))
      throw trouble(fmt::format("but tokens are whole numbers from 0 to {}; {}",
                                file_vocabulary - 1,
                                "correct that row, or use a run with a larger vocabulary"));
    const int token = static_cast<int>(value);
    if (token == spared)
      throw trouble(
          "the run's mask, which must not occur in the data; "
          "set /source/token to a token that never occurs in the data, or leave it out");
    out.push_back(token - (spared >= 0 && token > spared));
  }
  return out;
}

std::vector<int> TokenTraits::from_points(const NdArray& array, const std::string& where) const {
  const std::size_t wanted = static_cast<std::size_t>(length);
  if (array.shape.size() != 2 || array.shape[1] != wanted)
    throw Failure(Exit::file,
                  fmt::format("[{}] {}the points have shape {}, but the run's data has {} columns; "
                              "give a table (N, {})",
                              where, file_prefix(array), shape_text(array.shape), length, length));
  std::vector<double> x = array.values;
  units.from_data(x);
  std::vector<int> out;
  out.reserve(x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (std::isnan(x[k]))
      throw Failure(
          Exit::file,
          fmt::format(
              "[{}] {}row {}, position {} is nan, which has no level; correct or remove that row",
              where, file_prefix(array), k / wanted, k % wanted));
    out.push_back(levels.of(x[k]));
  }
  return out;
}

std::size_t TokenTraits::outside(const NdArray& points) const {
  std::vector<double> x = points.values;
  units.from_data(x);
  std::size_t count = 0;
  for (auto row = x.begin(); row < x.end(); row += length)
    count += std::any_of(row, row + length,
                         [this](double v) { return v < levels.low || v > levels.high; });
  return count;
}

NdArray TokenTraits::points(std::span<const int> tokens, const char* dtype) const {
  NdArray out{{tokens.size() / static_cast<std::size_t>(length), static_cast<std::size_t>(length)},
              {},
              dtype};
  out.values.reserve(tokens.size());
  for (const int token : tokens)
    out.values.push_back(token < vocabulary ? levels.centre(token) : std::nan(""));
  units.to_data(out.values);
  units.set_constants(out.values);
  if (units.need_double()) out.dtype = "<f8";
  out.names = units.names;
  return out;
}

namespace {

Metadata as_metadata(const Json& object) {
  Metadata metadata;
  for (const std::string& key : object.keys()) metadata[key] = object.at(key).get<std::string>();
  return metadata;
}

}  // namespace

void write_traits(const TokenTraits& t, Metadata& metadata) {
  Json object{{"data", t.data}, {"length", t.length}, {"vocabulary", t.vocabulary}};
  if (t.written()) object["glyphs"] = t.glyphs;
  if (t.pad >= 0) object["pad"] = t.pad;
  if (t.spared >= 0) object["spared"] = t.spared;
  if (t.numeric()) {
    object["low"] = t.levels.low;
    object["high"] = t.levels.high;
    Metadata units;
    write_units(t.units, units);
    object["scale"] = t.units.scale;
    object["shift"] = t.units.shift;
    object["units"] = units;
  }
  metadata["data.tokens"] = object.dump();
}

TokenTraits read_traits(const Metadata& metadata, const std::string& file) {
  const auto found = metadata.find("data.tokens");
  TokenTraits t;
  try {
    if (found == metadata.end()) throw std::runtime_error("missing");
    const Json object = Json::parse(found->second);
    t.data = object.at("data").get<std::string>();
    t.length = object.at("length").get<int>();
    t.vocabulary = object.at("vocabulary").get<int>();
    t.glyphs = object.value("glyphs", t.glyphs);
    t.pad = object.value("pad", -1);
    t.spared = object.value("spared", -1);
    if (object.contains("low")) {
      t.levels = {t.vocabulary, object.at("low").get<double>(), object.at("high").get<double>()};
      t.units = {object.at("scale").get<std::vector<double>>(),
                 object.at("shift").get<std::vector<double>>()};
      t.units_undo_affine = !object.contains("units");
      if (!t.units_undo_affine) t.units = read_units(as_metadata(object.at("units")), file);
    }
    const bool whole = t.length > 0 && t.vocabulary > 0 && t.pad < t.vocabulary &&
                       (t.glyphs.empty() || t.glyphs.size() == std::size_t(t.vocabulary)) &&
                       (!t.numeric() || (t.units.dim() == std::size_t(t.length) &&
                                         t.units.shift.size() == t.units.dim()));
    if (!whole) throw std::runtime_error("edited");
  } catch (const std::exception&) {
    throw Failure(Exit::file, fmt::format("[model] {}: its metadata has no valid \"data.tokens\"; "
                                          "use the unedited model file of a run on tokens",
                                          file));
  }
  return t;
}

}  // namespace pushforward::app
