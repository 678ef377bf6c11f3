// Stores in the metadata of a model file how a table and its conditions are encoded (TableCode,
// ConditionCode), and reads it.
#include <fmt/format.h>

#include <algorithm>

#include "apps/failure.h"
#include "apps/json/json.h"
#include "apps/run/condition_code.h"
#include "apps/run/table_code.h"

namespace pushforward::app {
namespace {

Json column_object(const CodedColumn& c) {
  Json object{{"name", c.name}, {"kind", name_of(c.type.kind)}};
  if (c.type.kind == ColumnKind::category) object["values"] = c.type.values;
  if (c.type.decimals) object["decimals"] = *c.type.decimals;
  if (!c.type.padded) object["padded"] = false;
  if (c.type.kind == ColumnKind::time)
    object["style"] = std::string(1, c.type.style.between) + (c.type.style.seconds ? "s" : "m") +
                      (c.type.style.utc ? "Z" : "");
  if (c.transform != ColumnTransform::none) object["transform"] = name_of(c.transform);
  if (c.transform == ColumnTransform::logit) object["bounds"] = {c.low, c.high};
  if (c.angle()) object["low"] = c.low;
  if (c.constant) object["constant"] = *c.constant;
  if (c.transform != ColumnTransform::quantile) return object;
  Json knots = Json::array();
  for (const auto& [x, z] : c.knots) knots.push_back({x, z});
  object["knots"] = knots;
  return object;
}

Json column_objects(const TableCode& code) {
  Json columns = Json::array();
  for (const CodedColumn& c : code.columns()) columns.push_back(column_object(c));
  return columns;
}

ColumnTransform transform_of(const std::string& name) {
  for (std::size_t k = 0; k < kColumnTransforms.size(); ++k)
    if (name == kColumnTransforms[k]) return static_cast<ColumnTransform>(k);
  throw std::runtime_error("unknown transform");
}

// Throws std::runtime_error if the object is no column.
CodedColumn column_of(const Json& object) {
  CodedColumn c{object.at("name").text()};
  const auto kind = column_kind(object.at("kind").text());
  if (!kind) throw std::runtime_error("unknown kind");
  c.type.kind = *kind;
  if (*kind == ColumnKind::category)
    c.type.values = object.at("values").get<std::vector<std::string>>();
  if (const Json* decimals = object.find("decimals")) c.type.decimals = decimals->get<int>();
  if (const Json* padded = object.find("padded")) c.type.padded = padded->get<bool>();
  if (*kind == ColumnKind::time) {
    const std::string& style = object.at("style").text();
    if (style.size() < 2) throw std::runtime_error("no style of times");
    c.type.style = {style[0], style[1] == 's', style.ends_with('Z')};
  }
  if (const Json* transform = object.find("transform"))
    c.transform = transform_of(transform->text());
  if (c.transform == ColumnTransform::logit) {
    const auto bounds = object.at("bounds").get<std::vector<double>>();
    if (bounds.size() != 2) throw std::runtime_error("no bounds");
    c.low = bounds[0], c.high = bounds[1];
  }
  if (c.angle()) c.low = object.at("low").get<double>();
  if (const Json* constant = object.find("constant")) c.constant = constant->get<double>();
  if (c.transform != ColumnTransform::quantile) return c;
  for (const Json& knot : object.at("knots")) {
    const auto pair = knot.get<std::vector<double>>();
    if (pair.size() != 2) throw std::runtime_error("no knots");
    c.knots.emplace_back(pair[0], pair[1]);
  }
  if (c.knots.size() < 2) throw std::runtime_error("no knots");
  return c;
}

[[noreturn]] void fault(const std::string& file, const char* key) {
  throw Failure(Exit::file, fmt::format("[model] {}: \"{}\" of its metadata is damaged; use the "
                                        "unedited model file of a run",
                                        file, key));
}

}  // namespace

void write_table_code(const TableCodePtr& code, const std::vector<std::string>& classes,
                      Metadata& metadata) {
  if (!classes.empty()) metadata["data.class_names"] = Json(classes).dump();
  if (!code) return;
  Json object{{"named", code->named()}, {"columns", column_objects(*code)}};
  if (code->label()) object["label"] = {{"name", code->label()->name}, {"at", code->label()->at}};
  metadata["data.table"] = object.dump();
}

TableCodePtr read_table_code(const Metadata& metadata, const std::string& file) {
  const auto found = metadata.find("data.table");
  if (found == metadata.end()) return nullptr;
  const Json object = Json::parse_or_null(found->second);
  try {
    std::vector<CodedColumn> columns;
    for (const Json& column : object.at("columns")) columns.push_back(column_of(column));
    std::optional<ClassColumn> label;
    if (const Json* of = object.find("label"))
      label = ClassColumn{of->at("name").text(), of->at("at").get<std::size_t>()};
    return std::make_shared<TableCode>(std::move(columns), object.at("named").get<bool>(),
                                       std::move(label));
  } catch (const std::exception&) {
    fault(file, "data.table");
  }
}

void write_condition_code(const ConditionCodePtr& code, Metadata& metadata) {
  if (!code) return;
  metadata["data.condition"] = Json{
      {"named", code->table().named()},
      {"columns", column_objects(code->table())},
      {"at", code->places()},
      {"scale", code->scale()},
      {"shift", code->shift()}}.dump();
}

ConditionCodePtr read_condition_code(const Metadata& metadata, const std::string& file) {
  const auto found = metadata.find("data.condition");
  if (found == metadata.end()) return nullptr;
  const Json object = Json::parse_or_null(found->second);
  try {
    std::vector<CodedColumn> columns;
    for (const Json& column : object.at("columns")) columns.push_back(column_of(column));
    return std::make_shared<ConditionCode>(
        std::make_shared<TableCode>(std::move(columns), object.at("named").get<bool>()),
        object.at("at").get<std::vector<std::size_t>>(),
        object.at("scale").get<std::vector<double>>(),
        object.at("shift").get<std::vector<double>>());
  } catch (const std::exception&) {
    fault(file, "data.condition");
  }
}

std::vector<std::string> read_class_names(const Metadata& metadata, const std::string& file) {
  const auto found = metadata.find("data.class_names");
  if (found == metadata.end()) return {};
  const Json names = Json::parse_or_null(found->second);
  bool good = names.is_array() && !names.empty();
  for (const Json& name : names) good = good && name.is_string();
  if (!good) fault(file, "data.class_names");
  return names.get<std::vector<std::string>>();
}

}  // namespace pushforward::app
