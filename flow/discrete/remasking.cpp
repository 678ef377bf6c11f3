#include "flow/discrete/remasking.h"

#include <algorithm>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

double Remasking::max_share(const Kappa& kappa, double from, double to) {
  const double left = kappa.left(to), known = kappa(from);
  return left < known ? left / known : 1;
}

double Remasking::share(const Kappa& kappa, double from, double to) const {
  const double most = max_share(kappa, from, to);
  switch (kind) {
    case Kind::none: return 0;
    case Kind::cap: return std::min(eta, most);
    case Kind::loop: return from == to ? std::min(eta, most) : 0;
    default: return eta * most;
  }
}

std::vector<double> Remasking::with_loop(std::vector<double> times) const {
  if (kind != Kind::loop) return times;
  check(at > times.front() && at < times.back(), "sample", "the loop of remasking is at t = ", at,
        ", and the chain runs from ", times.front(), " to ", times.back(),
        "; put it between the two");
  const auto next = std::lower_bound(times.begin(), times.end(), at);
  const int copies = steps + (*next == at ? 0 : 1);
  times.insert(next, static_cast<std::size_t>(copies), at);
  return times;
}

void Remasking::check_valid() const {
  if (kind == Kind::none) return;
  check(eta > 0 && eta <= 1, "sample", "eta of the remasking is ", eta,
        "; it is a probability, above 0 and at most 1");
  check(kind != Kind::loop || steps > 0, "sample", "the loop of remasking has ", steps,
        " steps; give at least one");
}

std::string name_of(Remasking::Kind kind) {
  switch (kind) {
    case Remasking::Kind::none: return "none";
    case Remasking::Kind::cap: return "cap";
    case Remasking::Kind::rescale: return "rescale";
    case Remasking::Kind::confidence: return "confidence";
    default: return "loop";
  }
}

}  // namespace pushforward
