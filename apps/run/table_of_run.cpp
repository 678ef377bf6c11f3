#include "apps/run/table_of_run.h"

#include <optional>

#include "apps/run/folder.h"
#include "apps/run/labels.h"

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

void resolve_label_of_run(RunRequest& request) {
  if (!request.label_word) return;
  const auto found = metadata_of_run(request.run);
  if (!found) return;
  const std::vector<std::string> names = read_class_names(found->metadata, found->file);
  if (!names.empty()) resolve_label(request, read_shares(found->metadata, found->file), names);
}

}  // namespace pushforward::app
