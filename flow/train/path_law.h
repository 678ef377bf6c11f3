// The law of a path at one time, as a distribution: what a flow that begins inside of its path
// starts from.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "flow/train/batch.h"

namespace pushforward::inline PF_REAL {

// The rows alpha x1 + sigma x0 + gamma z at time t, where (x0, x1) are coupled as in training: the
// law p_t that the field of the problem carries. It can be drawn wherever the data can, also where
// p_t has no closed form. A sampler whose first time is t starts from it with
// SamplerOptions::starts_on_path. Drawing allocates a block of rows.
//
// Row k depends on (seed, k) alone. With independent rows, x0 is row k of the given stream, as for
// a flow that begins at the source, and x1 is drawn from the stream of the data. If a coupling
// looks at whole batches, row k is row k % batch of batch k / batch.
class PathLaw final : public Distribution {
 public:
  // `batch` is the number of rows that the coupling pairs; it is needed if the coupling looks at
  // whole batches. If `label_of` is given, row k is drawn given that the label of its data row is
  // label_of(k), by drawing again until it is. Fails on a problem that Batch refuses, on a time
  // outside [0, 1], on labels of data without classes, and without rows in a batch that is needed.
  PathLaw(Problem problem, double t, int batch = 0, std::function<int(int row)> label_of = {});

  int dim() const override { return problem_.data->dim(); }
  // Fails if 100,000 rows in a row have another label than the one that is wanted.
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  // p_t as a mixture, with one component for each pair of a component of the data and of the
  // source. Nothing if one of them is no mixture, if the coupling is not independent, and given
  // labels. It has a density if alpha and sigma are positive, or the components have widths.
  std::optional<Mixture> mixture() const override { return mixture_; }

 private:
  // The endpoints of some rows.
  struct Ends {
    std::vector<real> x0, x1;
    std::vector<int> labels;
  };
  void draw_ends(Stream stream, std::uint32_t attempt, std::uint32_t first_row, int rows,
                 Ends& ends) const;
  void draw_coupled(Stream stream, std::uint32_t attempt, std::uint32_t first_row, int rows,
                    Ends& ends) const;

  Problem problem_;
  Coefficients at_{};
  double gamma_;
  int batch_;
  std::function<int(int row)> label_of_;
  std::optional<Mixture> mixture_;
  struct LastBatch;  // of a coupling that looks at whole batches
  std::shared_ptr<LastBatch> last_;
};

}  // namespace pushforward::inline PF_REAL
