#include "flow/train/batch.h"

#include <algorithm>
#include <utility>

#include "autograd/tensor/random_fill.h"
#include "flow/manifold/geodesic_path.h"
#include "flow/train/labelling.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

void check_manifold(const Problem& problem) {
  if (!problem.manifold) return;
  check(problem.manifold->dim() == problem.data->dim(), "batch", "the data has dimension ",
        problem.data->dim(), " and the manifold ", problem.manifold->dim(),
        " coordinates; give data on the manifold");
  check(!problem.noise, "batch",
        "the path has noise, and geodesics of a manifold have none; leave the noise out");
  const Coefficients half = problem.scheduler(0.5), last = problem.scheduler(1);
  check(half.alpha == 0.5 && half.sigma == 0.5 && last.sigma == 0, "batch", "the path is ",
        problem.scheduler.name,
        ", and that of a manifold is a geodesic of constant speed; take "
        "cond_ot with sigma_min 0");
}

}  // namespace

void Batch::Ends::make_room(int rows, int dim, int condition_columns) {
  const std::size_t size = static_cast<std::size_t>(rows) * dim;
  x0.resize(size);
  x1.resize(size);
  conditions.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(condition_columns));
  labels.resize(rows);
  for (int k = 0; k < rows; ++k) pairs.push_back({k, k});
}

Batch::Batch(Problem problem, int rows, std::uint64_t seed, bool ahead)
    : problem_(std::move(problem)), rows_(rows), seed_(seed) {
  check(rows > 0, "batch", "a batch of ", rows, " rows; it must have at least one");
  check(problem_.source && problem_.data, "batch", "source and data must both be given");
  check(problem_.source->dim() == problem_.data->dim(), "batch", "the source has dimension ",
        problem_.source->dim(), " and the data ", problem_.data->dim(),
        "; a flow keeps the dimension");
  check_manifold(problem_);
  if (problem_.coupling.paired) check_paired("batch", problem_.source->all(), problem_.data->all());
  check(!problem_.numbered ||
            (problem_.first_row >= 0 && problem_.data->index(stream(Purpose::data, 0), 0) >= 0),
        "batch", "rows are to be numbered from ", problem_.first_row, ", and the data draws from ",
        problem_.data->row_count(), " rows; number the rows of a finite set, from 0 or more");
  check_labelling("batch", problem_.labelled, problem_.numbered ? 1 : problem_.data->classes(),
                  problem_.label_dropout);
  check(!problem_.conditions || problem_.numbered, "batch",
        "a table of conditions is given, and rows are not numbered, so none has a condition; set "
        "numbered");
  const int condition_columns = problem_.conditions ? problem_.conditions->columns() : 0;
  now_.make_room(rows, dim(), condition_columns);
  shown_.resize(rows);
  if (!problem_.coupling.pair) return;
  next_.make_room(rows, dim(), condition_columns);
  if (!ahead) return;
  ahead_ = std::make_unique<BackgroundJob>([this] {
    draw(next_, 0, rows_);
    couple(next_);
  });
}

void Batch::start(std::uint32_t step, Workers& workers) {
  if (!problem_.coupling.pair) {
    now_.step = step;
    return;
  }
  if (coupled_ && now_.step == step) return;
  // The next batch is drawn ahead on another thread. If that thread throws, the batch is not used.
  const bool begun = std::exchange(next_begun_, false);
  if (ahead_) ahead_->wait();
  if (begun && next_.step == step) {
    std::swap(now_, next_);
  } else {
    coupled_ = false;  // until the coupling has returned
    now_.step = step;
    const Chunks chunks{rows_};
    workers.run(chunks.count(),
                [&](int i, int) { draw(now_, chunks.begin(i), chunks.rows_of(i)); });
    couple(now_);
  }
  coupled_ = true;
  if (!ahead_) return;
  next_.step = step + 1;
  next_begun_ = true;
  ahead_->start();
}

