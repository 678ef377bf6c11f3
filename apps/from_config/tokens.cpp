#include "apps/from_config/tokens.h"

#include <algorithm>
#include <functional>
#include <string>

#include "apps/config/file_memory.h"
#include "apps/config/made.h"
#include "apps/data/data.h"
#include "apps/data/held_out_table.h"
#include "apps/data/table_memory.h"
#include "apps/data/table_style.h"
#include "apps/failure.h"
#include "apps/failure_text.h"
#include "apps/from_config/token_texts.h"
#include "apps/report/files_read.h"
#include "apps/run/data_traits.h"
#include "apps/tables/class_file.h"
#include "apps/tables/table_words.h"
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
void add_row(const TokenTable& table, int k, TokenTable& to) {
  const std::span<const int> row = table.row(k);
  to.tokens.insert(to.tokens.end(), row.begin(), row.end());
  if (!table.labels.empty()) to.labels.push_back(table.labels[static_cast<std::size_t>(k)]);
}

SplitTokens split(const TokenTable& table, const Json& choice, const std::string& name) {
  SplitTokens parts{{table.length, {}, {}, {}}, {table.length, {}, {}, {}}};
  const auto is_held = row_chooser(choice, static_cast<std::size_t>(table.rows()), name);
  for (int k = 0; k < table.rows(); ++k) {
    const std::span<const int> row = table.row(k);
    const std::string_view bytes(reinterpret_cast<const char*>(row.data()), row.size_bytes());
    add_row(table, k,
            is_held(static_cast<std::size_t>(k), bytes) ? parts.held_out : parts.training);
  }
  return parts;
}

// Splits a table into training data and held-out data by the key held_out. `name` is the name of the
// data in errors, and `read` reads another file as the table was read.
TokenData split_data(const TokenTable& table, const Json& choice, TokenTraits traits,
                     const std::string& name,
                     const std::function<TokenTable(const std::string&)>& read) {
  SplitTokens parts = split(table, choice, name);
  if (choice.is_string()) {
    parts.held_out = read(choice.text());
    if (parts.held_out.length != table.length)
      throw file_error(
          "[data] {} (/data/held_out) has sequences of {} tokens, but those of "
          "{} have {}; give a file of the same shape",
          choice.text(), parts.held_out.length, name, table.length);
  }
  if (parts.training.tokens.empty())
    throw file_error("[data] {}: all of its {} rows are held out; lower /data/held_out", name,
                     table.rows());
  return {make_table_distribution(std::move(parts.training), traits.vocabulary),
          make_table_distribution(std::move(parts.held_out), traits.vocabulary), std::move(traits)};
}

// Returns the words padded to one length, with these classes. Without classes, the class of a word
// is its number of letters.
TokenTable word_table(const std::vector<std::string>& words, std::span<const int> classes,
                      const TokenTraits& traits) {
  TokenTable table{traits.length, {}, {classes.begin(), classes.end()}, {}};
  for (const std::string& word : words) {
    const std::vector<int> row = traits.tokens(word, "[data]");
    table.tokens.insert(table.tokens.end(), row.begin(), row.end());
    if (classes.empty())
      table.labels.push_back(
          static_cast<int>(std::find(row.begin(), row.end(), traits.pad) - row.begin()));
  }
  return table;
}

// Where token data is built: the path of its section, and the token that is the mask, or -1.
struct TokenPlace {
  std::string key;
  int spared = -1;
};

TokenData words(const Section& section, TokenTraits traits, const TokenPlace&) {
  const WordList list = read_words(section.json());
  files_read().add(list.report);
  traits.length = static_cast<int>(section.integer("longest"));
  traits.glyphs = list.letters;
  traits.pad = static_cast<int>(traits.glyphs.size());
  traits.glyphs.emplace_back();
  traits.vocabulary = traits.pad + 1;
  std::vector<std::string> texts = list.training_classes;
  texts.insert(texts.end(), list.held_out_classes.begin(), list.held_out_classes.end());
  RowClasses classes = make_classes(texts);
  const std::span<const int> labels(classes.labels);
  const std::size_t first = list.training_classes.size();
  return {make_table_distribution(word_table(list.training, labels.first(first), traits),
                                  traits.vocabulary),
          make_table_distribution(word_table(list.held_out, labels.subspan(first), traits),
                                  traits.vocabulary),
          traits, std::move(classes.names)};
}

