// A network with its parameters, as a config describes it.
#pragma once

#include "apps/from_config/options.h"
#include "apps/from_config/path.h"
#include "autograd/ops.h"
#include "flow/conditions.h"
#include "flow/manifold/tape.h"
#include "flow/maps/flow_map.h"
#include "flow/maps/tangent_map.h"
#include "flow/path/predicted_field.h"
#include "nn/module.h"
#include "nn/networks/velocity.h"

namespace pushforward::app::inline PF_REAL {

// The network and its parameters. It cannot be moved, since its field and parameters point into it.
// The constructor draws the initial weights from the config's seed. `spread` is the data's standard
// deviation. If the scale of the Fourier features of x is "auto" (/model/input), `spread` determines
// their frequencies. If trained weights are loaded afterwards, any value of `spread` will do, since
// they include the frequencies. `conditions` is the number of numbers that each row is given.
// `first_slot` is that of Parameters: two models on one tape need different slots.
struct Model {
  Model(const Config& config, int dim, int classes, double spread, int conditions = 0,
        ManifoldPtr on = nullptr, int first_slot = 0)
      : parameterization(make_parameterization(config)),
        manifold(std::move(on)),
        network(velocity_options(config, dim, classes, spread, conditions,
                                 manifold ? manifold->embedded_dim() : 0)),
        parameters(network, first_slot) {
    parameters.initialise({static_cast<std::uint64_t>(config.integer("/seed")), Purpose::init});
  }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  // Returns the network's prediction, without dropout, as a field that samplers can use; for a flow
  // map it is the diagonal, v(x, t, t). Its labels are classes. If the network gets conditions, its
  // labels are row numbers of `table`, and with a null table no row has a condition.
  Field field(ConditionTablePtr table = nullptr) const {
    if (has_score()) return bridge_velocity();
    if (table)
      return predicting(conditioned(
          [this](Var x, Var t, Var conditions) { return network(x, t, {}, conditions); },
          std::move(table)));
    if (!conditional()) return predicting([this](Var x, Var t) { return network(x, t); });
    return predicting([this](Var x, Var t, Labels labels) { return network(x, t, labels); });
  }
  // Return the velocity v and the noise E[z | xt] of a bridge, whose network has two heads.
  Field bridge_velocity() const { return head(0); }
  Field bridge_noise() const { return head(1); }
  // Returns the flow map that the network predicts, without dropout. The network must have two times.
  FlowMap map() const {
    return mapping([this](Var x, Var s, Var t, Labels labels) {
      return network(x, s, t, conditional() ? labels : Labels{});
    });
  }
  // Wraps `call`, which evaluates the network of a flow map, so that its jumps stay on the manifold.
  FlowMap mapping(FlowMap call) const {
    return manifold ? tangent_map(std::move(call), *manifold) : call;
  }
  // Wraps `call`, which evaluates the network, so that the network gets the inputs of the
  // parameterization, which only the prediction "edm" changes, or those of a manifold.
  Field predicting(Field call) const {
    if (manifold) return tangent_field(std::move(call), *manifold);
    if (parameterization.prediction != Prediction::edm) return call;
    return edm_inputs(std::move(call), parameterization.scheduler, parameterization.sigma_data);
  }

  // Whether the network takes classes.
  bool conditional() const { return network.options().classes > 0; }
  bool has_map() const { return network.options().two_times; }
  bool has_score() const { return network.options().heads == 2; }

  // Returns the columns of one head of the network.
  Field head(int which) const {
    return [this, which](Var x, Var t, Labels labels) {
      const int dim = network.options().dim;
      return slice(network(x, t, conditional() ? labels : Labels{}), 1, which * dim, dim);
    };
  }

  Parameterization parameterization;  // the parameterization of the network's output
  ManifoldPtr manifold;               // null: the flow is in flat space
  Velocity network;
  Parameters parameters;
};

}  // namespace pushforward::app::inline PF_REAL