PathSample Batch::chunk(Tape& tape, int first, int rows) {
  check(first >= 0 && rows > 0 && first + rows <= rows_, "batch", "rows ", first, " to ",
        first + rows, " asked for in a batch of ", rows_);
  check(coupled_ || !problem_.coupling.pair, "batch",
        "the coupling looks at the whole batch, and no step has been started; call start first");
  if (!problem_.coupling.pair) draw(now_, first, rows);
  const PathEnds ends = make_ends(tape, rows, dim());
  const auto row = static_cast<std::uint32_t>(first);
  draw_times(problem_.time, stream(Purpose::time, now_.step), row, rows, rows_, ends.t);
  const std::size_t d = static_cast<std::size_t>(dim());
  for (int r = 0; r < rows; ++r) {
    const RowPair pair = now_.pairs[first + r];
    std::copy_n(now_.x0.data() + pair.source * d, d, ends.x0 + r * d);
    std::copy_n(now_.x1.data() + pair.data * d, d, ends.x1 + r * d);
  }
  PathSample sample;
  if (problem_.manifold) {
    sample = follow_geodesics(*problem_.manifold, ends);
  } else if (problem_.noise) {
    std::span<real> z;
    const Var noise = tape.uninitialised({rows, dim()}, z, "z");
    fill_normal(stream(Purpose::path_noise, now_.step), row, rows, dim(), z.data());
    sample = follow_path(problem_.scheduler, ends, problem_.noise, z.data());
    sample.z = noise;
  } else {
    sample = follow_path(problem_.scheduler, ends);
  }
  if (problem_.labelled) sample.labels = labels_of(first, rows);
  return sample;
}

void Batch::draw(Ends& ends, int first, int rows) const {
  const std::size_t at = static_cast<std::size_t>(first) * dim();
  const auto row = static_cast<std::uint32_t>(first);
  // If the rows of source and data are paired, both are drawn with the same random numbers.
  const Purpose noise = problem_.coupling.paired ? Purpose::data : Purpose::noise;
  problem_.source->draw(stream(noise, ends.step), row, rows, ends.x0.data() + at, nullptr);
  const Stream data = stream(Purpose::data, ends.step);
  int* const labels = ends.labels.data() + first;
  problem_.data->draw(data, row, rows, ends.x1.data() + at, problem_.numbered ? nullptr : labels);
  for (int r = 0; problem_.numbered && r < rows; ++r)
    labels[r] =
        problem_.first_row + problem_.data->index(data, row + static_cast<std::uint32_t>(r));
}

void Batch::couple(Ends& ends) const {
  // Labels that are row numbers differ in all rows, so a coupling cannot use them as classes.
  const bool classes = problem_.data->classes() > 0 && !problem_.numbered;
  const int* labels = classes ? ends.labels.data() : nullptr;
  Endpoints points{rows_, dim(), ends.x0.data(), ends.x1.data(), labels};
  if (problem_.conditions) {
    auto to = ends.conditions.begin();
    for (const int label : ends.labels) {
      const std::span<const real> row = problem_.conditions->row(label);
      to = std::copy(row.begin(), row.end(), to);
    }
    points.conditions = ends.conditions.data();
    points.condition_columns = problem_.conditions->columns();
  }
  points.interrupted = problem_.interrupted;
  problem_.coupling.pair(points, stream(Purpose::coupling, ends.step), ends.pairs);
  for (std::size_t k = 0; k < ends.pairs.size(); ++k) {
    const auto [source, data] = ends.pairs[k];
    check(source >= 0 && source < rows_ && data >= 0 && data < rows_, "batch", "the coupling \"",
          problem_.coupling.name, "\" made pair ", k, " of source row ", source, " and data row ",
          data, " in a batch of ", rows_, "; give rows of the batch");
  }
}

// Returns the labels of rows first .. first + rows - 1, some of them dropped.
Labels Batch::labels_of(int first, int rows) {
  const std::span<int> shown{shown_.data() + first, static_cast<std::size_t>(rows)};
  for (int r = 0; r < rows; ++r) shown[r] = label(first + r);
  drop_labels(stream(Purpose::label, now_.step), first, problem_.label_dropout, shown);
  return shown;
}

}  // namespace pushforward::inline PF_REAL