// Returns the consecutive windows of a text, without overlap.
TokenTable consecutive(const std::vector<int>& text, int length) {
  TokenTable table{length, text, {}, {}};
  table.tokens.resize(text.size() - text.size() % static_cast<std::size_t>(length));
  return table;
}

TokenData text(const Section& section, TokenTraits traits, const TokenPlace&) {
  TextFile file = read_text(section.json());
  files_read().add(file.report);
  traits.length = static_cast<int>(section.integer("length"));
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
    throw usage_error(
        "[data] {:.0f} % of the numbers to quantize are outside the levels, "
        "from /data/low {} to /data/high {}, and would all become the first or the "
        "last level; set low and high around the range of the data, {:.4g} to {:.4g}",
        100 * share, levels.low, levels.high, *min_value, *max_value);
}

// A file of held-out rows of quantized data, the key of the config that names it, and what the run
// remembers of it, or null.
struct HeldOutFile {
  std::string path, key;
  Json memory;
};

// Lets a csv section, whose own file `own` was read with this report, read the other file: in the style
// in which that is written, and with the columns and classes of the own file.
void read_other_table(Json& section, const HeldOutFile& other, Json report,
                      const std::string& own) {
  const CsvOptions layout = layout_of_held_out(other.path, other.key, layout_options(section, ""),
                                               trained_table(report, own), other.memory);
  section["separator"] =
      layout.separator ? word_of_value(kSeparatorWords, *layout.separator) : std::string("auto");
  section["decimal"] = layout.decimal == CsvDecimal::comma ? "comma" : "point";
  section["header"] = layout.header == CsvHeader::yes  ? "yes"
                      : layout.header == CsvHeader::no ? "no"
                                                       : "auto";
  if (!layout.thousands) section["thousands"] = "none";
  report["changed"] = true;    // its columns are taken by name
  report["file_columns"] = 1;  // any number of them
  report["other_of"] = own;
  section[kFileMemory] = report.dump();
}

// Returns a data section at `at` with another file in place of its innermost one.
Json with_other_file(Json section, const std::string& at, const HeldOutFile& other) {
  if (section.contains("of")) {
    section["of"] = with_other_file(section.at("of"), at + "/of", other);
    return section;
  }
  const std::string own = section.at("path").get<std::string>();
  section["path"] = other.path;
  section.erase(kFileMemory);
  Json report = files_read().of_key(at + "/path");
  if (section.at("type") == "csv" && !report.is_null())
    read_other_table(section, other, std::move(report), own);
  return section;
}

// Returns the numbers of a finite set in the units of `flow`, which the numbers of another set have.
std::vector<double> numbers_in_units(const Distribution& data, const Units& flow) {
  const std::span<const real> values = data.all()->values();
  std::vector<double> numbers(values.begin(), values.end());
  const Units own = make_units(data);
  if (own.scale == flow.scale && own.shift == flow.shift) return numbers;
  own.to_data(numbers);
  flow.from_data(numbers);
  return numbers;
}

TokenData quantize(const Section& values, TokenTraits traits, const TokenPlace& place) {
  const Json& section = values.json();
  const std::string key = place.key + ".of";
  const DistributionPtr of = build_data(section.at("of"), key);
  traits.levels = {section.at("levels").get<int>(), section.at("low").get<double>(),
                   section.at("high").get<double>()};
  check_levels(*of, traits.levels);
  traits.units = make_units(*of);
  traits.length = of->dim();
  traits.vocabulary = traits.levels.count;
  if (!of->all())
    return {std::make_shared<QuantisedDistribution>(of, traits.levels), nullptr, traits};
  const auto table_of = [&](const Distribution& data) {
    TokenTable table{data.dim(), {}, {}, {}};
    // Held-out rows are quantized in the units of the others, also if they are standardized.
    const bool alike = data.dim() == of->dim();
    for (const double x : numbers_in_units(data, alike ? traits.units : make_units(data)))
      table.tokens.push_back(traits.levels.of(x));
    table.labels.assign(data.all_labels().begin(), data.all_labels().end());
    return table;
  };
  const auto read_other = [&](const std::string& path) {
    std::string at = "/" + place.key;
    std::replace(at.begin(), at.end(), '.', '/');
    const HeldOutFile file{path, at + "/held_out", memory_of(section)};
    const Json other = with_other_file(section.at("of"), at + "/of", file);
    const ReportsOfOtherFile reports(file.key);
    return table_of(*build_data(other, key));
  };
  return split_data(table_of(*of), section.at("held_out"), traits,
                    section.at("of").at("type").get<std::string>(), read_other);
}

