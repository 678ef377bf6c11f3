#include "apps/flows/flow_subject.h"

#include <algorithm>
#include <span>
#include <utility>

#include "apps/ranks/rows.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Returns the rows of `all` with the numbers in `rows`.
Tensor gather(const Tensor& all, std::span<const int> rows) {
  Tensor x({static_cast<int>(rows.size()), all.cols()});
  for (int k = 0; k < x.rows(); ++k)
    std::copy_n(all.row(rows[static_cast<std::size_t>(k)]).data(), all.cols(), x.row(k).data());
  return x;
}

// Sets x1 to the code of the table's rows with these numbers, with the noise of `stream`.
void encode_rows(FlowSubject& s, Stream stream, const std::vector<int>& rows) {
  const std::vector<double> table = all_wide_rows(*s.table(), RowUnits::data);
  const std::size_t d = s.traits.code->columns().size();
  NdArray chosen{{rows.size(), d}, {}};
  for (const int row : rows) {
    const auto first =
        table.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(row) * d);
    chosen.values.insert(chosen.values.end(), first, first + static_cast<std::ptrdiff_t>(d));
  }
  CodedPoints coded = s.flow.encode(chosen, "eval", stream);
  s.x1 = std::move(coded.x);
  s.log_slopes = std::move(coded.log_slopes);
}

}  // namespace

void choose_rows(FlowSubject& s) {
  // With paired data, each row of the source belongs to the row of the data with the same number.
  const bool paired = s.config.string("/coupling/type") == "paired";
  const bool held_out = s.rows != s.data;
  const Stream data{s.request.seed, Purpose::data, held_out ? 0 : kFreshRows},
      noise{s.request.seed, paired ? Purpose::data : Purpose::noise, kFreshRows};
  if (const Tensor* all = s.finite(); !all) {
    s.x1 = draw_rows(*s.rows, data, s.n, &s.labels);
  } else {
    auto rows = permutation({s.request.seed, Purpose::shuffle, kFreshRows}, all->rows());
    rows.resize(static_cast<std::size_t>(s.n));
    std::sort(rows.begin(), rows.end());
    if (s.traits.coded())
      encode_rows(s, data, rows);
    else
      s.x1 = gather(*all, rows);
    // The conditions of held-out rows come after those of the rows that are trained on.
    const int first = held_out ? s.traits.given.trained : 0;
    for (const int row : rows)
      s.labels.push_back(s.flow.given.rows              ? first + row
                         : s.rows->all_labels().empty() ? 0
                                                        : s.rows->all_labels()[row]);
    if (paired) {
      const DistributionPtr source = build_training_source(s.config, s.flow.dim(), s.flow.manifold);
      const DistributionPtr partners = held_out ? DistributionPtr(source->held_out()) : source;
      s.x0 = gather(*partners->all(), rows);
      return;
    }
  }
  s.x0 = draw_rows(*s.flow.source, noise, s.n);
}

SampleCost draw_shared(const FlowSubject& s, Sampler& sampler, const Distribution& from,
                       Tensor& drawn) {
  return share_rows(
             s.request.ranks, s.workers, {s.n, kSamplerChunkRows},
             {rows_at(drawn.data(), static_cast<std::size_t>(drawn.cols()))},
             [&] { return RowsSolved{sampler.sample(from, s.request.seed, s.n, drawn.data())}; })
      .cost;
}

}  // namespace pushforward::app::inline PF_REAL
