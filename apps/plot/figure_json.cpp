#include "apps/plot/figure_json.h"

#include <fmt/format.h>

#include <cmath>

namespace pushforward::app {
namespace {

Json json_of(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json json_of(const Limits& limits) {
  return Json::array({json_of(limits.low), json_of(limits.high)});
}
Json json_of(const Spot& spot) { return Json::array({json_of(spot.x), json_of(spot.y)}); }
Json json_of(const Area& area) { return {{"x", json_of(area.x)}, {"y", json_of(area.y)}}; }
Json json_of(const std::string& words) { return words; }
Json json_of(const Colour& colour) {
  return fmt::format("#{:06x}{:02x}", packed(colour), int(std::lround(255 * colour.alpha)));
}
Json json_of(const AxisName& name) { return {{"at", name.at}, {"words", name.words}}; }
Json json_of(const LegendEntry& entry) {
  return {{"words", entry.words}, {"colour", json_of(entry.colour)}, {"line", entry.line}};
}

template <class T>
Json list_of(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) list.push_back(json_of(value));
  return list;
}

struct MarkJson {
  Json operator()(const Dots& dots) const {
    return {{"type", "dots"},
            {"at", list_of(dots.at)},
            {"radius", dots.radius},
            {"colours", list_of(dots.colours)}};
  }
  Json operator()(const Lines& lines) const {
    Json all = Json::array();
    for (const auto& line : lines.lines) all.push_back(list_of(line));
    return {{"type", "lines"},
            {"lines", std::move(all)},
            {"thick", lines.thick},
            {"colours", list_of(lines.colours)}};
  }
  Json operator()(const Arrows& arrows) const {
    return {{"type", "arrows"},
            {"at", list_of(arrows.at)},
            {"along", list_of(arrows.along)},
            {"length", list_of(arrows.length)},
            {"colours", list_of(arrows.colours)}};
  }
  Json operator()(const Heat& heat) const {
    return {{"type", "heat"},
            {"at", json_of(heat.at)},
            {"columns", heat.columns},
            {"rows", heat.rows},
            {"values", list_of(heat.values)},
            {"range", json_of(heat.range)},
            {"scale", name_of(heat.scale)},
            {"smooth", heat.smooth}};
  }
  Json operator()(const Image& image) const {
    return {{"type", "image"},    {"at", json_of(image.at)},   {"columns", image.columns},
            {"rows", image.rows}, {"ink", list_of(image.ink)}, {"hole", json_of(image.hole)}};
  }
  Json operator()(const Bars& bars) const {
    return {{"type", "bars"}, {"at", list_of(bars.at)}, {"colours", list_of(bars.colours)}};
  }
  Json operator()(const Texts& texts) const {
    return {{"type", "texts"},
            {"at", list_of(texts.at)},
            {"words", list_of(texts.words)},
            {"size", texts.style.size},
            {"colours", list_of(texts.colours)}};
  }
};

Json json_of(const Panel& panel) {
  Json json{{"title", panel.title},
            {"width", panel.width},
            {"height", panel.height},
            {"axes", panel.axes},
            {"x", json_of(panel.x)},
            {"y", json_of(panel.y)},
            {"log_y", panel.log_y},
            {"x_label", panel.x_label},
            {"y_label", panel.y_label},
            {"x_names", list_of(panel.x_names)},
            {"x_below", list_of(panel.x_below)},
            {"y_names", list_of(panel.y_names)},
            {"placard", panel.placard}};
  Json marks = Json::array();
  for (const Mark& mark : panel.marks) marks.push_back(std::visit(MarkJson{}, mark));
  json["marks"] = std::move(marks);
  if (panel.bar)
    json["bar"] = {{"limits", json_of(panel.bar->limits)},
                   {"label", panel.bar->label},
                   {"scale", name_of(panel.bar->scale)},
                   {"rows", panel.bar->rows}};
  return json;
}

}  // namespace

Json figure_json(const Figure& figure) {
  Json panels = Json::array();
  for (const Panel& panel : figure.panels) panels.push_back(json_of(panel));
  return {{"title", figure.title},
          {"notes", list_of(figure.notes)},
          {"legend", list_of(figure.legend)},
          {"columns", figure.columns},
          {"panels", std::move(panels)}};
}

}  // namespace pushforward::app