// Reads the sequences of a section of type tokens from a file.
NdArray read_sequences(const std::string& path, const Json& section) {
  NdArray array = read_array_named(path, section.at("array").text());
  if (array.shape.size() != 2 || array.shape[0] == 0 || array.shape[1] == 0)
    throw file_error("[data] {} has shape {}; give a table (N, L), one sequence per row", path,
                     shape_text(array.shape));
  files_read().add(table_report(array), false);
  return array;
}

TokenData tokens(const Section& values, TokenTraits traits, const TokenPlace& place) {
  const Json& section = values.json();
  const std::string path = section.at("path").get<std::string>();
  const Json& held_out = section.at("held_out");
  const NdArray array = read_sequences(path, section);
  traits.spared = place.spared;
  traits.length = static_cast<int>(array.shape[1]);
  traits.vocabulary = section.at("vocabulary").get<int>() - (place.spared >= 0);
  TokenTable table{traits.length, traits.from_file(array, "data"), {}, {}};
  RowClasses classes = read_row_classes(section.at("labels").text(), section.at("label").text(),
                                        array.shape[0], path);
  table.labels = std::move(classes.labels);
  if (!table.labels.empty() && held_out.is_string())
    throw Failure(Exit::usage, classes_of_held_out(path, section.at("labels").text(),
                                                   held_out.text(), "/data/held_out"));
  TokenData data = split_data(table, held_out, traits, path, [&](const std::string& other) {
    const NdArray rows = read_sequences(other, section);
    return TokenTable{static_cast<int>(rows.shape[1]), traits.from_file(rows, "data"), {}, {}};
  });
  data.classes = std::move(classes.names);
  return data;
}

constexpr TypeMaker<TokenData, TokenTraits, const TokenPlace&> kTokenData[] = {
    {"words", words}, {"text", text}, {"quantize", quantize}, {"tokens", tokens}};

TokenData build(const Json& section, const TokenPlace& place) {
  TokenTraits traits;
  traits.data = section.at("type").get<std::string>();
  return make_by_type(kTokenData, Section::over(section), std::move(traits), place);
}

}  // namespace

TokenData build_tokens(const Config& config) {
  const Section source = config.section("/source");
  const int spared = source.has("token") ? static_cast<int>(source.integer("token")) : -1;
  return build(config.section("/data").json(), {"data", spared});
}

std::vector<std::string> built_token_data() { return types_of(kTokenData); }

TokenPath make_token_path(const Config& config, int vocabulary) {
  const std::string& source = config.string("/source/type");
  const Section path = config.section("/path");
  if (path.type() == "metric")
    return {linear_kappa(), SourceKind::uniform, vocabulary,
            token_metrics()(path.section("distance"), path, vocabulary)};
  return {kappas()(path.section("kappa")),
          source == "mask"             ? SourceKind::mask
          : source == "uniform_tokens" ? SourceKind::uniform
                                       : SourceKind::data,
          vocabulary, nullptr, path.type() == "three_part" ? path.number("noise") : 0};
}

TokenDistributionPtr build_token_source(const Config& config, const TokenTraits& data) {
  const Section source = config.section("/source");
  if (source.type() != "data") return nullptr;
  const TokenData of = build(source.json().at("of"), {"source.of"});
  if (of.traits.length != data.length || of.traits.vocabulary != data.vocabulary)
    throw usage_error(
        "[source] the source has {} tokens of a vocabulary "
        "of {}, but the data has {} of {}; make both equal",
        of.traits.length, of.traits.vocabulary, data.length, data.vocabulary);
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
