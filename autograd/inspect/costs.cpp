// Memory, FLOPs and time of a tape, added up by op or by label.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "autograd/inspect/listing.h"
#include "autograd/inspect/text.h"

namespace pushforward {
namespace {

std::string group(const ListedLine& line, CostBy by) {
  if (by == CostBy::op) return line.op;
  return (line.label.empty() ? "(no label)" : "") + printable(part_text(line));
}

Cost total(const std::vector<Cost>& rows) {
  Cost sum{.name = "total"};
  for (const Cost& c : rows) {
    sum.lines += c.lines;
    sum.bytes += c.bytes;
    sum.flops += c.flops;
    sum.seconds += c.seconds;
  }
  return sum;
}

// "28.0 %"; nothing where there is nothing to share.
std::string percent(double part, double whole) {
  if (!(whole > 0)) return "";
  const long tenths = std::lround(1000 * part / whole);
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " %";
}

}  // namespace

std::vector<Cost> costs(const Listing& listing, CostBy by) {
  std::map<std::string, Cost> groups;
  for (const ListedLine& l : listing.lines) {
    Cost& c = groups[group(l, by)];
    ++c.lines;
    c.bytes += l.bytes;
    c.flops += l.flops;
    c.seconds += l.seconds;
  }
  std::vector<Cost> rows;
  for (auto& [name, cost] : groups) {
    cost.name = name;
    rows.push_back(cost);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Cost& a, const Cost& b) {
    return std::array{a.seconds, a.flops, a.bytes} > std::array{b.seconds, b.flops, b.bytes};
  });
  return rows;
}

void print_costs(std::ostream& out, const Listing& listing, CostBy by) {
  std::vector<Cost> rows = costs(listing, by);
  const Cost sum = total(rows);
  TextTable table("lrrrrrrrr");
  const auto timed = [&](std::string cell) { return listing.timed ? cell : std::string(); };
  table.row({by == CostBy::op ? "op" : "in", "lines", "bytes", "", "FLOPs", "", timed("time"), "",
             timed("FLOP/s")});
  rows.push_back(sum);
  for (const Cost& c : rows) {
    table.row({c.name, std::to_string(c.lines), bytes_text(c.bytes), percent(c.bytes, sum.bytes),
               count_text(c.flops), percent(c.flops, sum.flops),
               timed(c.seconds > 0 ? time_text(c.seconds) : ""), percent(c.seconds, sum.seconds),
               timed(c.seconds > 0 && c.flops > 0 ? count_text(c.flops / c.seconds) : "")});
  }
  table.print(out);
}

}  // namespace pushforward
