#include "autograd/inspect/trace.h"

#include <algorithm>
#include <limits>
#include <sstream>

#include "autograd/inspect/text.h"

namespace pushforward {

using detail::check;

namespace {

struct Event {
  std::string name, category;
  double start, seconds, flops, bytes;
  Shape shape;
  std::string more;  // further members of the event's "args", as JSON text
};

class Writer {
 public:
  Writer(std::ostream& out, double origin) : out_(out), origin_(origin) {}

  // Adds a metadata event to the trace that names the process or one of its threads.
  void name(const char* what, std::size_t thread, const std::string& name) {
    next() << "{\"name\": \"" << what
           << "\", \"ph\": \"M\", \"pid\": 1, \"tid\": " << std::to_string(thread)
           << ", \"args\": {\"name\": " << json_string(name) << "}}";
  }

  void event(const Event& e, std::size_t thread) {
    std::ostringstream shape;
    shape << e.shape;
    next() << "{\"name\": " << json_string(e.name) << ", \"cat\": \"" << e.category
           << "\", \"ph\": \"X\", \"ts\": " << json_number(1e6 * (e.start - origin_))
           << ", \"dur\": " << json_number(1e6 * e.seconds)
           << ", \"pid\": 1, \"tid\": " << std::to_string(thread)
           << ", \"args\": {\"shape\": " << json_string(shape.str())
           << ", \"flops\": " << json_number(e.flops) << ", \"bytes\": " << json_number(e.bytes)
           << e.more << "}}";
  }

 private:
  std::ostream& next() {
    out_ << (first_ ? "\n" : ",\n");
    first_ = false;
    return out_;
  }

  std::ostream& out_;
  double origin_;
  bool first_ = true;
};

bool timed(const ListedLine& l) { return l.seconds > 0; }

// Returns a trace event that lasts from the start of tape line `begin` to the end of line end - 1,
// which have the same label. Its shape is that of the last line, its costs are the sums.
Event around(const Listing& listing, std::size_t begin, std::size_t end) {
  const auto& lines = listing.lines;
  Event e{.name = part_text(lines[begin]),
          .category = "label",
          .start = lines[begin].start,
          .seconds = lines[end - 1].start + lines[end - 1].seconds - lines[begin].start,
          .flops = 0,
          .bytes = 0,
          .shape = lines[end - 1].shape,
          .more = {}};
  for (std::size_t i = begin; i < end; ++i) {
    e.flops += lines[i].flops;
    e.bytes += lines[i].bytes;
  }
  return e;
}

Event of_line(const ListedLine& l, std::size_t id) {
  std::string more = joined_text(", \"line\": ", std::to_string(id));
  if (l.rule_of != kNoLine) {
    more += joined_text(", \"rule\": ", json_string(rule_name(l.rule)),
                        ", \"rule_of\": ", std::to_string(l.rule_of));
  }
  if (!l.file.empty()) {
    more += joined_text(", \"recorded_at\": ", json_string(place_text(l.file, l.file_line)));
  }
  return {.name = l.op,
          .category = l.rule_of == kNoLine ? "forward" : "rule",
          .start = l.start,
          .seconds = l.seconds,
          .flops = l.flops,
          .bytes = l.bytes,
          .shape = l.shape,
          .more = more};
}

void write_listing(Writer& writer, const Listing& listing, std::size_t thread) {
  const auto& lines = listing.lines;
  std::vector<std::size_t> ids;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (timed(lines[i])) ids.push_back(i);
  }
  for (std::size_t k = 0; k < ids.size();) {
    std::size_t end = k;
    while (end < ids.size() && part_text(lines[ids[end]]) == part_text(lines[ids[k]])) ++end;
    if (!lines[ids[k]].label.empty())
      writer.event(around(listing, ids[k], ids[end - 1] + 1), thread);
    for (; k < end; ++k) writer.event(of_line(lines[ids[k]], ids[k]), thread);
  }
}

}  // namespace

void print_trace(std::ostream& out, std::span<const Listing> listings) {
  double origin = std::numeric_limits<double>::infinity();
  for (const Listing& listing : listings) {
    for (const ListedLine& l : listing.lines) {
      if (timed(l)) origin = std::min(origin, l.start);
    }
  }
  check(
      origin < std::numeric_limits<double>::infinity(), "trace",
      "no line has a time: the tape was recorded without a clock; call set_clock before the step");
  out << "{\"traceEvents\": [";
  Writer writer(out, origin);
  writer.name("process_name", 0, joined_text("pushforward, ", listings[0].precision));
  for (std::size_t thread = 0; thread < listings.size(); ++thread)
    writer.name("thread_name", thread, joined_text("tape ", std::to_string(thread)));
  for (std::size_t thread = 0; thread < listings.size(); ++thread)
    write_listing(writer, listings[thread], thread);
  out << "\n], \"displayTimeUnit\": \"ms\"}\n";
}

}  // namespace pushforward
