// The distribution p_t of the points of a path at one time t. A flow that begins at t instead of 0
// starts from p_t.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "flow/train/batch.h"

namespace pushforward::inline PF_REAL {

// The rows alpha x1 + sigma x0 + gamma z at time t, where (x0, x1) are coupled as in training and z
// is the noise of the path. Their distribution is p_t of the problem's flow. It can be drawn
// whenever the data can, even if p_t has no closed form. A sampler whose first time is t starts
// from p_t with SamplerOptions::starts_on_path. Drawing allocates a block of rows.
//
// Row k depends on (seed, k) alone. If x0 and x1 are independent, x0 is row k of the given stream,
// as for a flow that begins at the source, and x1 is drawn from the stream of the data. If the
// coupling pairs the rows of whole batches, row k is row k % batch of batch k / batch.
class PathLaw final : public Distribution {
 public:
  // `batch` is the number of rows that the coupling pairs; only couplings of whole batches need it.
  // If `label_of` is given, row k is drawn again and again until the label of its data row is
  // label_of(k). Fails on a problem that Batch refuses, on a time outside [0, 1], on label_of with
  // data that has no classes, and if a coupling of whole batches gets a batch without rows.
  PathLaw(Problem problem, double t, int batch = 0, std::function<int(int row)> label_of = {});

  int dim() const override { return problem_.data->dim(); }
  // Fails if 100,000 consecutive draws give another label than the requested one.
  void draw(Stream stream, std::uint32_t first_row, int rows, real* out,
            int* labels) const override;
  // Returns p_t as a mixture, with one component for each pair of a component of the data and of
  // the source. Returns nothing if data or source is no mixture, if the coupling is not
  // independent, or if label_of is given. The mixture has a density if alpha and sigma are
  // positive, or if its components have positive stds.
  std::optional<Mixture> mixture() const override { return mixture_; }

 private:
  // The endpoints x0 and x1 (rows, dim) of some rows, and the labels of their data rows.
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
  struct LastBatch;  // used by couplings of whole batches
  std::shared_ptr<LastBatch> last_;
};

}  // namespace pushforward::inline PF_REAL
