#include "apps/from_config/unmasking.h"

namespace pushforward::app {

Remasking make_remasking(const Section& section) {
  using Kind = Remasking::Kind;
  for (const Kind kind : {Kind::cap, Kind::rescale, Kind::confidence, Kind::loop}) {
    if (name_of(kind) != section.type()) continue;
    Remasking remasking{kind, section.number("eta")};
    if (kind == Kind::loop) {
      remasking.at = section.number("at");
      remasking.steps = static_cast<int>(section.integer("steps"));
    }
    return remasking;
  }
  return {};
}

UnmaskingOrder unmasking_order_named(const std::string& name) {
  using Order = UnmaskingOrder;
  for (const Order order : {Order::confidence, Order::entropy, Order::margin})
    if (name_of(order) == name) return order;
  return Order::random;
}

}  // namespace pushforward::app
