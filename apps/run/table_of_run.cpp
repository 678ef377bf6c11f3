#include "apps/run/table_of_run.h"

#include <memory>
#include <optional>
#include <utility>

#include "apps/run/folder.h"
#include "apps/run/labels.h"
#include "apps/run/token_traits.h"
#include "apps/run/units.h"

namespace pushforward::app {
namespace {

struct ModelMetadata {
  std::string file;
  Metadata metadata;
};

std::optional<ModelMetadata> metadata_of_run(const std::string& run) {
  const std::string file = join_path(run, "model.safetensors");
  if (read_status(posix(), file).kind == FileKind::missing) return {};
  return ModelMetadata{file, read_safetensors(posix(), file).metadata()};
}

}  // namespace

RunTable table_of_run(const std::string& run) {
  const auto found = metadata_of_run(run);
  if (!found) return {};
  return {read_table_code(found->metadata, found->file),
          read_class_names(found->metadata, found->file),
          read_condition_code(found->metadata, found->file),
          read_manifold_code(found->metadata, found->file)};
}

RunTable columns_of_run(const std::string& run, std::optional<ClassColumn> label) {
  RunTable table = table_of_run(run);
  const auto found = metadata_of_run(run);
  if (table.code || !found) return table;
  std::vector<std::string> names;
  std::size_t count = 0;
  if (table.manifold) {
    names = table.manifold->names();
    count = table.manifold->columns();
  } else if (found->metadata.contains("data.tokens")) {
    const TokenTraits traits = read_traits(found->metadata, found->file);
    names = traits.units.names;
    count = traits.units.dim();
  } else {
    const Units units = read_units(found->metadata, found->file);
    names = units.names;
    count = units.dim();
  }
  std::vector<CodedColumn> columns;
  for (std::size_t k = 0; k < count; ++k) columns.push_back({column_name(names, k)});
  if (count > 0)
    table.code = std::make_shared<TableCode>(std::move(columns), !names.empty(), std::move(label));
  return table;
}

void resolve_label_of_run(RunRequest& request) {
  if (!request.label_word) return;
  const auto found = metadata_of_run(request.run);
  if (!found) return;
  const std::vector<std::string> names = read_class_names(found->metadata, found->file);
  if (!names.empty()) resolve_label(request, read_shares(found->metadata, found->file), names);
}

}  // namespace pushforward::app
