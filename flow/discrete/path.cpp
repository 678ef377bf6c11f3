#include "flow/discrete/path.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

void TokenPath::check_valid() const {
  check(source.has_value(), "token path",
        "the source is not given; set it to mask (one state more than the vocabulary), uniform or "
        "data");
  check(vocabulary > 0, "token path", "the vocabulary has ", vocabulary,
        " tokens; it must have at least one");
  check(std::isfinite(noise) && noise >= 0, "token path", "noise is ", noise,
        "; it must be 0 or more, and finite");
  check(noise == 0 || source != SourceKind::uniform, "token path",
        "the three-part path begins at masks or at rows, but the source is uniform, from which it "
        "is the mixture path; set noise to 0");
  check(noise == 0 || !metric, "token path",
        "noise is of the three-part path, but the path is metric-induced; leave one of them out");
  if (!metric) return;
  check(source == SourceKind::uniform, "token path",
        "a metric-induced path begins at uniform tokens, but the source is ",
        source == SourceKind::mask ? "mask" : "data", "; set it to uniform");
  check(metric->vocabulary() == vocabulary, "token path", "the metric has distances of ",
        metric->vocabulary(), " tokens and the vocabulary has ", vocabulary,
        "; both must be equal");
  check(kappa.kind() == Kappa::Kind::linear, "token path", "kappa is ", kappa.name(),
        ", but a metric-induced path has no kappa; leave it out");
}

void TokenPath::check_state(int state) const {
  check_valid();
  const int count = vocabulary + (source == SourceKind::mask);
  check(state >= 0 && state < count, "token path", "there is no state ", state, "; the path has ",
        count, ", 0 to ", count - 1,
        source == SourceKind::mask ? ", the last of them the mask" : "");
}

void TokenPath::check_token(int token) const {
  check_valid();
  check(token >= 0 && token < vocabulary, "token path", "there is no token ", token,
        "; the vocabulary has ", vocabulary, ", 0 to ", vocabulary - 1);
}

int TokenPath::states() const {
  check_valid();
  return vocabulary + (source == SourceKind::mask);
}

int TokenPath::mask() const {
  check_valid();
  return source == SourceKind::mask ? vocabulary : -1;
}

double TokenPath::source_probability(int state) const {
  check_state(state);
  check(source != SourceKind::data, "token path",
        "a source of rows has no distribution of single tokens; ask of a mask or a uniform source");
  if (source == SourceKind::mask) return state == vocabulary;
  return 1. / vocabulary;
}

PathParts TokenPath::parts_at(double kappa_value) const {
  const double k = kappa_value;
  check(k >= 0 && k <= 1, "token path", "kappa is ", k, "; it is a probability, 0 to 1");
  if (noise == 0) return {k, 0, 1 - k};
  // k (1 - k^q), in a form that keeps its digits where k is near 0.
  const double uniform = k == 0 ? 0 : -k * std::expm1(noise * std::log(k));
  return {std::pow(k, 1 + noise), uniform, 1 - k};
}

PathParts TokenPath::parts(double t) const {
  PathParts p = parts_at(kappa(t));
  p.source = kappa.left(t);
  if (noise > 0 && p.source < 0.5)
    p.uniform = -kappa(t) * std::expm1(noise * std::log1p(-p.source));
  return p;
}

double TokenPath::to_data(double t) const {
  if (noise == 0) return 1;
  const double k = kappa(t);
  return std::min(1., std::pow(k, noise) * (1 + noise * kappa.left(t)));
}

bool TokenPath::at_source(double t) const { return (metric ? metric->beta(t) : kappa(t)) == 0; }

void draw_between(const TokenPath& path, double kappa, Stream stream, std::uint32_t row,
                  std::span<const int> x1, std::span<int> xt) {
  path.check_valid();
  check(!path.metric, "token path", "a metric-induced path has no kappa; draw with draw_at");
  check(kappa >= 0 && kappa <= 1, "token path", "kappa is ", kappa,
        "; it is a probability, 0 to 1");
  check(x1.size() == xt.size(), "token path", "x1 has ", x1.size(), " tokens and xt ", xt.size(),
        "; rows have one length");
  const double data = path.parts_at(kappa).data;
  for (std::size_t l = 0; l < x1.size(); ++l) {
    const std::uint32_t at = static_cast<std::uint32_t>(l);
    path.check_token(x1[l]);
    const double u = stream.uniform(row, 2 * at);
    if (u < data) {
      xt[l] = x1[l];
    } else if (u < kappa) {
      xt[l] = stream.integer(path.vocabulary, row, 2 * at + 1);
    } else if (path.source == SourceKind::mask) {
      xt[l] = path.vocabulary;
    } else if (path.source == SourceKind::uniform) {
      xt[l] = stream.integer(path.vocabulary, row, 2 * at + 1);
    } else {
      path.check_token(xt[l]);
    }
  }
}

void draw_at(const TokenPath& path, double t, Stream stream, std::uint32_t row,
             std::span<const int> x1, std::span<int> xt) {
  if (!path.metric) return draw_between(path, path.kappa(t), stream, row, x1, xt);
  path.check_valid();
  check(x1.size() == xt.size(), "token path", "x1 has ", x1.size(), " tokens and xt ", xt.size(),
        "; rows have one length");
  const double beta = path.metric->beta(t);
  for (std::size_t l = 0; l < x1.size(); ++l) {
    path.check_token(x1[l]);
    const double u = stream.uniform(row, 2 * static_cast<std::uint32_t>(l));
    xt[l] = path.metric->draw(beta, x1[l], u);
  }
}

}  // namespace pushforward
