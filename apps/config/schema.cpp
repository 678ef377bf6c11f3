// Turns the table of fields into JSON Schema, draft 2020-12.
#include <set>

#include "apps/config/config.h"
#include "apps/config/value.h"

namespace pushforward::app {
namespace {

void add_range(const ConfigField& field, Json& schema) {
  schema[field.range.open_low ? "exclusiveMinimum" : "minimum"] = field.range.low;
  schema[field.range.open_high ? "exclusiveMaximum" : "maximum"] = field.range.high;
}

Json number_schema(const ConfigField& field) {
  Json schema{{"type", "number"}};
  add_range(field, schema);
  if (field.nonzero) schema["not"] = {{"const", 0}};
  return schema;
}

Json integer_schema(const ConfigField& field) {
  Json schema{{"type", "integer"}};
  schema["minimum"] = static_cast<std::int64_t>(field.range.low);
  schema["maximum"] = static_cast<std::int64_t>(field.range.high);
  if (field.multiple > 1) schema["multipleOf"] = field.multiple;
  return schema;
}

Json array_schema(Json items, const ConfigField& field) {
  Json schema{{"type", "array"}, {"items", std::move(items)}};
  if (field.fewest > 0) schema["minItems"] = field.fewest;
  if (field.distinct) schema["uniqueItems"] = true;
  return schema;
}

Json either(Json one, Json other) {
  Json list = Json::array();
  list.push_back(std::move(one));
  list.push_back(std::move(other));
  return Json{{"anyOf", std::move(list)}};
}

Json text_schema(bool may_be_empty = false) {
  return Json{{"type", "string"}, {"pattern", may_be_empty ? empty_or_text_pattern : text_pattern}};
}

// Returns the schema of the types of columns by name.
Json column_types_schema() {
  std::vector<std::string> words = column_kind_words(), transforms = column_transform_words();
  words.insert(words.end(), transforms.begin(), transforms.end());
  transforms.emplace_back("logit");
  const Json bounds{{"type", "array"},
                    {"items", {{"type", "number"}, {"minimum", -1e12}, {"maximum", 1e12}}},
                    {"minItems", 2},
                    {"maxItems", 2}};
  Json object{{"type", "object"}};
  object["properties"] = {{"kind", {{"enum", column_kind_words()}}},
                          {"transform", {{"enum", transforms}}},
                          {"bounds", bounds}};
  object["additionalProperties"] = false;
  Json type = either(Json{{"enum", words}}, bounds);
  type["anyOf"].push_back(std::move(object));
  return Json{{"type", "object"}, {"additionalProperties", std::move(type)}};
}

// --- Sections that differ between configs of continuous data and of tokens ----------------------

// Returns whether the section of that name differs between configs for tokens and configs for
// continuous data.
bool depends(const std::string& name, std::set<std::string>& visited) {
  if (!visited.insert(name).second) return false;
  const SectionTable& table = section_table(name);
  if (!table.token_fallback.empty()) return true;
  for (const Alternative& alternative : table.alternatives) {
    if (alternative.kinds != DataKind::any) return true;
    for (const ConfigRule& rule : alternative.rules) {
      if (rule.kinds != DataKind::any && !rule.schema.empty()) return true;
    }
    for (const ConfigField& field : alternative.fields) {
      if (field.kinds != DataKind::any || !field.token_fallback.is_null() ||
          !field.token_choices.empty())
        return true;
      if (field.kind == FieldKind::section && field.holds == DataKind::any &&
          depends(field.section, visited))
        return true;
    }
  }
  return false;
}

// Returns the name that the definition of a section has in the schema.
std::string definition(const std::string& section, DataKind kind) {
  std::set<std::string> visited;
  return (kind == DataKind::tokens && depends(section, visited) ? "tokens." : "") + section;
}

Json reference(const std::string& name) { return Json{{"$ref", "#/$defs/" + name}}; }

Json kind_schema(const ConfigField& field, DataKind kind) {
  switch (field.kind) {
    case FieldKind::number: return number_schema(field);
    case FieldKind::integer: return integer_schema(field);
    case FieldKind::boolean: return Json{{"type", "boolean"}};
    case FieldKind::text: return text_schema(field.fallback == "");
    case FieldKind::file_name: return Json{{"type", "string"}, {"pattern", file_name_pattern}};
    case FieldKind::choice: return Json{{"enum", field.choices}};
    case FieldKind::numbers: return array_schema(number_schema(field), field);
    case FieldKind::number_or_numbers:
      return either(number_schema(field), array_schema(number_schema(field), field));
    case FieldKind::number_or_auto: return either(number_schema(field), Json{{"const", "auto"}});
    case FieldKind::integers: return array_schema(integer_schema(field), field);
    case FieldKind::columns:
      return array_schema(either(text_schema(), integer_schema(field)), field);
    case FieldKind::texts: return array_schema(text_schema(true), field);
    case FieldKind::column_types: return column_types_schema();
    case FieldKind::rows: {
      ConfigField numbers = row_numbers_field();
      return Json{
          {"anyOf", Json::array({number_schema(field),
                                 array_schema(integer_schema(numbers), numbers), text_schema()})}};
    }
    case FieldKind::matrix: {
      ConfigField row = field;
      row.fewest = 1;
      return array_schema(array_schema(number_schema(field), row), field);
    }
    case FieldKind::section:
      return reference(
          definition(field.section, field.holds == DataKind::any ? kind : field.holds));
  }
  return Json::object();
}

Json field_schema(const ConfigField& field, DataKind kind) {
  Json schema = kind_schema(field, kind);
  schema["description"] = field.doc;
  if (!field.fallback.is_null() && field.default_words.empty()) schema["default"] = field.fallback;
  return schema;
}

// Returns the schema of one alternative (type) of a section, which allows its keys and no others.
Json alternative_schema(const Alternative& alternative, DataKind kind) {
  Json schema{{"type", "object"}};
  if (!alternative.doc.empty()) schema["description"] = alternative.doc;
  schema["properties"] = Json::object();
  if (!alternative.type.empty()) schema["properties"]["type"] = {{"const", alternative.type}};
  Json required = Json::array();
  for (const ConfigField& field : alternative.fields) {
    schema["properties"][field.key] = field_schema(field, kind);
    if (field.fallback.is_null()) required.push_back(field.key);
  }
  if (!required.empty()) schema["required"] = required;
  schema["additionalProperties"] = false;
  Json rules = Json::array();
  for (const ConfigRule& rule : alternative.rules) {
    if (!rule.schema.empty()) rules.push_back(Json::parse(rule.schema));
  }
  if (!rules.empty()) schema["allOf"] = rules;
  return schema;
}

// Returns the schema of a section: its `type`, and for each value of `type` the schema of the
// alternative with that type.
Json typed_schema(const SectionTable& table, const std::string& name) {
  Json type{{"enum", table.types()}, {"description", table.doc}};
  if (!table.fallback.empty()) type["default"] = table.fallback;
  Json schema{{"type", "object"}, {"description", table.doc}};
  schema["properties"] = Json::object();
  schema["properties"]["type"] = type;
  if (table.fallback.empty()) schema["required"] = {"type"};
  Json branches = Json::array();
  for (const Alternative& alternative : table.alternatives) {
    Json condition{{"properties", {{"type", {{"const", alternative.type}}}}}};
    // In a document, a section that gives no `type` has the default alternative. Only the other
    // alternatives therefore require the key `type`.
    if (alternative.type != table.fallback) condition["required"] = Json::array({"type"});
    branches.push_back(Json{{"if", condition}, {"then", reference(name + "." + alternative.type)}});
  }
  schema["allOf"] = branches;
  return schema;
}

// Adds the keys "$schema" and "$comment" to a schema's properties. They are not in the table of
// fields, and check_config leaves them out of the config.
void add_keys_for_readers(Json& properties) {
  properties["$schema"] = {{"type", "string"}, {"description", "this schema, for an editor"}};
  properties["$comment"] = {{"type", "string"}, {"description", "a note for readers"}};
}

// Adds the definitions of all sections, including the whole document, for configs of one kind of
// data.
void add_definitions(DataKind kind, Json& defs) {
  for (const SectionTable& table : config_tables(kind)) {
    const std::string name = definition(table.name, kind);
    if (defs.contains(name)) continue;
    if (!table.typed()) {
      defs[name] = alternative_schema(table.alternatives.front(), kind);
      defs[name]["description"] = table.doc;
      if (table.name == "config") add_keys_for_readers(defs[name]["properties"]);
      continue;
    }
    defs[name] = typed_schema(table, name);
    for (const Alternative& alternative : table.alternatives)
      defs[name + "." + alternative.type] = alternative_schema(alternative, kind);
  }
}

}  // namespace

Json config_schema() {
  Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["$id"] = "https://pushforward.invalid/config-1.schema.json";
  schema["title"] = "pushforward config";
  const SectionTable &root = config_tables().front(), &data = section_table("data");
  schema["description"] = root.doc;
  schema["type"] = "object";
  const Json types{{"properties", {{"type", {{"enum", data.types()}}}}}, {"required", {"type"}}};
  schema["properties"]["data"] = types;
  schema["required"] = {"data"};
  // The config's data decides by its `type` whether the definitions for tokens or those for
  // continuous data apply.
  Json tokens{{"properties", {{"data", types}}}};
  tokens["properties"]["data"]["properties"]["type"]["enum"] =
      section_table("data", DataKind::tokens).types();
  schema["if"] = tokens;
  schema["then"] = reference(definition(root.name, DataKind::tokens));
  schema["else"] = reference(definition(root.name, DataKind::continuous));
  Json defs = Json::object();
  add_definitions(DataKind::continuous, defs);
  add_definitions(DataKind::tokens, defs);
  schema["$defs"] = std::move(defs);
  return schema;
}

}  // namespace pushforward::app
