#include "autograd/inspect/dot.h"

#include <algorithm>
#include <sstream>

#include "autograd/inspect/text.h"

namespace pushforward {
namespace {

// Returns the lines of text as one quoted string of the DOT language. In such a string a backslash
// begins an escape and & an HTML entity, so the function escapes both.
std::string quoted(const std::vector<std::string>& lines) {
  std::string out = "\"";
  for (std::size_t k = 0; k < lines.size(); ++k) {
    if (k > 0) out += "\\n";
    for (char c : printable_name(lines[k])) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
      if (c == '&') out += "amp;";
    }
  }
  return out + '"';
}

struct Style {
  const char *what, *shape, *fill;
};
constexpr Style kInput{"input", "ellipse", "#8fcdf0"};           // light sky blue
constexpr Style kParameter{"parameter", "cylinder", "#f0b840"};  // light orange
constexpr Style kConstant{"constant", "note", "#dddddd"};
constexpr Style kOp{"op", "box", "#ffffff"};
constexpr Style kRule{"recorded by a rule", "box", "#a6dcc8"};  // light bluish green

const Style& style(const ListedLine& l) {
  switch (l.kind) {
    case ListedLine::Kind::input: return kInput;
    case ListedLine::Kind::parameter: return kParameter;
    case ListedLine::Kind::constant: return kConstant;
    case ListedLine::Kind::op: break;
  }
  return l.rule_of == kNoLine ? kOp : kRule;
}

void node(std::ostream& out, const std::string& id, const Style& style, bool paused,
          const std::vector<std::string>& label, const std::string& tip) {
  out << "    " << id << " [label=" << quoted(label) << ", shape=" << style.shape
      << ", fillcolor=\"" << style.fill << "\"";
  if (paused) out << ", style=\"filled,dashed\"";
  if (!tip.empty()) out << ", tooltip=" << quoted({tip});
  out << "];\n";
}

void line_node(std::ostream& out, std::size_t id, const ListedLine& l, int values) {
  std::ostringstream shape;
  shape << l.shape;
  std::vector<std::string> label{joined_text(id_text(static_cast<std::int64_t>(id)), " ", l.op)};
  if (!l.name.empty()) label.push_back(l.name);
  if (!l.detail.empty()) label.push_back(l.detail);
  label.push_back(shape.str());
  if (!l.values.empty() && l.shape.size() <= values)
    label.push_back(values_text(l.shape, l.values, 4));
  node(out, joined_text("n", std::to_string(id)), style(l), l.paused, label,
       place_text(l.file, l.file_line));
}

// Returns the name of the frame that is drawn around the node of a tape line, or "" if the line has
// no label and so no frame.
std::string frame(const ListedLine& l) { return l.label.empty() ? "" : part_text(l); }

// Returns, for each line of the tape, whether it is drawn. If `rules` is false, the lines that
// derivative rules recorded are left out, and so are leaves that only those lines use, such as the
// seed of a sweep.
std::vector<bool> drawn(const std::vector<ListedLine>& lines, bool rules) {
  std::vector<bool> shown(lines.size(), true), wanted(lines.size(), false),
      used(lines.size(), false);
  if (rules) return shown;
  for (const ListedLine& l : lines) {
    for (LineId in : l.in)
      (l.rule_of == kNoLine ? wanted : used)[static_cast<std::size_t>(in)] = true;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    shown[i] = lines[i].rule_of == kNoLine && (wanted[i] || !used[i] || !lines[i].in.empty());
  }
  return shown;
}

void legend(std::ostream& out) {
  out << "  subgraph cluster_legend {\n    label=\"legend\";\n";
  int k = 0;
  for (const Style* s : {&kInput, &kParameter, &kConstant, &kOp, &kRule})
    node(out, joined_text("legend", std::to_string(k++)), *s, false, {s->what}, "");
  node(out, "legend5", kOp, true, {"paused: a constant", "to every sweep"}, "");
  out << "    legend0 -> legend1 -> legend2 -> legend3 -> legend4 -> legend5 [style=invis];\n  }\n";
}

}  // namespace

void print_dot(std::ostream& out, const Listing& listing, const DotOptions& options) {
  const auto& lines = listing.lines;
  const std::vector<bool> shown = drawn(lines, options.rules);
  out << "digraph tape {\n"
         "  graph [fontname=\"DejaVu Sans\", fontsize=11, bgcolor=white, "
         "nodesep=0.2, ranksep=0.35, style=rounded, color=\"#888888\"];\n"
         "  node [fontname=\"DejaVu Sans\", fontsize=10, style=filled, "
         "color=\"#333333\", fontcolor=black, margin=\"0.12,0.06\"];\n"
         "  edge [color=\"#555555\", arrowsize=0.6];\n";
  std::vector<std::string> frames;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (shown[i] && std::find(frames.begin(), frames.end(), frame(lines[i])) == frames.end())
      frames.push_back(frame(lines[i]));
  }
  for (std::size_t f = 0; f < frames.size(); ++f) {
    out << "  subgraph "
        << (frames[f].empty() ? "loose" : joined_text("cluster_", std::to_string(f))) << " {\n";
    if (!frames[f].empty()) out << "    label=" << quoted({frames[f]}) << ";\n";
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (shown[i] && frame(lines[i]) == frames[f]) line_node(out, i, lines[i], options.values);
    }
    out << "  }\n";
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!shown[i]) continue;
    for (std::size_t k = 0; k < lines[i].in.size(); ++k) {
      if (!shown[static_cast<std::size_t>(lines[i].in[k])]) continue;
      out << "  n" << std::to_string(lines[i].in[k]) << " -> n" << std::to_string(i);
      if (lines[i].transposed[k]) out << " [label=\"T\", fontsize=9]";
      out << ";\n";
    }
  }
  if (options.legend) legend(out);
  out << "}\n";
}

}  // namespace pushforward
