#include "apps/recording/html.h"

#include <bit>
#include <cstring>
#include <map>
#include <sstream>
#include <stdexcept>

#include "apps/recording/base64.h"
#include "apps/recording/web_files.h"

namespace pushforward::app {

const std::string_view kReportMark = "<!doctype html>\n<!-- pushforward report -->\n";

namespace {

static_assert(std::endian::native == std::endian::little, "the page reads little-endian numbers");

// Returns JSON text without the character "<", which only occurs within its strings.
std::string without_tags(const std::string& json) {
  std::string text;
  for (const char c : json) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

}  // namespace

std::string_view web_file(std::string_view name) {
  for (const WebFile& file : kWebFiles) {
    if (file.name == name) return {reinterpret_cast<const char*>(file.bytes), file.size};
  }
  throw std::logic_error("[report] the program has no file " + std::string(name) +
                         "; add it to apps/recording/embed.cmake");
}

const std::vector<std::string>& report_modules() {
  static const std::vector<std::string> all{
      "colours.js",   "curves.js",        "heat.js",      "grids.js",       "streamlines.js",
      "posterior.js", "solver_layers.js", "arrows.js",    "jump_layers.js", "stage.js",
      "message.js",   "elements.js",      "widgets.js",   "graph.js",       "help.js",
      "views.js",     "tape.js",          "recording.js", "heat_map.js",    "plane_view.js",
      "wide_view.js", "table_view.js",    "line_view.js", "image_view.js",  "token_views.js",
      "report.js"};
  return all;
}

std::string report_script() {
  std::string script;
  for (const std::string& name : report_modules()) {
    std::istringstream lines{std::string(web_file(name))};
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("import ") && !line.starts_with("export ")) script += line + "\n";
    }
  }
  return script;
}

std::string recording_text(const std::vector<PageMessage>& messages) {
  std::string text = "{\"protocol\": " + std::to_string(kPageProtocol) + ", \"messages\": [";
  for (const PageMessage& message : messages) {
    const std::string_view bytes(reinterpret_cast<const char*>(message.numbers.data()),
                                 message.numbers.size() * sizeof(float));
    text += (&message == messages.data() ? "\n{\"head\": " : ",\n{\"head\": ") +
            without_tags(message.text()) + ", \"numbers\": \"" + base64(bytes) + "\"}";
  }
  return text + "\n]}";
}

std::string report_html(const std::vector<PageMessage>& messages) {
  const std::map<std::string, std::string, std::less<>> parts{
      {"STYLE", std::string(web_file("style.css")) + std::string(web_file("report.css"))},
      {"PAGE", report_script()},
      {"THEORY", std::string(web_file("theory.json"))},
      {"RECORDING", recording_text(messages)}};
  const std::string_view page = web_file("report.html");
  std::string html;
  std::size_t from = 0;
  for (std::size_t at; (at = page.find("/*@", from)) != std::string_view::npos;) {
    const std::size_t end = page.find("@*/", at);
    html += page.substr(from, at - from);
    html += parts.at(std::string(page.substr(at + 3, end - at - 3)));
    from = end + 3;
  }
  html += page.substr(from);
  if (!html.starts_with(kReportMark))
    throw std::logic_error("[report] report.html does not begin with its mark");
  return html;
}

}  // namespace pushforward::app
