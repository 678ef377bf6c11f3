#include "apps/plot/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/plot/album.h"
#include "apps/plot/no_picture.h"
#include "apps/plot/pictures.h"
#include "apps/run/folder.h"
#include "apps/suggest.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

using PictureRows = std::vector<const PictureRow*>;

std::string names_of(const PictureRows& rows) {
  std::vector<std::string> names;
  for (const PictureRow* row : rows) names.push_back(row->name);
  return join_words(names);
}

[[noreturn]] void fail_unknown(const std::string& name, PlotSubject subject) {
  std::vector<std::string> names;
  for (const PictureRow& row : pictures()) names.push_back(row.name);
  throw Failure(Exit::usage, fmt::format("[plot] there is no picture \"{}\"; {}pictures of {}: {}",
                                         name, did_you_mean(name, names), name_of(subject),
                                         names_of(pictures_of(subject))));
}

[[noreturn]] void fail_of_subject(const std::string& name, const PlotMaterial& material) {
  std::vector<std::string> subjects;
  for (const PictureRow& row : pictures()) {
    if (row.name == name) subjects.push_back(name_of(*row.subject));
  }
  const PlotSubject own = material.subject();
  throw Failure(Exit::usage,
                fmt::format("[plot] \"{}\" is a picture of {}, and {} is a run of {}; "
                            "pictures of {}: {}",
                            name, join_words(subjects, " and "), material.request().run,
                            name_of(own), name_of(own), names_of(pictures_of(own))));
}

[[noreturn]] void fail_without(const PictureRow& row, const PlotMaterial& material, Exit code,
                               const std::string& why) {
  throw Failure(code, fmt::format("[plot] there is no picture \"{}\" of {}: {}", row.name,
                                  material.request().run, why));
}

// Returns the rows of the requested names, in the order of the table.
PictureRows named_rows(const std::vector<std::string>& names, const PlotMaterial& material) {
  PictureRows rows = pictures_of(material.subject());
  for (const std::string& name : names) {
    const auto named = [&](const PictureRow& row) { return row.name == name; };
    if (std::ranges::any_of(rows, named, [](const PictureRow* row) { return *row; })) continue;
    if (std::ranges::none_of(pictures(), named)) fail_unknown(name, material.subject());
    fail_of_subject(name, material);
  }
  std::erase_if(rows, [&](const PictureRow* row) {
    return std::find(names.begin(), names.end(), row->name) == names.end();
  });
  return rows;
}

// Returns whether a picture shows states of the flow, and not only samples and data.
bool shows_flow(const PictureRow& row) {
  return std::ranges::any_of(row.needs, [](PlotNeed need) {
    return need != PlotNeed::metrics && need != PlotNeed::samples && need != PlotNeed::data;
  });
}

// Returns why a run on a manifold lacks a picture, or "".
std::string reason_of_manifold(const PictureRow& row, const ManifoldCode& code) {
  const auto needs = [&](PlotNeed need) {
    return std::find(row.needs.begin(), row.needs.end(), need) != row.needs.end();
  };
  if (needs(PlotNeed::paths)) return "it draws straight paths, and its data is on a manifold";
  if (code.plain()) return "";
  if (needs(PlotNeed::coupling))
    return "it draws pairs in the columns of the table, and the flow has other coordinates, those of "
           "the manifold";
  if (needs(PlotNeed::field) && code.latlong())
    return "it draws velocities on a plane; globe_field draws those of places on the globe";
  if (needs(PlotNeed::density) && code.latlong())
    return "it draws a density on a plane; map draws that of places on the globe";
  return "";
}

std::string find_reason(const PictureRow& row, PlotMaterial& material) {
  if (material.coded() && shows_flow(row))
    return "the columns of its table are encoded for the flow, so its states between noise and data "
           "are no rows of the table";
  if (material.manifold()) {
    const std::string why = reason_of_manifold(row, *material.manifold());
    if (!why.empty()) return why;
  }
  material.allow(row.needs);
  return row.why_not ? row.why_not(material) : "";
}

std::string plots_folder(const PlotRequest& request) {
  if (!request.out.empty()) return request.out;
  check_own_folder(request.run, "plots");
  return join_path(request.run, "plots");
}

void plot_named(PlotMaterial& material) {
  const PictureRows rows = named_rows(material.request().only, material);
  for (const PictureRow* row : rows) {
    if (const std::string why = find_reason(*row, material); !why.empty())
      fail_without(*row, material, Exit::usage, why);
    try {
      material.compute();
    } catch (const NoPicture& e) {
      fail_without(*row, material, e.code, e.what());
    }
  }
  Album album(plots_folder(material.request()), material.request().marks);
  for (const PictureRow* row : rows) {
    material.allow(row->needs);
    row->draw(material, album);
  }
}

void plot_all(PlotMaterial& material) {
  material.allow({PlotNeed::samples});
  material.compute();
  if (!material.answers() && !material.has_tokens() && !material.coded())
    tell(
        "no pictures of density, field or latents: "
        "the network was never trained without labels; give --label");
  if (material.coded())
    tell(
        "no pictures of states between noise and data: the columns of the table are encoded for the "
        "flow, and such states are no rows of it");
  Album album(plots_folder(material.request()), material.request().marks);
  for (const PictureRow* row : pictures_of(material.subject())) {
    if (!find_reason(*row, material).empty()) continue;
    try {
      material.compute();
    } catch (const NoPicture& e) {
      tell("no picture of the {}: {}", row->name, e.what());
      continue;
    }
    row->draw(material, album);
  }
}

}  // namespace

void plot_run(const Config& config, const PlotRequest& request) {
  PlotMaterial material(config, request);
  if (request.only.empty())
    plot_all(material);
  else
    plot_named(material);
}

}  // namespace pushforward::app
