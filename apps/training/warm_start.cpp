#include "apps/training/warm_start.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "apps/config/map_loss.h"
#include "apps/failure.h"
#include "apps/flows/trained_run.h"
#include "apps/formats/file_mark.h"
#include "apps/from_config/options.h"
#include "apps/run/condition_code.h"
#include "apps/run/config.h"
#include "apps/run/data_traits.h"
#include "apps/run/folder.h"
#include "apps/run/table_code.h"
#include "apps/suggest.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/checkpoint/file.h"
#include "nn/checkpoint/widened.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Throws Failure (exit 4) unless the file has the network's parameters in their shapes. If
// `widened` is above 0, the file is that of a network u(x, t), and the network is a flow map v(x,
// s, t) (load_widened).
void check_parameters(const Parameters& parameters, const std::string& run, int widened) {
  const Safetensors file = read_safetensors(posix(), RunPaths{run}.model());
  std::vector<std::string> missing, other_shape;
  std::set<std::string> names;
  for (const Parameter* p : parameters.list()) {
    names.insert(p->name);
    const std::vector<std::uint64_t> here(p->stored.dim.begin(),
                                          p->stored.dim.begin() + p->stored.rank);
    const TensorView* there = file.find(p->name);
    if (!there && widened > 0 && only_with_two_times(*p)) continue;
    if (there && wider_by(*p, widened, there->shape)) continue;
    if (!there)
      missing.push_back(
          fmt::format("{}, {} here, is missing there", p->name, bracketed_shape(here)));
    else if (there->shape != here)
      other_shape.push_back(fmt::format("{} is {} there and {} here", p->name,
                                        bracketed_shape(there->shape), bracketed_shape(here)));
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (!names.contains(name))
      missing.push_back(
          fmt::format("{}, {} there, is missing here", name, bracketed_shape(tensor.shape)));
  }
  const std::size_t differ = missing.size() + other_shape.size();
  if (differ == 0) return;
  throw Failure(
      Exit::file,
      fmt::format("[from] the network of {} is another one than that of this config: {}{}; give "
                  "/model and the number of columns and classes as in {}, or leave /from out",
                  run, missing.empty() ? other_shape.front() : missing.front(),
                  differ == 1 ? "" : fmt::format(" ({} parameters differ)", differ),
                  RunPaths{run}.config()));
}

// Describes a column of a table: its name and, unless it is a plain number, its kind and transform.
std::string described(const CodedColumn& column) {
  std::string kind = column.type.kind == ColumnKind::number ? "" : name_of(column.type.kind);
  if (column.type.kind == ColumnKind::category)
    kind += fmt::format(" of {}", fmt::join(column.type.values, "|"));
  if (column.constant) kind += kind.empty() ? "constant" : ", constant";
  if (column.transform != ColumnTransform::none)
    kind += fmt::format("{}{}", kind.empty() ? "" : ", ", name_of(column.transform));
  return column.name + (kind.empty() ? "" : " (" + kind + ")");
}

// Returns remarks about the columns whose names, kinds, categories or transforms differ between the
// two tables, and about classes whose names differ.
void compare_tables(const Metadata& there, const std::string& file, const Metadata& here,
                    const std::string& run, std::vector<std::string>& remarks) {
  const TableCodePtr theirs = read_table_code(there, file), ours = read_table_code(here, "");
  if (theirs && ours) {
    std::vector<std::string> a, b;
    for (const CodedColumn& c : theirs->columns()) a.push_back(described(c));
    for (const CodedColumn& c : ours->columns()) b.push_back(described(c));
    // Columns that are equal in both are left out if the lists can be compared one by one.
    for (std::size_t k = a.size(); a.size() == b.size() && k-- > 0;) {
      if (a[k] != b[k]) continue;
      a.erase(a.begin() + static_cast<std::ptrdiff_t>(k));
      b.erase(b.begin() + static_cast<std::ptrdiff_t>(k));
    }
    if (a != b)
      remarks.push_back(
          fmt::format("warning: the weights of {} are for other columns: {} there, {} in this data",
                      run, join_words(a, ", "), join_words(b, ", ")));
  }
  const std::vector<std::string> classes = read_class_names(there, file),
                                 own = read_class_names(here, "");
  if (!classes.empty() && !own.empty() && classes != own)
    remarks.push_back(
        fmt::format("warning: the weights of {} are for other classes: {} there, {} in this data",
                    run, join_words(classes, ", "), join_words(own, ", ")));
}

std::string column_list(const Units& units) {
  return units.names.empty() ? "columns without names"
                             : fmt::format("{}", fmt::join(units.names, ", "));
}

// Returns remarks about columns that have other names or other units in the two runs. `named` is
// true if compare_tables has already compared the names.
void compare_units(const Units& there, const Units& here, const std::string& run, bool named,
                   std::vector<std::string>& remarks) {
  if (there.dim() != here.dim()) return;  // check_parameters has refused it
  if (!named && !there.names.empty() && !here.names.empty() && there.names != here.names)
    remarks.push_back(
        fmt::format("warning: the weights of {} are for the columns {}, and this data has {}", run,
                    column_list(there), column_list(here)));
  for (std::size_t k = 0; k < here.dim(); ++k) {
    const double spread = std::abs(here.scale[k]);
    if (std::abs(there.scale[k] - here.scale[k]) <= 0.01 * spread &&
        std::abs(there.shift[k] - here.shift[k]) <= 0.01 * spread)
      continue;
    remarks.push_back(fmt::format(
        "note: the numbers of the flow are scaled in another way than in {}: 1 in column {} stands "
        "for {:.4g} around {:.4g}, and there for {:.4g} around {:.4g}",
        run, column_name(here.names, k), here.scale[k], here.shift[k], there.scale[k],
        there.shift[k]));
    return;
  }
}

