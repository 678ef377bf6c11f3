#include "flow/discrete/batch.h"

#include <utility>

#include "flow/train/labelling.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

void check_problem_source(const TokenProblem& p) {
  if (p.source_kind != SourceKind::data) {
    check(!p.source && !p.paired, "token_batch",
          "a distribution of source rows is given, but the source is mask or uniform; "
          "make its kind data, or leave it out");
    return;
  }
  check(p.source != nullptr, "token_batch",
        "a source of kind data needs a distribution of its rows");
  check(p.source->length() == p.data->length() && p.source->vocabulary() == p.data->vocabulary(),
        "token_batch", "the source has ", p.source->length(), " tokens out of ",
        p.source->vocabulary(), " and the data ", p.data->length(), " out of ",
        p.data->vocabulary(), "; both must agree");
  if (!p.paired) return;
  const TokenTable *x0 = p.source->all(), *x1 = p.data->all();
  check_paired("token_batch", x0, x1);
  check(x0->weights == x1->weights, "token_batch",
        "paired rows must have equal weights, but the weights of source and data differ");
}

}  // namespace

TokenPath TokenProblem::path() const {
  check(data != nullptr, "token_batch", "the data must be given");
  return {kappa, source_kind, data->vocabulary(), metric, noise};
}

TokenBatch::TokenBatch(TokenProblem problem, int rows, std::uint64_t seed)
    : problem_(std::move(problem)), rows_(rows), seed_(seed) {
  check(rows > 0, "token_batch", "a batch of ", rows, " rows; it must have at least one");
  check(problem_.data != nullptr, "token_batch", "the data must be given");
  check_problem_source(problem_);
  problem_.path().check_valid();
  check_labelling("token_batch", problem_.labelled, problem_.data->classes(),
                  problem_.label_dropout);
}

TokenSample TokenBatch::chunk(Tape& tape, int first, int rows) const {
  check(first >= 0 && rows > 0 && first + rows <= rows_, "token_batch", "rows ", first, " to ",
        first + rows, " asked for in a batch of ", rows_);
  const auto row = static_cast<std::uint32_t>(first);
  const int length = problem_.data->length();
  const std::size_t size = static_cast<std::size_t>(rows) * length;
  const auto stream = [&](Purpose purpose) { return Stream{seed_, purpose, step_}; };
  int *xt = tape.arena().array<int>(size), *x1 = tape.arena().array<int>(size);
  int* labels = problem_.labelled ? tape.arena().array<int>(rows) : nullptr;
  problem_.data->draw(stream(Purpose::data), row, rows, x1, labels);
  // If rows of source and data are paired, the source is drawn with the random numbers of the data,
  // which selects the same row numbers from the two tables.
  if (problem_.source)
    problem_.source->draw(stream(problem_.paired ? Purpose::data : Purpose::noise), row, rows, xt);
  std::span<real> t;
  const Var tv = tape.uninitialised({rows, 1}, t, "t");
  draw_times(problem_.time, stream(Purpose::time), row, rows, rows_, t.data());
  const TokenPath path = problem_.path();
  for (int r = 0; r < rows; ++r) {
    const std::size_t at = static_cast<std::size_t>(r) * length;
    draw_at(path, static_cast<double>(t[r]), stream(Purpose::token_path),
            row + static_cast<std::uint32_t>(r), {x1 + at, static_cast<std::size_t>(length)},
            {xt + at, static_cast<std::size_t>(length)});
  }
  TokenSample sample{.t = tv, .xt = {xt, size}, .x1 = {x1, size}, .length = length};
  if (!labels) return sample;
  const std::span<int> shown{labels, static_cast<std::size_t>(rows)};
  drop_labels(stream(Purpose::label), first, problem_.label_dropout, shown);
  sample.labels = shown;
  return sample;
}

}  // namespace pushforward::inline PF_REAL
