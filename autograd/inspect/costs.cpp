// Sums memory, FLOPs and time of a tape by op or by label.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "autograd/inspect/listing.h"
#include "autograd/inspect/text.h"

namespace pushforward {
namespace {

std::string group(const ListedLine& line, TapeCostBy by) {
  if (by == TapeCostBy::op) return line.op;
  return (line.label.empty() ? "(no label)" : "") + printable_name(part_text(line));
}

TapeCost total(const std::vector<TapeCost>& rows) {
  TapeCost sum{.name = "total"};
  for (const TapeCost& c : rows) {
    sum.lines += c.lines;
    sum.bytes += c.bytes;
    sum.flops += c.flops;
    sum.seconds += c.seconds;
  }
  return sum;
}

// Returns part / whole as text, such as "28.0 %", or "" if `whole` is not positive.
std::string percent(double part, double whole) {
  if (!(whole > 0)) return "";
  const long tenths = std::lround(1000 * part / whole);
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " %";
}

}  // namespace

std::vector<TapeCost> tape_costs(const Listing& listing, TapeCostBy by) {
  std::map<std::string, TapeCost> groups;
  for (const ListedLine& l : listing.lines) {
    TapeCost& c = groups[group(l, by)];
    ++c.lines;
    c.bytes += l.bytes;
    c.flops += l.flops;
    c.seconds += l.seconds;
  }
  std::vector<TapeCost> rows;
  for (auto& [name, cost] : groups) {
    cost.name = name;
    rows.push_back(cost);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const TapeCost& a, const TapeCost& b) {
    return std::array{a.seconds, a.flops, a.bytes} > std::array{b.seconds, b.flops, b.bytes};
  });
  return rows;
}

void print_costs(std::ostream& out, const Listing& listing, TapeCostBy by) {
  std::vector<TapeCost> rows = tape_costs(listing, by);
  const TapeCost sum = total(rows);
  TextTable table("lrrrrrrrr");
  const auto timed = [&](std::string cell) { return listing.timed ? cell : std::string(); };
  table.row({by == TapeCostBy::op ? "op" : "in", "lines", "bytes", "", "FLOPs", "", timed("time"),
             "", timed("FLOP/s")});
  rows.push_back(sum);
  for (const TapeCost& c : rows) {
    table.row({c.name, std::to_string(c.lines), bytes_text(c.bytes), percent(c.bytes, sum.bytes),
               count_text(c.flops), percent(c.flops, sum.flops),
               timed(c.seconds > 0 ? time_text(c.seconds) : ""), percent(c.seconds, sum.seconds),
               timed(c.seconds > 0 && c.flops > 0 ? count_text(c.flops / c.seconds) : "")});
  }
  table.print(out);
}

}  // namespace pushforward
