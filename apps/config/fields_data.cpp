// The rows of the table of config fields for the sections /data and /source. To add a data set, add
// its row here. The 2D data sets come from a table of their own, flow/distributions/toy.cpp.
#include "apps/config/rows.h"
#include "flow/distributions/toy.h"

namespace pushforward::app {
namespace {

constexpr const char* kPathDoc = "path of the file, absolute or relative to the working directory";

ConfigField path_field() { return text_field("path", nullptr, kPathDoc); }
ConfigField wrapped_data() {
  ConfigField field = required(section("of", "data", "the wrapped data set"));
  field.holds = DataKind::continuous;
  return field;
}

// Returns the number of entries of the array at `key`.
std::size_t length(const Json& section, const char* key) { return section.at(key).size(); }

bool rows_differ(const Json& mixture) {
  for (const Json& row : mixture.at("means")) {
    if (row.size() != mixture.at("means").front().size()) return true;
  }
  return false;
}
bool stds_differ(const Json& mixture) {
  return length(mixture, "stds") != 0 && length(mixture, "stds") != length(mixture, "means");
}
bool weights_differ(const Json& mixture) {
  return length(mixture, "weights") != 0 && length(mixture, "weights") != length(mixture, "means");
}

// Returns the violation of a type of a column that combines what cannot be combined.
std::optional<Violation> type_violation(const Json& csv) {
  const Json& types = csv.at("types");
  for (const std::string& name : types.keys()) {
    const Json& type = types.at(name);
    const std::string kind =
                          type.is_object() && type.contains("kind") ? type.at("kind").text() : "",
                      transform = type.is_object() && type.contains("transform")
                                      ? type.at("transform").text()
                                      : "";
    const Json* bounds = type.is_array() ? &type : type.is_object() ? type.find("bounds") : nullptr;
    const std::string column = "column \"" + name + "\"";
    if (bounds && bounds->at(0).get<double>() >= bounds->at(1).get<double>())
      return Violation{"the bounds of " + column + " are not [low, high]", "set low < high"};
    if (bounds && !transform.empty() && transform != "logit")
      return Violation{column + " has bounds, but the transform " + transform + " has none",
                       "leave one of them out"};
    if (!bounds && transform == "logit")
      return Violation{column + " has the transform logit, but no bounds",
                       "add \"bounds\": [low, high]"};
    const bool changes =
        bounds || (!transform.empty() && transform != "none" && transform != "standardize");
    if (changes && !kind.empty() && kind != "number" && kind != "integer")
      return Violation{column + " is of kind " + kind + ", which has no transform",
                       "leave one of them out"};
  }
  return {};
}
ConfigRule type_rule() {
  return found_rule({"types"}, "/types", "a transform does not fit its bounds or kind",
                    "give logit bounds, and transforms to numbers and integers only",
                    type_violation);
}

ConfigRule condition_rule() {
  return rule(
      {"label", "condition"}, "/condition",
      "the rows have a class (`label`) and conditions, and a network is given one of them",
      "leave `label` out, and name its column in `condition`: there a category is given too",
      [](const Json& csv) { return csv.at("label") != "" && csv.at("condition").size() > 0; });
}

std::vector<ConfigField> csv_fields() {
  ConfigField guess = choice("guess", "auto", {"auto", "yes", "no"},
                             "whether the kinds of columns are guessed from their cells; if not, "
                             "they are numbers. auto: yes if the table is all of /data, no within "
                             "another data set"),
              scale = choice("scale", "auto", {"auto", "standardize", "none"},
                             "how the flow gets the columns after their transforms: standardized, "
                             "or as they are. auto: standardized if the table is all of /data"),
              missing_rows = choice("missing_rows", "drop", {"drop", "refuse", "model"},
                                    "rows with missing cells: left out and counted, refused, or "
                                    "trained on. model draws their missing cells from the flow "
                                    "again and again (/train/fill_every; docs/tables.md says what "
                                    "is exact)");
  guess.earlier = "no";
  scale.earlier = "none";
  missing_rows.earlier = "refuse";
  ConfigField label =
      text_field("label", "",
                 "the column that has the class of each row, by name or number, which is "
                 "then no data; empty: the rows have no classes");
  ConfigField condition = columns_field(
      "condition",
      "columns that are given to the network and not learned, by name or by index from 0: the run "
      "learns p(other columns | these). Numbers are standardized for it, a category is 1 for its "
      "value and 0 for the others");
  return {
      path_field(),
      choice("header", "auto", {"auto", "yes", "no"}, "whether the first row holds names"),
      columns_field("columns", "columns to keep, by name or by index from 0; [] keeps all"),
      columns_field("drop", "columns to leave out, by name or by index from 0"),
      label,
      condition,
      {.key = "types",
       .kind = FieldKind::column_types,
       .fallback = Json::object(),
       .doc = "kinds and transforms of columns by name, such as {\"age\": \"integer\", "
              "\"price\": \"log\", \"share\": [0, 1]}; bounds are those of logit"},
      guess,
      scale,
      missing_rows,
      {.key = "missing",
       .kind = FieldKind::texts,
       .fallback = Json::array(),
       .doc = "the cells that are missing values; [] means empty cells, NA, NaN, ?, null and "
              "the other words of docs/tables.md",
       .distinct = true},
      text_field("comment", "#",
                 "the beginning of lines that are comments; none: there are no comments"),
      choice("separator", "auto", {"auto", "comma", "semicolon", "tab", "bar", "blank"},
             "the character between cells; auto: found from the rows"),
      choice("decimal", "auto", {"auto", "point", "comma"},
             "the decimal sign; auto: a point, and numbers that may have commas are refused"),
      choice("thousands", "none", {"none", "comma", "point", "blank", "apostrophe", "underscore"},
             "the sign between groups of three digits, as in 1,234.5; none: such numbers are "
             "refused"),
      choice("percent", "refuse", {"refuse", "number", "share"},
             "what 12% means: number is 12, share is 0.12; refuse: it is refused"),
      choice(
          "currency", "refuse", {"refuse", "drop"},
          "a currency before or after a number, such as $, EUR or the sign of the euro: refused, or left "
          "out")};
}

// Returns a row of the table of config fields for each 2D data set except "gaussian", which has its
// own row for any dimension.
std::vector<Alternative> toy_rows() {
  std::vector<Alternative> rows;
  for (const ToyInfo& info : toys()) {
    if (std::string_view(info.name) == "gaussian") continue;
    std::vector<ConfigField> fields;
    for (const ToyParameter& p : info.parameter_list()) {
      const Range range = from_to(p.low, p.high);
      fields.push_back(p.whole ? integer(p.name, static_cast<std::int64_t>(p.value), range, p.doc)
                               : number(p.name, p.value, range, p.doc));
    }
    rows.push_back(row(info.name, info.doc, fields));
  }
  return rows;
}

}  // namespace

ConfigField array_field() {
  return text_field("array", "", "the name of the array in an NPZ file; empty: the only one");
}

namespace {

bool names_no_class_file(const Json& data) {
  return data.at("label") != "" && data.at("labels") == "";
}

}  // namespace

ConfigField class_file_field(const std::string& none) {
  return {.key = "labels",
          .kind = FieldKind::text,
          .fallback = "",
          .doc =
              "a file with the class of each row: an NPY file of whole numbers, or a table of "
              "text; empty: " +
              none};
}

ConfigField class_column_field() {
  return {.key = "label",
          .kind = FieldKind::text,
          .fallback = "",
          .doc =
              "the column of classes in the file `labels`, by name, or by number from 0 if it has "
              "no names; empty: its only column"};
}

ConfigRule class_column_rule() {
  return rule({"labels", "label"}, "/label", "there is no file of which it could name a column",
              "set `labels` to that file, or leave `label` out", names_no_class_file);
}

SectionTable data_section() {
  std::vector<Alternative> rows = toy_rows();
  const std::vector<Alternative> others{
      row("gaussian", "a standard normal", {integer("dim", 2, from_to(1, 65536), "dimension")}),
      row("mixture", "a mixture of isotropic Gaussians",
          {matrix_field("means", "the centres, one per row"),
           numbers_field("stds", above(0), "standard deviation of each component; [] means all 1"),
           numbers_field("weights", above(0),
                         "relative weight of each component; [] means all equal")},
          {rule({"means"}, "/means", "its rows have different lengths",
                "give each centre the same number of coordinates", rows_differ),
           rule({"means", "stds"}, "/stds", "it and `means` have different lengths",
                "give one standard deviation for each centre, or []", stds_differ),
           rule({"means", "weights"}, "/weights", "it and `means` have different lengths",
                "give one weight for each centre, or []", weights_differ)}),
      row("digits", "1,797 handwritten digits of 8 x 8 pixels (64D)",
          {{.key = "classes",
            .kind = FieldKind::integers,
            .fallback = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
            .doc = "which digits to keep",
            .range = from_to(0, 9),
            .fewest = 1,
            .distinct = true}}),
      row("geyser", "272 eruptions of Old Faithful: duration and waiting time, in minutes (2D)"),
      row("csv",
          "a CSV file, one sample per row: numbers, whole numbers, categories, angles, dates and "
          "times; docs/tables.md says how it is read",
          csv_fields(), {type_rule(), condition_rule()}),
      row("npy",
          "an NPY file or an array of an NPZ file, one sample per row; a list is one column, "
          "and rows of more than one axis are flattened",
          {path_field(), array_field(), class_file_field("the rows have no classes"),
           class_column_field()},
          {class_column_rule()}),
      row("pairs",
          "pairs (x0, x1) of a point of the source and the sample to which the flow of another run "
          "takes it, for reflow and distillation (Liu et al. 2023)",
          {text_field("from", nullptr,
                      "the folder of the run that makes the pairs, by its /sampler"),
           integer("n", 10000, from_to(1, 1e7), "the number of pairs"),
           text_field(
               "path", "",
               "the file pairs.safetensors of a run that has made such pairs; empty: this run "
               "makes them before its first step, from /seed, and keeps them in its folder")}),
      row("standardize",
          "another data set, shifted and scaled for the flow to mean 0 and standard deviation 1 in "
          "each column; its units stay those of that data set",
          {wrapped_data()}),
      row("dequantize",
          "another data set plus uniform noise as wide as a bin, for densities of images",
          {wrapped_data(), number("width", 1, above(0), "width of a bin: 1 for whole numbers")}),
      row("affine", "scale x + shift, where x is another data set in its own units",
          {wrapped_data(),
           {.key = "scale",
            .kind = FieldKind::number_or_numbers,
            .fallback = 1.0,
            .doc = "factor",
            .fewest = 1,
            .nonzero = true},
           {.key = "shift",
            .kind = FieldKind::number_or_numbers,
            .fallback = 0.0,
            .doc = "shift",
            .fewest = 1}})};
  rows.insert(rows.end(), others.begin(), others.end());
  return {
      "data",
      "What to learn. A synthetic set draws new rows for every batch. "
      "Rows of a file are drawn with replacement. "
      "Every command reads and writes points in the units of the data, and densities per unit "
      "of their volume. These are the units of the file or synthetic set, after `affine`; "
      "`standardize` and `dequantize` only change the numbers that the network gets. Tables are read, shifted and scaled in double "
      "and then rounded to the run's precision; NPY files in such units are float64 where "
      "float32 would round a column to steps of more than 1/10,000 of its spread.",
      "",
      joined(for_continuous(std::move(rows)), manifold_data_rows(wrapped_data()),
             token_data_rows())};
}

SectionTable source_section() {
  SectionTable table{
      "source", "The distribution at t = 0. It has the dimension and the manifold of the data.",
      "gaussian",
      joined({for_continuous(
                  row("gaussian", "normal with mean 0",
                      {number("std", 1, above(0), "standard deviation of each coordinate")})),
              for_continuous(
                  row("uniform",
                      "uniform on a cube or, for data on a manifold, uniform by its volume, "
                      "with standard normal numbers in the columns of plain numbers",
                      {number("low", -1, any(), "least value of each coordinate"),
                       number("high", 1, any(), "greatest value of each coordinate")},
                      {rule({"low", "high"}, "/high", "it is not above `low`", "set low < high",
                            reaches("low", "high"))})),
              row("data",
                  "another data set of the same dimension; "
                  "for tokens it must also have the same vocabulary",
                  {required(section("of", "data", "the data set"))})},
             manifold_source_rows(), token_source_rows()),
      "mask"};
  table.manifold_fallback = "uniform";
  return table;
}

}  // namespace pushforward::app
