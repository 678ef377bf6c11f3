// Prints a tape as one JSON object in which each line of the tape, the record of one value, is one
// line of text.
#include "autograd/inspect/listing.h"
#include "autograd/inspect/text.h"

namespace pushforward {
namespace {

constexpr const char* kKinds[] = {"input", "parameter", "constant", "op"};

// Writes one JSON object to a stream: its braces, and its members with commas between them.
class Object {
 public:
  explicit Object(std::ostream& out) : out_(out) { out_ << '{'; }
  ~Object() { out_ << '}'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  std::ostream& key(const char* name) {
    out_ << (first_ ? "\"" : ", \"") << name << "\": ";
    first_ = false;
    return out_;
  }
  void text(const char* name, const std::string& value) { key(name) << json_string(value); }
  void text_if_any(const char* name, const std::string& value) {
    if (!value.empty()) text(name, value);
  }
  void number(const char* name, double value) { key(name) << json_number(value); }

 private:
  std::ostream& out_;
  bool first_ = true;
};

template <class Items, class Each>
void array(std::ostream& out, const Items& items, Each each) {
  out << '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out << ", ";
    first = false;
    out << each(item);
  }
  out << ']';
}

void print_line(std::ostream& out, std::size_t id, const ListedLine& l, bool timed) {
  const auto integer = [](int n) { return std::to_string(n); };
  Object o(out);
  o.number("id", static_cast<double>(id));
  o.text("kind", kKinds[static_cast<int>(l.kind)]);
  o.text("op", l.op);
  array(o.key("in"), l.in, integer);
  if (l.transposed[0] || l.transposed[1]) {
    array(o.key("transposed"), std::array{l.transposed[0], l.transposed[1]},
          [](bool t) { return t ? "true" : "false"; });
  }
  array(o.key("shape"), std::vector<int>(l.shape.dim.begin(), l.shape.dim.begin() + l.shape.rank),
        integer);
  o.text_if_any("name", l.name);
  o.text_if_any("detail", l.detail);
  o.number("bytes", l.bytes);
  o.number("flops", l.flops);
  o.key("paused") << (l.paused ? "true" : "false");
  if (l.rule_of != kNoLine) {
    o.text("rule", rule_name(l.rule));
    o.number("rule_of", l.rule_of);
  }
  o.text_if_any("label", l.label);
  if (!l.file.empty()) {
    o.text("file", short_path(l.file));
    o.number("file_line", l.file_line);
  }
  if (timed && l.seconds > 0) {
    o.number("start_s", l.start);
    o.number("seconds", l.seconds);
  }
  if (!l.values.empty()) array(o.key("values"), l.values, json_number);
}

}  // namespace

void print_json(std::ostream& out, const Listing& listing) {
  double bytes = 0, flops = 0, seconds = 0;
  {
    Object o(out);
    o.text("precision", listing.precision);
    o.key("lines") << '[';
    for (std::size_t i = 0; i < listing.lines.size(); ++i) {
      const ListedLine& l = listing.lines[i];
      out << (i == 0 ? "\n" : ",\n");
      print_line(out, i, l, listing.timed);
      bytes += l.bytes;
      flops += l.flops;
      seconds += l.seconds;
    }
    out << "\n]";
    {
      Object arena(o.key("arena"));
      arena.number("used", listing.arena_used);
      arena.number("reserved", listing.arena_reserved);
      arena.number("peak", listing.arena_peak);
    }
    Object totals(o.key("totals"));
    totals.number("lines", static_cast<double>(listing.lines.size()));
    totals.number("bytes", bytes);
    totals.number("flops", flops);
    totals.number("parameter_bytes", listing.parameters);
    if (listing.timed) totals.number("seconds", seconds);
  }
  out << '\n';
}

}  // namespace pushforward