// Returns remarks about what differs between the data of a run and this data.
void compare_data(const ModelFile& theirs, const Metadata& ours, const std::string& run,
                  std::vector<std::string>& remarks) {
  compare_tables(theirs.metadata, theirs.name, ours, run, remarks);
  const bool tables = theirs.metadata.contains("data.table") && ours.contains("data.table");
  compare_units(read_units(theirs.metadata, theirs.name), read_units(ours, "this data"), run,
                tables, remarks);
}

// Returns the names of the conditions in a model's metadata, with those of their categories.
std::vector<std::string> condition_names(const Metadata& metadata, const std::string& file) {
  const ConditionCodePtr code = read_condition_code(metadata, file);
  if (!code) return {};
  const std::vector<std::string> names = code->table().code_names();
  return names.empty() ? code->names() : names;
}

// Throws Failure (exit 4) if one of the conditions, the numbers that the network is given besides x
// and t, does not have the same meaning in the two runs.
void check_conditions(const std::vector<std::string>& there, const std::vector<std::string>& here,
                      const std::string& run) {
  if (there == here) return;
  throw Failure(
      Exit::file,
      fmt::format("[from] the network of {} is given {}, and that of this config {}; name "
                  "the same columns in `condition`, or leave /from out",
                  run, there.empty() ? "no conditions" : join_words(there, ", "),
                  here.empty() ? "no conditions" : join_words(here, ", ")));
}

// Throws Failure (exit 4) if a token means another text in the two runs.
void check_tokens(const TokenTraits& there, const TokenTraits& here, const std::string& run) {
  for (std::size_t k = 0; k < std::min(there.glyphs.size(), here.glyphs.size()); ++k) {
    if (there.glyphs[k] == here.glyphs[k]) continue;
    throw Failure(Exit::file,
                  fmt::format("[from] token {} is \"{}\" in {} and \"{}\" in this data; use data "
                              "with the same characters, or leave /from out",
                              k, there.glyphs[k], run, here.glyphs[k]));
  }
}

}  // namespace

std::vector<std::string> start_from(Training& training, const Config& config,
                                    const std::string& run) {
  const Config theirs = load_run_config(run);
  if (of_tokens(theirs) != of_tokens(config))
    throw Failure(
        Exit::file,
        fmt::format("[from] {} is a flow of {}, and /data of this config is {}; start from "
                    "another run, or leave /from out",
                    run, of_tokens(theirs) ? "tokens" : "continuous data",
                    of_tokens(config) ? "tokens" : "continuous"));
  const ModelFile file = open_model_file(run);
  if (!of_tokens(config) && learns_map(theirs) && !learns_map(config))
    throw Failure(
        Exit::file,
        fmt::format("[from] {} has a flow map, a network of two times (/loss {}), and /loss {} of "
                    "this config trains a network of one; choose the loss of a flow map, or start "
                    "from the run that the flow map was started from",
                    run, theirs.string("/loss/type"), config.string("/loss/type")));
  const bool widens = !of_tokens(config) && learns_map(config) && !learns_map(theirs);
  const int columns = widens ? second_time_columns(config) : 0;
  const Metadata mine = training.description();
  check_conditions(condition_names(file.metadata, file.name), condition_names(mine, "this data"),
                   run);
  check_parameters(training.parameters(), run, columns);
  std::vector<std::string> remarks;
  if (of_tokens(config))
    check_tokens(read_traits(file.metadata, file.name), read_traits(mine, "this data"), run);
  else
    compare_data(file, mine, run, remarks);
  if (theirs.string("/prediction") != config.string("/prediction"))
    remarks.push_back(fmt::format(
        "warning: the network of {} predicts {}, and this one {}, so the weights start far from "
        "what they are trained for",
        run, theirs.string("/prediction"), config.string("/prediction")));
  if (widens)
    training.load_weights_of_one_time(file.name, columns);
  else
    training.load_weights(file.name);
  return remarks;
}

Json warm_start_record(const std::string& run) {
  const ModelFile file = open_model_file(run);
  const FileMark mark = mark_of_file(file.name);
  std::error_code error;
  const auto absolute = std::filesystem::absolute(run, error).lexically_normal();
  const auto step = file.metadata.find("step");
  return {{"run", run},
          {"absolute", error ? run : absolute.string()},
          {"step", step == file.metadata.end() ? "unknown" : step->second},
          {"bytes", mark.size},
          {"xxh3", fmt::format("{:016x}", mark.checksum)}};
}

std::string recorded_start(const Json& record) {
  const std::string run = record.at("absolute").text();
  const Json now = warm_start_record(run);
  if (now.at("bytes") != record.at("bytes") || now.at("xxh3") != record.at("xxh3"))
    throw Failure(Exit::file,
                  fmt::format("[from] the weights of {} have changed since this run was started "
                              "from them: they were those of step {} and are those of step {}; "
                              "start a new run without --resume",
                              run, record.at("step").text(), now.at("step").text()));
  return run;
}

Metadata origin_of(const Json& record) {
  return {{"from.run", record.at("absolute").text()},
          {"from.step", record.at("step").text()},
          {"from.xxh3", record.at("xxh3").text()}};
}

}  // namespace pushforward::app::inline PF_REAL
