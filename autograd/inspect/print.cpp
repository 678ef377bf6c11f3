// Prints a tape as aligned text: the listing, and the report.
#include <algorithm>
#include <sstream>

#include "autograd/inspect/listing.h"
#include "autograd/inspect/text.h"

namespace pushforward {
namespace {

std::string text(const Shape& shape) {
  std::ostringstream out;
  out << shape;
  return out.str();
}

// Returns the inputs and constants of a tape line's op, or the name of a leaf, as text: "#3^T #4",
// "#2 by 0.5", "x".
std::string origin(const ListedLine& line) {
  std::string out = printable_name(line.name);
  for (std::size_t k = 0; k < line.in.size(); ++k)
    out += joined_text(k ? " " : "", id_text(line.in[k]), line.transposed[k] ? "^T" : "");
  if (!line.detail.empty()) out += joined_text(out.empty() ? "" : " ", line.detail);
  return out;
}

std::string marks(const ListedLine& line) {
  const std::string rule = rule_text(line);
  return !line.paused ? rule : rule.empty() ? "paused" : "paused, " + rule;
}

std::string plural(std::size_t n, const std::string& word) {
  return std::to_string(n) + ' ' + word + (n == 1 ? "" : "s");
}

bool has_labels(const Listing& listing) {
  return std::any_of(listing.lines.begin(), listing.lines.end(),
                     [](const ListedLine& l) { return !l.label.empty(); });
}

}  // namespace

std::string part_text(const ListedLine& line) {
  return line.label + (line.rule_of == kNoLine ? "" : joined_text(", ", rule_name(line.rule)));
}

std::string rule_text(const ListedLine& line) {
  return line.rule_of == kNoLine ? ""
                                 : joined_text(rule_name(line.rule), " of ", id_text(line.rule_of));
}

void print(std::ostream& out, const Listing& listing, const PrintOptions& options) {
  const auto if_any = [](bool any, const char* name) { return std::string(any ? name : ""); };
  const bool times = options.costs && listing.timed;
  TextTable table("rllllrrrlll");
  if (options.heading) {
    table.row({"line", "op", "shape", "from", if_any(options.values > 0, "value"),
               if_any(options.costs, "bytes"), if_any(options.costs, "FLOPs"),
               if_any(times, "time"), "", if_any(has_labels(listing), "in"),
               if_any(options.places, "recorded at")});
  }
  const std::size_t size = listing.lines.size();
  const std::size_t end = options.end == kNoLine ? size : static_cast<std::size_t>(options.end);
  double bytes = 0, flops = 0;
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const ListedLine& l = listing.lines[i];
    bytes += l.bytes;
    flops += l.flops;
    const bool shown = options.rules || l.rule_of == kNoLine;
    hidden += !shown;
    if (!shown || i < static_cast<std::size_t>(options.begin) || i >= end) continue;
    const bool few = l.shape.size() <= options.values && !l.values.empty();
    table.row({id_text(static_cast<std::int64_t>(i)), l.op, text(l.shape), origin(l),
               few ? values_text(l.shape, l.values) : "",
               options.costs && l.bytes > 0 ? bytes_text(l.bytes) : "",
               options.costs && l.flops > 0 ? count_text(l.flops) : "",
               times && l.seconds > 0 ? time_text(l.seconds) : "", marks(l),
               printable_name(l.label), options.places ? place_text(l.file, l.file_line) : ""});
  }
  table.print(out);
  if (!options.heading) return;
  out << plural(size, "line");
  if (hidden > 0) out << " (" << hidden << " recorded by rules not shown)";
  out << ", " << listing.precision << ", " << bytes_text(bytes) << " of values, "
      << count_text(flops) << " FLOPs\n";
}

void print_report(std::ostream& out, const Listing& listing, const PrintOptions& options) {
  PrintOptions with_costs = options;
  with_costs.costs = true;
  print(out, listing, with_costs);
  out << "\nby op\n";
  print_costs(out, listing, TapeCostBy::op);
  if (has_labels(listing)) {
    out << "\nby label\n";
    print_costs(out, listing, TapeCostBy::label);
  }
  out << "\nmemory: " << bytes_text(listing.arena_used) << " of the tape's arena in use, "
      << bytes_text(listing.arena_peak) << " at its peak, " << bytes_text(listing.arena_reserved)
      << " reserved; " << bytes_text(listing.parameters) << " of parameters outside of it\n";
}

}  // namespace pushforward
