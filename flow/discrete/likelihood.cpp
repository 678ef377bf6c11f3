#include "flow/discrete/likelihood.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The workspace of one thread: the states of a chunk of sequences, and numbers for each of these
// sequences.
struct ElboWorkspace {
  Tape tape;
  std::vector<int> xt;
  std::vector<double> left;  // 1 - v, the square root of 1 - kappa, per sequence
  std::vector<double> last;  // the last term of each sequence
};

void check_tokens(const TokenPath& path, int length, int n, const int* x1) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(n) * length; ++i)
    check(x1[i] >= 0 && x1[i] < path.vocabulary, "elbo", "sequence ", i / length, ", position ",
          i % length, " is token ", x1[i], ", and the vocabulary has ", path.vocabulary, ", 0 to ",
          path.vocabulary - 1);
}

// Returns the term of one position in the generalised KL (generalised_kl_loss), divided by the rate
// dkappa / (1 - kappa). log_p (V) is ln p(x1 = v | xt) at that position.
double token_divergence(const TokenPath& path, const real* log_p, int xt, int x1) {
  if (path.unmasked(xt)) return 0;
  if (xt != x1 && log_p[x1] < kNoToken / 2) return std::numeric_limits<double>::infinity();
  const double here = xt < path.vocabulary ? std::exp(static_cast<double>(log_p[xt])) : 0;
  return xt == x1 ? 1 - here : -here - static_cast<double>(log_p[x1]);
}

}  // namespace

void negative_elbo(const Posterior& p, const TokenPath& path, int length, int n, const int* x1,
                   Labels labels, const ElboOptions& options, Workers& workers, double* out,
                   double* error) {
  check(bool(p), "elbo", "no posterior is given");
  path.check_valid();
  check(length > 0 && n >= 0 && options.times > 0 && options.chunk > 0, "elbo", n, " sequences of ",
        length, " tokens, ", options.times, " times and chunks of ", options.chunk,
        "; all must be positive");
  check(labels.empty() || static_cast<int>(labels.size()) == n, "elbo", labels.size(),
        " labels for ", n, " sequences; give one per sequence, or none");
  check(
      (options.source != nullptr) == (path.source == SourceKind::data), "elbo",
      options.source
          ? "a distribution of source rows is given, but the path begins at mask or uniform tokens"
          : "the path begins at rows of a distribution, but none is given");
  check(!options.source ||
            (options.source->length() == length && options.source->vocabulary() == path.vocabulary),
        "elbo", "the source has ", options.source ? options.source->length() : 0, " tokens out of ",
        options.source ? options.source->vocabulary() : 0, " and the sequences ", length,
        " out of ", path.vocabulary);
  check_tokens(path, length, n, x1);
  ChunkLoop<ElboWorkspace> loop(workers, options.chunk);
  loop.make();
  const std::size_t row = static_cast<std::size_t>(length);
  const real last = std::nextafter(real(1), real(0));
  loop.each(n, [&](ElboWorkspace& workspace, int first, int rows) {
    workspace.xt.resize(static_cast<std::size_t>(rows) * row);
    workspace.left.resize(static_cast<std::size_t>(rows));
    workspace.last.assign(static_cast<std::size_t>(rows), 0.);
    std::fill_n(out + first, rows, 0.);
    if (error) std::fill_n(error + first, rows, 0.);
    for (int k = 0; k < options.times; ++k) {
      options.check_interrupted();
      Scope scope(workspace.tape);
      Pause pause(workspace.tape);
      const auto step = static_cast<std::uint32_t>(k);
      const Stream times{options.seed, Purpose::token_bound, step},
          states{options.seed, Purpose::token_path, step};
      if (options.source)
        options.source->draw({options.seed, Purpose::noise, step},
                             static_cast<std::uint32_t>(first), rows, workspace.xt.data());
      std::span<real> t;
      const Var tv = workspace.tape.uninitialised({rows, 1}, t, "t");
      for (int r = 0; r < rows; ++r) {
        const auto sample = static_cast<std::uint32_t>(first + r);
        const std::size_t at = static_cast<std::size_t>(r);
        // The time t of term k is where kappa(t) = 1 - left^2, and `left` is uniform in part k of
        // [0, 1].
        const double left = (k + times.uniform(sample)) / options.times;
        workspace.left[at] = left;
        const double kappa = 1 - left * left;
        t[at] = std::min(last, static_cast<real>(path.kappa.inverse(kappa)));
        draw_between(path, kappa, states, sample, {x1 + (first + at) * row, row},
                     {workspace.xt.data() + at * row, row});
      }
      const Var logits = checked_logits("elbo", p, path, length, workspace.xt, tv,
                                        labels.empty() ? labels : labels.subspan(first, rows));
      const real* log_p = log_softmax(logits).values().data();
      for (int r = 0; r < rows; ++r) {
        double sum = 0;
        for (std::size_t l = 0; l < row; ++l) {
          const std::size_t i = static_cast<std::size_t>(r) * row + l;
          sum += token_divergence(path, log_p + i * static_cast<std::size_t>(path.vocabulary),
                                  workspace.xt[i], x1[first * row + i]);
        }
        // `left` is 1 - v, the square root of 1 - kappa. In terms of v, the integral's weight
        // dkappa / (1 - kappa) is 2 dv / (1 - v).
        const std::size_t at = static_cast<std::size_t>(r);
        out[first + r] += 2 * sum / (workspace.left[at] * options.times);
        const double term = 2 * sum / workspace.left[at];
        if (error && (k % 2 == 1 || (k > 0 && k == options.times - 1)))
          error[first + r] += std::pow(term - workspace.last[at], 2);
        workspace.last[at] = term;
      }
    }
    for (int r = first; error && r < first + rows; ++r)
      error[r] = options.times > 1 && std::isfinite(out[r]) ? std::sqrt(error[r]) / options.times
                                                            : std::nan("");
    for (int r = first; r < first + rows; ++r)
      if (std::isnan(out[r]))
        throw IntegrationFailure("[elbo] the bound of sequence " + std::to_string(r) +
                                     " is not a number: the posterior's logits are not finite",
                                 r, 0, 0);
  });
}

}  // namespace pushforward::inline PF_REAL
