// Writes random networks and random programs with their values and gradients, one JSON object per
// line. tests/judges/torch_autograd.py computes them again with PyTorch.
//
// usage: torch_autograd FILE
#include <cstdio>
#include <fstream>

#include "tests/exam/engine.h"
#include "tests/exam/random.h"
#include "tests/exam/random_program.h"

namespace {

using namespace pushforward::exam;

void write(std::ostream& out, const Program& p, std::uint64_t seed) {
  Draws draws(seed);
  const std::vector<bool> moves(p.leaves.size(), true);
  const std::size_t outputs = engine_f64.run(p).back().values.size();
  const Question q{p, moves, draws.vector(outputs), draws.vector(p.size())};
  const Answers a = engine_f64.answer(q, {});
  out << "{\"program\": ";
  write_json(out, p);
  for (const auto& [name, list] : {std::pair{"weight", q.weight},
                                   {"direction", q.direction},
                                   {"value", a.value},
                                   {"gradient", a.pulled},
                                   {"curved", a.forward_over_reverse}}) {
    out << ", \"" << name << "\": ";
    write_list(out, list);
  }
  out << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FILE\n", argv[0]);
    return 2;
  }
  std::ofstream out(argv[1]);
  for (std::uint64_t seed = 0; seed < 200; ++seed) write(out, random_network(seed), seed);
  for (std::uint64_t seed = 0; seed < 200; ++seed) write(out, random_program(seed), seed);
  out.close();
  return out ? 0 : 4;
}
